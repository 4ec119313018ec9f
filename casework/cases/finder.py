"""Ask the process that knows Dutch names where somebody is named in some texts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from django.conf import settings

from casework.cases.looks_like import Span

PATIENCE = 40
"""Seconds; less than a worker of the clock may take."""


class FinderFailed(Exception):
    """The finder of names did not answer; what it was asked stays out of this."""


def find(texts: Sequence[str], *, known: Sequence[str] = ()) -> list[list[Span]]:
    """
    Give for each text where somebody is named in it; takes a second or two.

    :param known: names that are nobody's: organisations, the municipality
    :raises FinderFailed: without a word of the texts, which come in no log
    """
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "casework.cases.finding_names"],
            input=json.dumps({"texts": list(texts), "known": list(known)}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=settings.BASE_DIR,
            timeout=PATIENCE,
            check=True,
        ).stdout
        found = json.loads(answer)
    except (subprocess.SubprocessError, OSError, ValueError):
        raise FinderFailed from None
    return [[Span(*span) for span in spans] for spans in found]
