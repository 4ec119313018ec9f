"""The household: who is in it, who knows, and what a visitor must know."""

from datetime import timedelta

import pytest

from casework.cases import grants
from casework.cases.household import (
    Gone,
    NoGround,
    add_person,
    correct_person,
    end_warning,
    inform_person,
    leave_household,
    set_warning,
)
from casework.cases.informing import SomebodyToInform, settle_untold
from casework.cases.models import Event, Note, Participation
from casework.cases.numbers import numbers_in
from casework.cases.participations import join_case
from casework.cases.retraction import take_back
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
    Stale,
)
from casework.work import items
from tests.replay import replays
from tests.world import AT, DAY, opened, referred

CORRECT = {"name": "Jansje K.", "role": "main"}
FACTS = {"name": "Teun Kwikstaart", "role": "family", "informed_on": DAY}


def last_event(case) -> Event:
    return Event.objects.system_scope("test").filter(case=case).latest("pk")


class TestAddPerson:
    def test_puts_somebody_in_the_household_and_records_it(self, world, case) -> None:
        with replays(case):
            person = add_person(case, by=world.procesregisseur, at=AT, **FACTS)

        assert person.from_on == DAY
        assert last_event(case).kind == "person.added"

    def test_asks_to_inform_who_does_not_know_within_the_legal_term(
        self, world, case, person
    ) -> None:
        item = items.open_about(person.key, kind="person.inform").get()

        assert item.legal
        assert item.owner_user == world.procesregisseur
        assert item.due_on > DAY + timedelta(days=27)

    def test_says_which_of_two_must_be_informed_without_a_name(
        self, world, case, person
    ) -> None:
        """Catches two pieces of work in one case that nobody can tell apart."""
        other = add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            name="Teun Kwikstaart",
            role="family",
            not_informed_reason="Eerst met de ouder",
        )

        work = [items.open_about(each.key).get() for each in (person, other)]

        assert [item.title for item in work] == [
            "Informeer de inwoner (persoon 1)",
            "Informeer de inwoner (persoon 2)",
        ]
        assert [item.link.partition("#")[2] for item in work] == [
            f"persoon-{person.pk}",
            f"persoon-{other.pk}",
        ]

    def test_gives_a_number_that_was_never_anothers(self, world, case, person) -> None:
        """Catches "persoon 2" that is somebody else once the first was a mistake."""
        other = add_person(case, by=world.procesregisseur, at=AT, **FACTS)
        take_back(person, by=world.procesregisseur, at=AT, reason="wrong_case")
        third = add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            name="Kees",
            role="contact",
            not_informed_reason="Nog niet bereikt.",
        )

        assert numbers_in(case)[other.pk] == 2
        assert "(persoon 3)" in items.open_about(third.key).get().title

    def test_wants_to_know_why_somebody_was_not_informed(self, world, case) -> None:
        with pytest.raises(InvalidInput) as refusal:
            add_person(
                case, by=world.procesregisseur, at=AT, name="Teun", role="family"
            )

        assert refusal.value.field == "not_informed_reason"

    def test_refuses_without_a_ground(self, world, case) -> None:
        case.grounds.all().delete()

        with pytest.raises(NoGround):
            add_person(case, by=world.procesregisseur, at=AT, **FACTS)

    def test_refuses_who_is_not_in_the_case(self, world, case) -> None:
        with pytest.raises(NotVisible):
            add_person(case, by=world.manager, at=AT, **FACTS)

    def test_refuses_a_birthday_that_must_still_come(self, world, case) -> None:
        with pytest.raises(InvalidInput):
            add_person(
                case,
                by=world.procesregisseur,
                at=AT,
                birth_on=DAY + timedelta(days=1),
                **FACTS,
            )

    def test_refuses_in_a_referral_without_a_ground(self, world, db) -> None:
        case = referred(world)

        with pytest.raises(NoGround):
            add_person(case, by=world.procesregisseur, at=AT, **FACTS)


class TestInformPerson:
    def test_closes_the_work_and_that_of_the_first_day(
        self, world, case, person
    ) -> None:
        with replays(case):
            inform_person(person, by=world.procesregisseur, at=AT, informed_on=DAY)

        assert not items.open_about(person.key).exists()
        assert not items.open_about(case.key, kind="case.inform").exists()
        assert person.not_informed_reason == ""

    def test_takes_who_left_before_he_heard_of_it(self, world, case, person) -> None:
        """Catches work that nobody can finish, and that keeps the case from closing."""
        leave_household(
            person, by=world.procesregisseur, at=AT, on=DAY, destination="Vader"
        )
        assert items.open_about(person.key, kind="person.inform").exists()

        with replays(case):
            inform_person(person, by=world.procesregisseur, at=AT, informed_on=DAY)

        assert not items.open_about(person.key).exists()

    def test_ends_the_work_of_the_first_day_when_nobody_is_left(
        self, world, case, person
    ) -> None:
        """Catches a household that moved away, and a case that never can close."""
        leave_household(
            person, by=world.procesregisseur, at=AT, on=DAY, destination="Vader"
        )

        assert not items.open_about(case.key, kind="case.inform").exists()

    def test_ends_it_when_who_did_not_know_was_a_mistake(
        self, world, case, person
    ) -> None:
        """Catches a case that can't close for somebody who never was there."""
        add_person(case, by=world.procesregisseur, at=AT, **FACTS)
        assert items.open_about(case.key, kind="case.inform").exists()

        with replays(case):
            take_back(person, by=world.procesregisseur, at=AT, reason="wrong_case")

        assert not items.open_about(case.key, kind="case.inform").exists()

    def test_leaves_it_when_nobody_else_was_there(self, world, case, person) -> None:
        """Catches a mistake that takes the duty away to inform who does live there."""
        take_back(person, by=world.procesregisseur, at=AT, reason="wrong_case")

        assert items.open_about(case.key, kind="case.inform").exists()

    def test_leaves_the_work_of_the_first_day_while_another_does_not_know(
        self, world, case, person
    ) -> None:
        child = add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            name="Teun",
            role="family",
            not_informed_reason="Eerst met de ouder",
        )
        inform_person(person, by=world.procesregisseur, at=AT, informed_on=DAY)

        assert items.open_about(case.key, kind="case.inform").exists()
        leave_household(
            child, by=world.procesregisseur, at=AT, on=DAY, destination="Vader"
        )
        assert not items.open_about(case.key, kind="case.inform").exists()

    def test_refuses_twice(self, world, person) -> None:
        inform_person(person, by=world.procesregisseur, at=AT, informed_on=DAY)

        with pytest.raises(AlreadyDone):
            inform_person(person, by=world.procesregisseur, at=AT, informed_on=DAY)


