"""The environment, read strictly: a wrong value stops the start with one sentence."""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
KEY_SIZE = 32
NO = {"0", "false", "no", "off"}


class Wrong(ImproperlyConfigured):
    """A variable of the environment has a value that can't be used."""


def text(name: str, default: str = "") -> str:
    """Return the value without the spaces around it."""
    return os.environ.get(name, "").strip() or default


def required(name: str, why: str) -> str:
    """Return the value, or stop: there is no default that is right."""
    value = text(name)
    if not value:
        raise Wrong(f"{name} is missing: {why}.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Return whether the variable says yes."""
    value = text(name).lower()
    if not value:
        return default
    if value in YES:
        return True
    if value in NO:
        return False
    raise Wrong(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int, *, low: int, high: int) -> int:
    """Return a whole number between two bounds."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise Wrong(f"{name} must be a number from {low} to {high}, not {value!r}.")
    return int(value)


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """Return a list that is written with commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or [
        *default
    ]


def secret(name: str, *, least: int = 0) -> str:
    """
    Return a secret: from the variable itself, or from the file NAME_FILE names.

    :raises Wrong: also if it is there and has less than `least` characters.
    """
    value = _value_or_file(name)
    if value and len(value) < least:
        raise Wrong(f"{name} is too short: give at least {least} characters.")
    return value


def _value_or_file(name: str) -> str:
    value, place = text(name), text(f"{name}_FILE")
    if value and place:
        raise Wrong(f"{name} and {name}_FILE are both set: keep one of them.")
    if not place:
        return value
    try:
        value = Path(place).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{name}_FILE names a file that can't be read.") from error
    if not value:
        raise Wrong(f"{name}_FILE names an empty file.")
    return value


def keys(name: str) -> list[bytes]:
    """Return keys of 32 bytes, one a line in hex: the first is used, the rest opens."""
    found: list[bytes] = []
    for number, word in enumerate(secret(name).split(), start=1):
        if len(word) != 2 * KEY_SIZE or set(word) - set("0123456789abcdef"):
            raise Wrong(
                f"{name} must hold keys of 64 hex digits: number {number} isn't."
            )
        found.append(bytes.fromhex(word))
    if len(set(found)) != len(found):
        raise Wrong(f"{name} holds the same key twice.")
    return found


def file(name: str) -> Path | None:
    """Return the path of a file that must exist, or None where nothing is set."""
    value = text(name)
    if not value:
        return None
    path = Path(value)
    if not path.is_file():
        raise Wrong(f"{name} names a file that does not exist.")
    return path


def address(name: str, value: str, schemes: Sequence[str]) -> SplitResult:
    """Return an address in parts, of one of the schemes, with a host.

    :raises Wrong: without showing the value, since it may hold a password.
    """
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise Wrong(f"{name} is not an address.") from error
    if parts.scheme not in schemes:
        raise Wrong(
            f"{name} must begin with {' or '.join(f'{s}://' for s in schemes)}."
        )
    if not parts.hostname or port == 0:
        raise Wrong(f"{name} names no host.")
    return parts


def link(name: str) -> str:
    """Return the address of a page, as it is asked for, or nothing where none is set."""
    value = text(name)
    if value:
        address(name, value, ("https", "http"))
        if not value.isascii() or not value.isprintable() or " " in value:
            raise Wrong(f"{name} must be written without spaces and accents.")
    return value


def plain(part: str | None) -> str:
    """Return a part of an address without its percent signs."""
    return unquote(part or "")
