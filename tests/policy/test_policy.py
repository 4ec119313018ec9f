"""Terms are data with a day: defaults with a source, and versions that come back."""

import ast
from datetime import date
from pathlib import Path

import pytest

from casework.policy import policy
from casework.policy.ladders import LADDERS, SOURCES, Step, read_ladder
from casework.policy.models import PolicyOverride
from casework.policy.terms import CHOICES, NUMBERS, TERMS
from tests.policy.conftest import DECEMBER, JANUARY, NOVEMBER

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]


STILL_COUNTED_BY_ITS_LADDER = {"escalation_overdue_next"}
"""The rung that calls after silence has the number of this term."""


def _words_in_the_code() -> set[str]:
    return {
        node.value
        for folder in ("ave", "casework", "programme", "workers")
        for file in (ROOT / folder).rglob("*.py")
        if file.parent.name not in ("migrations", "policy")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


class TestTerms:
    @pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
    def test_each_has_a_source_and_a_name(self, term):
        assert term.source
        assert term.label
        assert term.number > 0

    def test_ladders_numbers_and_choices_have_a_source_too(self):
        """Catches a rule of which nobody knows who made it."""
        assert SOURCES.keys() == LADDERS.keys()
        told = [*CHOICES.values(), *NUMBERS.values()]
        assert all(each.source and each.label for each in told)
        assert all(SOURCES.values())

    @pytest.mark.parametrize(
        "keys",
        [{term.key for term in TERMS.values()}, set(NUMBERS), set(CHOICES)],
        ids=["terms", "numbers", "choices"],
    )
    def test_each_is_read_by_the_code(self, keys):
        """Catches a term on the page of the beheerder that holds for nothing."""
        assert keys - _words_in_the_code() <= STILL_COUNTED_BY_ITS_LADDER

    def test_differ_by_level_where_they_should(self):
        rules = policy.at(NOVEMBER)

        assert rules.term("escalation_decision", level=3).number == 5
        assert rules.term("escalation_decision", level=4).number == 10
        assert rules.term("triage_decision", level=3).number == 5

    def test_refuse_a_key_that_nobody_knows(self):
        with pytest.raises(policy.UnknownTerm):
            policy.at(NOVEMBER).term("lunch")


class TestVersion:
    def test_gives_back_what_held_when_it_was_asked(self, decide):
        """A running request keeps its term, whatever is decided afterwards."""
        decide(valid_from=NOVEMBER, number=6)
        asked = policy.at(DECEMBER)
        decide(valid_from=date(2026, 11, 20), number=20)

        assert policy.at(DECEMBER).term("escalation_decision", level=3).number == 20
        again = policy.version(asked.version)
        assert again.term("escalation_decision", level=3).number == 6
        assert again.version == asked.version

    @pytest.mark.parametrize("name", ["", "gisteren", "2026-11-23", "2026-13-01.4"])
    def test_refuses_what_is_no_version(self, name):
        with pytest.raises(policy.UnknownVersion):
            policy.version(name)

    def test_costs_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            rules = policy.at(DECEMBER)
            rules.term("triage_decision")
            rules.ladder("task")
            rules.choice("good_friday")
            rules.number("small_cell")


class TestLadder:
    def test_takes_the_closest_name(self):
        rules = policy.at(NOVEMBER)

        assert (
            rules.ladder("escalation.review", level=3) == LADDERS["escalation.review"]
        )
        assert rules.ladder("escalation.supply") == LADDERS["escalation"]
        assert rules.ladder("aftercare") == LADDERS["default"]
        assert rules.ladder("aftercare", urgent=True) == LADDERS["default:urgent"]

    @pytest.mark.parametrize("name", LADDERS)
    def test_says_nothing_twice_and_can_be_kept(self, name):
        ladder = LADDERS[name]

        assert len({step.key for step in ladder}) == len(ladder)
        assert read_ladder([step.as_json() for step in ladder]) == ladder

    def test_can_be_decided_by_the_municipality(self, decide):
        steps = [
            Step(-1).as_json(),
            Step(3, action="deputy").as_json(),
            Step(5, to="asked_by").as_json(),
        ]
        decide("ladder:task", value={"steps": steps}, valid_from=NOVEMBER)

        assert policy.at(NOVEMBER).ladder("task.accept") == (
            Step(-1),
            Step(3, action="deputy"),
            Step(5, to="asked_by"),
        )

    @pytest.mark.parametrize("name", LADDERS)
    def test_of_ours_can_be_decided_as_it_is(self, decide, name):
        """Catches a step of our own that a municipality can't keep."""
        steps = [step.as_json() for step in LADDERS[name]]

        decide(f"ladder:{name}", value={"steps": steps}, valid_from=NOVEMBER)

        assert PolicyOverride.objects.get().value == {"steps": steps}

    def test_of_one_step_in_a_procedure_can_be_decided(self, decide):
        """Catches a name that is cut at the wrong sign."""
        steps = {"steps": [Step(-1).as_json()]}

        decide("ladder:task.accept:urgent", value=steps, valid_from=NOVEMBER)
        decide("number:small_cell", value={"number": 10})
        decide("number:small_cell", value=None, valid_from=JANUARY)

        rules = policy.at(JANUARY)
        assert rules.ladder("task.accept", urgent=True) == (Step(-1),)
        assert rules.number("small_cell") == policy.at(NOVEMBER).number("small_cell")

    def test_may_open_work_that_says_what_it_is(self, decide):
        """Catches a kind of step that nobody may choose, though the clock knows it."""
        facts = {"kind": "silent", "title": "Bel wie het moet doen"}
        step = Step(3, action="open", facts=facts)

        decide("ladder:task", value={"steps": [step.as_json()]}, valid_from=NOVEMBER)

        assert policy.at(NOVEMBER).ladder("task.accept") == (step,)
