"""Terms are data with a day: defaults with a source, and versions that come back."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from casework.access.deciding import decide_policy
from casework.audit.models import AuditEntry
from casework.people.errors import InvalidInput, NotPermitted
from casework.people.models import Desk, Organisation, Role, User
from casework.people.transitions import join_desk, leave_desk, open_desk
from casework.policy import policy
from casework.policy.ladders import LADDERS, SOURCES, Step, read_ladder
from casework.policy.models import PolicyOverride
from casework.policy.terms import CHOICES, NUMBERS, TERMS, Unit

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
NOVEMBER, DECEMBER, JANUARY = (
    date(2026, 11, 1),
    date(2026, 12, 1),
    date(2027, 1, 1),
)
DECISION = "term:escalation_decision:3"
SAID = {
    "key": "Dit (getal|onderwerp) ",
    "source": "wie dit heeft vastgesteld",
    "valid_from": ", voor 2101",
    "valid_until": ", voor 2101",
}
"""What is said at each field when a decision can't be."""


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


@pytest.fixture
def keeper():
    return make_person(Role.BEHEERDER, Desk.Kind.BEHEER)


def make_person(role: Role, kind: Desk.Kind) -> User:
    town, _ = Organisation.objects.get_or_create(
        name="Gemeente Zuiderveen", short_name="Gemeente", kind="gemeente"
    )
    desk = open_desk(town, name=str(role), kind=kind)
    user = User.objects.create_user(
        f"{role}@zuiderveen.example", name="Carla", organisation=town
    )
    join_desk(user, desk, role=role, on=NOVEMBER)
    return user


@pytest.fixture
def decide(keeper):
    def decide_it(key=DECISION, *, number=8, valid_from=DECEMBER, **facts):
        facts.setdefault("value", {"number": number, "unit": "wd"})
        facts.setdefault("source", "Collegebesluit 12")
        facts.setdefault("by", keeper)
        return decide_policy(
            key,
            valid_from=valid_from,
            at=AT,
            **facts,
        )

    return decide_it


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


class TestDecidePolicy:
    @pytest.mark.parametrize(
        ("role", "kind"),
        [
            (Role.KETENPARTNER, Desk.Kind.PARTNER),
            (Role.PROCESREGISSEUR, Desk.Kind.PROCESREGIE),
            (Role.FG, Desk.Kind.FG),
        ],
        ids=str,
    )
    def test_is_for_the_beheerder(self, decide, role, kind):
        """Catches a police officer who sets the terms of the municipality."""
        with pytest.raises(NotPermitted):
            decide(by=make_person(role, kind))

        assert not PolicyOverride.objects.exists()

    def test_is_not_for_who_was_the_beheerder(self, decide, keeper):
        """Catches a decision in the name of somebody who has left."""
        leave_desk(keeper.memberships.get(), on=AT.date())

        with pytest.raises(NotPermitted):
            decide()

    def test_stands_in_the_log(self, decide, keeper):
        """Catches a term that changed without a word of who did it."""
        row = decide()

        entry = AuditEntry.objects.get(verb="policy.decided")
        assert (entry.by, entry.about) == (keeper, f"policy:{row.pk}")
        assert (entry.ground, entry.by_role) == (DECISION, "beheerder")

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"valid_from": date(2026, 10, 31)}, "valid_from"),
            ({"valid_from": date(2101, 1, 1)}, "valid_from"),
            ({"valid_until": DECEMBER}, "valid_until"),
            ({"valid_until": date(9999, 1, 1)}, "valid_until"),
            ({"source": "  "}, "source"),
            ({"source": "x" * 201}, "source"),
            pytest.param({"source": "College\nen raad"}, "source", id="two lines"),
            ({"key": "term:lunch", "value": None}, "key"),
            ({"key": "number:refusals_before_skipping", "value": None}, "key"),
        ],
        ids=str,
    )
    def test_refuses_a_day_a_source_or_a_key_that_can_not_be(
        self, decide, facts, field
    ):
        """Catches a term that changes what was counted before, or without a source."""
        with pytest.raises(InvalidInput) as refusal:
            decide(**facts)

        assert refusal.value.field == field
        assert re.search(SAID[field], refusal.value.user_message)

    def test_takes_all_that_just_fits(self, decide):
        """Catches a bound that leaves out its own day, number or sign."""
        last = date(2100, 12, 31)
        decide(number=3660, source="x" * 200, valid_until=last)
        decide(valid_from=last)

        assert PolicyOverride.objects.count() == 2

    def test_holds_from_its_day_until_its_day(self, decide):
        decide(valid_until=JANUARY)

        def number_on(day):
            return policy.at(day).term("escalation_decision", level=3).number

        assert [number_on(day) for day in (NOVEMBER, DECEMBER, JANUARY)] == [5, 8, 5]
        assert policy.at(DECEMBER).term("escalation_decision", level=3).source == (
            "Collegebesluit 12"
        )

    def test_goes_back_to_the_default_with_an_empty_decision(self, decide):
        decide()
        decide(value=None, valid_from=JANUARY)

        assert policy.at(JANUARY).term("escalation_decision", level=3).number == 5

    def test_refuses_two_decisions_on_one_day(self, decide):
        decide()

        with pytest.raises(InvalidInput) as refusal:
            decide(number=9)

        assert refusal.value.field == "valid_from"

    def test_refuses_to_change_the_law(self, decide):
        with pytest.raises(InvalidInput) as refusal:
            decide("term:inform_subject", number=9)

        assert refusal.value.user_message == "Deze termijn staat in de wet."
        assert refusal.value.field == "key"

    def test_refuses_what_nobody_knows(self, decide):
        with pytest.raises(InvalidInput) as refusal:
            decide("lunch", value={})

        assert refusal.value.user_message == "Dit onderwerp bestaat niet."
        assert refusal.value.field == "key"

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("term:lunch", {"number": 1, "unit": "wd"}),
            (DECISION, {"number": 1, "unit": "weeks"}),
            (DECISION, {"number": "veel", "unit": "wd"}),
            (DECISION, {"number": -1, "unit": "wd"}),
            (DECISION, {"number": 10, "unit": "h"}),
            (DECISION, {"number": 1.5, "unit": "wd"}),
            (DECISION, {"number": 10**9, "unit": "wd"}),
            (DECISION, {}),
            ("choice:good_friday", {"choice": "maybe"}),
            ("choice:lunch", {"choice": "working"}),
            ("number:small_cell", {"number": -1}),
            ("number:lunch", {"number": 1}),
            ("ladder:task", {"steps": [{"when": 1}]}),
            ("ladder:lunch", {"steps": [Step(1).as_json()]}),
            ("ladder:task", {"steps": [Step(1).as_json(), {}]}),
        ],
    )
    def test_refuses_what_makes_no_sense(self, decide, key, value):
        """A wrong value would only fail when the clock reads it, at night."""
        with pytest.raises(InvalidInput) as refusal:
            decide(key, value=value)

        assert refusal.value.user_message == "Deze waarde past hier niet."
        assert refusal.value.field == "value"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"unit": "weeks"},
            {"action": "shout"},
            {"when": "3"},
            {"facts": ["urgent"]},
            {"to": "everybody"},
            {"action": "call"},
            {"action": "call", "facts": {"name": "lunch"}},
            {"action": "open"},
            {"action": "open", "facts": {"kind": "silent"}},
            {"action": "open", "facts": {"title": "Bel", "kind": ""}},
            {"action": "open", "facts": {"title": "", "kind": "silent"}},
            {"facts": {"every": "week"}},
        ],
        ids=str,
    )
    def test_refuses_a_step_of_which_one_thing_is_wrong(self, decide, wrong):
        """Catches a check that is content as soon as one of the five is right."""
        steps = {"steps": [Step(1).as_json() | wrong]}

        with pytest.raises(InvalidInput):
            decide("ladder:task", value=steps)

    def test_takes_no_days_at_all_as_a_term(self, decide):
        decide(number=0)
        decide("number:small_cell", value={"number": 0})

        rules = policy.at(DECEMBER)
        assert rules.term("escalation_decision", level=3).number == 0
        assert rules.number("small_cell") == 0

    def test_is_of_this_municipality_and_says_who_decided(self, decide, keeper):
        row = decide()

        row.refresh_from_db()
        assert row.municipality == settings.MUNICIPALITY
        assert (row.set_by, row.set_at) == (keeper, AT)
        assert row.valid_until is None

    def test_the_database_refuses_a_decision_without_a_source(self, keeper):
        with pytest.raises(IntegrityError, match="source"), transaction.atomic():
            PolicyOverride.objects.create(
                municipality="Zuiderveen",
                key=DECISION,
                value=None,
                valid_from=DECEMBER,
                set_by=keeper,
                set_at=AT,
                source="",
            )


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


