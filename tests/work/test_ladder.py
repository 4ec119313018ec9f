"""Every rung once, to somebody who is there, and never the silence of a dead clock."""

import threading
import uuid
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from casework.people.errors import AlreadyDone, NotVisible
from casework.people.models import Desk
from casework.policy.ladders import Step
from casework.work import inbox, items, ladder, outbox, preferences
from casework.work.due import Chosen, Due
from casework.work.models import Delivery, Notice, Preference, WorkItem
from tests.work.conftest import moment, no_call

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 27)
REMINDERS = (Step(0, "now"), Step(0), Step(2))


def plan(text: str | datetime, call=no_call) -> int:
    at = moment(text) if isinstance(text, str) else text
    return ladder.plan_due(at=at, call=call)


def said_to(user) -> list[str]:
    rows = Notice.objects.filter(user=user).order_by("at", "pk")
    return [row.step.partition(":owner")[0] for row in rows]


class TestPlanDue:
    def test_says_each_rung_on_its_day(self, opened, manager, deputy, now):
        opened(manager, due=FRIDAY)

        plan(now)
        for text in (
            "2026-11-25 07:00",
            "2026-11-25 07:05",
            "2026-11-27 07:00",
            "2026-12-01 07:00",
            "2026-12-04 07:00",
        ):
            plan(text)

        assert said_to(manager) == [
            "remind:now",
            "remind:-2wd",
            "remind:+0wd",
            "remind:+2wd",
        ]
        assert said_to(deputy) == ["deputy:+5wd"]

    def test_says_nothing_before_its_moment(self, opened, manager, now):
        opened(manager, due=FRIDAY)
        plan(now)

        assert plan("2026-11-25 06:59") == 0
        assert plan("2026-11-25 07:00") == 1

    def test_does_not_tell_somebody_what_he_made_himself(self, opened, regisseur, now):
        opened(regisseur, due=FRIDAY)

        plan(now)

        assert not Notice.objects.exists()

    def test_catches_up_once_and_leaves_out_no_action(
        self, opened, manager, deputy, now
    ):
        """Three weeks without a clock would else end in a burst of mail."""
        calls = []
        item = opened(manager, due=FRIDAY, kind="escalation.review", level=3)
        plan(now)

        plan("2026-12-14 09:00", call=lambda item, step, at: calls.append(step))

        assert len(said_to(manager)) == 2
        assert said_to(deputy) == ["deputy:+1wd"]
        assert [step.facts["name"] for step in calls] == ["escalation.silence"]
        item.refresh_from_db()
        assert item.next_step_at > moment("2026-12-14 09:00")

    def test_never_ends_while_the_work_is_open(self, opened, manager, now):
        item = opened(manager, due=FRIDAY)
        at = now
        for _ in range(30):
            plan(at)
            item.refresh_from_db()
            assert item.next_step_at > at
            at = item.next_step_at

        assert at > moment("2027-04-01 00:00")
        assert Notice.objects.filter(user=manager).count() > 20

    def test_stops_when_the_work_is_done(self, opened, manager, now):
        item = opened(manager, due=FRIDAY)
        plan(now)
        items.close_items(item.about, by=manager, at=now)

        assert plan("2026-12-30 09:00") == 0
        assert said_to(manager) == ["remind:now"]

    def test_says_no_rung_from_before_the_work_existed(self, opened, manager, now):
        opened(manager, due=date(2026, 11, 23))

        plan(now)

        assert said_to(manager) == ["remind:now"]

    @pytest.mark.parametrize(
        ("within", "due"),
        [({}, date(2026, 12, 8)), ({"wd": 4}, date(2026, 12, 10))],
    )
    def test_opens_the_work_that_a_rung_describes(
        self, opened, desk, person, member_of, regisseur, now, within, due
    ):
        member_of(person("Partner"), desk)
        facts = {"kind": "silent", "title": "Bel, of kies een ander", **within}
        # The second rung finds that it was asked before, and asks nothing.
        ladder = [Step(days, action="open", facts=facts) for days in (5, 6)]
        task = opened(desk, due=FRIDAY, ladder=ladder, level=3)

        plan("2026-12-04 07:00")
        plan("2026-12-11 07:00")

        asked = inbox.mine(regisseur, at=now).get()
        assert (asked.kind, asked.about, asked.due_on) == ("silent", task.about, due)
        assert (asked.title, asked.reference) == (facts["title"], task.reference)
        assert (asked.level, asked.chosen_by) == (3, Chosen.SILENCE)

    def test_opens_work_that_nobody_asked_for_at_the_beheerder(
        self, opened, manager, beheer
    ):
        """Catches a question about silence that goes to who was silent."""
        facts = {"kind": "silent", "title": "Bel, of kies een ander"}
        ladder = [Step(5, action="open", facts=facts)]
        asked_by_nobody = {"due": FRIDAY, "ladder": ladder, "asked_by": None}
        keeper = beheer.memberships.get().user
        first = opened(manager, **asked_by_nobody)
        plan("2026-12-04 07:00")
        beheer.memberships.all().delete()
        second = opened(manager, **asked_by_nobody)
        plan("2026-12-11 07:00")

        rows = WorkItem.objects.system_scope("test").filter(kind="silent")
        asked = {item.about: item.owner for item in rows}
        assert asked[first.about] == keeper
        assert asked[second.about] == manager

    def test_goes_on_after_a_broken_item_and_tries_that_again_later(
        self, opened, manager, now, caplog
    ):
        """One poisoned row at the head of the queue would stop everybody's mail."""

        def breaks(item, step, at):
            raise ValueError

        broken = opened(manager, due=FRIDAY, kind="escalation.review", about="broken:1")
        other = opened(manager, due=FRIDAY)
        plan(now)
        at = moment("2026-12-02 07:00")

        plan(at, call=breaks)

        broken.refresh_from_db()
        other.refresh_from_db()
        assert broken.failures == 1
        assert broken.next_step_at <= at < broken.retry_at
        assert other.next_step_at > at
        assert plan(at, call=breaks) == 0
        again = at + timedelta(minutes=2)
        plan(again)  # without `call` this would raise
        broken.refresh_from_db()
        assert (broken.failures, broken.retry_at) == (2, again + timedelta(minutes=2))
        plan(at + timedelta(minutes=9), call=lambda item, step, at: None)
        broken.refresh_from_db()
        assert broken.failures == 0
        assert broken.next_step_at > at

    def test_goes_on_when_a_call_was_made_before(self, opened, manager, now):
        def done_before(item, step, at):
            raise AlreadyDone

        item = opened(manager, due=FRIDAY, kind="escalation.review")
        plan("2026-12-02 07:00", call=done_before)

        item.refresh_from_db()
        assert item.next_step_at > moment("2026-12-02 07:00")

    def test_leaves_what_its_own_call_closed(self, opened, manager, now):
        def answer(item, step, at):
            items.close_items(item.about, by=None, at=at)

        item = opened(manager, due=FRIDAY, kind="escalation.review")
        plan("2026-12-02 07:00", call=answer)

        item.refresh_from_db()
        assert item.state == WorkItem.State.DONE


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


