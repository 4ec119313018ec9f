"""Whether the master keys are worth their name, and open what is in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from casework.keys import masters

_FEWEST_BYTES = 8
_LOST = """
    select count(*) from keys_datakey
    where wrapped is not null and not master = any(%s)
"""


def master_keys_are_sound(
    app_configs: Sequence[Any] | None,  # noqa: ARG001  # Django gives it
    **_: Any,
) -> list[CheckMessage]:
    """Refuse a key of the wrong size, one that was typed by hand, and one used twice."""
    keys = list(settings.DATA_KEYS)
    if not keys:
        return [
            Error("There is no DATA_KEY.", hint="Run `make secrets`.", id="keys.E001")
        ]
    found: list[CheckMessage] = []
    if any(len(k) != masters.SIZE or len(set(k)) < _FEWEST_BYTES for k in keys):
        found.append(
            Error(
                "A master key in DATA_KEY is not 32 bytes of chance.",
                hint="Run `make secrets`.",
                id="keys.E002",
            )
        )
    if len(set(keys)) != len(keys):
        found.append(Error("DATA_KEY holds the same key twice.", id="keys.E003"))
    return found


def every_key_can_be_opened(
    app_configs: Sequence[Any] | None,  # noqa: ARG001  # Django gives it
    databases: Sequence[str] | None = None,
    **_: Any,
) -> list[CheckMessage]:
    """Tell of data keys whose master key was taken away too early."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            # Without the right to read it, the check of the log says what is wrong.
            cursor.execute(
                "select has_table_privilege(to_regclass('keys_datakey'), 'SELECT')"
            )
            if not cursor.fetchone()[0]:
                continue
            cursor.execute(_LOST, [list(masters.known())])
            lost = cursor.fetchone()[0]
        if lost:
            found.append(
                Error(
                    f"{lost} data keys hang on a master key that is not in DATA_KEY.",
                    hint="Put the old key back behind the new one; run rotate_keys.",
                    id="keys.E004",
                )
            )
    return found
