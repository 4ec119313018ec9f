"""How the secrets of one subject are sealed, read back, and made unreadable for good."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from casework.keys import masters
from casework.keys.models import DataKey

_VERSION = b"\x01"


class NoKey(Exception):
    """Nothing was ever sealed for this subject."""


class KeyDestroyed(Exception):
    """The key of this subject was destroyed: what it hid can't be read any more."""


@dataclass(frozen=True)
class Envelope:
    """The opened key of one subject; lives as long as the request that asked for it."""

    subject: str
    _key: bytes = field(repr=False)

    def seal(self, text: str, *, purpose: str) -> bytes:
        """Hide a text; it opens for this subject and purpose only."""
        bound = self._bound(purpose)
        return _VERSION + masters.encrypt(self._key, text.encode(), bound_to=bound)

    def reveal(self, sealed: bytes, *, purpose: str) -> str:
        """
        Read a text back.

        :raises Damaged: if it was changed, or sealed for something else
        """
        if sealed[:1] != _VERSION:
            raise masters.Damaged
        bound = self._bound(purpose)
        return masters.decrypt(self._key, bytes(sealed[1:]), bound_to=bound).decode()

    def _bound(self, purpose: str) -> bytes:
        return f"{self.subject}\n{purpose}".encode()


def envelope(subject: str) -> Envelope:
    """
    Open the key of a subject. One query.

    :raises NoKey: if there never was one
    :raises KeyDestroyed: if it was destroyed
    :raises UnknownMaster: if its master key is not configured
    """
    row = DataKey.objects.filter(subject=subject).first()
    if row is None:
        raise NoKey(subject)
    return _opened(row)


def envelopes(subjects: Iterable[str]) -> dict[str, Envelope]:
    """Open the keys of several subjects; one that is gone is left out. One query."""
    rows = DataKey.objects.filter(subject__in=set(subjects), wrapped__isnull=False)
    known = masters.known()
    return {row.subject: _opened(row) for row in rows if row.master in known}


def envelope_for_sealing(subject: str, *, at: datetime) -> Envelope:
    """
    Open the key of a subject, made when there is none.

    :raises KeyDestroyed: if it was destroyed: it gets no second one
    """
    fresh = {
        "wrapped": masters.wrap(secrets.token_bytes(masters.SIZE), subject=subject),
        "master": masters.current(),
        "made_at": at,
    }
    row, _ = DataKey.objects.get_or_create(subject=subject, defaults=fresh)
    return _opened(row)


def destroy(subject: str, *, at: datetime) -> None:
    """
    Destroy the key of a subject: what it hid is unreadable from now on.

    Also where there was none, so that none can come. A backup holds the wrapped key
    still, until the backup itself is gone or its master key is.
    """
    gone = {"wrapped": None, "master": "", "destroyed_at": at}
    DataKey.objects.update_or_create(
        subject=subject, defaults=gone, create_defaults={**gone, "made_at": at}
    )


def _opened(row: DataKey) -> Envelope:
    if row.wrapped is None:
        raise KeyDestroyed(row.subject)
    wrapped = bytes(row.wrapped)
    key = masters.unwrap(wrapped, master=row.master, subject=row.subject)
    return Envelope(row.subject, key)
