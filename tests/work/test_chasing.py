"""What who asked for work does while he waits: remind now, or let it rest."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.audit.models import AuditEntry
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted, NotVisible
from casework.work import chasing, items, ladder, outbox, own
from casework.work.due import Due
from casework.work.mail import StoreTransport
from casework.work.models import Delivery, Notice, WorkItem
from tests.work.conftest import FRIDAY, MONDAY, moment, no_call

pytestmark = pytest.mark.django_db

LATER = date(2026, 12, 14)


@pytest.fixture
def rest(regisseur, now):
    def let_rest(item, *, until=LATER, reason="agreed", by=regisseur, at=now):
        return chasing.pause(item, until=until, reason=reason, by=by, at=at)

    return let_rest


class TestRemindNow:
    def test_reminds_at_once_and_once_a_day(self, opened, manager, regisseur, now):
        item = opened(manager, due=date(2026, 12, 11))

        assert chasing.remind_now(item, by=regisseur, at=now) == 1
        assert Delivery.objects.get().to_user == manager
        with pytest.raises(chasing.RemindedToday):
            chasing.remind_now(item, by=regisseur, at=now + timedelta(hours=3))
        chasing.remind_now(item, by=regisseur, at=now + timedelta(days=1))
        assert Delivery.objects.count() == 2

    def test_says_that_nobody_else_is_there(self, opened, manager, deputy, absent, now):
        """Catches "vandaag al herinnerd" to who must do it himself, as the deputy."""
        item = opened(manager, due=FRIDAY, asked_by=deputy)
        absent(manager, deputy, since=now)

        with pytest.raises(chasing.NobodyElse):
            chasing.remind_now(item, by=deputy, at=now)

    def test_refuses_who_did_not_ask(self, opened, manager, now):
        item = opened(manager, due=FRIDAY)

        with pytest.raises(NotPermitted):
            chasing.remind_now(item, by=manager, at=now)

    def test_goes_on_in_a_pause(self, opened, manager, regisseur, rest, now):
        """Catches an asker who silenced himself and can't say what he wants to say."""
        item = rest(opened(manager, due=FRIDAY))

        assert chasing.remind_now(item, by=regisseur, at=now) == 1


