"""A rung reaches somebody who is there, and each only once."""

import pytest

from casework.work import inbox, items
from casework.work.models import Delivery, Notice
from tests.work.conftest import FRIDAY, moment, plan, said_to

pytestmark = pytest.mark.django_db


class TestRecipients:
    def test_tells_the_deputy_while_the_owner_is_away(
        self, opened, manager, deputy, absent, now
    ):
        absent(manager, deputy, since=now, until=moment("2026-11-26 08:00"))
        opened(manager, due=FRIDAY)

        plan("2026-11-25 07:00")
        plan("2026-11-27 07:00")

        assert said_to(deputy) == ["remind:-2wd"]
        assert said_to(manager) == ["remind:+0wd"]

    def test_never_tells_somebody_who_is_away(
        self, opened, person, beheer, absent, now
    ):
        """Owner, deputy and team lead all away: it still reaches somebody."""
        lead = person("Leiding")
        second = person("Tweede")
        owner = person("Eerste", deputy=second, team_lead=lead)
        for user, other in ((owner, second), (second, lead), (lead, owner)):
            absent(user, other, since=now)
        opened(owner, due=FRIDAY, kind="escalation.review")

        plan("2026-12-02 07:00", call=lambda item, step, at: None)

        keeper = beheer.memberships.get().user
        told = set(Notice.objects.values_list("user", flat=True))
        assert told == {keeper.pk}

    def test_gives_a_silent_owners_work_to_his_deputy_too(
        self, opened, manager, deputy, now
    ):
        item = opened(manager, due=FRIDAY, kind="escalation.review")

        plan("2026-11-30 07:00")

        assert list(inbox.mine(deputy, at=now)) == [item]
        assert list(inbox.mine(manager, at=now)) == [item]

    def test_tells_once_who_stands_in_for_who_stands_in(
        self, opened, manager, deputy, absent, now
    ):
        """Catches a reminder that fails for ever: one person, told twice."""
        item = opened(manager, due=FRIDAY, kind="escalation.notice")
        plan("2026-11-30 07:00")
        absent(deputy, manager, since=moment("2026-11-30 08:00"))

        plan("2026-12-07 07:00")

        item.refresh_from_db()
        assert (item.failures, item.stand_in) == (0, deputy)
        assert said_to(manager)[-1] == "remind:+6wd"

    def test_never_lets_the_asker_stand_in_for_who_must_answer(
        self, opened, person, regisseur, now
    ):
        lead = person("Leiding")
        owner = person("Eerste", deputy=regisseur, team_lead=lead)
        opened(owner, due=FRIDAY, kind="escalation.review")

        plan("2026-11-30 07:00")

        assert said_to(lead) == ["deputy:+1wd"]
        assert said_to(regisseur) == []

    def test_tells_a_whole_desk_but_mails_who_leads_it(
        self, opened, desk, person, member_of, now
    ):
        lead, member = person("Aanspreekpunt"), person("Lid")
        member_of(lead, desk, is_lead=True)
        member_of(member, desk)
        opened(desk, due=FRIDAY)

        plan(now)

        assert Notice.objects.count() == 2
        assert Delivery.objects.get().to_user == lead

    def test_tells_who_picked_it_up_and_no_colleague(
        self, opened, desk, person, member_of, now
    ):
        one, other = member_of(person("Een"), desk), member_of(person("Ander"), desk)
        item = opened(desk, due=FRIDAY)
        plan(now)
        items.claim(item, by=one, at=now)

        plan("2026-11-27 07:00")

        assert said_to(one) == ["remind:now", "remind:+0wd"]
        assert said_to(other) == ["remind:now"]
