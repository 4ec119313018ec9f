"""Which key signs the log and hides the words that people searched for."""

from __future__ import annotations

import base64
import functools
import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ORIGIN = "ave-procesregie/logboek"
_SEED_SIZE = 32
_NONCE_SIZE = 12
_ED25519 = b"\x01"


class UnreadableWords(Exception):
    """These search words were encrypted with another key, or changed."""


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


def search_words(text: str) -> bytes:
    """Encrypt what somebody searched for: it often holds a name."""
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return nonce + _cipher().encrypt(nonce, text.encode(), ORIGIN.encode())


def reveal_words(query: bytes) -> str:
    """
    Decrypt search words for who may read them; the caller logs that.

    :raises UnreadableWords: if another key encrypted them, or they were changed
    """
    nonce, hidden = bytes(query[:_NONCE_SIZE]), bytes(query[_NONCE_SIZE:])
    try:
        return _cipher().decrypt(nonce, hidden, ORIGIN.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise UnreadableWords from error


def _signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_seed())


def _cipher() -> AESGCM:
    derived = HKDF(SHA256(), length=_SEED_SIZE, salt=None, info=b"search words")
    return AESGCM(derived.derive(_seed()))


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
        raise ImproperlyConfigured("The key of the log is 32 bytes, as hex or base64.")
    return seed
