"""How the functioneel beheerder decides on the terms of a municipality."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from casework.audit import log
from casework.people.errors import InvalidInput, NotPermitted
from casework.people.models import Role, User
from casework.policy.ladders import ACTIONS, LADDERS, UNITS
from casework.policy.models import PolicyOverride
from casework.policy.terms import CHOICES, NUMBERS, TERMS, Unit

LAST_DAY = date(2100, 12, 31)
MOST = 3660
"""No term takes longer: ten years, counted in days."""

_OF_THE_CALENDAR = {Unit.DAYS, Unit.MONTHS}
_CALLS = {
    step.facts["name"]
    for steps in LADDERS.values()
    for step in steps
    if step.action == "call"
}


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

    Never from a day that is over: what was counted stays as it was counted.

    :raises NotPermitted: if `by` is no functioneel beheerder
    :raises InvalidInput: if the key, the value, the source or the days make no sense,
        or it is the law's
    """
    today = timezone.localdate(at)
    if Role.BEHEERDER not in by.roles(on=today) or not by.is_active:
        raise NotPermitted("Dit doet de functioneel beheerder.")
    _check(key, value)
    _check_source(source)
    _check_days(valid_from, valid_until, today=today)
    try:
        with transaction.atomic():
            row = PolicyOverride.objects.create(
                municipality=settings.MUNICIPALITY,
                key=key,
                value=value,
                valid_from=valid_from,
                valid_until=valid_until,
                set_by=by,
                set_at=at,
                source=source.strip(),
            )
    except IntegrityError as error:
        raise InvalidInput(
            "Hierover is op deze dag al iets vastgesteld. Kies een andere dag.",
            field="valid_from",
        ) from error
    log.write(
        "policy.decided",
        by=by,
        at=at,
        about=f"policy:{row.pk}",
        ground=key,
        role=Role.BEHEERDER.value,
    )
    return row


def _check_source(source: str) -> None:
    if not source.strip():
        raise InvalidInput("Schrijf op wie dit heeft vastgesteld.", field="source")
    if len(source) > 200 or not source.isprintable():
        raise InvalidInput(
            "Schrijf in één regel van hoogstens 200 tekens wie dit heeft vastgesteld.",
            field="source",
        )


def _check_days(first: date, last: date | None, *, today: date) -> None:
    if not today <= first <= LAST_DAY:
        raise InvalidInput(
            "Kies vandaag of een dag die nog komt, voor 2101.", field="valid_from"
        )
    if last is not None and not first < last <= LAST_DAY:
        raise InvalidInput(
            "Kies een einddag na de begindag, voor 2101.", field="valid_until"
        )


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
    if sort == "number" and name in NUMBERS and NUMBERS[name].fixed:
        raise InvalidInput("Dit getal staat vast.", field="key")
    if value is None:
        if not _is_known(sort, name):
            raise InvalidInput("Dit onderwerp bestaat niet.", field="key")
        return
    try:
        makes_sense = checks[sort](name, value)
    except (KeyError, TypeError, ValueError):
        makes_sense = False
    if not makes_sense:
        raise InvalidInput("Deze waarde past hier niet.", field="value")


def _is_known(sort: str, name: str) -> bool:
    if sort == "ladder":
        kinds = {each.split(":")[0] for each in LADDERS}
        return name.split(":")[0].partition(".")[0] in kinds
    names: dict[str, Collection[str]] = {
        "term": TERMS,
        "choice": CHOICES,
        "number": NUMBERS,
    }
    return name in names[sort]


def _term_makes_sense(name: str, value: dict[str, Any]) -> bool:
    if name not in TERMS or not _is_count(value["number"]):
        return False
    # Some are read as a number of their unit: ten working days are no ten hours.
    unit, own = Unit(value["unit"]), TERMS[name].unit
    return unit is own or {unit, own} <= _OF_THE_CALENDAR


def _ladder_makes_sense(name: str, value: dict[str, Any]) -> bool:
    known = _is_known("ladder", name)
    return known and all(_step_makes_sense(step) for step in value["steps"])


def _step_makes_sense(step: dict[str, Any]) -> bool:
    facts = step["facts"]
    return (
        step["unit"] in UNITS
        and step["action"] in ACTIONS
        and isinstance(step["when"], int)
        and isinstance(facts, dict)
        and step["to"] in ("owner", "asked_by")
        and _is_count(facts.get("every", 0))
        and (step["action"] != "call" or facts["name"] in _CALLS)
        and (step["action"] != "open" or bool(facts["kind"] and facts["title"]))
    )


def _choice_makes_sense(name: str, value: dict[str, Any]) -> bool:
    return value["choice"] in CHOICES[name].options


def _number_makes_sense(name: str, value: dict[str, Any]) -> bool:
    return name in NUMBERS and _is_count(value["number"])


def _is_count(number: object) -> bool:
    return type(number) is int and 0 <= number <= MOST
