"""A database for one run: made as its owner, used as the application, then dropped."""

from __future__ import annotations

import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test.utils import override_settings

MADE_LIKE = ("USER", "PASSWORD", "HOST", "PORT")
PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"


@contextmanager
def throw_away() -> Iterator[str]:
    """
    Let the default connection be one to an empty database, and drop that at the end.

    Also after a failure, and when the process is told to stop. Gives its name.
    """
    kept = {**connection.settings_dict}
    before = signal.signal(signal.SIGTERM, _leave)
    connections.close_all()
    try:
        name = _as_owner(kept)
        try:
            connection.creation.create_test_db(
                verbosity=0, autoclobber=True, serialize=False
            )
            _as_application(kept["USER"])
            with override_settings(**_of_our_own()):
                yield name
        finally:
            if connection.settings_dict["NAME"] == name:
                _drop(kept)
    finally:
        connection.settings_dict.update(kept)
        signal.signal(signal.SIGTERM, before)


def _as_owner(kept: dict[str, Any]) -> str:
    owner, name = settings.OWNER_DATABASE, f"walkthrough_{secrets.token_hex(6)}"
    options = {**owner["OPTIONS"], "application": kept["USER"]}
    options.pop("pool", None)
    connection.settings_dict.update(
        {key: owner.get(key, "") for key in MADE_LIKE}
        | {"OPTIONS": options, "TEST": {**kept["TEST"], "NAME": name}}
    )
    return name


def _as_application(role: str) -> None:
    connections.close_all()
    connection.settings_dict["OPTIONS"]["assume_role"] = role


def _drop(kept: dict[str, Any]) -> None:
    connections.close_all()
    connection.settings_dict["OPTIONS"].pop("assume_role", None)
    connection.creation.destroy_test_db(kept["NAME"], verbosity=0)
    connections.close_all()


def _of_our_own() -> dict[str, Any]:
    """Settings of one run: an own key for the log, and nothing that leaves the machine."""
    return {
        "LOG_KEY": secrets.token_hex(32),
        "EMAIL_URL": "",
        "PING_URL": "",
        "EMBEDDED": True,
        "STORAGES": {**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN_STATIC}},
    }


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(1)
