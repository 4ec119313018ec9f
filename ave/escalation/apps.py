from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "ave.escalation"
    label = "escalation"
    verbose_name = "Op- en afschalen"
