"""What in a text looks like an address, a number or a name, whoever it is of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """A part of a text: from its first letter to just after its last."""

    start: int
    end: int


_SURE = "straat|laan|steeg|plein|kade|gracht|singel|dreef|plantsoen|dijk|weg|hof|pad"
_UPPER_ONLY = f"{_SURE}|park|wal|markt|ring|erf|es|veld|zicht|akker|baan|str\\.?"
_NUMBER = (
    r"\s?\d{1,4}(?:\s?[-/]\s?(?:[a-zA-Z]{1,3}|\d{1,3})|\s?[a-zA-Z]|\sbis)?(?!\w)"
    r"(?!\s?(?:keer|maal|jaar|maanden|weken|dagen|uur|mensen|meldingen|gezinnen|euro|%))"
)
_NO_STREET = r"(?!(?i:onder|halver|snel|uit|vol|een|aan)(?:weg|hof)|(?i:weg)\b)"
_INTERFIX = (
    r"(?:(?i:van|de|der|den|het|ten|ter|te|el|al|da|di|dos|la|le|von|ben|ait|in|op)\s+"
    r"|['’]t\s+){0,3}"
)
_TITLE = (
    r"(?!HR\b)(?i:mevrouw|mevr\.?|mvr\.?|mw\.?|meneer|mijnheer|dhr\.?|hr\.?|de heer"
    r"|fam\.?|familie|gezin|mej\.?|oma|opa|tante|oom|ome)"
)
_INITIALS = r"(?:[A-Za-z]\.\s?){0,4}"

_STREET = re.compile(
    rf"(?<!\w){_NO_STREET}(?:"
    rf"[A-ZÀ-Ý][\w'’.-]*(?:\s[\w'’.-]+){{0,2}}?\s?(?i:{_UPPER_ONLY}){_NUMBER}"
    rf"|[a-zà-ÿ]{{3,}}(?:{_SURE}){_NUMBER}"
    rf"|(?:oude|nieuwe|lange|korte|Oude|Nieuwe|Lange|Korte)\s(?i:{_SURE}){_NUMBER})"
)
_POSTCODE = re.compile(
    r"(?<![\w-])[1-9]\d{3}(?:\s?(?!S[ADS]\b)[A-Z]{2}"
    r"|(?!mg|kg|km|kw|cc|ml|m2|gb|mb)[a-z]{2})(?!\w)"
)
_DIGITS = re.compile(r"(?<![\w-])\+?\(?\d(?:[\s().\-/]{0,3}\d){7,13}(?![\w])")
_IBAN = re.compile(
    r"(?<!\w)[A-Za-z]{2}\d{2}(?:\s?[A-Za-z0-9]{4}){3,7}(?:\s?\w{1,3})?(?!\w)"
)
_MAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(punt\))\s?[A-Za-z]{2,})+"
)
_PLATE = re.compile(
    r"(?<![\w-])(?=[\dA-Za-z-]*\d)(?=[\d-]*[A-Za-z])(?:\d{1,3}|[A-Za-z]{1,3})"
    r"(?:-(?:\d{1,3}|[A-Za-z]{1,3})){2}(?![\w-])"
)
_SAID_PLATE = re.compile(r"(?i:kenteken)\W{1,3}((?:[A-Za-z\d][\s-]?){6})(?!\w)")
_TITLED = re.compile(
    rf"(?<!\w){_TITLE}\s+{_INITIALS}{_INTERFIX}{_INITIALS}"
    r"(?!Jeugd|Zorg|Politie|GG[DZ]|Burgemeester|Wethouder)"
    r"[A-ZÀ-Ý](?:\.(?!\w)|[\w'’-]*)(?:\s?[A-ZÀ-Ý][\w'’-]+)?"
)

_PLATE_LENGTH, _BSN_LENGTH, _PHONE_LENGTH = 6, 9, 10
_IBAN_OF = 97


def spans_in(text: str) -> list[Span]:
    """Give what looks like somebody's address, number or name, in order."""
    found = [span for look in _LOOKS for span in look(text)]
    return merged(found)


def merged(spans: list[Span]) -> list[Span]:
    """Give spans in order, those that overlap as one."""
    whole: list[Span] = []
    for span in sorted(spans):
        if whole and span.start < whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return whole


def digits_of(text: str) -> str:
    """Give the digits of a number as it is dialled here: 06..., also for +31."""
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    for prefix in ("0031", "31"):
        if digits.startswith(prefix) and len(digits) >= len(prefix) + _BSN_LENGTH:
            return "0" + digits[len(prefix) :]
    return digits


def _by_pattern(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Span]]:
    def look(text: str) -> Iterator[Span]:
        for match in pattern.finditer(text):
            yield Span(*match.span())

    return look


def _numbers(text: str) -> Iterator[Span]:
    """Telephone numbers, and what passes the check of a BSN, however it is spaced."""
    for match in _DIGITS.finditer(text):
        digits = digits_of(match.group())
        is_phone = len(digits) == _PHONE_LENGTH and digits.startswith("0")
        unbroken = match.group().isdigit()
        if is_phone or (len(digits) == _BSN_LENGTH and (unbroken or _is_bsn(digits))):
            yield Span(*match.span())


def _is_bsn(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, weights, strict=True)
    )
    return total % 11 == 0


def _accounts(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        account = re.sub(r"\s", "", match.group()).upper()
        turned = account[4:] + account[:4]
        if turned.isascii() and turned.isalnum():
            number = "".join(str(int(letter, 36)) for letter in turned)
            if int(number) % _IBAN_OF == 1 or account.startswith("NL"):
                yield Span(*match.span())


def _plates(text: str) -> Iterator[Span]:
    for match in _PLATE.finditer(text):
        if len(match.group().replace("-", "")) == _PLATE_LENGTH:
            yield Span(*match.span())
    for match in _SAID_PLATE.finditer(text):
        if any(letter.isdigit() for letter in match.group(1)):
            yield Span(*match.span(1))


_LOOKS: tuple[Callable[[str], Iterator[Span]], ...] = (
    _by_pattern(_STREET),
    _by_pattern(_POSTCODE),
    _by_pattern(_MAIL),
    _by_pattern(_TITLED),
    _numbers,
    _accounts,
    _plates,
)
