"""Why a day is the day: what was counted, what did not count, who chose it."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from casework.policy import policy
from casework.policy.terms import TERMS, Term, Unit
from casework.work import items
from casework.work.days import WorkingDays
from casework.work.due import Chosen, Counted, Due
from casework.work.explaining import explain, explanation_of
from casework.work.models import CalendarDay
from tests.work.conftest import MONDAY, moment

CALENDAR = WorkingDays()
THREE = Term("confirmation", 3, Unit.WORKING_DAYS, "Collegebesluit", label="Klopt dit?")


def explained(term, *, at, days=CALENDAR, **changes):
    due = replace(days.due_after(term, at=at), **changes)
    return explain(due, term=term, days=days, opened_on=MONDAY)


class TestExplain:
    def test_names_the_term_its_source_and_the_days_that_did_not_count(self):
        """Catches an explanation that skips a holiday without its name."""
        said = explained(THREE, at=moment("2026-04-02 15:00"))

        assert said.says == (
            "3 werkdagen na donderdag 2 april 2026 is donderdag 9 april 2026."
        )
        assert (said.term, said.source) == ("Klopt dit?: 3 werkdagen", "Collegebesluit")
        assert said.since == "donderdag 2 april 2026"
        assert said.skipped == (
            "vr 3 april: Goede Vrijdag",
            "za 4 april en zo 5 april: weekend",
            "ma 6 april: Tweede paasdag",
        )

    def test_says_whose_day_off_it_is(self):
        """Catches a day of the town or of a desk that looks like a national one."""
        own = {
            date(2026, 11, 24): CalendarDay(
                kind="closed", calendar="office", reason="Verhuizing"
            ),
            date(2026, 11, 25): CalendarDay(
                kind="closed", calendar="desk:7", reason="Studiedag"
            ),
            date(2026, 11, 28): CalendarDay(
                kind="open", calendar="office", reason="Verkiezingen"
            ),
        }
        said = explained(
            THREE, at=moment("2026-11-23 10:00"), days=WorkingDays(own=own)
        )

        assert said.skipped == (
            "di 24 november: Verhuizing (dag van de gemeente)",
            "wo 25 november: Studiedag (dag van het bureau)",
        )
        assert "Deze dagen tellen wel mee: za 28 november: Verkiezingen." in said.notes

    def test_a_legal_term_runs_on_and_says_by_which_law(self):
        said = explained(TERMS["inform_subject"], at=moment("2026-11-26 09:00"))

        assert (
            said.says
            == "1 maand na donderdag 26 november 2026 is zaterdag 26 december 2026."
        )
        assert "loopt door tot en met maandag 28 december 2026" in said.moved
        assert "Algemene termijnenwet, artikel 1" in said.moved
        assert said.skipped == ()

    def test_a_term_of_our_own_goes_back_and_says_so(self):
        """Catches a term of our own that runs on over a holiday."""
        said = explained(TERMS["plan_review:2"], at=moment("2026-11-13 09:00"))

        assert said.says.endswith("is vrijdag 25 december 2026.")
        assert said.moved == (
            "Vrijdag 25 december 2026 is geen werkdag: Eerste kerstdag. "
            "Daarom is het de werkdag ervoor: donderdag 24 december 2026."
        )

    def test_a_term_of_our_own_goes_on_where_it_can_not_go_back(self):
        """Catches a term that would be over on the day on which it began."""
        term = replace(TERMS["plan_review:2"], number=1, unit=Unit.DAYS)
        said = explained(term, at=moment("2026-11-27 09:00"))

        assert said.moved == (
            "Zaterdag 28 november 2026 is geen werkdag: het is zaterdag. "
            "Daarom is het de werkdag erna: maandag 30 november 2026."
        )
        assert said.notes == ("Alle dagen tellen mee, ook het weekend en feestdagen.",)

    @pytest.mark.parametrize(
        ("began", "way", "ends"),
        [
            ("2026-10-24 16:55", "achteruit", "zondag 25 oktober 2026, 15.55 uur"),
            ("2027-03-27 16:55", "vooruit", "zondag 28 maart 2027, 17.55 uur"),
        ],
    )
    def test_hours_say_that_the_clock_changed(self, began, way, ends):
        """Catches an hour that is lost or won without a word."""
        said = explained(TERMS["escalation_urgent:3"], at=moment(began))

        assert said.says.endswith(f"is {ends}.")
        assert any(f"gaat de klok een uur {way}" in note for note in said.notes)

    def test_says_when_it_would_be_another_day_now(self):
        """Catches an explanation of a day that is not the one that stands there."""
        said = explained(THREE, at=moment("2026-11-23 10:00"), on=date(2026, 12, 1))

        assert said.notes[-1] == (
            "Met de kalender van nu zou het donderdag 26 november 2026 zijn. "
            "De dag die er staat, blijft gelden."
        )

    @pytest.mark.parametrize(
        ("basis", "says"),
        [
            (Chosen.ASKER, "gekozen door wie de taak gaf"),
            (Chosen.SELF, "zelf gekozen"),
            (Chosen.CASE, "staat zo in de casus"),
            (Chosen.QUARTER, "laatste dag van het kwartaal"),
            (None, "niet bewaard"),
        ],
    )
    def test_a_day_that_was_chosen_says_by_whom(self, basis, says):
        due = Due.day(date(2026, 11, 28), basis)
        said = explain(due, term=None, days=CALENDAR, opened_on=MONDAY)

        assert says in said.says
        assert said.term == ""
        assert said.notes == (
            "Zaterdag 28 november 2026 is geen werkdag: het is zaterdag.",
        )

    def test_silence_counts_from_the_day_on_which_it_was_asked(self):
        due = Due.day(date(2026, 11, 25), Chosen.SILENCE)
        said = explain(due, term=None, days=CALENDAR, opened_on=MONDAY)

        assert "gevraagd op maandag 23 november 2026, met 2 werkdagen" in said.says


class TestExplanationOf:
    def test_uses_the_policy_with_which_it_was_made(self, opened, manager, now):
        rules = policy.at(MONDAY)
        item = opened(manager, due=MONDAY)
        due = CALENDAR.due_after(rules.term("confirmation"), at=now)
        items.move_due(item, due=due, by=None, at=now)
        item.refresh_from_db()

        assert item.due.basis == Counted("confirmation", now)
        said = explanation_of(item)
        assert said.term == "'Klopt dit?' beantwoorden: 3 werkdagen"
        assert said.says.startswith("3 werkdagen na maandag 23 november 2026")

    def test_a_day_that_is_chosen_again_forgets_the_term(self, opened, manager, now):
        """Catches a term that explains a day which it did not give."""
        item = opened(manager, due=MONDAY)
        due = CALENDAR.due_after(THREE, at=now)
        items.move_due(item, due=due, by=None, at=now)
        chosen = Due.day(date(2026, 12, 4), Chosen.ASKER)
        items.move_due(item, due=chosen, by=None, at=now)
        item.refresh_from_db()

        assert (item.term, item.counted_from) == ("", None)
        assert explanation_of(item).says == "Deze dag is gekozen door wie de taak gaf."

    def test_no_row_is_both_counted_and_chosen(self, opened, manager, now):
        item = opened(manager, due=MONDAY)
        item.term, item.counted_from, item.chosen_by = "confirmation", now, "asker"

        with pytest.raises(IntegrityError, match="work_counted"), transaction.atomic():
            item.save(update_fields=["term", "counted_from", "chosen_by"])
