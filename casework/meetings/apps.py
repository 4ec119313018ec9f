from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "casework.meetings"
    label = "meetings"
    verbose_name = "Overleg"
