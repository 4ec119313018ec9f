from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Tags, register

from casework.audit import checks


class AuditConfig(AppConfig):
    name = "casework.audit"
    label = "audit"
    verbose_name = "Logboek"

    def ready(self) -> None:
        """
        Let `check --database default` prove that nobody can change the log.

        :raises ImproperlyConfigured: in production, where the log can't be signed
        """
        register(checks.log_stands, Tags.database)
        if settings.PRODUCTION:
            import_module("casework.audit.keys").public_key()
