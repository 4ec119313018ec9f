"""Who has left holds no place in a case; what he steered goes to who is there."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from casework.cases import grants
from casework.cases.absence import deputies_of
from casework.cases.appointing import require_fit
from casework.cases.handover import VACANT, move_procesregie
from casework.cases.letting_go import lapse_asked, pass_on, pass_on_asked
from casework.cases.lock import lock_case, lock_cases
from casework.cases.models import Case, Exclusion, Participation
from casework.cases.models.participation import ParticipationQuerySet
from casework.cases.models.tracked import Tracked
from casework.cases.reading_in import ask_to_appoint, reader_key
from casework.cases.records import record_in_each
from casework.cases.uncovered import reaches, who_finds
from casework.people.errors import NotVisible
from casework.people.models import Absence, Desk, Membership, Role, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem, WorkItemQuerySet, desks_of

logger = logging.getLogger(__name__)

_Role = Participation.Role
OF_A_ROLE = (_Role.PROCESREGISSEUR, _Role.CASUSREGISSEUR)
"""Places for which somebody must have the role of the same name at a desk."""
DESKS = (Desk.Kind.BEHEER, Desk.Kind.PROCESREGIE)
"""Who finds a successor where nobody leads the team who can."""
ASKED_BESIDE = frozenset({_Role.ADVISER, _Role.EXECUTIVE})


def settle_leavings(*, at: datetime, **_: object) -> int:
    """
    End the places of everybody who has left, for the clock.

    Left is who has no desk, no account, or of a regisseur no longer the role. Who was
    asked for a successor and can't find one, is asked no longer. Gives how many places
    ended and questions went on.
    """
    gone = _held_by_who_left(at).values("user")
    users = User.objects.filter(pk__in=gone).order_by("pk")
    ended = sum(leave(user, at=at) for user in users)
    vain = [item for item in _vacancies() if _next_to_ask(item, at=at) is not None]
    return ended + sum(_ask_another(item, at=at) for item in vain)


@transaction.atomic
def leave_at_once(*, at: datetime, beside: Collection[int] = ()) -> int:
    """
    End the places of everybody who has left, for who lets people leave.

    So that who loses the role and keeps another desk reads nothing until the clock
    comes. All or nothing: the cases are locked in order, with those `beside`, in which
    more is to be done. Gives what the clock gives.
    """
    left = set(_held_by_who_left(at).values_list("case", flat=True))
    lock_cases(left.union(beside))
    return settle_leavings(at=at)


@transaction.atomic
def leave(user: User, *, at: datetime) -> int:
    """
    End the places of one person who has left, and give on what he steered.

    To the first along his deputies who is a procesregisseur and may see the case.
    Where there is none, his team lead, else the beheerder or the desk procesregie, is
    asked to appoint one: somebody who is there and may know of it.
    Gives how many places ended: 0 for somebody who did not leave.
    """
    lost = _held_by_who_left(at).filter(user=user)
    locked = {case.pk: case for case in lock_cases(lost.values_list("case", flat=True))}
    rows = list(lost.filter(case__in=locked).order_by("pk"))
    steered = {row.case_id for row in rows if row.role == _Role.PROCESREGISSEUR}
    given = _hand_over([locked[key] for key in steered], user, at=at)
    left = [
        row
        for row in rows
        if row.role != _Role.PROCESREGISSEUR or row.case_id not in given
    ]
    _end(left, locked, user, at=at)
    return len(rows)


@transaction.atomic
def appoint_successor(case: Case, *, by: User, at: datetime, user: User) -> Case:
    """
    Give a case whose procesregisseur has left another one.

    :raises NotVisible: if this is not asked of `by`
    :raises InvalidInput: if the successor is no procesregisseur, away, or knows people
    """
    lock_case(case)
    if not vacancies_for(by, at=at).filter(case=case.pk).exists():
        raise NotVisible
    require_fit(user, Role.PROCESREGISSEUR, cases=[case.pk], at=at)
    move_procesregie([case], user, by=by, at=at)
    return case


def vacancies_for(user: User, *, at: datetime) -> WorkItemQuerySet:
    """Give the cases without a procesregisseur for which this person finds one."""
    return (
        _vacancies()
        .filter(Q(owner_user=user) | Q(owner_desk__in=desks_of({user.pk}, at=at)))
        .of_strangers(user)
    )


def _vacancies() -> WorkItemQuerySet:
    """Give what is asked of a team lead or a desk: a successor of who left."""
    rows = WorkItem.objects.system_scope("who is asked for a successor")
    return rows.open().filter(kind=VACANT).order_by("pk")


def _next_to_ask(item: WorkItem, *, at: datetime) -> User | Desk | None:
    """Give who finds a successor where nobody who was asked is there any more."""
    if not item.is_open or reaches(item, at=at):
        return None
    assert item.case is not None
    cases = Case.objects.system_scope("whose successor is asked for")
    case = cases.select_related("procesregisseur__team_lead").get(pk=item.case)
    left = case.procesregisseur
    return who_finds(case, left, at=at, desks=DESKS) if left is not None else None


@transaction.atomic
def _ask_another(item: WorkItem, *, at: datetime) -> bool:
    lock_cases([item.case] if item.case is not None else [])
    item.refresh_from_db()
    owner = _next_to_ask(item, at=at)
    if owner is not None:
        items.hand_over(item, to=owner, by=None, at=at)
    return owner is not None


def _held_by_who_left(at: datetime) -> ParticipationQuerySet:
    """Every place of a person's own that he is here no longer for."""
    desks = Membership.objects.on(local_day(at)).filter(
        user=OuterRef("user"), user__is_active=True
    )
    works, has_role = Exists(desks), Exists(desks.filter(role=OuterRef("role")))
    return (
        Participation.objects.system_scope("whether who holds it still works here")
        .filter(user__isnull=False, on_behalf_of__isnull=True, ended_at__isnull=True)
        .filter(~works | (Q(role__in=OF_A_ROLE) & ~has_role))
    )


