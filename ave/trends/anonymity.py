"""What in a text leads back to a case: names, its reference, its parties, a day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db.models import Q

from casework.cases.models import Bottleneck, Case, Participation
from casework.cases.naming import REFERENCE, refuse_names
from casework.people.errors import InvalidInput
from casework.people.models import Organisation
from casework.work.days import MONTHS

_DAY = re.compile(
    r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b"
    r"|\b\d{4}-\d{1,2}-\d{1,2}\b"
    rf"|\b\d{{1,2}}\s+(?:{'|'.join(MONTHS)})\b",
    re.IGNORECASE,
)


class PointsAtCase(InvalidInput):
    """The text holds something that leads back to its case."""

    def __init__(self, words: list[str], *, field: str) -> None:
        quoted = ", ".join(f'"{word}"' for word in words)
        super().__init__(
            f"In je tekst staat iets dat naar deze casus leidt: {quoted}. "
            "Schrijf het zonder kenmerk, partij of dag.",
            field=field,
        )


def require_anonymous(case: Case, text: str, *, field: str = "text") -> None:
    """
    Refuse a text that tells of which case it speaks.

    :raises InvalidInput: with the names or addresses that were found
    :raises PointsAtCase: with the reference, party or day that was found
    """
    refuse_names(case, **{field: text})
    found = dict.fromkeys(_pointers(case, text))
    if found:
        raise PointsAtCase(list(found), field=field)


def _pointers(case: Case, text: str) -> Iterator[str]:
    for pattern in (REFERENCE, _DAY):
        yield from (match.group(0) for match in pattern.finditer(text))
    for name in _parties(case):
        match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
        if match:
            yield match.group(0)


def _parties(case: Case) -> Iterator[str]:
    """The names of other organisations that took part in this case, or held it up."""
    took_part = Participation.objects.system_scope("names that may not go along")
    held_up = Bottleneck.objects.system_scope("names that may not go along")
    organisations = Organisation.objects.filter(
        Q(pk__in=took_part.filter(case=case).values("organisation"))
        | Q(pk__in=held_up.filter(case=case).values("cause"))
    ).exclude(kind=Organisation.Kind.GEMEENTE)
    for names in organisations.values_list("name", "short_name"):
        yield from filter(None, names)