class TestDigest:
    def test_is_one_mail_a_morning_without_what_was_closed(self, opened, manager, now):
        done = opened(manager, due=FRIDAY, reference="AVE-2026-1111")
        opened(manager, due=FRIDAY, reference="AVE-2026-2222")
        plan(now)
        items.close_items(done.about, by=manager, at=now)

        outbox.deliver_due(at=moment("2026-11-24 07:30"))

        mail = Delivery.objects.get()
        assert mail.state == Delivery.State.SENT
        assert mail.subject == "1 ding te doen, di 24 november"
        assert "AVE-2026-2222" in mail.text
        assert "AVE-2026-1111" not in mail.text + mail.html

    def test_is_dropped_when_nothing_is_left(self, opened, manager, now):
        item = opened(manager, due=FRIDAY)
        plan(now)
        items.close_items(item.about, by=manager, at=now)

        outbox.deliver_due(at=moment("2026-11-24 07:30"))

        assert Delivery.objects.get().state == Delivery.State.DROPPED

    def test_skips_days_off(self, opened, manager):
        thursday = moment("2026-12-24 16:00")
        opened(manager, due=date(2027, 1, 8), at=thursday)

        plan(thursday)

        assert Delivery.objects.get().not_before == moment("2026-12-28 07:30")

    def test_takes_no_line_when_it_is_on_its_way(self, opened, manager, now):
        """A line added after it was written would never be sent."""
        opened(manager, due=FRIDAY)
        plan(now)
        outbox.claim(at=moment("2026-11-24 07:30"))
        opened(manager, due=FRIDAY, about="later:1")

        plan(now + timedelta(seconds=1))

        mornings = Delivery.objects.order_by("pk").values_list("not_before", flat=True)
        assert list(mornings) == [
            moment("2026-11-24 07:30"),
            moment("2026-11-25 07:30"),
        ]

    def test_can_be_refused_but_not_for_decisions_and_the_law(
        self, opened, manager, now
    ):
        Preference.objects.create(user=manager, digest=False)
        opened(manager, due=FRIDAY)
        opened(manager, due=FRIDAY, legal=True)
        opened(manager, due=FRIDAY, kind="escalation.review")

        plan(now)

        kinds = Delivery.objects.order_by("kind").values_list("kind", flat=True)
        assert list(kinds) == ["digest", "reminder"]
        assert Notice.objects.filter(delivery__kind="digest").count() == 1
        assert Notice.objects.count() == 3

    def test_ends_with_the_key_in_its_mail(self, manager, now):
        wanted = preferences.choose_digest(manager, wanted=True, at=now)

        key = wanted.unsubscribe_key
        preferences.choose_digest_by_key(key, wanted=False, at=now)

        assert not preferences.wants_digest(key)
        with pytest.raises(NotVisible):
            preferences.choose_digest_by_key(uuid.uuid4(), wanted=False, at=now)

    def test_holds_no_words_that_somebody_wrote_for_himself(self, regisseur, now):
        items.write_own("Bel Jansje", due=Due.day(FRIDAY), by=regisseur, at=now)
        plan("2026-11-27 07:00")

        outbox.deliver_due(at=moment("2026-11-27 07:30"))

        mail = Delivery.objects.get()
        assert mail.state == Delivery.State.SENT
        assert "Jansje" not in mail.text + mail.html + mail.subject


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

    def test_who_asked_may_always_remind(self, opened, desk, person, member_of, now):
        """Catches a question of a colleague that counts as one mail too many."""
        partner = member_of(person("Partner"), desk)
        asker = person("Vrager")
        task = opened(desk, due=FRIDAY, kind="task", asked_by=asker, ladder=REMINDERS)
        for text in ("2026-11-23 10:00", "2026-11-27 07:00", "2026-12-01 07:00"):
            plan(text)

        items.remind_now(task, by=asker, at=moment("2026-12-02 10:00"))

        assert Delivery.objects.filter(to_user=partner).count() == 4