class TestCorrectPerson:
    def test_changes_what_we_know_without_a_name_in_the_event(
        self, world, case, person
    ) -> None:
        with replays(case):
            correct_person(
                person,
                by=world.procesregisseur,
                at=AT,
                name="Jansje de Kwikstaart",
                role="contact",
                seen=person.version,
            )

        event = last_event(case)
        assert event.changes == [[person.key, "role", "main", "contact"]]
        assert "Kwikstaart" not in str(event.facts)

    def test_refuses_what_another_corrected_meanwhile(self, world, person) -> None:
        facts = {"by": world.procesregisseur, "at": AT, "role": "main"}
        correct_person(person, name="Jansje K.", seen=1, **facts)

        with pytest.raises(Stale):
            correct_person(person, name="Jansje Q.", seen=1, **facts)


class TestSettleUntold:
    """Catches a case without anybody in it, that never can close."""

    WHY = "Het pand staat leeg."

    def test_keeps_the_reason_and_ends_the_work(self, world, case) -> None:
        with replays(case):
            settle_untold(case, by=world.procesregisseur, at=AT, reason=self.WHY)

        assert not items.open_about(case.key, kind="case.inform").exists()
        note = Note.objects.system_scope("test").get(case=case)
        assert self.WHY in note.text

    def test_refuses_without_a_reason_and_twice(self, world, case) -> None:
        by = {"by": world.procesregisseur, "at": AT}
        with pytest.raises(InvalidInput):
            settle_untold(case, **by, reason=" ")
        settle_untold(case, **by, reason=self.WHY)

        with pytest.raises(AlreadyDone):
            settle_untold(case, **by, reason=self.WHY)

    def test_refuses_while_somebody_stands_there(self, world, case, person) -> None:
        with pytest.raises(SomebodyToInform):
            settle_untold(case, by=world.procesregisseur, at=AT, reason=self.WHY)

    def test_refuses_who_does_not_work_on_it(self, world, case) -> None:
        with pytest.raises(NotVisible):
            settle_untold(case, by=world.manager, at=AT, reason=self.WHY)


class TestLeaveHousehold:
    def test_keeps_where_somebody_went(self, world, case, person) -> None:
        with replays(case):
            leave_household(
                person,
                by=world.procesregisseur,
                at=AT,
                on=DAY,
                destination="Beschermd wonen",
            )

        assert person.until_on == DAY
        with pytest.raises(Gone):
            correct_person(person, by=world.procesregisseur, at=AT, **CORRECT)

    def test_refuses_a_day_before_he_came(self, world, person) -> None:
        with pytest.raises(InvalidInput):
            leave_household(
                person,
                by=world.procesregisseur,
                at=AT,
                on=DAY - timedelta(days=1),
                destination="Onbekend",
            )


class TestSetWarning:
    def test_holds_until_its_day_and_ends_when_said(self, world, case) -> None:
        with replays(case):
            warning = set_warning(
                case,
                by=world.procesregisseur,
                at=AT,
                text="Er is een hond",
                until_on=DAY + timedelta(days=30),
            )
            end_warning(warning, by=world.procesregisseur, at=AT)

        assert warning.until_on < DAY
        with pytest.raises(AlreadyDone):
            end_warning(warning, by=world.procesregisseur, at=AT)

    @pytest.mark.parametrize("days", [0, 183])
    def test_holds_today_and_half_a_year(self, world, case, days) -> None:
        until_on = DAY + timedelta(days=days)

        warning = set_warning(
            case,
            by=world.procesregisseur,
            at=AT,
            text=" Er is een hond ",
            until_on=until_on,
        )

        assert (warning.text, warning.until_on) == ("Er is een hond", until_on)

    def test_refuses_one_without_an_end_in_sight(self, world, case) -> None:
        with pytest.raises(InvalidInput):
            set_warning(
                case,
                by=world.procesregisseur,
                at=AT,
                text="Er is een hond",
                until_on=DAY + timedelta(days=184),
            )


def test_a_reader_may_not_write(world, case) -> None:
    """Catches a transition that asks for reading only: a receiver reads."""

    join_case(case, Participation.Role.RECEIVER, at=AT, user=world.casusregisseur)
    grants.follow([case.pk], at=AT)

    with pytest.raises(NotPermitted):
        add_person(case, by=world.casusregisseur, at=AT, **FACTS)


def test_another_case_is_not_touched(world, case, person) -> None:
    """Catches work that is closed by kind instead of by what it is about."""
    other = opened(world)
    inform_person(person, by=world.procesregisseur, at=AT, informed_on=DAY)

    assert items.open_about(other.key, kind="case.inform").exists()
