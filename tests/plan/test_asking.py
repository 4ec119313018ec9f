"""Who may remind of a task or let it rest, when whoever gave it has no place any more."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest

from casework.access.grants import scopes
from casework.cases.absence import end_absence, settle_absences, start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.excluding import exclude_colleague
from casework.cases.handover import hand_over_procesregie
from casework.cases.leaving import settle_leavings
from casework.cases.retraction import take_back
from casework.people.errors import NotVisible
from casework.people.models import Role, User
from casework.people.transitions import join_desk, leave_desk
from casework.work import inbox, items
from casework.work.chasing import RemindedToday, pause, remind_now
from tests.replay import replays
from tests.world import AT, DAY, FIRST_DAY, opened

SOON, LATER = AT + timedelta(hours=1), AT + timedelta(hours=2)


@pytest.fixture
def successor(world) -> User:
    """Another casusregisseur."""
    found = User.objects.create_user(
        "nieuw@zuiderveen.example", name="Nico Nieuw", organisation=world.municipality
    )
    desk = world.casusregisseur.memberships.get().desk
    join_desk(found, desk, role=Role.CASUSREGISSEUR, on=FIRST_DAY)
    return found


def appoint(world, case, user) -> None:
    appoint_casusregisseur(case, by=world.procesregisseur, at=SOON, user=user)


def steers(item, user, *, at=LATER) -> bool:
    """Whether it is his to steer: in his list, to remind of and to let rest."""
    listed = item in inbox.waiting_for_others(user, at=at)
    until = DAY + timedelta(days=7)
    try:
        pause(item, until=until, reason="agreed", by=user, at=at)
        with contextlib.suppress(RemindedToday):
            remind_now(item, by=user, at=at)
    except NotVisible:
        assert not listed
        return False
    assert listed
    return True


class TestCasusregisseur:
    """Catches who lost the case and silences its tasks for a year."""

    def test_who_was_replaced_steers_nothing(self, world, case, offered, successor):
        task = offered(by=world.casusregisseur)
        (item,) = items.open_about(task.key)
        assert steers(item, world.casusregisseur, at=AT)

        with replays(case):
            appoint(world, case, successor)

        assert not scopes(world.casusregisseur, case, at=LATER)
        assert not steers(item, world.casusregisseur)
        assert steers(item, successor)

    def test_what_another_asked_stays_his(self, world, case, offered, successor):
        (item,) = items.open_about(offered().key)

        appoint(world, case, successor)

        assert not steers(item, successor)
        assert steers(item, world.procesregisseur)

    def test_in_another_case_he_steers_on(self, world, case, offered, successor):
        other = opened(world)
        appoint(world, other, world.casusregisseur)
        (item,) = items.open_about(offered(by=world.casusregisseur).key)

        appoint(world, other, successor)

        assert steers(item, world.casusregisseur)

    def test_who_knows_these_people_is_followed_by_the_procesregisseur(
        self, world, case, offered
    ):
        (item,) = items.open_about(offered(by=world.casusregisseur).key)

        with replays(case):
            exclude_colleague(
                case, by=world.procesregisseur, at=SOON, user=world.casusregisseur
            )

        assert not steers(item, world.casusregisseur)
        assert steers(item, world.procesregisseur)

    def test_who_left_is_followed_by_the_procesregisseur(self, world, case, offered):
        (item,) = items.open_about(offered(by=world.casusregisseur).key)
        leave_desk(world.casusregisseur.memberships.get(), on=DAY)

        with replays(case):
            settle_leavings(at=SOON)

        assert not steers(item, world.casusregisseur)
        assert steers(item, world.procesregisseur)


class TestDeputy:
    """Catches a deputy who works on in a case after the absence."""

    @pytest.fixture
    def absence(self, world, case):
        return start_absence(
            world.procesregisseur, by=world.procesregisseur, at=AT, reason="Ziek"
        )

    def test_asks_in_the_name_of_who_is_away(self, world, offered, absence):
        (item,) = items.open_about(offered(by=world.deputy, at=SOON).key)

        assert item.asked_by == world.procesregisseur
        assert steers(item, world.deputy, at=SOON)

        end_absence(absence, by=world.procesregisseur, at=LATER)
        tomorrow = LATER + timedelta(days=1)
        assert not steers(item, world.deputy, at=tomorrow)
        assert steers(item, world.procesregisseur, at=tomorrow)

    def test_leaves_what_he_asked_himself_when_it_ends(self, world, absence, mistake):
        assert mistake.asked_by == world.deputy

        end_absence(absence, by=world.procesregisseur, at=LATER)

        assert not steers(mistake, world.deputy)
        assert steers(mistake, world.procesregisseur)

    def test_leaves_it_when_it_ends_by_its_day(self, world, absence, mistake):
        absence.ends_at = LATER
        absence.save(update_fields=["ends_at"])

        settle_absences(at=LATER)

        assert not steers(mistake, world.deputy)

    def test_leaves_it_when_the_case_goes_to_another(self, world, case, mistake):
        """Catches the deputy of who handed the case over and steers on."""
        hand_over_procesregie(
            [case],
            by=world.procesregisseur,
            at=LATER,
            user=world.other_procesregisseur,
        )

        assert not steers(mistake, world.deputy)
        assert steers(mistake, world.other_procesregisseur)

    def test_steers_on_where_he_stands_in_for_another(
        self, world, case, absence, mistake
    ):
        him = world.casusregisseur
        him.deputy = world.deputy
        him.save(update_fields=["deputy"])
        other = start_absence(him, by=him, at=SOON, reason="Ziek")

        end_absence(other, by=him, at=LATER)

        assert steers(mistake, world.deputy)

    @pytest.fixture
    def mistake(self, world, case, absence, offered):
        """Work that the deputy asked for as himself: may this be destroyed?"""
        note = case.notes.order_by("pk").first()
        row = take_back(note, by=world.deputy, at=SOON, reason="wrong_person")
        return items.open_about(row.key).get()

    def test_ending_takes_as_many_statements_for_many_cases(
        self, world, django_assert_max_num_queries
    ):
        for _ in range(5):
            opened(world)
        absence = start_absence(
            world.procesregisseur, by=world.procesregisseur, at=AT, reason="Ziek"
        )

        with django_assert_max_num_queries(45):
            end_absence(absence, by=world.procesregisseur, at=LATER)
