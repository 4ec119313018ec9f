"""Whether the clock can keep what has to stand outside the database."""

from __future__ import annotations

from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured


def anchors_can_be_kept(
    app_configs: Sequence[Any] | None = None,  # noqa: ARG001  # Django gives it
    **_: Any,
) -> list[CheckMessage]:
    """
    Ask the disk whether the day's anchor can be written; nothing stays of it.

    Asked where the clock starts and not by each process of the web: a disk that drops
    out later costs the anchors, which is told, and not the site.

    :raises ImproperlyConfigured: if it can't; an error would not stop a worker
    """
    folder = settings.ANCHOR_DIR
    try:
        while not folder.exists():
            folder = folder.parent
        with TemporaryFile(dir=folder):
            return []
    except OSError:
        raise ImproperlyConfigured(
            "ANCHOR_DIR names no folder that can be written to."
        ) from None
