from django.apps import AppConfig


class TrendsConfig(AppConfig):
    name = "ave.trends"
    label = "trends"
    verbose_name = "Beleidssignalen"
