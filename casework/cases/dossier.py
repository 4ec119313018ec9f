"""What is written in a dossier: notes with their source, and grounds with their goal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from casework.cases.bases import require_basis
from casework.cases.household import require_work
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Case, Event, LegalBasis, Note
from casework.people.errors import InvalidInput
from casework.people.models import Organisation, User
from casework.work import items
from casework.work.days import local_day

REVIEW_GROUND = "ground.review"
LONGEST_REVIEW = timedelta(days=366)


@transaction.atomic
def add_note(
    case: Case,
    *,
    by: User,
    at: datetime,
    text: str,
    mark: str,
    tag: str = "",
    source: Organisation | None = None,
) -> Note:
    """
    Write a note, marked as fact or opinion, with where it comes from.

    :raises InvalidInput: without a text, or without a source for what has a tag
    """
    lock_case(case)
    require_work(case, by, at=at)
    if not text.strip():
        raise InvalidInput("Schrijf je notitie.", field="text")
    if mark not in Note.Mark.values:
        raise InvalidInput("Kies of dit een feit of een mening is.", field="mark")
    if tag not in Note.Tag.values:
        raise InvalidInput("Kies iets uit de lijst.", field="tag")
    if tag in Note.RELEASED_BY_OTHERS and source is None:
        raise InvalidInput("Kies van welke organisatie dit komt.", field="source")
    note = Note.objects.create(
        case=case, text=text, mark=mark, tag=tag, source=source, by=by, at=at
    )
    record(case, "note.written", by=by, at=at, changed=[note])
    return note


def notes_for(user: User, *, at: datetime) -> QuerySet[Note]:
    """Give the notes that somebody may read, in one statement with his right to."""
    return Note.objects.visible_to(user, at=at).standing()


def with_writers(notes: Sequence[Note]) -> list[tuple[Note, str]]:
    """Give notes of one case with who wrote each, and in whose name. One query."""
    events = Event.objects.system_scope("what a deputy writes says in whose name")
    written = events.filter(
        case__in={note.case_id for note in notes},
        kind="note.written",
        on_behalf_of__isnull=False,
        facts__about__in=[note.key for note in notes],
    )
    names = dict(written.values_list("facts__about", "on_behalf_of__name"))
    return [
        (note, f"{note.by.name} namens {names[note.key]}")
        if note.key in names
        else (note, note.by.name)
        for note in notes
    ]


@transaction.atomic
def state_ground(
    case: Case,
    *,
    by: User,
    at: datetime,
    code: str,
    purpose: str,
    review_on: date,
    note: str = "",
) -> LegalBasis:
    """
    State on which ground and for what data are used, until a day to look again.

    :raises InvalidInput: for a ground that is not in force, without a goal, or a day
        that is over or more than a year ahead
    """
    lock_case(case)
    require_work(case, by, at=at)
    require_basis(code)
    if not purpose.strip():
        raise InvalidInput("Schrijf waarvoor je de gegevens gebruikt.", field="purpose")
    _check_review(review_on, on=local_day(at))
    ground = LegalBasis.objects.create(
        case=case,
        code=code,
        purpose=purpose.strip(),
        note=note,
        by=by,
        at=at,
        review_on=review_on,
    )
    record(case, "ground.stated", by=by, at=at, changed=[ground])
    return ground


@transaction.atomic
def review_ground(
    ground: LegalBasis, *, by: User, at: datetime, review_on: date, note: str
) -> LegalBasis:
    """
    Look at a ground again: it still holds, because of what is written, until a day.

    :raises InvalidInput: without a consideration, or a day that is over
    """
    case = lock_case(ground)
    require_work(case, by, at=at)
    if not note.strip():
        raise InvalidInput("Schrijf waarom de grondslag nog klopt.", field="note")
    _check_review(review_on, on=local_day(at))
    ground.review_on, ground.note = review_on, note
    ground.save(update_fields=["review_on", "note"])
    items.close_items(ground.key, by=by, at=at, kind=REVIEW_GROUND)
    record(case, "ground.reviewed", by=by, at=at, changed=[ground])
    return ground


def _check_review(day: date, *, on: date) -> None:
    if not on < day <= on + LONGEST_REVIEW:
        raise InvalidInput(
            "Kies een dag die nog komt, hoogstens een jaar vooruit.", field="review_on"
        )
