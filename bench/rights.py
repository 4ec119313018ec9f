"""What a right costs to ask, and what it costs to keep when a case changes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from bench import bounds, peers
from bench.context import Bench
from bench.measure import Contender, Operation, at_most, statements, within
from casework.access.permissions import Permission
from casework.cases import attention, grants
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import Case, Participation
from casework.people.models import Role, User

GRANTS = 50
CASES = 300
GUARDIAN = "guardian"


def operations(bench: Bench) -> Iterator[Operation]:
    """Give the questions and then the price."""
    yield one_right(bench)
    yield fifty_rights(bench)
    yield a_day_moves(bench)
    yield a_successor(bench)


def one_right(bench: Bench) -> Operation:
    """May this person do this in this case?"""
    user, at = bench.viewers.p95, bench.at
    desks, scope = bench.desks(user), bench.scopes[Permission.STEER_CASE]
    cases = itertools.cycle(_steered(user, 20))
    given = {"prepare": lambda: next(cases)}
    return Operation(
        "has_perm, een keer",
        ours=Contender(
            "has_perm", lambda case: user.has_perm("cases.steer_case", case), **given
        ),
        bound=Contender(
            "psycopg",
            lambda case: bounds.may(bench.raw, user.pk, desks, scope, case.pk, at=at),
            **given,
        ),
        peers=(
            Contender(
                GUARDIAN,
                lambda case: peers.may_by_guardian(user, Permission.STEER_CASE, case),
                **given,
            ),
        ),
        targets=(at_most(2.5), statements(1)),
    )


def fifty_rights(bench: Bench) -> Operation:
    """Which of the fifty cases on a page may he steer?"""
    user, at = bench.viewers.busiest, bench.at
    desks, scope = bench.desks(user), bench.scopes[Permission.STEER_CASE]
    first = bench.town.first_case
    every = range(first, first + bench.town.size.cases, bench.town.size.cases // 40)
    some = [case.pk for case in _steered(user, 10)]
    cases = list(Case._base_manager.filter(pk__in={*every, *some})[:50])
    keys = [case.pk for case in cases]

    def ours() -> set[int]:
        may = Case.objects.visible_to(user, at=at, permission=Permission.STEER_CASE)
        return set(may.filter(pk__in=keys).values_list("pk", flat=True))

    return Operation(
        "Rechten op 50 casussen van een pagina",
        ours=Contender("visible_to", lambda _: ours()),
        bound=Contender(
            "psycopg",
            lambda _: bounds.may_of(bench.raw, user.pk, desks, scope, keys, at=at),
        ),
        peers=(
            Contender(
                "guardian prefetch_perms",
                lambda _: peers.may_of_by_guardian(user, Permission.STEER_CASE, cases),
            ),
        ),
        targets=(at_most(3), statements(1)),
    )


def a_day_moves(bench: Bench) -> Operation:
    """The price of the order in the grants: a day changes, and fifty rows with it."""
    chosen = _steered(bench.viewers.busiest, 3, skip=30)
    for case in chosen:
        _crowd(bench, case)
    return Operation(
        f"De prijs: een dag verschuift, met {GRANTS} rechten op de casus",
        ours=Contender(
            "attention.follow",
            lambda case: attention.follow([case]),
            prepare=lambda: _move_work(bench, chosen[0]),
        ),
        bound=Contender(
            "psycopg",
            lambda case: bounds.move_day(bench.raw, case),
            prepare=lambda: _move_work(bench, chosen[1]),
        ),
        peers=(
            Contender(
                "ORM zonder rechten",
                peers.move_day,
                prepare=lambda: _move_work(bench, chosen[2]),
            ),
        ),
        targets=(at_most(3), statements(1)),
        reads=False,
    )


def a_successor(bench: Bench) -> Operation:
    """Somebody takes over hundreds of cases at once."""
    first, second = bench.town.procesregisseurs()[:2]
    size = min(CASES, _count(first) // 3)
    sets = [_steered(first, size, skip=place * size) for place in range(3)]

    def turn(place: int) -> tuple[list[Case], User, User]:
        keys = [case.pk for case in sets[place]]
        cases = list(Case._base_manager.filter(pk__in=keys).order_by("pk"))
        now, other = first, second
        if cases[0].procesregisseur_id == second.pk:
            now, other = second, first
        return cases, now, other

    def ours(given: Any) -> int:
        cases, now, other = given
        hand_over_procesregie(cases, by=now, at=bench.at, user=other)
        return len(cases)

    def bare(given: Any) -> int:
        cases, now, other = given
        keys = [case.pk for case in cases]
        return bounds.hand_over(bench.raw, keys, now.pk, other.pk) // 5

    def loop(given: Any) -> int:
        cases, now, other = given
        return peers.hand_over_by_loop(cases, old=now, new=other, at=bench.at) // 5

    return Operation(
        f"Een opvolger neemt {size} casussen over",
        ours=Contender("hand_over", ours, prepare=lambda: turn(0)),
        bound=Contender("psycopg", bare, prepare=lambda: turn(1)),
        peers=(Contender("assign_perm in een lus", loop, prepare=lambda: turn(2)),),
        targets=(within(2000),),
        rounds=5,
        reads=False,
        note="de ondergrens schrijft geen tijdlijn, log of werk",
    )


def _steered(user: User, count: int, *, skip: int = 0) -> list[Case]:
    cases = Case._base_manager.filter(procesregisseur=user, status="open")
    return list(cases.order_by("pk")[skip : skip + count])


def _count(user: User) -> int:
    return Case._base_manager.filter(procesregisseur=user, status="open").count()


def _crowd(bench: Bench, case: Case) -> None:
    """Let so many people read along that the case has fifty grants."""
    held = case.user_grants.count() + case.desk_grants.count()
    extra = bench.town.folk.people[Role.KETENPARTNER][: GRANTS - held]
    Participation.objects.bulk_create(
        Participation(
            case=case,
            role=Participation.Role.ADVISER,
            user=user,
            about="escalation:0",
            from_at=bench.at,
        )
        for user in extra
    )
    grants.follow([case.pk], at=bench.at)
    assert case.user_grants.count() + case.desk_grants.count() == GRANTS


def _move_work(bench: Bench, case: Case) -> int:
    """Give the earliest work of a case another day, one of two; not timed."""
    bench.raw.run(
        """update work_workitem set due_on = date '2020-01-01'
            + (case when due_on = date '2020-01-01' then 1 else 0 end)
        where id = (select id from work_workitem where "case" = %(case)s
                    and state = 'open' order by due_on, id limit 1)""",
        {"case": case.pk},
    )
    return int(case.pk)
