from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "programme"
    label = "programme"
    verbose_name = "Programma"
