"""Keep what opens a door out of the technical log: keys that stand in an address."""

from __future__ import annotations

import logging
import re

_KEYS = re.compile(r"(/agenda/|/mail-uit/|/wachtwoord/nieuw/)[^\s/'\"?]+")


class KeysFilter(logging.Filter):
    """Write "/agenda/-" instead of the address with its key, in the message itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = _KEYS.sub(r"\1-", said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True
