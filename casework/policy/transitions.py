"""How a municipality decides on its own terms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from casework.people.errors import InvalidInput
from casework.people.models import User
from casework.policy.ladders import ACTIONS, LADDERS, UNITS
from casework.policy.models import PolicyOverride
from casework.policy.terms import CHOICES, NUMBERS, TERMS, Unit


@transaction.atomic
def decide_policy(
    key: str,
    *,
    value: dict[str, Any] | None,
    valid_from: date,
    source: str,
    by: User,
    at: datetime,
    valid_until: date | None = None,
) -> PolicyOverride:
    """
    Write down that a key has another value from a day on.

    :raises InvalidInput: if the key or the value makes no sense, or is the law's
    """
    _check(key, value)
    try:
        with transaction.atomic():
            return PolicyOverride.objects.create(
                municipality=settings.MUNICIPALITY,
                key=key,
                value=value,
                valid_from=valid_from,
                valid_until=valid_until,
                set_by=by,
                set_at=at,
                source=source,
            )
    except IntegrityError as error:
        raise InvalidInput(
            "Hierover is op deze dag al iets vastgesteld, of de dagen kloppen niet.",
            field="valid_from",
        ) from error


def _check(key: str, value: dict[str, Any] | None) -> None:
    sort, _, name = key.partition(":")
    checks = {
        "term": _term_makes_sense,
        "ladder": _ladder_makes_sense,
        "choice": _choice_makes_sense,
        "number": _number_makes_sense,
    }
    if sort not in checks:
        raise InvalidInput("Dit onderwerp bestaat niet.", field="key")
    if sort == "term" and name in TERMS and TERMS[name].legal:
        raise InvalidInput("Deze termijn staat in de wet.", field="key")
    if value is None:
        return
    try:
        makes_sense = checks[sort](name, value)
    except (KeyError, TypeError, ValueError):
        makes_sense = False
    if not makes_sense:
        raise InvalidInput("Deze waarde past hier niet.", field="value")


def _term_makes_sense(name: str, value: dict[str, Any]) -> bool:
    return name in TERMS and int(value["number"]) >= 0 and bool(Unit(value["unit"]))


def _ladder_makes_sense(name: str, value: dict[str, Any]) -> bool:
    known = name.split(":")[0].partition(".")[0] in {
        each.split(":")[0] for each in LADDERS
    }
    return known and all(
        step["unit"] in UNITS
        and step["action"] in ACTIONS
        and isinstance(step["when"], int)
        and isinstance(step["facts"], dict)
        and step["to"] in ("owner", "asked_by")
        for step in value["steps"]
    )


def _choice_makes_sense(name: str, value: dict[str, Any]) -> bool:
    return value["choice"] in CHOICES[name].options


def _number_makes_sense(name: str, value: dict[str, Any]) -> bool:
    return name in NUMBERS and int(value["number"]) >= 0
