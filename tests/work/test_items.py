"""Work comes into being, changes hands and ends by these functions only."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.access.scope import ScopeMissing
from casework.audit.models import AuditEntry
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted, NotVisible
from casework.policy.ladders import Step
from casework.work import inbox, items, ladder, outbox, own
from casework.work.due import Due
from casework.work.models import Delivery, Notice, WorkItem
from tests.work.conftest import moment, no_call, plan

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 27)


class TestOpenItem:
    def test_keeps_its_ladder_whatever_is_decided_later(self, opened, manager):
        item = opened(manager, due=FRIDAY, kind="escalation.review", level=3)

        assert [step["action"] for step in item.ladder] == [
            "remind",
            "remind",
            "remind",
            "deputy",
            "call",
        ]
        assert item.policy_version.startswith("2026-11-23.")

    def test_refuses_the_same_work_twice_while_it_is_open(self, opened, manager, now):
        opened(manager, due=FRIDAY, about="escalation:1")

        with pytest.raises(items.AlreadyOpen):
            opened(manager, due=FRIDAY, about="escalation:1")

        items.close_items("escalation:1", by=manager, at=now)
        assert opened(manager, due=FRIDAY, about="escalation:1").is_open

    def test_runs_in_one_insert_and_one_read(
        self, opened, manager, django_assert_num_queries
    ):
        """A planner that is asked in every transition would make it slow."""
        with django_assert_num_queries(4):  # policy, savepoint x2, insert
            opened(manager, due=FRIDAY)

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"owner_user": None}, "work_one_owner"),
            ({"state": "done"}, "work_closed_has_a_moment"),
            ({"next_step_at": None}, "work_open_has_a_next_step"),
            ({"state": "lost"}, "work_"),
        ],
    )
    def test_the_database_refuses_what_can_not_be(self, opened, manager, changes, name):
        item = opened(manager, due=FRIDAY)

        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            system(item).update(**changes)


class TestCloseItems:
    def test_ends_everything_about_one_thing(self, opened, manager, now):
        opened(manager, due=FRIDAY, about="escalation:1")
        opened(manager, due=FRIDAY, about="escalation:1", kind="confirm")
        other = opened(manager, due=FRIDAY, about="escalation:2")

        closed = items.close_items(
            "escalation:1", by=manager, at=now, outcome=WorkItem.Outcome.WITHDRAWN
        )

        assert closed == 2
        assert list(inbox.mine(manager, at=now)) == [other]
        done = inbox.done(manager)
        assert {item.state for item in done} == {WorkItem.State.WITHDRAWN}

    def test_does_nothing_to_what_is_closed(self, opened, manager, regisseur, now):
        item = opened(manager, due=FRIDAY, about="escalation:1")
        items.close_items("escalation:1", by=manager, at=now)

        assert items.close_items("escalation:1", by=regisseur, at=now) == 0
        item.refresh_from_db()
        assert item.closed_by == manager


class TestHandOver:
    def test_moves_it_and_tells_the_new_owner_at_once(
        self, opened, manager, deputy, regisseur, now
    ):
        item = opened(manager, due=FRIDAY)

        items.hand_over(item, to=deputy, by=regisseur, at=now)

        assert list(inbox.mine(deputy, at=now)) == [item]
        assert not inbox.mine(manager, at=now).exists()
        assert Delivery.objects.get().subject.startswith("Nu bij jou")
        assert AuditEntry.objects.get().verb == "work.handed_over"

    def test_refuses_what_is_done_and_says_by_whom(self, opened, manager, now):
        item = opened(manager, due=FRIDAY)
        items.close_items(item.about, by=manager, at=now)

        with pytest.raises(AlreadyDone) as refusal:
            items.hand_over(item, to=manager, by=manager, at=now)

        assert refusal.value.user_message == (
            "Dit is al gedaan door Marloes de Wit op ma 23 november om 10.00 uur. "
            "Je hoeft niets meer te doen."
        )


class TestClaim:
    def test_takes_it_off_the_lists_of_colleagues(
        self, opened, desk, person, member_of, now
    ):
        one, other = person("Een"), person("Ander")
        member_of(one, desk)
        member_of(other, desk)
        item = opened(desk, due=FRIDAY)

        items.claim(item, by=one, at=now)

        assert list(inbox.mine(one, at=now)) == [item]
        assert not inbox.mine(other, at=now).exists()
        assert list(inbox.team(other, at=now)) == [item]
        with pytest.raises(items.ClaimedByAnother):
            items.claim(item, by=other, at=now)

    def test_is_not_there_for_who_is_not_of_the_desk(self, opened, desk, person, now):
        item = opened(desk, due=FRIDAY)

        with pytest.raises(NotVisible):
            items.claim(item, by=person("Vreemde"), at=now)


class TestMoveDue:
    def test_plans_anew_and_takes_back_mail_about_the_old_day(
        self, opened, manager, regisseur, now
    ):
        item = opened(manager, due=FRIDAY, kind="escalation.supply")
        ladder.plan_due(at=now, call=no_call)
        said = Notice.objects.count()

        items.move_due(item, due=Due.day(date(2026, 12, 11)), by=regisseur, at=now)
        ladder.plan_due(at=now, call=no_call)

        assert Delivery.objects.get().state == Delivery.State.CANCELLED
        assert Notice.objects.count() == said
        assert item.next_step_at == moment("2026-12-09 07:00")
        assert item.revision == 1

    def test_begins_at_the_first_rung_that_is_ahead(self, opened, manager, now):
        """Catches a first reminder that is never said about the new day."""
        steps = [Step(-2), Step(0), Step(1, action="deputy")]
        item = opened(manager, due=FRIDAY, ladder=steps)
        plan("2026-11-27 07:00")

        later = moment("2026-11-27 08:00")
        items.move_due(item, due=Due.day(date(2026, 12, 11)), by=manager, at=later)

        item.refresh_from_db()
        assert (item.step, item.next_step_at) == (0, moment("2026-12-09 07:00"))

    def test_passes_over_what_would_have_been_said_by_now(self, opened, manager, now):
        """Catches "nog twee dagen" on the day before."""
        steps = [Step(0, unit="now"), Step(-2), Step(0)]
        item = opened(manager, due=date(2026, 12, 11), ladder=steps)

        tomorrow = date(2026, 11, 24)
        items.move_due(item, due=Due.day(tomorrow), by=manager, at=now)

        assert (item.step, item.next_step_at) == (2, moment("2026-11-24 07:00"))

    def test_is_logged_with_who_did_it_and_why(self, opened, manager, now):
        item = opened(manager, due=FRIDAY, case=12)

        for reason in ({"reason": "supplied"}, {}):
            due = Due.day(date(2026, 12, 11))
            items.move_due(item, due=due, by=manager, at=now, **reason)

        rows = AuditEntry.objects.filter(verb="work.moved").order_by("pk")
        assert [row.ground for row in rows] == ["supplied", ""]
        assert {(row.by_id, row.at, row.case) for row in rows} == {
            (manager.pk, now, 12)
        }

    def test_takes_back_what_another_process_was_about_to_send(
        self, opened, manager, now
    ):
        """Catches a mail about the old day that its claimant still sends."""
        item = opened(manager, due=FRIDAY, kind="escalation.review")
        ladder.plan_due(at=now, call=no_call)
        outbox.claim(at=now)

        items.move_due(item, due=Due.day(date(2026, 12, 11)), by=manager, at=now)

        mail = Delivery.objects.get()
        assert (mail.state, mail.token, mail.lease_until) == (
            Delivery.State.CANCELLED,
            None,
            None,
        )

    def test_refuses_a_day_that_is_over(self, opened, manager, now):
        item = opened(manager, due=FRIDAY)

        with pytest.raises(InvalidInput) as refusal:
            items.move_due(item, due=Due.day(date(2026, 11, 20)), by=manager, at=now)

        assert refusal.value.field == "due_on"


class TestVisible:
    def test_is_for_each_who_has_to_do_with_it(
        self, opened, manager, regisseur, person, desk, member_of, now
    ):
        """Catches work that is mailed to somebody who then gets 404."""
        item = opened(manager, due=FRIDAY)
        stand_in, stranger = person("Piet Plaats"), person("Vera Vreemd")
        colleague = member_of(person("Cor Collega"), desk)
        of_desk = opened(desk, due=FRIDAY)
        WorkItem.objects.system_scope("test").filter(pk=item.pk).update(
            stand_in=stand_in
        )

        def sees(user):
            return set(WorkItem.objects.visible_to(user, at=now))

        assert sees(manager) == sees(stand_in) == {item}
        assert sees(colleague) == {of_desk}
        assert sees(regisseur) == {item, of_desk}
        assert sees(stranger) == set()
        items.close_items(item.about, by=stranger, at=now)
        assert sees(stranger) == {item}


class TestOwn:
    def test_is_seen_and_ticked_off_by_nobody_else(
        self, regisseur, manager, absent, now
    ):
        item = own.write_own("Bel Jansje", due=Due.day(FRIDAY), by=regisseur, at=now)

        assert list(inbox.mine(regisseur, at=now)) == [item]
        absent(regisseur, manager, since=now, until=now + timedelta(hours=1))
        assert not inbox.mine(manager, at=now).exists()
        with pytest.raises(NotVisible):
            own.finish_own(item, by=manager, at=now)
        own.finish_own(item, by=regisseur, at=now)
        assert list(inbox.done(regisseur)) == [item]

    def test_refuses_to_tick_off_work_of_another_page(self, opened, manager, now):
        item = opened(manager, due=FRIDAY)

        with pytest.raises(NotPermitted):
            own.finish_own(item, by=manager, at=now)


class TestInbox:
    def test_refuses_to_run_without_a_scope(self, opened, manager):
        """A forgotten filter would show everybody's work."""
        opened(manager, due=FRIDAY)

        with pytest.raises(ScopeMissing):
            list(WorkItem.objects.filter(kind="triage"))

    def test_shows_what_must_be_done_first_first(self, opened, manager, now):
        late = opened(manager, due=date(2026, 11, 30))
        spoed = opened(manager, due=moment("2026-11-27 12:00"), urgent=True)
        first = opened(manager, due=date(2026, 11, 24))
        same_day = opened(manager, due=FRIDAY)

        assert list(inbox.mine(manager, at=now)) == [first, spoed, same_day, late]

    def test_shows_who_waits_for_others_and_not_for_himself(
        self, opened, manager, regisseur, now
    ):
        asked = opened(manager, due=FRIDAY)
        opened(regisseur, due=FRIDAY)

        assert list(inbox.waiting_for_others(regisseur, at=now)) == [asked]
        assert not inbox.waiting_for_others(manager, at=now).exists()

    def test_gives_the_deputy_the_work_of_the_absence_only(
        self, opened, manager, deputy, absent, now
    ):
        item = opened(manager, due=FRIDAY)
        back = now + timedelta(days=3)
        absent(manager, deputy, since=now, until=back)

        assert not inbox.mine(deputy, at=now - timedelta(seconds=1)).exists()
        assert list(inbox.mine(deputy, at=now)) == [item]
        assert not inbox.mine(deputy, at=back).exists()
        assert list(inbox.mine(manager, at=back)) == [item]

    def test_gives_the_deputy_the_desk_work_too(
        self, opened, desk, person, deputy, member_of, absent, now
    ):
        """A desk of one person who is away would have been nobody's."""
        alone = person("Alleen")
        member_of(alone, desk)
        item = opened(desk, due=FRIDAY)
        absent(alone, deputy, since=now)

        assert list(inbox.mine(deputy, at=now)) == [item]

    def test_gives_the_first_ones_as_the_whole_list_does(
        self, opened, desk, person, manager, deputy, member_of, absent, now
    ):
        """Catches a way to wait that a page forgets or gives twice, and a row between."""
        alone, known = person("Alleen"), person("Bekende")
        member_of(alone, desk)
        member_of(deputy, desk)
        for away in (manager, alone):
            absent(away, deputy, since=now)
        days = [FRIDAY, moment("2026-11-27 09:00"), moment("2026-11-27 12:00")] * 2
        owners = [deputy, deputy, desk, alone, desk, known]
        rows = [opened(owner, due=day) for owner, day in zip(owners, days, strict=True)]
        items.claim(rows[4], by=alone, at=now)
        WorkItem.objects.system_scope("test").filter(pk=rows[5].pk).update(
            stand_in=deputy
        )
        own.write_own("Bel Jansje", due=Due.day(FRIDAY), by=manager, at=now)

        whole = list(inbox.mine(deputy, at=now))

        assert whole == [rows[number] for number in (1, 4, 2, 5, 0, 3)]
        for most in range(1, 8):
            assert list(inbox.foremost(deputy, most, at=now)) == whole[:most]
        for number, last in enumerate(whole, start=1):
            after = (last.due_on, last.due_at, last.pk)
            beyond = inbox.foremost(deputy, 7, at=now, after=after)
            assert list(beyond) == whole[number:]

    @pytest.mark.parametrize("count", [40, 4000])
    def test_asks_the_same_number_of_queries_at_any_size(
        self, opened, manager, regisseur, now, count, django_assert_num_queries
    ):
        model = opened(manager, due=FRIDAY)
        rows = [copy_of(model, about=f"bulk:{number}") for number in range(count)]
        WorkItem.objects.bulk_create(rows)

        with django_assert_num_queries(2):
            shown = list(inbox.foremost(manager, 50, at=now))
            assert {item.owner.pk for item in shown} == {manager.pk}
        with django_assert_num_queries(2):
            list(inbox.waiting_for_others(regisseur, at=now)[:50])
        with django_assert_num_queries(2):
            list(inbox.team(manager, at=now)[:50])
        with django_assert_num_queries(1):
            list(inbox.done(manager)[:50])


def system(item: WorkItem):
    return WorkItem.objects.system_scope("test").filter(pk=item.pk)


def copy_of(item: WorkItem, *, about: str) -> WorkItem:
    fields = {
        field.attname: getattr(item, field.attname)
        for field in WorkItem._meta.concrete_fields
        if field.attname not in ("id", "about")
    }
    return WorkItem(about=about, **fields)
