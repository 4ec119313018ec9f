"""Which key signs the log and hides the words that people searched for."""

from __future__ import annotations

import base64
import functools
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from casework.audit.models import AuditEntry
from casework.keys.envelope import envelope_for_sealing, envelopes
from casework.keys.masters import Damaged

ORIGIN = "ave-procesregie/logboek"
WORDS = "words"
_SEED_SIZE = 32
_ED25519 = b"\x01"


def sign(body: bytes) -> bytes:
    """Sign with the key of this installation."""
    return _signing_key().sign(body)


def key_id(public: bytes | None = None) -> str:
    """Name a public key by four bytes, as signed notes do (c2sp.org/signed-note)."""
    named = ORIGIN.encode() + b"\n" + _ED25519 + (public or public_key())
    return sha256(named).hexdigest()[:8]


def public_key() -> bytes:
    """Give the key with which anybody can check our signatures."""
    return _signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def trusted_keys() -> dict[str, Ed25519PublicKey]:
    """Give the keys that may have signed: ours, and those we had before."""
    retired = [bytes.fromhex(key) for key in getattr(settings, "LOG_PUBLIC_KEYS", ())]
    return {
        key_id(public): Ed25519PublicKey.from_public_bytes(public)
        for public in [public_key(), *retired]
    }


def is_signed(body: bytes, signature: bytes, key: Ed25519PublicKey | None) -> bool:
    """Check a signature; an unknown key signs nothing."""
    if key is None:
        return False
    try:
        key.verify(signature, body)
    except InvalidSignature:
        return False
    return True


def search_words(text: str, *, at: datetime) -> bytes:
    """Hide what somebody searched for, with the key of the month: it often holds a name."""
    return envelope_for_sealing(_month(at), at=at).seal(text, purpose=WORDS)


def reveal_words(rows: Iterable[int]) -> dict[int, str]:
    """
    Read the search words of some rows, for who may; the caller logs that. Two queries.

    Words whose key is gone, or that were changed, are left out.
    """
    asked = AuditEntry.objects.filter(pk__in=list(rows), query__isnull=False)
    hidden = list(asked.values_list("pk", "at", "query"))
    opened = envelopes(_month(at) for _, at, _ in hidden)
    found: dict[int, str] = {}
    for pk, at, query in hidden:
        assert query is not None
        with suppress(Damaged, KeyError):
            found[pk] = opened[_month(at)].reveal(bytes(query), purpose=WORDS)
    return found


def _month(at: datetime) -> str:
    return f"search:{at.astimezone(UTC):%Y-%m}"


def _signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_seed())


def _seed() -> bytes:
    given = getattr(settings, "LOG_KEY", None)
    if given:
        return _decoded(given)
    file = getattr(settings, "LOG_KEY_FILE", None)
    if not file:
        raise ImproperlyConfigured("Set LOG_KEY or LOG_KEY_FILE: it signs the log.")
    return _from_file(str(file))


@functools.cache
def _from_file(name: str) -> bytes:
    path = Path(name)
    if not path.exists():
        if settings.PRODUCTION:
            raise ImproperlyConfigured("LOG_KEY_FILE names a file that is not there.")
        _make(path)
    return _decoded(path.read_text().strip())


def _make(path: Path) -> None:
    """Make a key that others see whole or not at all; the first one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as half:
        half.write(secrets.token_hex(_SEED_SIZE))
        half.flush()
        with suppress(FileExistsError):
            os.link(half.name, path)


def _decoded(given: str | bytes) -> bytes:
    if isinstance(given, bytes) and len(given) == _SEED_SIZE:
        return given
    text = given.decode() if isinstance(given, bytes) else given
    try:
        seed = (
            bytes.fromhex(text)
            if len(text) == 2 * _SEED_SIZE
            else base64.b64decode(text, validate=True)
        )
    except ValueError:
        seed = b""
    if len(seed) != _SEED_SIZE:
        raise ImproperlyConfigured("LOG_KEY_FILE must hold 32 bytes, as hex or base64.")
    return seed
