from django.apps import AppConfig


class StagnationConfig(AppConfig):
    name = "ave.stagnation"
    label = "stagnation"
    verbose_name = "Stagnatie"