class TestPause:
    def test_says_nothing_until_its_day_and_then_once(self, opened, manager, rest):
        item = rest(opened(manager, due=FRIDAY))

        assert ladder.plan_due(at=moment("2026-12-13 12:00"), call=no_call) == 0
        ladder.plan_due(at=moment("2026-12-14 07:00"), call=no_call)
        assert Notice.objects.filter(user=manager).count() == 1
        item.refresh_from_db()
        assert (item.paused_until, item.paused_for) == (None, "")

    def test_is_kept_with_its_reason_and_logged(
        self, opened, manager, regisseur, rest, now
    ):
        item = rest(opened(manager, due=FRIDAY, case=12), reason="away")

        item.refresh_from_db()
        assert (item.paused_until, item.paused_for) == (LATER, "away")
        row = AuditEntry.objects.get(verb="work.paused")
        assert (row.about, row.ground) == (f"item:{item.pk}", "away")
        assert (row.by_id, row.case, row.at) == (regisseur.pk, 12, now)

    def test_takes_back_what_was_not_sent_yet(self, opened, manager, rest, now):
        """Catches a reminder that arrives the morning after it was told to wait."""
        item = opened(manager, due=FRIDAY)
        ladder.plan_due(at=now, call=no_call)

        rest(item)

        states = set(Delivery.objects.filter(item=item).values_list("state", flat=True))
        assert states <= {Delivery.State.CANCELLED}

    def test_leaves_the_digest_of_tomorrow(self, opened, manager, rest, now):
        """Catches a line in the overview of the morning after it was told to wait."""
        resting = opened(manager, due=FRIDAY, reference="AVE-2026-0001")
        opened(manager, due=FRIDAY, reference="AVE-2026-0002")
        back = opened(manager, due=FRIDAY, reference="AVE-2026-0003")
        ladder.plan_due(at=now, call=no_call)
        rest(resting)
        rest(back, until=date(2026, 11, 24))

        morning = moment("2026-11-24 07:30")
        assert outbox.deliver_due(at=morning, connect=StoreTransport) == 1

        said = Delivery.objects.get(state=Delivery.State.SENT).text
        assert "AVE-2026-0001" not in said
        assert "AVE-2026-0002" in said
        assert "AVE-2026-0003" in said

    def test_lasts_when_the_day_is_moved(self, opened, manager, rest, now):
        """Catches a reminder in the pause, because the day was planned anew."""
        item = rest(opened(manager, due=FRIDAY))

        due = Due.day(date(2026, 12, 4))
        items.move_due(item, due=due, by=manager, at=now)

        assert item.next_step_at == moment("2026-12-14 07:00")

    def test_can_be_made_shorter(self, opened, manager, rest):
        """Catches a pause that nobody gets rid of, because the step stays where it is."""
        item = rest(opened(manager, due=FRIDAY), until=date(2027, 6, 1))

        rest(item, until=date(2026, 11, 24))

        assert item.next_step_at < moment("2026-11-28 00:00")

    def test_leaves_a_step_after_its_day_where_it_is(self, opened, manager, rest):
        item = opened(manager, due=date(2027, 3, 1), ladder=[])
        before = item.next_step_at

        rest(item)

        assert item.next_step_at == before

    def test_ends_with_the_work(self, opened, manager, rest, now):
        item = rest(opened(manager, due=FRIDAY))

        items.close_items(item.about, by=manager, at=now)

        item.refresh_from_db()
        assert (item.paused_until, item.paused_for) == (None, "")

    @pytest.mark.parametrize("until", [MONDAY, MONDAY + timedelta(days=367)])
    def test_refuses_today_and_for_ever(self, opened, manager, rest, until):
        item = opened(manager, due=FRIDAY)

        with pytest.raises(InvalidInput) as refusal:
            rest(item, until=until)

        assert refusal.value.field == "until"

    @pytest.mark.parametrize("days", [1, 366])
    def test_takes_tomorrow_and_a_year(self, opened, manager, rest, days):
        until = MONDAY + timedelta(days=days)

        assert rest(opened(manager, due=FRIDAY), until=until).paused_until == until

    @pytest.mark.parametrize("reason", ["", "Omdat Jansje ziek is"])
    def test_takes_no_words_as_a_reason(self, opened, manager, rest, reason):
        """Catches a name in the log, which keeps the reason as its ground."""
        item = opened(manager, due=FRIDAY)

        with pytest.raises(InvalidInput) as refusal:
            rest(item, reason=reason)

        assert refusal.value.field == "reason"

    def test_is_for_who_asked_and_not_for_who_must_do_it(self, opened, manager, rest):
        """Catches a manager who silences the question that he does not answer."""
        item = opened(manager, due=FRIDAY)

        with pytest.raises(NotPermitted):
            rest(item, by=manager)

    def test_is_not_there_for_a_stranger(self, opened, manager, person, rest):
        item = opened(manager, due=FRIDAY)

        with pytest.raises(NotVisible):
            rest(item, by=person("Otto Ander"))

    def test_is_for_oneself_too(self, regisseur, rest, now):
        item = own.write_own("Bel terug", due=Due.day(FRIDAY), by=regisseur, at=now)

        assert rest(item).paused_until == LATER

    @pytest.mark.parametrize(
        ("facts", "said"), [({"legal": True}, "wet"), ({"urgent": True}, "spoed")]
    )
    def test_never_silences_the_law_or_spoed(self, opened, manager, rest, facts, said):
        item = opened(manager, due=FRIDAY, **facts)

        with pytest.raises(NotPermitted) as refusal:
            rest(item)

        assert not item.may_rest
        assert said in refusal.value.user_message

    def test_never_silences_what_was_written_down_for_another(
        self, opened, manager, rest
    ):
        """Catches an asker who records the answer to his own question, and then puts
        off for a year that it is confirmed."""
        item = opened(manager, due=FRIDAY, kind="confirm")

        with pytest.raises(NotPermitted) as refusal:
            rest(item)

        assert not item.may_rest
        assert "bevestigd" in refusal.value.user_message

    def test_refuses_what_is_done(self, opened, manager, rest, now):
        item = opened(manager, due=FRIDAY)
        items.close_items(item.about, by=manager, at=now)

        with pytest.raises(AlreadyDone):
            rest(item)

    @pytest.mark.parametrize(
        "changes", [{"paused_until": LATER}, {"paused_for": "agreed"}]
    )
    def test_the_database_refuses_half_of_it(self, opened, manager, changes):
        item = opened(manager, due=FRIDAY)

        with (
            pytest.raises(IntegrityError, match="work_pause_has_a_reason"),
            transaction.atomic(),
        ):
            WorkItem.objects.system_scope("test").filter(pk=item.pk).update(**changes)
