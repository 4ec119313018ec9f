"""Who turned an age at which another may consent, or must be told: asked about once."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from casework.cases.household import BIRTHDAY
from casework.cases.journal import record
from casework.cases.lock import lock_cases
from casework.cases.models import Case, Person
from casework.cases.numbers import called, place_of
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem

AGES = (12, 16, 18)
BIRTHDAYS_BACK = 31


@transaction.atomic
def birthdays(*, at: datetime) -> int:
    """
    Raise work for who turned 12, 16 or 18 lately: another may consent, or be informed.

    For the clock. Once for each birthday, also when the clock stood still for weeks.
    Gives how many work items came.
    """
    today = local_day(at)
    born = {day: age for age, day in _born_on(today)}
    people = (
        Person.objects.system_scope("the clock looks at birthdays")
        .standing()
        .filter(
            birth_on__in=born,
            until_on__isnull=True,
            case__status__in=[Case.Status.OPEN, Case.Status.AFTERCARE],
            case__procesregisseur__isnull=False,
        )
        .select_related("case__procesregisseur")
        .order_by("pk")
    )
    lock_cases({person.case_id for person in people})
    asked = [person for person in people.all() if not _was_asked(person, born)]
    for person in asked:
        _ask_to_look(person, age=born[_birthday(person)], at=at)
    return len(asked)


def _born_on(today: date) -> Iterator[tuple[int, date]]:
    """Days of birth of who turned one of the ages in the last month."""
    for back in range(BIRTHDAYS_BACK):
        day = today - timedelta(days=back)
        for age in AGES:
            year = day.year - age
            if (day.month, day.day) != (2, 29) or isleap(year):
                yield age, day.replace(year=year)
            if (day.month, day.day) == (3, 1) and isleap(year) and not isleap(day.year):
                yield age, date(year, 2, 29)


def _birthday(person: Person) -> date:
    assert person.birth_on is not None
    return person.birth_on


def _was_asked(person: Person, born: dict[date, int]) -> bool:
    """Whether this birthday was asked about before; an earlier one does not count."""
    age = born[_birthday(person)]
    first = _birthday(person).year + age
    return (
        WorkItem.objects.system_scope("each birthday once")
        .filter(kind=BIRTHDAY, about=person.key)
        .filter(Q(opened_at__year__gte=first) | Q(state=WorkItem.State.OPEN))
        .exists()
    )


def _ask_to_look(person: Person, *, age: int, at: datetime) -> None:
    case = person.case
    assert case.procesregisseur is not None
    rules = policy.at(local_day(at))
    items.open_item(
        BIRTHDAY,
        title=f"Kijk opnieuw naar grondslag en informeren ({called(person, case)})",
        about=person.key,
        link=place_of(person, case),
        owner=case.procesregisseur,
        due=due_after(rules.term("birthday_review"), at=at, rules=rules),
        by=None,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
    )
    record(case, "person.birthday", by=None, at=at, about=person, age=age)
