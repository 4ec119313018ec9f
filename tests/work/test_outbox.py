"""Mail through a real SMTP server: nothing lost, and who hears of a no."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings

from casework.audit.models import AuditEntry
from casework.work import items, ladder, mail, outbox
from casework.work.models import Delivery, WorkItem
from tests.work.conftest import FRIDAY, failed_items, moment, no_call
from tests.work.sink import free_port, sinking, smtp_at

pytestmark = pytest.mark.django_db(transaction=True)

State = Delivery.State


class TestDeliverDue:
    def test_really_arrives(self, sink, planned, manager, now):
        assert outbox.deliver_due(at=now) == 1

        (arrived,) = sink.mails
        planned.refresh_from_db()
        assert planned.state == State.SENT
        assert planned.smtp_reply.startswith("250")
        assert (planned.sent_at, planned.last_error) == (now, "")
        assert (planned.token, planned.lease_until) == (None, None)
        assert arrived["From"] == settings.MAIL_FROM
        assert arrived["To"] == manager.email == planned.address
        assert arrived["Message-ID"] == planned.message_id
        assert arrived["Subject"] == (
            "Nieuw te doen: Beantwoord de vraag over knelpunt 1, AVE-2026-0412, "
            "uiterlijk vr 27 november"
        )
        assert arrived["List-Unsubscribe"] is None
        entry = AuditEntry.objects.get(verb="mail.sent")
        assert entry.about == f"delivery:{planned.pk}"
        assert (entry.by_id, entry.at, entry.case) == (None, now, planned.item.case)

    def test_says_it_in_text_and_in_html_without_style(self, sink, planned, now):
        """Inline style is what our own pages forbid, and mail readers strip."""
        outbox.deliver_due(at=now)

        (arrived,) = sink.mails
        text = arrived.get_body(("plain",)).get_content()
        html = arrived.get_body(("html",)).get_content()
        for part in (text, html):
            assert "AVE-2026-0412" in part
            assert "vr 27 november" in part
            assert "http://127.0.0.1" in part or "/besluiten/1/" in part
        assert "style" not in html
        assert 'lang="nl"' in html

    def test_about_his_account_reaches_who_is_away_himself(
        self, sink, absent, manager, deputy, now
    ):
        """Catches an account that is opened for another while its owner has a holiday."""
        absent(manager, deputy, since=now)
        mail_about_it = Delivery.objects.create(
            key="account:second_step:1",
            kind=Delivery.Kind.ACCOUNT,
            to_user=manager,
            message_id="<1@zuiderveen.example>",
            subject="Je account",
            text="Je account",
            html="<p>Je account</p>",
            planned_at=now,
            not_before=now,
        )

        assert outbox.deliver_due(at=now) == 1

        (arrived,) = sink.mails
        mail_about_it.refresh_from_db()
        assert arrived["To"] == manager.email == mail_about_it.address

    def test_lets_a_digest_be_switched_off(self, sink, opened, manager, now):
        opened(manager, due=FRIDAY)
        ladder.plan_due(at=now, call=no_call)

        outbox.deliver_due(at=moment("2026-11-24 07:30"))

        (arrived,) = sink.mails
        assert str(manager.preference.unsubscribe_key) in arrived["List-Unsubscribe"]
        assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        names = {name for name in arrived if name.startswith("List-")}
        assert names == {"List-Unsubscribe", "List-Unsubscribe-Post"}

    def test_sends_nothing_twice_and_nothing_early(self, sink, planned, now):
        assert outbox.deliver_due(at=now - timedelta(seconds=1)) == 0
        assert outbox.deliver_due(at=now) == 1
        assert outbox.deliver_due(at=now) == 0
        assert len(sink.mails) == 1

    def test_drops_what_was_closed_between_planning_and_sending(
        self, sink, planned, manager, now
    ):
        items.close_items(planned.item.about, by=manager, at=now)

        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.DROPPED, "closed")
        assert sink.mails == []

    def test_drops_what_is_closed_while_it_is_handed_over(
        self, sink, planned, manager, now
    ):
        """The last look is the fence itself, after the body went over the line."""

        class Closing(mail.SmtpTransport):
            def offer(self, outgoing):
                super().offer(outgoing)
                items.close_items(planned.item.about, by=manager, at=now)

        outbox.deliver_due(at=now, connect=Closing)

        planned.refresh_from_db()
        assert planned.state == State.DROPPED
        assert sink.mails == []

    def test_sends_to_the_deputy_when_the_reader_left_meanwhile(
        self, sink, planned, manager, deputy, absent, now
    ):
        absent(manager, deputy, since=now)

        outbox.deliver_due(at=now)

        assert sink.readers == [deputy.email]

    @pytest.mark.parametrize("farewell", ["", "452 4.5.3 too many on one line"])
    def test_keeps_one_connection_for_many_and_survives_a_hang_up(
        self, sink, opened, manager, now, farewell
    ):
        sink.hangs_up_after, sink.farewell = 20, farewell
        for _ in range(30):
            opened(manager, due=FRIDAY, kind="escalation.review")
        ladder.plan_due(at=now, call=no_call)

        assert outbox.deliver_due(at=now) == 30
        assert len(set(sink.message_ids)) == 30
        assert sink.hangs_up_after is None

    def test_puts_a_dot_in_front_of_a_dot(self, sink, planned, now):
        """A line with one dot would end the mail in its middle."""
        Delivery.objects.update(text="Een\n.\nTwee\n..Drie\n")

        outbox.deliver_due(at=now)

        (arrived,) = sink.mails
        body = arrived.get_body(("plain",)).get_content()
        assert body.replace("\r", "") == "Een\n.\nTwee\n..Drie\n"

    def test_stores_it_where_no_server_is_given(self, planned, now):
        assert outbox.deliver_due(at=now) == 1
        planned.refresh_from_db()
        assert (planned.state, planned.smtp_reply) == (State.SENT, "stored")


class TestRefusals:
    def test_tries_later_after_a_temporary_no(self, sink, planned, now):
        sink.answers = ["451 later"]

        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.PENDING, "smtp-451")
        assert planned.not_before == now + timedelta(minutes=1)
        outbox.deliver_due(at=now + timedelta(minutes=1))
        assert len(sink.mails) == 1
        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.SENT, "")

    def test_waits_longer_each_time(self, sink, planned, now):
        """Catches a mailbox that is asked again and again."""
        sink.answers = ["451 later", "451 later"]
        outbox.deliver_due(at=now)
        again = now + timedelta(minutes=1)

        outbox.deliver_due(at=again)

        planned.refresh_from_db()
        assert planned.not_before == again + timedelta(minutes=2)

    def test_gives_a_final_no_to_the_beheerder(self, sink, planned, beheer, now):
        sink.answers = ["550 no such mailbox"]

        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.FAILED, "smtp-550")
        assert failed_items() == ["mail.failed"]
        asked = WorkItem.objects.system_scope("test").get(kind="mail.failed")
        assert asked.title == "Een mail kwam niet aan"

    def test_gives_a_reader_who_is_not_known_to_the_beheerder(
        self, sink, planned, beheer, now
    ):
        sink.noes = {"RCPT": "550 5.1.1 no such mailbox"}

        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.FAILED, "smtp-550")
        assert failed_items() == ["mail.failed"]

    @pytest.mark.parametrize(
        ("part", "no"),
        [
            ("GREETING", "554 5.3.2 maintenance"),
            ("AUTH", "535 5.7.8 wrong password"),
            ("AUTH", "454 4.7.0 later"),
            ("MAIL", "550 5.7.1 not a sender of ours"),
            ("MAIL", "451 4.3.0 later"),
        ],
    )
    @override_settings(EMAIL_HOST_USER="procesregie", EMAIL_HOST_PASSWORD="old")
    def test_loses_nothing_to_a_no_that_every_mail_gets(
        self, sink, opened, manager, beheer, now, part, no
    ):
        """Catches a password that ran out and kills all that waits at its first try."""
        for _ in range(3):
            opened(manager, due=FRIDAY, kind="escalation.review")
        ladder.plan_due(at=now, call=no_call)
        sink.noes = {part: no}

        outbox.deliver_due(at=now)
        outbox.deliver_due(at=now + timedelta(minutes=20))
        outbox.deliver_due(at=now + timedelta(minutes=40))

        waiting = Delivery.objects.filter(to_user=manager)
        assert set(waiting.values_list("state", "attempts", "last_error")) == {
            (State.PENDING, 0, "gone")
        }
        assert failed_items() == ["mail.server"]
        sink.noes = {}
        assert outbox.deliver_due(at=now + timedelta(minutes=42)) == 3
        assert failed_items() == []

    def test_gives_up_after_twelve_attempts(self, sink, planned, beheer, now):
        sink.answers = ["451 later"] * 12
        for _ in range(12):
            planned.refresh_from_db()
            outbox.deliver_due(at=planned.not_before)

        planned.refresh_from_db()
        assert (planned.state, planned.attempts) == (State.FAILED, 12)
        assert failed_items() == ["mail.failed"]

    def test_does_not_go_round_with_mail_about_mail(self, sink, planned, beheer, now):
        """A wrong address of the beheerder would else breed work for ever."""
        sink.answers = ["550 no such mailbox"] * 5
        outbox.deliver_due(at=now)
        ladder.plan_due(at=now, call=no_call)
        outbox.deliver_due(at=now)

        assert Delivery.objects.filter(state=State.FAILED).count() == 2
        assert failed_items() == ["mail.failed"]

    def test_says_soon_enough_that_the_server_is_away(self, planned, beheer, now):
        """Catches an alarm for every hiccup of a mail server."""
        with smtp_at(free_port()):
            outbox.deliver_due(at=now + outbox.TOO_LATE)
            assert failed_items() == []
            later = now + outbox.TOO_LATE + outbox.SERVER_WAIT
            outbox.deliver_due(at=later)

        planned.refresh_from_db()
        assert planned.last_error == "gone"
        assert planned.not_before > later
        assert failed_items() == ["mail.server"]

    def test_counts_no_mail_that_waits_for_something_else(
        self, planned, opened, manager, beheer, now
    ):
        """Catches an alarm about the server for a mailbox that says "later"."""
        Delivery.objects.filter(pk=planned.pk).update(
            last_error="smtp-451", not_before=now + timedelta(hours=2)
        )
        later = now + timedelta(hours=1)
        opened(manager, due=FRIDAY, kind="escalation.review", at=later)
        ladder.plan_due(at=later, call=no_call)

        with smtp_at(free_port()):
            outbox.deliver_due(at=later)

        assert Delivery.objects.filter(last_error="gone").count() == 1
        assert failed_items() == []

    def test_counts_no_mail_that_is_out_after_all(
        self, planned, opened, manager, beheer, now
    ):
        """Catches an alarm about the server for what was given up or sent since."""
        Delivery.objects.filter(pk=planned.pk).update(
            last_error="gone", state=State.CANCELLED
        )
        later = now + timedelta(hours=1)
        opened(manager, due=FRIDAY, kind="escalation.review", at=later)
        ladder.plan_due(at=later, call=no_call)

        with smtp_at(free_port()):
            outbox.deliver_due(at=later)

        assert failed_items() == []

    def test_loses_nothing_while_the_server_is_away(self, planned, beheer, now):
        with smtp_at(free_port()):
            outbox.deliver_due(at=now)
            outbox.deliver_due(at=now + timedelta(minutes=20))

        planned.refresh_from_db()
        assert (planned.state, planned.attempts) == (State.PENDING, 0)
        assert failed_items() == ["mail.server"]
        with sinking() as sink:
            outbox.deliver_due(at=now + timedelta(minutes=21))
        assert sink.message_ids == [planned.message_id]
        assert failed_items() == []
