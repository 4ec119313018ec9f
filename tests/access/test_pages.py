"""Every page costs the same whatever there is, and a list little."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.access.addresses import Address, addresses
from tests.access.asking import Browser
from tests.access.building import build
from tests.access.many import many_cases
from tests.access.relations import Stand, stands
from tests.access.town import NOW, Town
from tests.standing import scene

pytestmark = [pytest.mark.access, pytest.mark.django_db]

MOST_OF_A_LIST = 10
"""With the session, who asks and his roles."""

WHO = (
    ("procesregisseur", "regisseur-nu"),
    ("casusregisseur", "regisseur-nu"),
    ("ketenpartner", "zelfde-bureau-na-oppakken"),
    ("ketenpartner", "melder"),
    ("manager", "beantwoorder"),
    ("bestuurder", "beantwoorder"),
    ("aov", "none"),
    ("beleidsmedewerker", "none"),
    ("privacy-officer", "none"),
    ("fg", "none"),
    ("beheerder", "none"),
    ("procesregisseur", "archief"),
    ("procesregisseur", "beoordelaar"),
    ("casusregisseur", "ontvanger"),
)
"""Who asks: between them they see every page, and they have most of what there is."""

NOT_NOW = frozenset({"absence:cover", "escalation:dissent", "kept_text"})
"""
Pages that none of them sees as the town stands; the matrix has them.

While everybody is there, before a decision has a dissent, and with no text kept.
"""

REPORTS = frozenset({"audit:look_back", "audit:remarkable"})
"""Pages without an object that are no list: they look at one case, or at a month."""

MEASURES = frozenset({"readyz", "metrics", "clock:show"})
"""Each figure of the clock has an index of its own; `test_metrics` bounds how many."""

Costs = dict[tuple[str, str, str], int]


@pytest.mark.long
def test_a_page_asks_as_much_of_400_cases_as_of_40(time_machine_at):
    """Catches a query for each case, row or person, on any page, and a list that grew."""
    time_machine_at(NOW)
    town = build()
    many_cases(town.world, 40)
    few = _costs(town)
    lists = {each.name for each in addresses() if "<" not in each.route}
    lists -= REPORTS | MEASURES
    dear = {
        key: cost
        for key, cost in few.items()
        if key[0] in lists and cost > MOST_OF_A_LIST
    }
    many_cases(town.world, 360)

    assert {name for name, _, _ in few} == _asked_for() - NOT_NOW
    assert not dear
    assert _costs(town) == few


@pytest.mark.long
def test_a_page_asks_as_much_of_4000_cases_as_of_40(time_machine_at):
    time_machine_at(NOW)
    town = build()
    many_cases(town.world, 40)
    few = _costs(town)
    many_cases(town.world, 3960)

    assert _costs(town) == few


def _asked_for() -> set[str]:
    return {each.name for each in addresses() if each.rule and "GET" in each.methods}


def _costs(town: Town) -> Costs:
    """How many statements each page takes: of an object as one, a list as everybody."""
    found: Costs = {}
    now = {(each.subject, each.relation): each for each in next(stands(town))}
    wanted = _asked_for()
    asked_for = [each for each in addresses() if each.name in wanted]
    seen: set[str] = set()
    for subject, relation in WHO:
        stand = now[subject, relation]
        browser = Browser(stand.user)
        for address in asked_for:
            if address.name in seen and "<" in address.route:
                continue
            asked = _cost(browser, address, stand)
            if asked is not None:
                found[address.name, subject, relation] = asked
                seen.add(address.name)
    return found


def _cost(browser: Browser, address: Address, stand: Stand) -> int | None:
    path = address.of(stand.things)
    with scene():
        if browser.ask("GET", path).status_code != 200:
            return None
    asked = 0

    def counting(execute, sql, params, many, context):
        nonlocal asked
        asked += not str(sql).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(sql, params, many, context)

    with scene(), connection.execute_wrapper(counting):
        browser.ask("GET", path)
    return asked
