"""What becomes of the duty to inform when nobody stands in the household."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.cases.household import INFORM_FIRST, require_work
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Case, Note, Person
from casework.people.errors import AlreadyDone, InvalidInput, TransitionRefused
from casework.people.models import User
from casework.work import items


class SomebodyToInform(TransitionRefused):
    """Somebody stands in the household: he must hear of it."""

    user_message = (
        "Er staat iemand in dit huishouden. Leg bij die persoon vast wanneer hij hoorde "
        "dat we dit vastleggen."
    )


@transaction.atomic
def settle_untold(case: Case, *, by: User, at: datetime, reason: str) -> Case:
    """
    Say why nobody can be informed; the reason becomes a note.

    :raises SomebodyToInform: if somebody stands in the household, or did
    :raises InvalidInput: without a reason
    :raises AlreadyDone: if nobody is asked to inform
    """
    lock_case(case)
    require_work(case, by, at=at)
    if anybody_in(case):
        raise SomebodyToInform
    if not reason.strip():
        raise InvalidInput(
            "Schrijf waarom er niemand te informeren is.", field="reason"
        )
    if not items.close_items(case.key, by=by, at=at, kind=INFORM_FIRST):
        raise AlreadyDone
    note = Note.objects.create(
        case=case,
        text=f"Waarom niemand geïnformeerd is: {reason.strip()}",
        mark=Note.Mark.FACT,
        by=by,
        at=at,
        source=by.organisation,
    )
    record(case, "note.written", by=by, at=at, changed=[note])
    record(case, "informing.settled", by=by, at=at)
    return case


def asks_in_vain(case: Case) -> bool:
    """Whether work to inform waits while there is nobody to inform."""
    return not why_not_untold(case)


def why_not_untold(case: Case) -> str:
    """Say why nobody asks for a reason not to inform; nothing if that is asked."""
    if anybody_in(case):
        return SomebodyToInform.user_message
    waits = items.open_about(case.key, kind=INFORM_FIRST).exists()
    return "" if waits else AlreadyDone.user_message


def anybody_in(case: Case) -> bool:
    """Whether somebody stands in the household, or stood there and left it."""
    people = Person.objects.system_scope("is there anybody to inform").standing()
    return people.filter(case=case).exists()