def test_a_choice_and_a_number_can_be_decided(decide):
    decide("choice:good_friday", value={"choice": "working"})
    decide("number:small_cell", value={"number": 10})

    rules = policy.at(DECEMBER)
    assert rules.choice("good_friday") == "working"
    assert rules.number("small_cell") == 10
    assert rules.choice("liberation_day") == "lustrum"
    assert {term.unit for term in rules.terms()} == set(Unit)


class TestCommand:
    def told(self, *given, **options) -> None:
        call_command("decide_policy", *given, **options)

    def test_decides_in_the_name_of_a_beheerder(self, keeper, time_machine):
        """Catches a beheerder who looks after terms that he can't change."""
        time_machine.move_to(AT, tick=False)
        given = ["--source", "Collegebesluit 12", "--by", keeper.email.upper()]

        self.told(DECISION, "8wd", "--from", "2026-12-01", *given)
        self.told("term:aftercare_check", "2months", *given)
        self.told("choice:good_friday", "working", *given)

        rules = policy.at(DECEMBER)
        assert rules.term("escalation_decision", level=3).number == 8
        assert rules.term("aftercare_check").unit is Unit.MONTHS
        assert rules.choice("good_friday") == "working"
        self.told("choice:good_friday", "standaard", "--from", "2027-01-01", *given)
        assert policy.at(JANUARY).choice("good_friday") == "off"

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ((DECISION, "8wd", "--by", "niemand@x.example"), "Noem met --by"),
            ((DECISION,), "Noem een waarde"),
            ((DECISION, "veel"), "zoals 8wd"),
            ((DECISION, "8wd", "--from", "1 december"), "2027-01-31"),
            ((DECISION, "8wd"), "Schrijf op wie dit heeft vastgesteld."),
            (("term:inform_subject", "8months", "--source", "x"), "in de wet"),
        ],
    )
    def test_says_what_is_wrong(self, keeper, given, says):
        """Catches a decision that is half made, and an error nobody understands."""
        by = () if "--by" in given else ("--by", keeper.email)

        with pytest.raises(CommandError, match=says):
            self.told(*given, *by)

        assert not PolicyOverride.objects.exists()

    def test_says_what_holds_today(self, capsys):
        """Catches a beheerder who can't find the name of what he has to change."""
        self.told()

        said = capsys.readouterr().out
        assert f"{DECISION} 5wd (Antwoord van management" in said
        assert "choice:good_friday off (kies uit: off, working)" in said
        assert "number:small_cell 5" in said
