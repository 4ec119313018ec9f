"""Who sees what: every address, as everybody, in every relation, against the matrix."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
import time_machine

from casework.access.rules import AccessRule
from tests.access.addresses import KWARGS, LISTS, addresses
from tests.access.asking import REFUSED, Answers, Browser, Cell, ask, collect, questions
from tests.access.building import build
from tests.access.canaries import KIND_OF, found_in
from tests.access.exits import exits_of
from tests.access.later import write_the_rest
from tests.access.policy import (
    deciding_cells,
    deciding_rules,
    flipped,
    load,
    worth_asking,
)
from tests.access.relations import KNOWN
from tests.access.town import NOW, Town
from tests.proofs import MATRIX
from tests.standing import settled

pytestmark = pytest.mark.access

PARTS = {
    "who work on cases": {"procesregisseur", "casusregisseur", "aov"},
    "the others": {subject for subject, _ in KNOWN}
    - {"procesregisseur", "casusregisseur", "aov"},
}
RULES = load()
ENOUGH = 1_500
ENOUGH_RELATIONS = 20


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, originals) -> Iterator[Town]:
    """The town with everything in it; what is asked is undone."""
    yield from settled(django_db_blocker, originals, _build)


def _build() -> Town:
    with time_machine.travel(NOW, tick=False):
        town = build()
        write_the_rest(town)
    return town


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "everything", [False, pytest.param(True, marks=pytest.mark.long)]
)
def test_everybody_is_answered_as_the_matrix_says(
    town, part, everything, record_property
):
    """
    Catches a page that shows, or refuses, what the policy does not say.

    And a line of the matrix that proves nothing, a refusal that changed something or
    was not logged, and a secret on a page, in a mail or in a table. The log is watched by
    `tests.leaks`.
    """
    gc.collect()
    gc.freeze()
    asked = None if everything else worth_asking(RULES, questions())
    answers = collect(town, PARTS[part], of=asked)
    gc.unfreeze()
    exits = exits_of(town)

    statuses = {cell: answer.status for cell, answer in answers.cells.items()}
    decided_by = deciding_rules(RULES, statuses)
    deviations = {
        cell: (status, rule and rule.expected)
        for cell, status in statuses.items()
        if (rule := decided_by[cell]) is None or rule.expected != status
    }
    proven = {
        rule.line
        for cell, rule in decided_by.items()
        if rule and flipped(rule) != statuses[cell]
    }
    leaked = [
        *_leaks(answers),
        *((name, text) for name, text in exits if found_in(text)),
    ]
    record_property(
        MATRIX,
        {
            "deciding": len(deciding_cells(statuses)),
            "deviations": len(deviations),
            "proven": sorted(proven),
            "rows": len(RULES),
            "canaries": len(KIND_OF),
            "exits": answers.shown + len(exits),
            "leaks": len(leaked),
        },
    )
    assert not deviations
    assert {rule.line for rule in decided_by.values() if rule} == proven
    assert not leaked
    assert not _unlogged(answers)


def test_the_questions_that_say_something_are_many():
    """Catches a matrix that became one rule for everybody."""
    expected = {
        cell: rule.expected
        for cell, rule in deciding_rules(RULES, questions()).items()
        if rule
    }

    assert len(deciding_cells(expected)) >= ENOUGH


def test_every_line_decides_a_question_that_is_asked():
    """Catches a line that another makes useless, or for what does not exist."""
    decided_by = deciding_rules(RULES, questions())
    deciding = {rule.line for rule in decided_by.values() if rule}

    assert not [
        (rule.line, *rule.question) for rule in RULES if rule.line not in deciding
    ]


def test_what_is_asked_each_time_leaves_out_no_line_and_no_relation():
    """Catches a line, a door or a way to stand to it that only `make long` looks at."""
    asked = worth_asking(RULES, questions())
    decided_by = deciding_rules(RULES, asked)
    expected = {cell: rule.expected for cell, rule in decided_by.items() if rule}
    shut = asked - deciding_cells(expected)

    assert set(decided_by.values()) >= set(RULES)
    assert {(cell.subject, cell.relation) for cell in asked} == set(KNOWN)
    assert {cell[:3] for cell in asked} == {cell[:3] for cell in questions()}
    assert len({cell.relation for cell in shut}) > ENOUGH_RELATIONS


def test_every_address_has_lines():
    """Catches a new address that nobody thought about."""
    named = {rule.question.url for rule in RULES}

    assert not {address.name for address in addresses()} - named


def test_every_address_is_known_by_name():
    assert not [each.route for each in addresses() if not each.name.strip(":")]
    assert not set(KWARGS) - {each.name for each in addresses()}
    assert not set(LISTS) - {each.name for each in addresses()}


def test_every_view_of_ours_has_a_rule():
    """Catches a view that does not say who may ask for it."""
    without = {each.name for each in addresses() if each.rule is None}

    assert all(
        name.startswith(("account_", "mfa_", "usersessions_")) for name in without
    )
    assert all(
        isinstance(each.rule, AccessRule) and each.rule.reason
        for each in addresses()
        if each.name not in without
    )


def test_another_method_is_refused(town):
    """Catches a view that takes PUT, DELETE or TRACE as if it were a GET."""
    browser = Browser(town.world.procesregisseur)

    for address in addresses():
        if address.rule is None:
            continue
        path = address.of(town.runs)
        others = {"PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "GET", "POST"}
        for method in sorted(others - set(address.methods)):
            response, writes = ask(browser, method, path)
            assert response.status_code == 405, (address.name, method)
            assert not writes.tables, (address.name, method)


def test_head_is_a_get_without_its_body(town):
    path = f"/casussen/{town.case.reference}/"

    assert ask(Browser(town.world.procesregisseur), "HEAD", path)[0].status_code == 200
    assert ask(Browser(town.world.manager), "HEAD", path)[0].status_code == 404


def test_what_is_hidden_looks_like_what_is_not_there(town):
    """Catches a page that says by its body or headers that a case exists."""
    browser = Browser(town.world.other_manager)
    there = ask(browser, "GET", f"/casussen/{town.case.reference}/")[0]
    not_there = ask(browser, "GET", "/casussen/AVE-2026-000000/")[0]
    nonsense = ask(browser, "GET", "/casussen/er-is-niets/")[0]

    assert there.status_code == 404
    assert there.content == not_there.content == nonsense.content
    assert dict(there.headers) == dict(not_there.headers) == dict(nonsense.headers)


def _leaks(answers: Answers) -> list[tuple[object, list[str]]]:
    return [
        (cell, [*answer.leaked, *answer.titled])
        for cell, answer in (*answers.cells.items(), *answers.also.items())
        if answer.leaked or answer.titled
    ]


def _unlogged(answers: Answers) -> list[tuple[Cell, list[str], int]]:
    """Refusals that wrote more than a line in the log, or not that line."""
    return [
        (cell, answer.writes, answer.refusals)
        for cell, answer in answers.cells.items()
        if answer.status in REFUSED
        and (answer.refusals != 1 or not set(answer.writes) <= _allowed(answer.status))
    ]


def _allowed(status: int) -> set[str]:
    """A thing that is not in a case that somebody reads: the reading is logged."""
    return {"audit_auditentry"} if status == 404 else set()
