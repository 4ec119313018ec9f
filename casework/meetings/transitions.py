"""Agreements from a meeting become tasks, all at once or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Case
from casework.meetings.models import Agreement, AgreementRound, Objection
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotVisible,
    TransitionRefused,
)
from casework.people.models import Organisation, User
from casework.plan.models import Task
from casework.plan.models.task import place_of
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day

OBJECTION = "objection"
MOST_ROWS = 40
SAID = "Jullie hebben al gezegd wat er niet klopt."


class RowRefused(InvalidInput):
    """One row of the agreements can't be accepted."""

    def __init__(self, row: int, refusal: InvalidInput) -> None:
        self.row = row
        super().__init__(refusal.user_message, field=refusal.field)


class TooLate(TransitionRefused):
    """The days in which a party could say that it is not right are over."""

    user_message = "De dagen om te reageren zijn voorbij. Bel de procesregisseur als het niet klopt."


@transaction.atomic
def record_agreements(
    case: Case,
    *,
    held_on: date,
    present: Sequence[Organisation],
    rows: Sequence[Ask],
    by: User,
    at: datetime,
) -> AgreementRound:
    """
    Write down what was agreed in a meeting; every row becomes a task.

    :raises RowRefused: with the row that is wrong; then nothing is written
    :raises NotPermitted: if `by` does not work on the case
    """
    lock_case(case)
    require(by, Permission.WORK_CASE, case, at=at)
    _check(held_on, present, rows, at=at)
    rules = policy.at(local_day(at))
    round_ = AgreementRound.objects.create(
        case=case,
        held_on=held_on,
        by=by,
        at=at,
        object_until=due_after(rules.term("confirmation"), at=at, rules=rules).on,
    )
    round_.present.set(present)
    agreements = []
    for index, ask in enumerate(rows):
        try:
            task = offer_task(case, ask, by=by, at=at, origin=round_.key)
        except InvalidInput as refusal:
            raise RowRefused(index, refusal) from refusal
        agreements.append(
            Agreement.objects.create(
                case=case, round=round_, number=index + 1, task=task
            )
        )
    record(
        case,
        "agreement.made",
        by=by,
        at=at,
        changed=[round_, *agreements],
        number=len(agreements),
    )
    return round_


def has_objected(agreement: Agreement, organisation: Organisation) -> bool:
    """Whether a party said before that an agreement is not right."""
    said = Objection.objects.system_scope("whether his party said it before")
    return said.filter(agreement=agreement, organisation=organisation).exists()


@transaction.atomic
def object_to_agreement(task: Task, *, text: str, by: User, at: datetime) -> Objection:
    """
    Say for one's party that an agreement is not right; it stands for the others.

    :raises NotVisible: if it is no agreement of one of his desks
    :raises TooLate: when the days to do so are over
    """
    case = lock_case(task)
    place = None
    if Task.objects.visible_to(by, at=at).filter(pk=task.pk).exists():
        place = place_of(task, by, at=at)
    agreement = (
        Agreement.objects.system_scope("the agreement that this task came from")
        .filter(task=task)
        .select_related("round")
        .first()
    )
    if place is None or agreement is None:
        raise NotVisible
    if agreement.round.is_over(at):
        raise TooLate
    if not text.strip():
        raise InvalidInput("Schrijf wat er niet klopt.", field="text")
    objection = _write(agreement, place.desk.organisation, text, by=by, at=at)
    rules = policy.at(local_day(at))
    items.open_item(
        OBJECTION,
        title="Een partij zegt dat een afspraak niet klopt",
        about=objection.key,
        link=f"/casussen/{case.reference}/afspraken/",
        owner=case.procesregisseur or agreement.round.by,
        due=due_after(rules.term("stuck_reply"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
    )
    record(case, "agreement.disputed", by=by, at=at, changed=[objection])
    return objection


@transaction.atomic
def note_objection(objection: Objection, *, by: User, at: datetime) -> Objection:
    """
    Say that one read what a party thinks; it stays beside the agreement.

    :raises AlreadyDone: if somebody did
    """
    case = lock_case(objection)
    require(by, Permission.WORK_CASE, case, at=at)
    if objection.seen_at is not None:
        raise AlreadyDone
    objection.seen_at = at
    objection.save(update_fields=["seen_at"])
    items.close_items(objection.key, by=by, at=at, kind=OBJECTION)
    record(case, "objection.noted", by=by, at=at, changed=[objection])
    return objection


def _check(
    held_on: date, present: Sequence[Organisation], rows: Sequence[Ask], *, at: datetime
) -> None:
    if held_on > local_day(at):
        raise InvalidInput("Kies een dag die al geweest is.", field="held_on")
    if not present:
        raise InvalidInput("Kies wie er bij het overleg was.", field="present")
    if not rows:
        raise InvalidInput("Vul ten minste één afspraak in.")
    if len(rows) > MOST_ROWS:
        raise InvalidInput(f"Leg hoogstens {MOST_ROWS} afspraken tegelijk vast.")


def _write(
    agreement: Agreement,
    organisation: Organisation,
    text: str,
    *,
    by: User,
    at: datetime,
) -> Objection:
    try:
        with transaction.atomic():
            return Objection.objects.create(
                case=agreement.case,
                agreement=agreement,
                organisation=organisation,
                text=text,
                by=by,
                at=at,
            )
    except IntegrityError as error:
        raise AlreadyDone(SAID) from error
