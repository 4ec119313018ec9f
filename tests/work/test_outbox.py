"""Mail through a real SMTP server: nothing lost, and a double only where counted."""

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection
from django.utils import timezone

from casework.audit.models import AuditEntry
from casework.work import items, ladder, mail, outbox
from casework.work.models import REPEATED, Delivery, WorkItem
from tests.work.conftest import moment, no_call
from tests.work.sink import free_port, sinking, smtp_at

pytestmark = pytest.mark.django_db(transaction=True)

FRIDAY = date(2026, 11, 27)
State = Delivery.State


@pytest.fixture
def sink():
    with sinking() as sink:
        yield sink


@pytest.fixture
def planned(opened, manager, now):
    """One mail that goes at once: a question to a manager."""
    item = opened(
        manager, due=FRIDAY, kind="escalation.review", reference="AVE-2026-0412"
    )
    ladder.plan_due(at=now, call=no_call)
    return Delivery.objects.get(item=item)


def lease_ends(row: Delivery) -> None:
    """Let the database's clock pass the lease."""
    long_ago = timezone.now() - timedelta(hours=1)
    Delivery.objects.filter(pk=row.pk).update(lease_until=long_ago)


def send_and_die(row: Delivery, *, dies: str, port: int, at: datetime) -> int:
    told = {
        "settings": os.environ["DJANGO_SETTINGS_MODULE"],
        "database": connection.settings_dict["NAME"],
        "options": {
            "assume_role": connection.settings_dict["OPTIONS"]["assume_role"],
        },
        "port": port,
        "dies": dies,
        "at": at.isoformat(),
    }
    script = Path(__file__).parent / "killed_sender.py"
    done = subprocess.run(
        [sys.executable, str(script), json.dumps(told)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    row.refresh_from_db()
    return done.returncode


class TestDeliverDue:
    def test_really_arrives(self, sink, planned, manager, now):
        assert outbox.deliver_due(at=now) == 1

        (arrived,) = sink.mails
        planned.refresh_from_db()
        assert planned.state == State.SENT
        assert planned.smtp_reply.startswith("250")
        assert arrived["To"] == manager.email == planned.address
        assert arrived["Message-ID"] == planned.message_id
        assert arrived["Subject"] == (
            "Nieuw te doen: Beantwoord de vraag over knelpunt 1, AVE-2026-0412, "
            "uiterlijk vr 27 november"
        )
        assert arrived["List-Unsubscribe"] is None
        entry = AuditEntry.objects.get(verb="mail.sent")
        assert entry.about == f"delivery:{planned.pk}"

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

    def test_lets_a_digest_be_switched_off(self, sink, opened, manager, now):
        opened(manager, due=FRIDAY)
        ladder.plan_due(at=now, call=no_call)

        outbox.deliver_due(at=moment("2026-11-24 07:30"))

        (arrived,) = sink.mails
        assert str(manager.preference.unsubscribe_key) in arrived["List-Unsubscribe"]
        assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

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

    def test_keeps_one_connection_for_many_and_survives_a_hang_up(
        self, sink, opened, manager, now
    ):
        for _ in range(30):
            opened(manager, due=FRIDAY, kind="escalation.review")
        ladder.plan_due(at=now, call=no_call)

        assert outbox.deliver_due(at=now) == 30
        assert len(set(sink.message_ids)) == 30

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


class TestFence:
    def test_sends_again_for_certain_what_died_before_it(self, sink, planned, now):
        port = settings.EMAIL_PORT
        send_and_die(planned, dies="before the fence", port=port, at=now)
        assert planned.state == State.CLAIMED
        lease_ends(planned)

        assert outbox.reap_leases(at=now) == 1
        outbox.deliver_due(at=now + timedelta(minutes=5))

        planned.refresh_from_db()
        assert (planned.state, planned.in_doubt) == (State.SENT, 0)
        assert sink.message_ids == [planned.message_id]

    def test_counts_as_in_doubt_what_died_behind_it(self, sink, planned, now):
        port = settings.EMAIL_PORT
        send_and_die(planned, dies="before the dot", port=port, at=now)
        assert planned.state == State.HANDING
        lease_ends(planned)

        outbox.reap_leases(at=now)
        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.in_doubt) == (State.SENT, 1)
        assert sink.message_ids == [planned.message_id]

    def test_a_double_has_the_same_message_id(self, sink, planned, now):
        port = settings.EMAIL_PORT
        send_and_die(planned, dies="after the dot", port=port, at=now)
        lease_ends(planned)

        outbox.reap_leases(at=now)
        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.in_doubt) == (State.SENT, 1)
        assert sink.message_ids == [planned.message_id] * 2
        first, second = (mail.as_bytes() for mail in sink.mails)
        assert first == second

    def test_counts_a_connection_that_is_cut_after_the_dot(self, sink, planned, now):
        sink.answers = ["cut"]
        outbox.deliver_due(at=now)
        planned.refresh_from_db()
        assert planned.state == State.HANDING
        lease_ends(planned)

        outbox.reap_leases(at=now)
        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.in_doubt) == (State.SENT, 1)
        assert sink.message_ids == [planned.message_id] * 2

    def test_counts_whatever_breaks_behind_it(self, sink, planned, now):
        """Catches a plain retry of what may have gone out: a double nobody counted."""

        class Interrupted(mail.SmtpTransport):
            def finish(self):
                super().finish()
                raise SoftTimeLimitExceeded

        outbox.deliver_due(at=now, connect=Interrupted)
        planned.refresh_from_db()
        assert planned.state == State.HANDING
        lease_ends(planned)

        outbox.reap_leases(at=now)
        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.in_doubt) == (State.SENT, 1)
        assert sink.message_ids == [planned.message_id] * 2

    def test_counts_a_database_that_is_gone_behind_it(self, sink, planned, now):
        """As above: the database comes back before the error is dealt with."""

        class Unplugged(mail.SmtpTransport):
            def finish(self):
                reply = super().finish()
                line = socket.socket(fileno=os.dup(connection.connection.fileno()))
                line.shutdown(socket.SHUT_RDWR)
                line.close()
                return reply

        outbox.deliver_due(at=now, connect=Unplugged)
        planned.refresh_from_db()
        assert planned.state == State.HANDING
        lease_ends(planned)

        outbox.reap_leases(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.in_doubt) == (State.PENDING, 1)

    def test_counts_an_answer_that_says_nothing(self, sink, planned, now):
        """Neither yes nor no: it may have been taken over."""
        sink.answers = ["what?"]
        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.HANDING, "")

    def test_tries_again_for_certain_what_breaks_before_it(self, sink, planned, now):
        """Nothing was handed over, so nothing is in doubt and nobody waits a lease."""

        class Broken(mail.SmtpTransport):
            def offer(self, outgoing):
                super().offer(outgoing)
                raise SoftTimeLimitExceeded

        outbox.deliver_due(at=now, connect=Broken)
        outbox.deliver_due(at=now + timedelta(minutes=5))

        planned.refresh_from_db()
        assert (planned.state, planned.in_doubt) == (State.SENT, 0)
        assert sink.message_ids == [planned.message_id]

    def test_stops_a_zombie_that_wakes_after_its_lease(self, sink, planned, now):
        """A paused process must not send what another one has sent meanwhile."""

        class Sleeping(mail.SmtpTransport):
            def offer(self, outgoing):
                super().offer(outgoing)
                lease_ends(planned)
                outbox.reap_leases(at=now)

        outbox.deliver_due(at=now, connect=Sleeping)
        assert sink.mails == []

        outbox.deliver_due(at=now + timedelta(minutes=5))
        assert len(sink.mails) == 1

    def test_does_not_repeat_a_digest_in_doubt(self, sink, opened, manager, now):
        opened(manager, due=FRIDAY)
        ladder.plan_due(at=now, call=no_call)
        sink.answers = ["cut"]
        morning = moment("2026-11-24 07:30")
        outbox.deliver_due(at=morning)
        lease_ends(Delivery.objects.get())

        outbox.reap_leases(at=morning)

        digest = Delivery.objects.get()
        assert (digest.state, digest.in_doubt) == (State.DROPPED, 1)

    @pytest.mark.parametrize(
        ("kind", "legal", "state"),
        [
            ("escalation.review", False, State.PENDING),
            ("escalation.notice", False, State.DROPPED),
            ("escalation.notice", True, State.PENDING),
        ],
    )
    def test_repeats_in_doubt_what_must_be_done(
        self, sink, opened, manager, now, kind, legal, state
    ):
        """Catches a notice that comes twice, and a legal term that is missed."""
        opened(manager, due=FRIDAY, kind=kind, legal=legal)
        ladder.plan_due(at=now, call=no_call)
        sink.answers = ["cut"]
        outbox.deliver_due(at=now)
        lease_ends(Delivery.objects.get())

        outbox.reap_leases(at=now)

        row = Delivery.objects.get()
        assert (row.state, row.in_doubt) == (state, 1)

    def test_repeats_a_digest_that_holds_a_legal_term(self, sink, opened, manager, now):
        """Catches a line of the law that is skipped with the digest around it."""
        opened(manager, due=FRIDAY)
        opened(manager, due=FRIDAY, legal=True)
        opened(manager, due=FRIDAY)
        ladder.plan_due(at=now, call=no_call)

        assert Delivery.objects.get().repeats_in_doubt

    def test_says_of_every_kind_what_is_worse(self):
        """Catches a new kind of mail of which nobody chose."""
        assert set(REPEATED) == set(Delivery.Kind)

    def test_gives_up_a_mail_that_is_in_doubt_three_times(
        self, sink, planned, beheer, now
    ):
        sink.answers = ["cut"] * 3
        for _ in range(3):
            outbox.deliver_due(at=now)
            lease_ends(planned)
            outbox.reap_leases(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.in_doubt) == (State.FAILED, 3)
        assert failed_items() == ["mail.failed"]


class TestRefusals:
    def test_tries_later_after_a_temporary_no(self, sink, planned, now):
        sink.answers = ["451 later"]

        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.PENDING, "smtp-451")
        assert planned.not_before == now + timedelta(minutes=1)
        outbox.deliver_due(at=now + timedelta(minutes=1))
        assert len(sink.mails) == 1

    def test_gives_a_final_no_to_the_beheerder(self, sink, planned, beheer, now):
        sink.answers = ["550 no such mailbox"]

        outbox.deliver_due(at=now)

        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.FAILED, "smtp-550")
        assert failed_items() == ["mail.failed"]

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


def failed_items() -> list[str]:
    rows = WorkItem.objects.system_scope("test").open().filter(kind__startswith="mail")
    return list(rows.values_list("kind", flat=True))