@pytest.mark.django_db(transaction=True)
class TestTwoPlanners:
    @pytest.mark.race
    def test_plan_everything_once(self, opened, manager, now):
        """Two beats, or a beat and a ticker, must not say things twice."""
        for _ in range(60):
            opened(manager, due=FRIDAY)
        planned: list[int] = []
        start = threading.Barrier(4)

        def work() -> None:
            start.wait()
            try:
                planned.append(plan(now))
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sum(planned) == 60
        assert Notice.objects.count() == 60
        assert Delivery.objects.count() == 1

    @pytest.mark.race
    def test_does_not_deadlock_with_a_transition_that_closes(
        self, opened, manager, now
    ):
        """A planner that holds the item while it calls waits for the case, and the
        case for the item."""
        item = opened(manager, due=FRIDAY, kind="escalation.review")
        plan(now)
        in_call, may_go = threading.Event(), threading.Event()
        failures: list[Exception] = []

        def slow_call(item, step, at):
            in_call.set()
            may_go.wait(10)

        def planner() -> None:
            try:
                plan("2026-12-02 07:00", call=slow_call)
            except Exception as error:  # noqa: BLE001  shown by the assert
                failures.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=planner)
        thread.start()
        assert in_call.wait(10)
        items.close_items(item.about, by=manager, at=moment("2026-12-02 07:00"))
        may_go.set()
        thread.join(10)

        assert not failures
        assert said_to(manager) == ["remind:now"]


def test_a_ladder_may_be_given_by_the_caller(opened, manager, now):
    item = opened(manager, due=FRIDAY, ladder=[Step(-1), Step(0, action="deputy")])

    assert item.next_step_at == moment("2026-11-26 07:00")
    assert Desk.objects.count() == 0
