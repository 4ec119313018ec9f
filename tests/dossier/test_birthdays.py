"""The clock asks about who turned an age, once for each birthday."""

from datetime import timedelta

import pytest

from casework.cases.birthdays import birthdays
from casework.cases.household import add_person, leave_household, review_person
from casework.people.errors import AlreadyDone
from casework.work import items
from tests.dossier.test_household import FACTS
from tests.replay import replays
from tests.world import AT, DAY


class TestBirthdays:
    @pytest.mark.parametrize("age", [12, 16, 18])
    def test_asks_to_look_again_once(self, world, case, age) -> None:
        child = add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            birth_on=DAY.replace(year=DAY.year - age) - timedelta(days=1),
            **FACTS,
        )

        with replays(case):
            assert birthdays(at=AT) == 1
        assert birthdays(at=AT + timedelta(hours=1)) == 0
        item = items.open_about(child.key, kind="person.birthday").get()
        assert item.title == "Kijk opnieuw naar grondslag en informeren (persoon 1)"

        with replays(case):
            review_person(child, by=world.procesregisseur, at=AT)
        assert birthdays(at=AT + timedelta(days=3)) == 0
        with pytest.raises(AlreadyDone):
            review_person(child, by=world.procesregisseur, at=AT)

    def test_is_not_missed_when_the_clock_stood_still(self, world, case) -> None:
        add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            birth_on=DAY.replace(year=DAY.year - 18) - timedelta(days=20),
            **FACTS,
        )

        assert birthdays(at=AT) == 1

    def test_comes_on_the_first_of_march_for_who_was_born_on_a_leap_day(
        self, world, case
    ) -> None:
        add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            birth_on=DAY.replace(year=2012, month=2, day=29),
            **FACTS,
        )
        february = AT.replace(year=2028, month=2, day=28)

        assert birthdays(at=february) == 0
        assert birthdays(at=february + timedelta(days=1)) == 1

    def test_asks_nothing_about_another_age_or_who_left(
        self, world, case, person
    ) -> None:
        child = add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            birth_on=DAY.replace(year=DAY.year - 16),
            **FACTS,
        )
        leave_household(
            child, by=world.procesregisseur, at=AT, on=DAY, destination="Vader"
        )

        assert birthdays(at=AT) == 0
