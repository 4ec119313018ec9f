"""Which master keys hide the data keys; the first is used, the others only open."""

from __future__ import annotations

import secrets
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

SIZE = 32
_NONCE_SIZE = 12


class UnknownMaster(Exception):
    """This data key was wrapped with a master key that is not configured."""


class Damaged(Exception):
    """What was sealed was changed, moved, or sealed with another key."""


def current() -> str:
    """Name the master key with which new data keys are wrapped."""
    return name_of(settings.DATA_KEYS[0])


def known() -> dict[str, bytes]:
    """Give every configured master key by its name."""
    return {name_of(key): key for key in settings.DATA_KEYS}


def name_of(key: bytes) -> str:
    """Name a master key by four bytes that tell nothing of it."""
    return sha256(b"procesregie/master-key\n" + key).hexdigest()[:8]


def wrap(key: bytes, *, subject: str) -> bytes:
    """Hide a data key; it opens for this subject only."""
    return encrypt(settings.DATA_KEYS[0], key, bound_to=_bound(subject))


def unwrap(wrapped: bytes, *, master: str, subject: str) -> bytes:
    """
    Open a data key.

    :raises UnknownMaster: if its master key is not configured
    :raises Damaged: if it was changed, or is another subject's
    """
    key = known().get(master)
    if key is None:
        raise UnknownMaster(master)
    return decrypt(key, wrapped, bound_to=_bound(subject))


def encrypt(key: bytes, plain: bytes, *, bound_to: bytes) -> bytes:
    """Encrypt with AES-GCM; it decrypts with the same `bound_to` only."""
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, hidden: bytes, *, bound_to: bytes) -> bytes:
    """
    Decrypt what `encrypt` gave.

    :raises Damaged: if a bit differs, or it was bound to something else
    """
    nonce, body = hidden[:_NONCE_SIZE], hidden[_NONCE_SIZE:]
    try:
        return AESGCM(key).decrypt(nonce, body, bound_to)
    except (InvalidTag, ValueError) as error:
        raise Damaged from error


def _bound(subject: str) -> bytes:
    return b"procesregie/data-key\n" + subject.encode()
