from django.apps import AppConfig
from django.core.checks import Tags, register

from casework.keys import checks


class KeysConfig(AppConfig):
    name = "casework.keys"
    label = "keys"
    verbose_name = "Sleutels"

    def ready(self) -> None:
        """Let `check --deploy` and `check --database default` look at the keys."""
        register(checks.master_keys_are_sound, Tags.security)
        register(checks.every_key_can_be_opened, Tags.database)
