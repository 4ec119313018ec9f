"""When the mail of a rung goes, and how much of it."""

from datetime import date, timedelta

import pytest

from casework.policy.ladders import Step
from casework.work import chasing, items, outbox
from casework.work.due import Due
from casework.work.models import Delivery
from tests.work.conftest import FRIDAY, moment, plan, said_to

pytestmark = pytest.mark.django_db

REMINDERS = (Step(0, "now"), Step(0), Step(2))


class TestWhen:
    def test_decisions_and_the_last_day_go_at_once_the_rest_in_the_digest(
        self, opened, manager, now
    ):
        opened(manager, due=FRIDAY)
        opened(manager, due=FRIDAY, kind="escalation.review")

        plan(now)

        assert dict(Delivery.objects.values_list("kind", "not_before")) == {
            "digest": moment("2026-11-24 07:30"),
            "reminder": now,
        }

    def test_a_step_for_the_digest_waits_for_it_when_it_is_late(self, opened, manager):
        """Catches a weekly reminder that comes at once, because the day is over."""
        ladder = [Step(0), Step(1, facts={"digest": True})]
        opened(manager, due=FRIDAY, ladder=ladder)

        plan("2026-11-30 08:00")

        assert Delivery.objects.get().not_before == moment("2026-12-01 07:30")

    def test_moves_mail_out_of_the_night_and_the_weekend(self, opened, manager):
        friday_evening = moment("2026-11-27 19:30")
        opened(
            manager,
            due=date(2026, 12, 4),
            kind="escalation.review",
            at=friday_evening,
        )

        plan(friday_evening)

        assert Delivery.objects.get().not_before == moment("2026-11-30 07:00")

    def test_never_moves_mail_past_its_day(self, opened, manager):
        evening = moment("2026-11-27 19:30")
        opened(manager, due=FRIDAY, kind="escalation.review", at=evening)

        plan(evening)

        assert Delivery.objects.get().not_before == evening

    def test_spoed_knows_no_night_and_counts_clock_hours_over_the_change(
        self, opened, manager
    ):
        """Saturday 16.55, 24 hours, in the night that the clock goes back."""
        at = moment("2026-10-24 16:55")
        item = opened(
            manager, due=at + timedelta(hours=24), urgent=True, at=at, kind="escalation"
        )

        plan(at)
        item.refresh_from_db()

        assert Delivery.objects.get().not_before == at
        assert item.due_at == moment("2026-10-25 15:55")
        assert item.next_step_at == moment("2026-10-25 11:55")
        plan(item.next_step_at)
        assert Delivery.objects.filter(not_before=item.next_step_at).count() == 1


class TestMostMails:
    def test_a_partner_gets_three_about_a_task_however_late_he_takes_it(
        self, opened, desk, person, member_of, now
    ):
        """Catches the mails of before picking it up, and then all of them again."""
        partner = member_of(person("Partner"), desk)
        task = opened(desk, due=FRIDAY, kind="task", ladder=REMINDERS)
        at = now
        while at < now + timedelta(weeks=4):
            plan(at)
            outbox.deliver_due(at=at)
            if at == moment("2026-12-02 10:00"):
                items.claim(task, by=partner, at=at)
                later = Due.day(date(2026, 12, 11))
                items.move_due(task, due=later, by=partner, at=at)
            at += timedelta(hours=12)

        sent = Delivery.objects.filter(state=Delivery.State.SENT, to_user=partner)
        assert sent.filter(lines__item=task).distinct().count() == 3
        assert len(said_to(partner)) > 3

    def test_each_task_has_its_own_three(self, opened, desk, person, member_of, now):
        """Catches a second task of which a partner hears nothing, for the first one."""
        partner = member_of(person("Partner"), desk)
        opened(desk, due=FRIDAY, kind="task", ladder=REMINDERS)
        for text in ("2026-11-23 10:00", "2026-11-27 07:00", "2026-12-01 07:00"):
            plan(text)
        again = moment("2026-12-02 10:00")
        other = opened(desk, due=date(2026, 12, 11), kind="task", at=again)

        plan(again)

        mails = Delivery.objects.filter(lines__item=other, to_user=partner)
        assert mails.exists()

    def test_what_is_in_doubt_counts(self, opened, desk, person, member_of, now):
        """Catches a fourth mail, because nobody knows whether the first was read."""
        partner = member_of(person("Partner"), desk)
        opened(desk, due=FRIDAY, kind="task", ladder=REMINDERS)
        plan(now)
        first = Delivery.objects.get(to_user=partner)
        first.state, first.in_doubt = Delivery.State.DROPPED, 1
        first.save()

        for text in ("2026-11-27 07:00", "2026-12-01 07:00", "2026-12-09 07:00"):
            plan(text)

        assert Delivery.objects.filter(to_user=partner).count() == 3
        assert len(said_to(partner)) > 3

    def test_who_asked_may_always_remind(self, opened, desk, person, member_of, now):
        """Catches a question of a colleague that counts as one mail too many."""
        partner = member_of(person("Partner"), desk)
        asker = person("Vrager")
        task = opened(desk, due=FRIDAY, kind="task", asked_by=asker, ladder=REMINDERS)
        for text in ("2026-11-23 10:00", "2026-11-27 07:00", "2026-12-01 07:00"):
            plan(text)

        chasing.remind_now(task, by=asker, at=moment("2026-12-02 10:00"))

        assert Delivery.objects.filter(to_user=partner).count() == 4
