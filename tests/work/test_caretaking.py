"""What the beheerder may do with what got stuck, and what he may not."""

from datetime import date, timedelta

import pytest

from casework.audit.models import AuditEntry
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.work import caretaking, items, ladder, outbox
from casework.work.caretaking import MailNotStuck, StepNotStuck
from casework.work.models import Delivery, WorkItem
from tests.work.sink import sinking

pytestmark = pytest.mark.django_db

FAR = date(2099, 1, 1)


@pytest.fixture
def keeper(beheer):
    return beheer.memberships.get().user


@pytest.fixture
def failed(opened, manager, keeper, now) -> Delivery:
    """A mail that the server refused for good, with the work that asks to look."""
    opened(manager, due=FAR, kind="escalation.supply", urgent=True)
    with sinking() as sink:
        sink.answers = ["550 no"]
        ladder.plan_due(at=now, call=_no_call)
        outbox.deliver_due(at=now)
    return Delivery.objects.get(state="failed")


@pytest.fixture
def failing(opened, manager, now) -> WorkItem:
    """Work of which a step broke twice."""
    item = opened(manager, due=date(2026, 11, 27), kind="escalation.review")
    at = now + timedelta(days=12)
    for minutes in (0, 2):
        ladder.plan_due(at=at + timedelta(minutes=minutes), call=_breaks)
    item.refresh_from_db(from_queryset=_all())
    assert item.failures == 2
    return item


class TestRetryMail:
    def test_sends_it_at_the_next_tick_and_closes_the_question(
        self, failed, keeper, now
    ):
        caretaking.retry_mail(failed, by=keeper, at=now)

        with sinking() as sink:
            assert outbox.deliver_due(at=now) == 1
        assert sink.readers == [failed.to_user.email]
        assert not _all().open().filter(kind="mail.failed").exists()

    def test_is_in_the_log_without_a_name(self, failed, keeper, now):
        """Catches a line that nobody finds who looks the log of a case over."""
        _all().filter(pk=failed.item_id).update(case=12)

        caretaking.retry_mail(failed, by=keeper, at=now)

        row = AuditEntry.objects.get(verb="mail.retried")
        assert (row.by, row.about) == (keeper, f"delivery:{failed.pk}")
        assert row.case == 12

    def test_refuses_who_is_no_beheerder(self, failed, manager, now):
        with pytest.raises(NotPermitted):
            caretaking.retry_mail(failed, by=manager, at=now)

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            ("pending", "staat al klaar"),
            ("claimed", "wordt nu verstuurd"),
            ("handing", "wordt nu verstuurd"),
            ("sent", "is al verstuurd"),
            ("cancelled", "gaat niet meer weg"),
            ("dropped", "gaat niet meer weg"),
        ],
    )
    def test_refuses_what_is_not_stuck(self, failed, keeper, now, state, said):
        """Catches a mail that goes out twice because somebody pressed a button."""
        held = state in ("claimed", "handing")
        Delivery.objects.update(
            state=state,
            attempts=0,
            last_error="",
            sent_at=now if state == "sent" else None,
            token="00000000-0000-0000-0000-000000000000" if held else None,
            lease_until=now if held else None,
        )

        with pytest.raises(MailNotStuck) as refusal:
            caretaking.retry_mail(failed, by=keeper, at=now)

        assert said in refusal.value.user_message

    def test_refuses_twice(self, failed, keeper, now):
        stale = Delivery.objects.get(pk=failed.pk)
        caretaking.retry_mail(failed, by=keeper, at=now)

        with pytest.raises(MailNotStuck):
            caretaking.retry_mail(stale, by=keeper, at=now)

    def test_sends_at_once_what_waited_for_its_next_try(self, failed, keeper, now):
        Delivery.objects.update(
            state="pending", attempts=5, not_before=now + timedelta(hours=1)
        )

        caretaking.retry_mail(failed, by=keeper, at=now)

        assert Delivery.objects.get().not_before == now


class TestGiveUpMail:
    def test_is_never_tried_again(self, failed, keeper, now):
        caretaking.give_up_mail(failed, by=keeper, at=now, reason="told")

        with sinking() as sink:
            outbox.deliver_due(at=now + timedelta(days=1))
        assert not sink.mails
        assert not _all().open().filter(kind="mail.failed").exists()
        assert not caretaking.stuck_mail().exists()

    def test_says_why_in_the_log(self, failed, keeper, now):
        caretaking.give_up_mail(failed, by=keeper, at=now, reason="address")

        row = AuditEntry.objects.get(verb="mail.given_up")
        assert (row.by, row.ground) == (keeper, "address")

    def test_refuses_a_reason_in_words(self, failed, keeper, now):
        """Catches a name that gets into the log by a field of text."""
        with pytest.raises(InvalidInput):
            caretaking.give_up_mail(failed, by=keeper, at=now, reason="Jan zegt het")

    def test_refuses_who_is_no_beheerder(self, failed, manager, now):
        with pytest.raises(NotPermitted):
            caretaking.give_up_mail(failed, by=manager, at=now, reason="told")

    def test_refuses_a_mail_that_was_never_tried(self, failed, keeper, now):
        """Catches a beheerder who silences a decision before it is told."""
        Delivery.objects.update(state="pending", attempts=0, last_error="")

        with pytest.raises(MailNotStuck):
            caretaking.give_up_mail(failed, by=keeper, at=now, reason="told")

    def test_refuses_twice(self, failed, keeper, now):
        caretaking.give_up_mail(failed, by=keeper, at=now, reason="told")

        with pytest.raises(MailNotStuck):
            caretaking.give_up_mail(failed, by=keeper, at=now, reason="told")


class TestRetryStep:
    def test_lets_the_planner_try_it_at_once(self, failing, keeper, now):
        at = now + timedelta(days=12, minutes=3)
        assert ladder.plan_due(at=at, call=_works) == 0

        caretaking.retry_step(failing, by=keeper, at=at)

        assert ladder.plan_due(at=at, call=_works) == 1
        failing.refresh_from_db(from_queryset=_all())
        assert failing.failures == 0
        assert AuditEntry.objects.get(verb="work.retried").by == keeper

    def test_stays_in_sight_until_it_succeeds(self, failing, keeper, now):
        """Catches a button that only hides what is wrong."""
        at = now + timedelta(days=12, minutes=3)

        caretaking.retry_step(failing, by=keeper, at=at)

        assert list(caretaking.stuck_steps(at=at)) == [failing]

    def test_refuses_twice(self, failing, keeper, now):
        at = now + timedelta(days=12, minutes=3)
        caretaking.retry_step(failing, by=keeper, at=at)

        with pytest.raises(StepNotStuck):
            caretaking.retry_step(failing, by=keeper, at=at)

    def test_refuses_what_does_not_fail(self, opened, manager, keeper, now):
        with pytest.raises(StepNotStuck):
            caretaking.retry_step(opened(manager, due=FAR), by=keeper, at=now)

    def test_refuses_what_is_closed(self, failing, keeper, now):
        items.close_items(failing.about, by=keeper, at=now)

        with pytest.raises(AlreadyDone):
            caretaking.retry_step(failing, by=keeper, at=now)

    def test_refuses_who_is_no_beheerder(self, failing, manager, now):
        with pytest.raises(NotPermitted):
            caretaking.retry_step(failing, by=manager, at=now)


def _all():
    return WorkItem.objects.system_scope("test")


def _no_call(item, step, at):
    raise AssertionError("no rung of this ladder calls anything")


def _breaks(item, step, at):
    raise RuntimeError("poison")


def _works(item, step, at):
    return None
