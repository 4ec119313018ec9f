"""Who was asked has left, or his party: another of his level is asked, or who steers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from ave.escalation.asking import let_in, let_out
from ave.escalation.asks import CARRY, NOTICE, REVIEW, title_of
from ave.escalation.models import Escalation
from ave.escalation.models.request import EscalationQuerySet
from ave.escalation.voices import follow_voices
from ave.policy.answerers import DESK_OF_LEVEL, NobodyToAsk, answerer, taking_part
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Case, Exclusion, Participation
from casework.cases.models.tracked import Tracked
from casework.levels import Level
from casework.people.models import Membership, User
from casework.work import items
from casework.work.days import local_day

ASKED = (REVIEW, NOTICE, CARRY)
"""Work of who must answer a request, or read it."""

ANSWERS = (Participation.Role.ANSWERER,)
NOBODY = "nobody"
"""What the event says where no other may answer: who steers has the work of it."""


def ask_successors(*, at: datetime, case: Case | None = None, **_: object) -> int:
    """
    Ask another what was asked of somebody who has left, for the clock; or in one case.

    Or who has no desk of that level any more, or whose organisation takes part in the
    case no longer: he reads it no more. The day stands. Where nobody else may answer,
    who steers the case gets the work: he can take the question back. Gives how many
    requests went to somebody else.
    """
    waiting = of_who_left(at).select_related("case").order_by("pk")
    if case is not None:
        waiting = waiting.filter(case=case)
    return sum(_ask_another(escalation, at=at) for escalation in waiting)


def of_who_left(at: datetime) -> EscalationQuerySet:
    """Give the running questions to somebody who is not there for them any more."""
    desks = Membership.objects.on(local_day(at)).filter(user=OuterRef("answerer"))
    here = taking_part(OuterRef(OuterRef("case")), at=at).filter(
        pk=OuterRef("answerer__organisation")
    )
    gone = Q(answerer__is_active=False) | Q(~Exists(desks)) | Q(~Exists(here))
    for level, kind in DESK_OF_LEVEL.items():
        gone |= Q(to_level=level) & Q(~Exists(desks.filter(desk__kind=kind)))
    asked = Escalation.objects.system_scope("whether who was asked still takes part")
    return asked.running().filter(gone)


@transaction.atomic
def _ask_another(escalation: Escalation, *, at: datetime) -> bool:
    case = lock_case(escalation)
    if not of_who_left(at).filter(pk=escalation.pk).exists():
        return False
    found = _next_answerer(escalation, at=at)
    changed: list[Tracked] = [*let_out(escalation, at=at, roles=ANSWERS)]
    if found is None:
        if changed and case.procesregisseur is not None:
            steers = case.procesregisseur
            _record(escalation, steers, changed=changed, at=at, state=NOBODY)
        return _ask_who_steers(escalation, case, at=at)
    escalation.answerer = found
    escalation.version += 1
    escalation.save(update_fields=["answerer", "version"])
    changed = [escalation, *changed, *let_in(escalation, at=at)]
    changed += follow_voices(escalation, by=None, at=at)
    _give_work(escalation, found, at=at)
    _record(escalation, found, changed=changed, at=at)
    return True


def _record(
    escalation: Escalation,
    user: User,
    *,
    changed: list[Tracked],
    at: datetime,
    **facts: Any,
) -> None:
    record(
        escalation.case,
        "escalation.passed_on",
        by=None,
        at=at,
        changed=changed,
        about=escalation,
        user=user.pk,
        bottleneck=escalation.bottleneck.number,
        **facts,
    )


def _next_answerer(escalation: Escalation, *, at: datetime) -> User | None:
    try:
        found = answerer(
            escalation.case,
            Level(escalation.to_level),
            cause=escalation.bottleneck.cause,
            asker=escalation.asker,
            at=at,
        )
    except NobodyToAsk:
        return None
    if found.pk in (escalation.answerer_id, escalation.asker_id):
        return None
    knows = Exclusion.objects.filter(case=escalation.case_id, user=found).exists()
    return None if knows else found


def _ask_who_steers(escalation: Escalation, case: Case, *, at: datetime) -> bool:
    steers = case.procesregisseur
    if steers is None or not (steers.is_active and steers.roles(on=local_day(at))):
        return False
    return _give_work(escalation, steers, at=at)


def _give_work(escalation: Escalation, user: User, *, at: datetime) -> bool:
    work = items.open_about(escalation.key).filter(kind__in=ASKED)
    item = work.exclude(owner_user=user).first()
    if item is None:
        return False
    is_answerer = user.pk == escalation.answerer_id
    title = title_of(item.kind, escalation, of_answerer=is_answerer)
    items.hand_over(item, to=user, by=None, at=at, title=title)
    return True
