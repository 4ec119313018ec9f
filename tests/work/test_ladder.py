"""Every rung once, and never the silence of a dead clock."""

from datetime import date, timedelta

import pytest

from casework.people.errors import AlreadyDone
from casework.policy.ladders import Step
from casework.work import inbox, items
from casework.work.due import Chosen
from casework.work.models import Notice, WorkItem
from tests.work.conftest import FRIDAY, moment, plan, said_to

pytestmark = pytest.mark.django_db


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
        assert f"step of item {broken.pk} failed" in caplog.text
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

    def test_says_what_is_due_although_a_call_breaks(
        self, opened, manager, deputy, now
    ):
        """Catches one broken call that keeps everybody from hearing of the silence."""

        def breaks(item, step, at):
            raise ValueError

        item = opened(
            manager,
            due=moment("2026-11-28 16:55"),
            kind="escalation.review",
            urgent=True,
        )
        plan(now)
        plan("2026-11-28 17:00", call=breaks)
        plan("2026-11-28 22:00", call=breaks)

        item.refresh_from_db()
        assert (item.failures, item.stand_in) == (2, deputy)
        assert said_to(deputy) == ["deputy:+0h"]
        assert said_to(item.asked_by) == ["remind:+4h:asked_by"]
        calls = []
        plan("2026-11-29 09:00", call=lambda item, step, at: calls.append(step))
        item.refresh_from_db()
        assert len(calls) == 1
        assert (item.failures, item.retry_at) == (0, None)
        assert said_to(deputy) == ["deputy:+0h"]

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


def test_a_ladder_may_be_given_by_the_caller(opened, manager, now):
    item = opened(manager, due=FRIDAY, ladder=[Step(-1), Step(0, action="deputy")])

    assert item.next_step_at == moment("2026-11-26 07:00")