def _hand_over(cases: Sequence[Case], user: User, *, at: datetime) -> set[int]:
    """Give the cases to a deputy who may steer them; give the keys of those."""
    given: set[int] = set()
    away = frozenset(Absence.objects.active(at).values_list("user_id", flat=True))
    for heir in deputies_of(user, at=at):
        if heir.pk in away or Role.PROCESREGISSEUR not in heir.roles(on=local_day(at)):
            continue
        known = Exclusion.objects.filter(user=heir).values_list("case_id", flat=True)
        out = given | set(known.filter(case__in=[case.pk for case in cases]))
        fit = [case for case in cases if case.pk not in out]
        if fit:
            move_procesregie(fit, heir, by=None, at=at)
            given |= {case.pk for case in fit}
    return given


def _end(
    left: Sequence[Participation],
    cases: Mapping[int, Case],
    user: User,
    *,
    at: datetime,
) -> None:
    """End places and the copies of who stands in for him, and ask for others."""
    ended = _with_copies(left, user)
    if not ended:
        return
    Participation.objects.system_scope("who held them has left").filter(
        pk__in=[row.pk for row in ended]
    ).update(ended_at=at)
    changed: dict[Case, list[Tracked]] = {}
    for row in ended:
        row.ended_at = at
        changed.setdefault(cases[row.case_id], []).append(row)
    grants.follow([case.pk for case in changed], at=at)
    pass_on_asked(ended, at=at)
    for case, rows in changed.items():
        rows += _follow_up(case, user, _kinds_of(left, case), at=at)
    record_in_each(changed, "colleague.left", by=None, at=at, acting={}, user=user.pk)


def _with_copies(left: Iterable[Participation], user: User) -> list[Participation]:
    places = {(row.case_id, row.role, row.about): row for row in left}
    copies = Participation.objects.system_scope("who stands in for who left").filter(
        on_behalf_of=user,
        case__in={case for case, _, _ in places},
        ended_at__isnull=True,
    )
    theirs = [row for row in copies if (row.case_id, row.role, row.about) in places]
    return [*places.values(), *theirs]


def _kinds_of(left: Iterable[Participation], case: Case) -> set[str]:
    return {row.role for row in left if row.case_id == case.pk}


def _follow_up(
    case: Case, user: User, roles: set[str], *, at: datetime
) -> list[Tracked]:
    """Let somebody else do what he did in a case; give the rows that changed."""
    if roles & ASKED_BESIDE:
        lapse_asked(case, user, by=None, at=at)
    if _Role.PROCESREGISSEUR in roles:
        _ask_for_successor(case, user, at=at)
    elif case.procesregisseur_id != user.pk:
        _give_work_on(case, user, at=at)
    if case.casusregisseur_id != user.pk or _Role.CASUSREGISSEUR not in roles:
        return []
    case.casusregisseur = None
    case.save(update_fields=["casusregisseur"])
    ask_to_appoint(case, by=None, at=at)
    return [case]


def _give_work_on(case: Case, user: User, *, at: datetime) -> None:
    items.close_items(
        reader_key(case, user.pk), by=None, at=at, outcome=WorkItem.Outcome.LAPSED
    )
    pass_on(case, user, to=case.procesregisseur, by=None, at=at)


def _ask_for_successor(case: Case, user: User, *, at: datetime) -> None:
    """Ask who leads his team, else the beheerder, for another procesregisseur."""
    desks = Desk.objects.filter(kind=Desk.Kind.BEHEER, is_active=True)
    owner = who_finds(case, user, at=at, desks=DESKS) or desks.order_by("pk").first()
    if owner is None:
        logger.error("nobody to find a procesregisseur of case %s", case.pk)
        return
    if items.open_about(case.key, kind=VACANT).exists():
        return
    rules = policy.at(local_day(at))
    items.open_item(
        VACANT,
        title="Wijs een nieuwe procesregisseur aan",
        about=case.key,
        link="/afwezig/",
        owner=owner,
        due=due_after(rules.term("stuck_reply"), at=at, rules=rules),
        by=None,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
    )
