"""The citizen service number: when it is one, and how it is kept out of sight."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casework.cases.models import Case, Person
from casework.keys.envelope import envelope_for_sealing, envelopes
from casework.keys.masters import Damaged
from casework.people.errors import InvalidInput

PURPOSE = "bsn"
_LENGTH = 9
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_SHOWN = 3


def is_bsn(text: str) -> bool:
    """Whether nine digits pass the eleven-test (Besluit burgerservicenummer)."""
    if len(text) != _LENGTH or not (text.isascii() and text.isdigit()):
        return False
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, text, strict=True))
    return int(text) > 0 and total % 11 == 0


def sealed_bsn(case: Case, text: str, *, at: datetime) -> bytes:
    """
    Hide a number with the key of the case.

    :raises InvalidInput: if it is none; without saying whether we know it
    """
    digits = text.replace(" ", "").replace(".", "")
    if not is_bsn(digits):
        raise InvalidInput("Dit BSN klopt niet. Kijk de 9 cijfers na.", field="bsn")
    return envelope_for_sealing(_subject(case), at=at).seal(digits, purpose=PURPOSE)


def masked_bsns(case: Case, people: Iterable[Person]) -> dict[int, str]:
    """Give the last digits of each, for who reads the dossier; "" where it is gone."""
    hidden = {person.pk: bytes(person.bsn) for person in people if person.bsn}
    if not hidden:
        return {}
    key = envelopes([_subject(case)]).get(_subject(case))
    found = dict.fromkeys(hidden, "")
    for pk, sealed in hidden.items():
        if key is not None:
            try:
                found[pk] = key.reveal(sealed, purpose=PURPOSE)[-_SHOWN:]
            except Damaged:
                continue
    return found


def _subject(case: Case) -> str:
    return f"case:{case.pk}"
