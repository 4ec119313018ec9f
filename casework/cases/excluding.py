"""Who knows the people of a case, and does not see it from then on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases import grants
from casework.cases.confirmations import ask_instead_of
from casework.cases.journal import record
from casework.cases.letting_go import (
    ANSWER_FIRST,
    WITHDRAW_FIRST,
    is_asked,
    lapse_asked,
    let_go,
    pass_on,
    pass_on_asked,
)
from casework.cases.lock import lock_case
from casework.cases.models import Case, Exclusion
from casework.cases.models.tracked import Tracked
from casework.cases.participations import end_participations
from casework.cases.reading_in import ask_to_appoint, reader_key
from casework.people.errors import AlreadyDone, TransitionRefused
from casework.people.models import User
from casework.work import items
from casework.work.models import WorkItem


class HandOverFirst(TransitionRefused):
    """Somebody has the procesregie of a case that he may not see."""

    user_message = (
        "Draag de procesregie eerst over aan een collega. "
        "Daarna zie je deze casus niet meer."
    )


@transaction.atomic
def exclude_myself(case: Case, *, by: User, at: datetime) -> Exclusion:
    """
    "Ik ken deze mensen": from now on this person does not see the case in any way.

    :raises HandOverFirst: if he is its procesregisseur
    :raises NotVisible: if he may not know of it
    """
    lock_case(case)
    require(by, Permission.SEE_CASE, case, at=at)
    return _exclude(case, by, by=by, at=at)


@transaction.atomic
def exclude_colleague(case: Case, *, by: User, at: datetime, user: User) -> Exclusion:
    """
    Let a colleague who knows these people not see the case, also not as deputy.

    :raises AlreadyDone: if he was excluded before
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    return _exclude(case, user, by=by, at=at)


def _exclude(case: Case, user: User, *, by: User, at: datetime) -> Exclusion:
    if case.procesregisseur_id == user.pk:
        raise HandOverFirst
    if Exclusion.objects.filter(case=case, user=user).exists():
        raise AlreadyDone("Deze collega ziet deze casus al niet.")
    if is_asked(case, user):
        raise HandOverFirst(ANSWER_FIRST if user.pk == by.pk else WITHDRAW_FIRST)
    ended = end_participations(case, at=at, user=user)
    waiting = items.open_for_case(case.pk).filter(owner_user=user)
    changed: list[Tracked] = [*ended]
    if case.casusregisseur_id == user.pk:
        case.casusregisseur = None
        case.save(update_fields=["casusregisseur"])
        changed.append(case)
        ask_to_appoint(case, by=by, at=at)
    exclusion = Exclusion.objects.create(case=case, user=user, at=at, by=by)
    lapse_asked(case, user, by=by, at=at)
    items.close_items(
        reader_key(case, user.pk), by=by, at=at, outcome=WorkItem.Outcome.LAPSED
    )
    ask_instead_of(waiting, by=by, at=at)
    pass_on(case, user, to=case.procesregisseur, by=by, at=at)
    let_go(case, user, by=by, at=at)
    pass_on_asked(ended, at=at)
    grants.follow([case.pk], at=at)
    record(
        case,
        "colleague.excluded",
        by=by,
        at=at,
        changed=changed,
        about=case,
        user=user.pk,
    )
    return exclusion
