"""Who must still be found for a case, and who must still read what stands in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Case
from casework.people.absence import acting_for
from casework.people.errors import AlreadyDone
from casework.people.models import User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.due import Due

APPOINT, READ_IN = "case.appoint", "case.read_in"
UNCOVERED = "absence.uncovered"
OF_CASUSREGISSEUR = ":casusregisseur"
"""How the name ends of the question for another where the casusregisseur is away."""


@transaction.atomic
def finish_reading_in(case: Case, *, by: User, at: datetime) -> Case:
    """
    Say that one has read what stands in the dossier, also for whom one stands in.

    :raises AlreadyDone: if nobody asked him to
    """
    lock_case(case)
    require(by, Permission.READ_DOSSIER, case, at=at)
    readers = {by.pk, *acting_for(by, at=at)}
    asked = [reader_key(case, reader) for reader in readers]
    if not items.close_items(asked, by=by, at=at):
        raise AlreadyDone
    record(case, "dossier.read_in", by=by, at=at, about=case)
    return case


def reader_key(case: Case, user: int | None) -> str:
    """Give the name of "this person reads this case" in work items."""
    return f"{case.key}:reader:{user}"


def ask_to_read_in(case: Case, user: User, *, by: User, at: datetime) -> None:
    """Ask somebody who is new in a case to read it. Part of a transition."""
    ask_to_read_in_each([case], user, by=by, at=at)


def ask_to_read_in_each(
    cases: Iterable[Case], user: User, *, by: User | None, at: datetime
) -> None:
    """Ask the same of many cases at once. Part of a transition."""
    items.open_in_each(
        READ_IN,
        (
            items.Subject(
                about=reader_key(case, user.pk),
                link=f"/casussen/{case.reference}/partijen/",
                case=case.pk,
                reference=case.reference,
                level=case.level,
            )
            for case in cases
        ),
        title="Lees je in",
        owner=user,
        due=_due(at),
        by=by,
        at=at,
        asked_by=by,
    )


def ask_to_appoint(case: Case, *, by: User | None, at: datetime) -> None:
    """Ask the procesregisseur for a casusregisseur. Part of a transition."""
    if case.procesregisseur is None:
        return
    if items.open_about(case.key, kind=APPOINT).exists():
        return
    items.open_item(
        APPOINT,
        title="Wijs een casusregisseur aan",
        about=case.key,
        link=f"/casussen/{case.reference}/partijen/",
        owner=case.procesregisseur,
        due=_due(at),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
    )


def close_asked_to_appoint(case: Case, *, by: User, at: datetime) -> None:
    """Ask for a casusregisseur no longer: there is one. Part of a transition."""
    instead = items.open_for_case(case.pk).filter(
        kind=UNCOVERED, about__endswith=OF_CASUSREGISSEUR
    )
    about = [case.key, *instead.values_list("about", flat=True)]
    items.close_items(about, by=by, at=at, kind=(APPOINT, UNCOVERED))


def _due(at: datetime) -> Due:
    rules = policy.at(local_day(at))
    term = rules.term("procesregisseur_accept", level=2)
    return due_after(term, at=at, rules=rules)
