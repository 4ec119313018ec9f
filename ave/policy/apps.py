from django.apps import AppConfig


class AvePolicyConfig(AppConfig):
    name = "ave.policy"
    label = "ave_policy"
    verbose_name = "Beleid van het AVE-model"
