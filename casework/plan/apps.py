from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "casework.plan"
    label = "plan"
    verbose_name = "Plannen en taken"
