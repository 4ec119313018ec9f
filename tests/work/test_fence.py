"""What dies around the handing over: again for certain, or counted as in doubt."""

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection
from django.utils import timezone

from casework.work import ladder, mail, outbox
from casework.work.models import REPEATED, Delivery
from tests.work.conftest import FRIDAY, failed_items, moment, no_call

pytestmark = pytest.mark.django_db(transaction=True)

State = Delivery.State


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


class TestFence:
    def test_sends_again_for_certain_what_died_before_it(self, sink, planned, now):
        port = settings.EMAIL_PORT
        send_and_die(planned, dies="before the fence", port=port, at=now)
        assert planned.state == State.CLAIMED
        lease_ends(planned)

        assert outbox.reap_leases(at=now) == 1
        planned.refresh_from_db()
        assert (planned.state, planned.last_error) == (State.PENDING, "lease")
        assert (planned.token, planned.lease_until) == (None, None)
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
        assert (digest.last_error, digest.token) == ("in_doubt", None)

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
        assert (row.last_error, row.token, row.lease_until) == ("in_doubt", None, None)

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
        assert (planned.last_error, planned.token) == ("in_doubt", None)
        assert failed_items() == ["mail.failed"]
