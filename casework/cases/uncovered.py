"""Who finds another regisseur where the deputy can't take a case over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from casework.cases.appointing import require_fit
from casework.cases.handover import VACANT, move_procesregie
from casework.cases.lock import lock_cases
from casework.cases.models import Case, Exclusion
from casework.cases.reading_in import OF_CASUSREGISSEUR, UNCOVERED
from casework.people.errors import AlreadyDone, NotVisible
from casework.people.models import (
    Absence,
    Desk,
    Membership,
    MembershipQuerySet,
    Role,
    User,
)
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem, WorkItemQuerySet, desks_of

_DESKS = (Desk.Kind.PROCESREGIE, Desk.Kind.BEHEER)
FOUND = (
    "Hier hoef je niemand meer te zoeken. Er is al iemand gevonden, of het is niet "
    "meer nodig."
)
BACK = "Deze collega is er al weer."
NOT_HIS = "Deze collega heeft de procesregie niet. Je hoeft niets meer te doen."


@transaction.atomic
def find_another(item: WorkItem, *, by: User, at: datetime, user: User) -> WorkItem:
    """
    Give a case that the deputy may not see to another procesregisseur.

    :raises NotVisible: if this is not asked of `by`, or he knows these people
    :raises AlreadyDone: if another was found, or who was away is back
    :raises InvalidInput: if the successor is no procesregisseur, away, or knows people
    """
    assert item.case is not None
    [case] = lock_cases([item.case])
    item.refresh_from_db()
    if not asked_of(by, at=at).filter(pk=item.pk).exists():
        raise NotVisible
    absence = Absence.objects.active(at).filter(pk=item.about.split(":")[1]).first()
    if absence is None:
        raise AlreadyDone(BACK)
    if not item.is_open:
        raise AlreadyDone
    if case.procesregisseur_id != absence.user_id:
        raise AlreadyDone(NOT_HIS)
    require_fit(user, Role.PROCESREGISSEUR, cases=[case.pk], at=at)
    move_procesregie([case], user, by=by, at=at)
    close_uncovered(absence, by=by, at=at, case=case)
    item.refresh_from_db()
    return item


def asked_of(user: User, *, at: datetime) -> WorkItemQuerySet:
    """
    Give for which cases this person, or a desk of his, was asked for another.

    Another procesregisseur: a casusregisseur is appointed in the case itself.
    """
    return _of(user, _asked().exclude(about__endswith=OF_CASUSREGISSEUR), at=at)


def was_asked(user: User, pk: int, *, at: datetime) -> bool:
    """Whether this person, or a desk of his, was once asked to find somebody by this."""
    rows = WorkItem.objects.system_scope("who was asked may hear that it is over")
    rows = rows.filter(pk=pk, kind__in=(UNCOVERED, VACANT))
    return _of(user, rows.exclude(about__endswith=OF_CASUSREGISSEUR), at=at).exists()


def questions() -> WorkItemQuerySet:
    """Give what is asked now: another for a case that a deputy may not see."""
    return _asked().open()


def question(absence: Absence, case: Case) -> str:
    """
    Name the question for another in one case: "absence:7:case:12".

    Of who is both regisseurs, for another procesregisseur first.
    """
    about = f"absence:{absence.pk}:{case.key}"
    return about + OF_CASUSREGISSEUR if _works_it(absence.user, case) else about


def whom_to_ask(absence: Absence, case: Case, *, at: datetime) -> User | Desk | None:
    """
    Give who must be asked for another in a case that the deputy may not see.

    Who leads the team; where that is nobody who is there and may know of it, the desk
    procesregie, and else the beheerder. For another casusregisseur the procesregisseur,
    or who stands in for her. Nobody if it waits for somebody, or is over, nor for who
    is neither: what waits for him has a ladder of its own.
    """
    asked = _asked().filter(about=question(absence, case)).order_by("pk").last()
    if _works_it(absence.user, case):
        return case.procesregisseur if asked is None else None
    if case.procesregisseur_id != absence.user_id:
        return None
    if asked is not None and (not asked.is_open or reaches(asked, at=at)):
        return None
    return who_finds(case, absence.user, at=at, desks=_DESKS)


def who_finds(
    case: Case, user: User, *, at: datetime, desks: Sequence[Desk.Kind]
) -> User | Desk | None:
    """
    Give who can find a procesregisseur instead of one who is away or has left.

    Who leads his team, else the first of these desks: somebody who is there and does
    not know the people of the case.
    """
    there = _who_may_know(case.pk, at=at)
    theirs = there.filter(user__organisation=user.organisation_id)
    if user.team_lead is not None and theirs.filter(user=user.team_lead).exists():
        return user.team_lead
    for kind in desks:
        near = theirs if kind == Desk.Kind.PROCESREGIE else there
        known = Desk.objects.filter(kind=kind, is_active=True, memberships__in=near)
        desk = known.order_by("pk").first()
        if desk is not None:
            return desk
    return None


def reaches(item: WorkItem, *, at: datetime) -> bool:
    """Whether its owner, or somebody of that desk, is there and may know of its case."""
    there = _who_may_know(item.case, at=at)
    if item.owner_desk_id is not None:
        return there.filter(desk=item.owner_desk_id).exists()
    return there.filter(user=item.owner_user_id).exists()


def ask_for_another(
    case: Case, absence: Absence, *, by: User | None, at: datetime
) -> None:
    """
    Let somebody find another, since the deputy knows these people.

    What waits for who can't do it any more goes to who can. Part of a transition.
    """
    owner, about = whom_to_ask(absence, case, at=at), question(absence, case)
    if owner is None:
        return
    waiting = questions().filter(about=about).first()
    if waiting is not None:
        items.hand_over(waiting, to=owner, by=by, at=at)
        return
    rules = policy.at(local_day(at))
    items.open_item(
        UNCOVERED,
        title="De vervanger kan deze casus niet doen. Zoek een ander",
        about=about,
        link=f"/casussen/{case.reference}/partijen/"
        if _works_it(absence.user, case)
        else "/afwezig/",
        owner=owner,
        due=due_after(rules.term("stuck_reply"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
    )


def close_uncovered(
    absence: Absence, *, by: User | None, at: datetime, case: Case | None = None
) -> None:
    """Ask nobody any more for another deputy, in one case or in all."""
    asked = questions().filter(about__startswith=f"absence:{absence.pk}:")
    if case is not None:
        asked = asked.filter(case=case.pk)
    close_questions(asked, by=by, at=at)


def close_questions(
    asked: Iterable[WorkItem],
    *,
    by: User | None,
    at: datetime,
    outcome: WorkItem.Outcome = WorkItem.Outcome.DONE,
) -> int:
    """Let questions for another wait no longer; give how many that were."""
    about = [item.about for item in asked]
    return items.close_items(about, by=by, at=at, kind=UNCOVERED, outcome=outcome)


def _works_it(user: User, case: Case) -> bool:
    """Whether he is the casusregisseur of a case that another steers."""
    return user.pk == case.casusregisseur_id != case.procesregisseur_id


def _of(user: User, rows: WorkItemQuerySet, *, at: datetime) -> WorkItemQuerySet:
    theirs = Q(owner_user=user) | Q(owner_desk__in=desks_of({user.pk}, at=at))
    return rows.filter(theirs).of_strangers(user)


def _asked() -> WorkItemQuerySet:
    return WorkItem.objects.system_scope("who is asked for another").filter(
        kind=UNCOVERED
    )


def _who_may_know(case: int | None, *, at: datetime) -> MembershipQuerySet:
    """Give the places at desks of who is there and does not know these people."""
    return (
        Membership.objects.on(local_day(at))
        .filter(user__is_active=True)
        .exclude(user__in=Absence.objects.active(at).values("user"))
        .exclude(user__in=Exclusion.objects.filter(case=case).values("user"))
    )
