from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "ave.triage"
    label = "triage"
    verbose_name = "Beoordelen"
