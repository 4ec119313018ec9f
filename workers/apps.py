from django.apps import AppConfig
from django.core.checks import register

from workers import checks


class WorkersConfig(AppConfig):
    name = "workers"
    label = "workers"
    verbose_name = "De klok"

    def ready(self) -> None:
        """Let whoever starts the clock see whether the anchors can be kept."""
        register(checks.anchors_can_be_kept)
