"""The lists that everybody opens all day, and the clock's list of what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ave.board.reading import levels_of
from bench import bounds, peers
from bench.context import Bench
from bench.measure import (
    Contender,
    Operation,
    at_most,
    buffers,
    faster_than,
    statements,
    within,
)
from casework.access.pages import page_for
from casework.access.permissions import Permission
from casework.cases.models import Case
from casework.people.models import Role, User
from casework.work import inbox, ladder

FIFTY = 50
EXISTS, GUARDIAN, ONE_OR = "EXISTS op deelnames", "guardian", "een OR met guardian"
LARGE = 100_000


def operations(bench: Bench) -> Iterator[Operation]:
    """Give the lists."""
    people = {
        "middelste": bench.viewers.median,
        "p95": bench.viewers.p95,
        "drukste": bench.viewers.busiest,
    }
    for who, user in people.items():
        yield my_cases(bench, who, user)
    yield my_cases_prepared(bench)
    for who in ("middelste", "drukste"):
        yield count_per_level(bench, who, people[who])
    worker = bench.town.folk.people[Role.KETENPARTNER][0]
    yield my_work(bench, "ketenpartner", worker)
    yield my_work(bench, "drukste", bench.viewers.busiest)
    yield due_reminders(bench, "niets", timedelta())
    yield due_reminders(bench, "veel", timedelta(hours=36))


def my_cases(bench: Bench, who: str, user: User) -> Operation:
    """Fifty cases by day of attention."""
    desks, at = bench.desks(user), bench.at
    scope = bench.scopes[Permission.SEE_CASE]
    compared = [faster_than(EXISTS, 3)]
    if bench.town.size.cases >= LARGE:
        compared.append(faster_than(GUARDIAN, 10))
    return Operation(
        f"Mijn casussen, 50 op aandacht ({who})",
        ours=Contender(
            "page_for",
            lambda _: [case.pk for case in page_for(Case, user, at=at, limit=FIFTY)],
        ),
        bound=Contender(
            "psycopg",
            lambda _: bounds.my_cases(bench.raw, user.pk, desks, scope, at=at),
        ),
        peers=(
            Contender(
                EXISTS,
                lambda _: [
                    case.pk for case in peers.cases_by_exists(user, at=at)[:FIFTY]
                ],
            ),
            Contender(
                GUARDIAN,
                lambda _: [case.pk for case in peers.cases_by_guardian(user)[:FIFTY]],
            ),
        ),
        targets=(at_most(2), statements(1), buffers(400), *compared),
    )


def my_cases_prepared(bench: Bench) -> Operation:
    """The same against a statement that the server has planned before."""
    user, at = bench.viewers.busiest, bench.at
    desks, scope = bench.desks(user), bench.scopes[Permission.SEE_CASE]
    return Operation(
        "Mijn casussen, tegen een voorbereid statement (drukste)",
        ours=Contender(
            "page_for",
            lambda _: [case.pk for case in page_for(Case, user, at=at, limit=FIFTY)],
        ),
        bound=Contender(
            "psycopg, voorbereid",
            lambda _: bounds.my_cases(bench.prepared, user.pk, desks, scope, at=at),
        ),
    )


def count_per_level(bench: Bench, who: str, user: User) -> Operation:
    """How many of somebody's cases stand at each level."""
    desks, at = bench.desks(user), bench.at
    scope = bench.scopes[Permission.SEE_CASE]
    return Operation(
        f"Aantal per niveau ({who})",
        ours=Contender(
            "levels_of",
            lambda _: {
                each.level.value: each.count
                for each in levels_of(user, at=at)
                if each.count
            },
        ),
        bound=Contender(
            "psycopg", lambda _: bounds.levels(bench.raw, user.pk, desks, scope, at=at)
        ),
        peers=(Contender(GUARDIAN, lambda _: peers.levels_by_guardian(user)),),
        targets=(at_most(2), statements(1)),
    )


def my_work(bench: Bench, who: str, user: User) -> Operation:
    """Fifty things that wait for somebody."""
    desks, at = bench.desks(user), bench.at
    others: tuple[Contender, ...] = ()
    if who == "drukste":
        others = (
            Contender(
                ONE_OR,
                lambda _: [item.pk for item in peers.work_by_or(user, at=at)[:FIFTY]],
            ),
        )
    return Operation(
        f"Mijn werk, 50 ({who})",
        ours=Contender(
            "inbox.foremost",
            lambda _: [item.pk for item in inbox.foremost(user, FIFTY, at=at)],
        ),
        bound=Contender("psycopg", lambda _: bounds.my_work(bench.raw, user.pk, desks)),
        peers=others,
        targets=(at_most(3),),
    )


def due_reminders(bench: Bench, how_much: str, later: timedelta) -> Operation:
    """What the clock does every few seconds: find what is due, among all that waits."""
    at = bench.at + later

    def find() -> int:
        return ladder.plan_due(at=at, call=_nothing, stop=lambda: True)

    found = bounds.due_work(bench.raw, at=at)
    return Operation(
        f"Herinneringen vinden ({how_much}: {found})",
        ours=Contender("plan_due", lambda _: find()),
        bound=Contender("psycopg", lambda _: bounds.due_work(bench.raw, at=at)),
        targets=(within(10), *([buffers(20)] if not found else [])),
        same=False,
    )


def _nothing(*_: object) -> None:
    """Be called for no rung: the search stops before the first."""
