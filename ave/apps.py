from django.apps import AppConfig


class AveConfig(AppConfig):
    name = "ave"
    label = "ave"
    verbose_name = "AVE-model"
