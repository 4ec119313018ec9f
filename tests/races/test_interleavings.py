"""
Nothing that was written after somebody lost his access is ever shown to him.

Just before one chosen statement of a request, on another connection and committed,
somebody's access is taken away and something is written. Whatever statement it is, the
answer may be the page of before, or a refusal; never a word of what came after. The
pages come from the access matrix: all that somebody reads, and forms that come back.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from math import ceil
from typing import Any

import pytest
import time_machine

from casework.cases.models import Note
from casework.cases.pages import case_for
from casework.keys.searching import seal
from tests.access.addresses import LISTS, addresses
from tests.access.asking import Browser, Cell
from tests.access.building import build_today
from tests.access.policy import deciding_rules, load
from tests.access.town import NOW, Town
from tests.races.chances import AFTER, Chance, go_away, standing, standing_in
from tests.races.interleaving import (
    Elsewhere,
    elsewhere,
    interrupted,
    statements_of,
)
from tests.standing import settled

pytestmark = [pytest.mark.race, pytest.mark.access]

SHOWS = frozenset({200, 409, 422})
QUICK = 300
LONG = {"an ordinary day": 6_000, "everybody is away": 4_000}
PROPERTY = "interleavings"
RULES = load()
READ_MOST = (
    "board:case",
    "dossier:household",
    "escalation:decide",
    "plan:task",
    "plan:plan",
    "escalation:request",
)
"""What a sample begins with: pages on which most is read."""

PER_PAGE = 4

SCENES: dict[str, Callable[[Town], Iterator[Chance]]] = {
    "an ordinary day": standing,
    "everybody is away": standing_in,
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def _town(django_db_setup, django_db_blocker, originals) -> Iterator[Town]:
    yield from settled(django_db_blocker, originals, build_today)


@pytest.fixture
def chances(scene, _town) -> Iterator[list[Chance]]:
    """Who loses his access how in a scene; after it the town is as it was."""
    town = deepcopy(_town)
    with elsewhere() as before:
        if SCENES[scene] is standing_in:
            assert before.do(lambda: go_away(town))
        yield list(SCENES[scene](town))


@pytest.fixture
def away(chances) -> Iterator[Elsewhere]:
    with elsewhere() as other:
        yield other


@pytest.mark.parametrize("scene", SCENES)
def test_some_interleavings_of_every_kind(scene, chances, away, record_property):
    """Catches a page that checks first and reads after, in a sample of them all."""
    share = ceil(QUICK / len(SCENES) / len(chances))
    chosen = random.Random(scene)
    done = shown = 0
    for chance in chances:
        browser = away.browser(chance.stand.user)
        until = done + share
        for _, method, path in _sampled(chance, ceil(share / PER_PAGE), chosen):
            statements = _count(browser, method, path, away)
            number = min(PER_PAGE, statements, until - done)
            for at in chosen.sample(range(statements), number):
                shown += _shows(browser, method, path, chance, at, away)
                done += 1
    record_property(PROPERTY, {"done": done, "shown": shown})
    assert shown == 0
    assert done >= QUICK // len(SCENES)


@pytest.mark.long
@pytest.mark.parametrize("scene", SCENES)
def test_every_interleaving(scene, chances, away, record_property):
    """Catches it wherever it is: each page, each statement, each way to lose access."""
    found: list[tuple[str, str, str, int]] = []
    done = 0
    for chance in chances:
        browser = away.browser(chance.stand.user)
        for _, method, path in _pages_of(chance):
            statements = _count(browser, method, path, away)
            for at in range(statements):
                done += 1
                if _shows(browser, method, path, chance, at, away):
                    found.append((chance.name, method, path, at))
    record_property(PROPERTY, {"done": done, "shown": len(found)})
    assert not found
    assert done >= LONG[scene]


@pytest.mark.parametrize("scene", ["an ordinary day"])
def test_check_then_read_is_seen(scene, chances, away):
    """The harness itself: two statements with nothing around them show what came after."""
    chance = chances[0]
    user, reference = chance.stand.user, chance.stand.things.reference

    def checks_then_reads() -> str:
        case = case_for(user, reference, at=NOW)
        notes = Note.objects.system_scope("a fault that is planted")
        return "".join(note.text for note in notes.filter(case=case))

    statements, text = statements_of(checks_then_reads)
    assert statements == 2
    assert AFTER not in text
    text = interrupted(checks_then_reads, at=1, happens=lambda: away.do(chance.happens))
    assert AFTER in text


def _pages_of(chance: Chance) -> list[tuple[str, str, str]]:
    """Every page that the matrix lets somebody read, about the case or a list."""
    stand = chance.stand
    cells = {
        Cell(address.name, method, stand.subject, stand.relation): address
        for address in addresses()
        if address.rule and (address.is_about_something or address.name in LISTS)
        for method in address.methods
    }
    rules = deciding_rules(RULES, cells)
    found = [
        (cell.url, cell.method, address.of(stand.things))
        for cell, address in cells.items()
        if (rule := rules[cell]) and rule.expected in SHOWS
    ]
    assert stand.user is not None
    searched = f"/casussen/?q={seal('nadien', reader=stand.user.pk)}"
    return [*found, ("", "GET", searched), ("", "GET", "/?toon=team")]


def _sampled(
    chance: Chance, number: int, chosen: random.Random
) -> list[tuple[str, str, str]]:
    """Some of his pages: the one on which most is read, and others."""
    pages = _pages_of(chance)
    first = [page for name in READ_MOST for page in pages if page[0] == name][:1]
    others = [page for page in pages if page not in first]
    return [*first, *chosen.sample(others, number - len(first))]


def _count(browser: Browser, method: str, path: str, away: Elsewhere) -> int:
    """How many statements a page takes that he may read."""
    statements, response = statements_of(lambda: away.ask(browser, method, path))
    away.put_back()
    assert response.status_code in SHOWS, (response.status_code, path)
    return statements


def _shows(
    browser: Browser,
    method: str,
    path: str,
    chance: Chance,
    at: int,
    away: Elsewhere,
) -> bool:
    response: Any = interrupted(
        lambda: away.ask(browser, method, path),
        at=at,
        happens=lambda: away.do(chance.happens),
    )
    away.put_back()
    assert response.status_code < 500, (chance.name, path, at)
    said = response.content.decode() + repr(dict(response.headers))
    return AFTER in said
