"""Everybody hears once that a deputy begins and ends."""

from datetime import date, timedelta

import pytest

from casework.people.models import Desk, Role
from casework.people.transitions import join_desk, open_desk
from casework.work import absences, outbox
from casework.work.mail import StoreTransport
from casework.work.models import Delivery
from tests.work.conftest import moment

pytestmark = pytest.mark.django_db


class TestTellAbsences:
    def test_tells_deputy_lead_and_fg_at_the_start_and_all_at_the_end(
        self, municipality, person, deputy, absent, now
    ):
        lead, officer = person("Leiding"), person("Functionaris")
        owner = person("Weg", team_lead=lead)
        desk = open_desk(municipality, name="FG", kind=Desk.Kind.FG)
        join_desk(officer, desk, role=Role.FG, on=date(2026, 1, 1))
        end = now + timedelta(days=3)
        absent(owner, deputy, since=now, until=end)

        assert absences.tell_absences(at=now) == 3
        assert told() == {deputy, lead, officer}
        assert absences.tell_absences(at=now + timedelta(minutes=5)) == 0
        assert absences.tell_absences(at=end) == 4
        assert told() == {deputy, lead, officer, owner}

    def test_asks_as_much_for_a_whole_team_as_for_one(
        self, person, deputy, absent, now, django_assert_num_queries
    ):
        """Catches a report of one absence that writes the mails of everybody's."""
        for number in range(4):
            absent(person(f"Weg {number}"), deputy, since=now)
        with django_assert_num_queries(7):
            assert absences.tell_absences(at=now) == 4
        absence = absent(person("Ook weg"), deputy, since=now)
        absent(person("Nog een"), deputy, since=now)
        with django_assert_num_queries(7):
            assert absences.tell_absences(at=now, only=absence) == 1

    def test_says_to_the_deputy_what_he_must_do(self, person, deputy, absent, now):
        absent(person("Weg"), deputy, since=now)

        absences.tell_absences(at=now)

        assert "Jij doet vanaf nu het werk van Weg" in Delivery.objects.get().text

    def test_wakes_nobody_but_whose_work_is_taken_over(
        self, person, deputy, absent, now
    ):
        """Catches a mail in the middle of the night to who does nothing with it before
        the morning; and a colleague who hears only then that another reads his cases."""
        lead, late = person("Leiding"), moment("2026-11-27 23:30")
        owner = person("Weg", team_lead=lead)
        absence = absent(owner, deputy, since=late)
        absence.started_by = deputy
        absence.save(update_fields=["started_by"])

        absences.tell_absences(at=late)

        mails = Delivery.objects.values_list("to_user", "not_before")
        morning = moment("2026-11-30 07:00")
        assert dict(mails) == {
            owner.pk: late,
            deputy.pk: morning,
            lead.pk: morning,
        }

        absence.ends_at = morning
        absence.save(update_fields=["ends_at"])
        outbox.deliver_due(at=morning, connect=StoreTransport)

        sent = Delivery.objects.filter(state=Delivery.State.SENT)
        assert not sent.filter(text__contains="Jij doet vanaf nu").exists()

    def test_tells_of_the_end_in_the_morning(self, person, deputy, absent, now):
        """Catches a mail at midnight, when the last day of an absence is over."""
        absent(person("Weg"), deputy, since=now, until=moment("2026-11-28 00:00"))

        absences.tell_absences(at=moment("2026-11-28 00:01"))

        mails = Delivery.objects.all()
        assert {mail.not_before for mail in mails} == {moment("2026-11-30 07:00")}
        assert not mails.filter(text__contains="Jij doet vanaf nu").exists()

    def test_sends_nobody_that_somebody_is_back_who_is_away_again(
        self, person, deputy, absent, now
    ):
        """Catches "is er weer" in the morning on which somebody reports ill again."""
        owner = person("Weg")
        absent(owner, deputy, since=now, until=moment("2026-11-28 00:00"))
        absences.tell_absences(at=moment("2026-11-28 00:01"))
        absent(owner, deputy, since=moment("2026-11-30 06:30"))

        outbox.deliver_due(at=moment("2026-11-30 07:00"), connect=StoreTransport)

        mails = Delivery.objects.all()
        assert set(mails.values_list("state", flat=True)) == {Delivery.State.DROPPED}


def told():
    return {mail.to_user for mail in Delivery.objects.all()}
