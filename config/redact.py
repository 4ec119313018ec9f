"""Keep out of the technical log what opens a door, and what a database says of a row."""

from __future__ import annotations

import logging
import re
from types import TracebackType

_Failure = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)
_KEYS = re.compile(r"(/agenda/|/mail-uit/|/wachtwoord/nieuw/)[^\s/'\"?]+")
_OF_A_ROW = re.compile(
    r"^(\W*(?:DETAIL|CONTEXT|LINE \d+)):.*?"
    r"(?=^\W*(?:Traceback \(most|The above exception|During handling|File \")|\Z)",
    re.MULTILINE | re.DOTALL,
)
"""What PostgreSQL adds to an error: the row that failed, or a part of the statement."""


class KeysFilter(logging.Filter):
    """Write "/agenda/-" instead of the address with its key, in the message itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = _KEYS.sub(r"\1-", said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True


class Formatter(logging.Formatter):
    """Write an exception without the row that the database names in it."""

    def formatException(self, ei: _Failure) -> str:  # noqa: N802  # of the library
        """Say what failed and where; not of whom."""
        return _OF_A_ROW.sub(r"\1: -\n", super().formatException(ei)).rstrip()
