"""Lists cost the same whatever there is, and hold what one may see."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.access.pages import page_for
from casework.cases.models import Case
from casework.keys.searching import seal
from programme.importing import TYNAARLO, import_programme
from tests.access.asking import Browser
from tests.access.many import analyse, many_cases, much_policy
from tests.world import AT, make_world

pytestmark = [pytest.mark.access, pytest.mark.django_db]

MOST_QUERIES = 10
MOST_BUFFERS = 400

SEARCHED = "/casussen/?q="
LISTS = {
    "/casussen/": "procesregisseur",
    "/casussen/?niveau=2": "casusregisseur",
    SEARCHED: "procesregisseur",
    "/": "procesregisseur",
    "/?toon=team": "officer",
    "/?toon=anderen": "procesregisseur",
    "/?toon=klaar": "manager",
    "/besluiten/": "manager",
    "/gemeld/": "officer",
    "/programma/": "aov",
    "/programma/OND-02/": "aov",
    "/beleidssignalen/": "beleidsmedewerker",
    "/beleidssignalen/?pagina=1": "procesregisseur",
    "/afwezig/": "procesregisseur",
    "/logboek/": "fg",
}
"""Each list, and who has much in it."""


def queries_of(world) -> dict[str, list[str]]:
    """What each list asks the database, but for the session and who it is."""
    found = {}
    for asked, name in LISTS.items():
        user = getattr(world, name)
        browser = Browser(user)
        words = seal("overlast", reader=user.pk) if asked == SEARCHED else ""
        path = asked + words
        browser.ask("GET", path)
        with CaptureQueriesContext(connection) as captured:
            response = browser.ask("GET", path)
        assert response.status_code == 200, path
        found[asked] = [
            query["sql"]
            for query in captured
            if "django_session" not in query["sql"] and "SAVEPOINT" not in query["sql"]
        ]
    return found


def test_a_list_asks_as_much_of_400_cases_as_of_40(time_machine_at):
    """Catches a query for each case, report, decision or signal in a list."""
    time_machine_at(AT)
    world = make_world()
    import_programme(TYNAARLO, by=world.aov, at=AT)
    many_cases(world, 40)
    much_policy(world, 40)
    few = queries_of(world)
    many_cases(world, 360)
    much_policy(world, 360)
    many = queries_of(world)

    for path in LISTS:
        assert len(many[path]) == len(few[path]), path
        assert len(few[path]) <= MOST_QUERIES, (path, few[path])


@pytest.mark.long
def test_a_list_asks_as_much_of_4000_cases_as_of_40(time_machine_at):
    time_machine_at(AT)
    world = make_world()
    import_programme(TYNAARLO, by=world.aov, at=AT)
    many_cases(world, 40)
    much_policy(world, 40)
    few = {path: len(asked) for path, asked in queries_of(world).items()}
    many_cases(world, 3960)
    much_policy(world, 3960)

    assert {path: len(asked) for path, asked in queries_of(world).items()} == few


@pytest.mark.long
def test_a_page_of_cases_reads_little_of_4000():
    """
    Catches a list whose cost grows with what is in the table.

    The gates of the bench look at the same list in `make test`.
    """
    world = make_world()
    many_cases(world, 2000, others=2000)
    analyse()

    for user in (world.procesregisseur, world.casusregisseur):
        plan = _plan_of(lambda user=user: page_for(Case, user, at=AT, limit=50))
        read = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
        assert read <= MOST_BUFFERS, json.dumps(plan)[:4000]


def _plan_of(ask: Any) -> dict[str, Any]:
    asked = []

    def keep(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        assert len(ask()) == 50
    ((sql, params),) = asked
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, format json) {sql}", params)
        (found,) = cursor.fetchone()
    (plan,) = json.loads(found) if isinstance(found, str) else found
    return plan
