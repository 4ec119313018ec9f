"""What a municipality may decide on its terms, ladders and choices, and by whom."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from casework.audit.models import AuditEntry
from casework.people.errors import InvalidInput, NotPermitted
from casework.people.models import Desk, Role
from casework.people.transitions import leave_desk
from casework.policy import policy
from casework.policy.ladders import Step
from casework.policy.models import PolicyOverride
from casework.policy.terms import Unit
from tests.policy.conftest import AT, DECEMBER, DECISION, JANUARY, NOVEMBER, make_person

pytestmark = pytest.mark.django_db

SAID = {
    "key": "Dit (getal|onderwerp) ",
    "source": "wie dit heeft vastgesteld",
    "valid_from": ", voor 2101",
    "valid_until": ", voor 2101",
}
"""What is said at each field when a decision can't be."""


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
