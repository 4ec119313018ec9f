from django.apps import AppConfig
from django.core.checks import Tags, register

from casework.audit import checks


class AuditConfig(AppConfig):
    name = "casework.audit"
    label = "audit"
    verbose_name = "Logboek"

    def ready(self) -> None:
        """Let `check --database default` prove that nobody can change the log."""
        register(checks.log_stands, Tags.database)
