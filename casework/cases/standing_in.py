"""The places of deputies in cases: they come with an absence and go with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from casework.cases import attention, grants
from casework.cases.letting_go import pass_on_asked
from casework.cases.models import Case, Exclusion, Participation
from casework.cases.models.participation import ParticipationQuerySet
from casework.cases.models.tracked import Tracked
from casework.cases.participations import stand_in
from casework.cases.records import acting_in_each, record_in_each
from casework.people.models import Absence, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem, WorkItemQuerySet

UNCOVERED = "absence.uncovered"


def stand_ins() -> ParticipationQuerySet:
    """Every place of a deputy that did not end."""
    return Participation.objects.system_scope("the places of deputies").filter(
        on_behalf_of__isnull=False, ended_at__isnull=True
    )


def is_away(at: datetime) -> Exists:
    """Whether whom a place is for is away, and its holder stands in for him."""
    return Exists(
        Absence.objects.active(at).filter(
            user=OuterRef("on_behalf_of"), deputy=OuterRef("user")
        )
    )


def uncovered(absence: Absence, *, at: datetime) -> list[Any]:
    """
    Give his running places without a copy for the deputy.

    `knows` says that the deputy may not see that case.
    """
    known = Exclusion.objects.filter(user=absence.deputy_id, case=OuterRef("case"))
    copies = stand_ins().filter(
        case=OuterRef("case"),
        role=OuterRef("role"),
        about=OuterRef("about"),
        user=absence.deputy_id,
        on_behalf_of=absence.user_id,
    )
    return list(
        Participation.objects.system_scope("what the deputy takes over")
        .running(at)
        .filter(user=absence.user_id, on_behalf_of__isnull=True)
        .exclude(role=Participation.Role.BREAK_GLASS)
        .exclude(Exists(copies))
        .annotate(knows=Exists(known))
        .select_related("case")
        .order_by("case_id", "pk")
    )


def unsettled(absence: Absence, rows: Sequence[Any]) -> set[int]:
    """
    Give the cases of `uncovered` places in which something must still be done.

    The deputy's place is not there yet, or the team lead was never asked for another.
    """
    open_to_him = {row.case_id for row in rows if not row.knows}
    known = {question(absence, row.case): row.case_id for row in rows if row.knows}
    lead = _whom_to_ask(absence)
    if not known or lead is None:
        return open_to_him
    asked = WorkItem.objects.system_scope("what was asked of the team lead").filter(
        kind=UNCOVERED, about__in=known
    )
    for about in asked.values_list("about", flat=True):
        known.pop(about, None)
    closed = Exclusion.objects.filter(user=lead, case__in=known.values())
    return open_to_him | (set(known.values()) - {row.case_id for row in closed})


def cover(absence: Absence, *, by: User | None, at: datetime) -> int:
    """
    Write the deputy's places that are not there yet, and open his grants.

    Where he may not see a case, the team lead is asked for another, once. Part of a
    transition: the cases are locked. Gives how many places came.
    """
    new: dict[Case, list[Tracked]] = {}
    places: list[Participation] = []
    for row in uncovered(absence, at=at):
        if row.knows:
            _ask_for_another(row.case, absence, by=by, at=at)
            continue
        place = stand_in(row, absence, at=at)
        places.append(place)
        new.setdefault(row.case, []).append(place)
    if not places:
        return 0
    Participation.objects.bulk_create(places)
    grants.follow([case.pk for case in new], at=at)
    record_in_each(
        new,
        "absence.started",
        by=by,
        at=at,
        acting={},
        user=absence.user_id,
        deputy=absence.deputy_id,
    )
    return len(places)


def end_places(rows: ParticipationQuerySet, *, by: User | None, at: datetime) -> int:
    """
    End places of deputies and close their grants.

    Part of a transition: the cases are locked. Gives how many places ended.
    """
    pairs: dict[tuple[int | None, int | None], list[Participation]] = {}
    for row in rows.select_related("case").order_by("case_id", "pk"):
        pairs.setdefault((row.on_behalf_of_id, row.user_id), []).append(row)
    for ended in pairs.values():
        _end_pair(ended, by=by, at=at)
    return sum(len(ended) for ended in pairs.values())


def questions() -> WorkItemQuerySet:
    """Give what team leads are asked: another for a case that a deputy may not see."""
    return (
        WorkItem.objects.system_scope("what is asked of the team lead")
        .open()
        .filter(kind=UNCOVERED)
    )


def question(absence: Absence, case: Case) -> str:
    """Name the question for another in one case: "absence:7:case:12"."""
    return f"absence:{absence.pk}:{case.key}"


def close_uncovered(
    absence: Absence, *, by: User | None, at: datetime, case: Case | None = None
) -> None:
    """Ask the team lead no longer for another deputy, in one case or in all."""
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
    rows = list(asked)
    about = [item.about for item in rows]
    closed = items.close_items(about, by=by, at=at, kind=UNCOVERED, outcome=outcome)
    attention.follow({item.case for item in rows if item.case is not None})
    return closed


def _ask_for_another(
    case: Case, absence: Absence, *, by: User | None, at: datetime
) -> None:
    """The deputy knows these people: who leads the team finds another."""
    lead, about = _whom_to_ask(absence), question(absence, case)
    if lead is None or items.asked_before(UNCOVERED, about):
        return
    if Exclusion.objects.filter(user=lead, case=case).exists():
        return
    rules = policy.at(local_day(at))
    items.open_item(
        UNCOVERED,
        title="De vervanger kan deze casus niet doen. Zoek een ander",
        about=about,
        link="/afwezig/",
        owner=lead,
        due=due_after(rules.term("stuck_reply"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
    )
    attention.follow([case.pk])


def _whom_to_ask(absence: Absence) -> User | None:
    """Give who leads the team of who is away, if it is not he who stands in."""
    lead = absence.user.team_lead
    return None if lead is None or lead.pk == absence.deputy_id else lead


def _end_pair(ended: list[Participation], *, by: User | None, at: datetime) -> None:
    """End the places of one deputy for one person, in all cases at once."""
    cases = {row.case_id: row.case for row in ended}
    acting = acting_in_each(cases, by, at=at)
    Participation.objects.system_scope("who was away is back").filter(
        pk__in=[row.pk for row in ended]
    ).update(ended_at=at)
    changed: dict[Case, list[Tracked]] = {case: [] for case in cases.values()}
    for row in ended:
        row.ended_at = at
        changed[row.case].append(row)
    grants.follow(cases, at=at)
    pass_on_asked(ended, at=at)
    record_in_each(
        changed,
        "absence.ended",
        by=by,
        at=at,
        acting=acting,
        user=ended[0].on_behalf_of_id,
        deputy=ended[0].user_id,
    )
