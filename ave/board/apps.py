from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "ave.board"
    label = "board"
    verbose_name = "Overzicht"
