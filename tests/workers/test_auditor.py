"""Whatever stops or breaks is seen from outside within five minutes, and is work."""

import json
import os
import signal
import socket
import threading
import time
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from casework.work.models import Delivery, Heartbeat, WorkItem
from tests.work.sink import free_port, sinking
from tests.workers.test_celery import celery, clock_env, redis_server, running, wait_for
from workers import auditor, jobs
from workers.app import PERIODIC
from workers.figures import figures

WITHIN = timedelta(minutes=5)


def never() -> bool:
    return False


def codes(at) -> set[str]:
    return {finding.code for finding in auditor.audit_next_steps(at=at)}


def asked() -> set[str]:
    rows = WorkItem.objects.system_scope("test").open()
    return set(rows.filter(kind__startswith="clock.").values_list("kind", flat=True))


def all_ticked(at) -> None:
    for each in PERIODIC:
        jobs.stamp(each.name, at=at, took=0, done=0)


@pytest.fixture
def mail(manager, now):
    def make(**facts):
        facts = {"state": "pending", "planned_at": now, "not_before": now} | facts
        return Delivery.objects.create(
            key="x", kind="reminder", to_user=manager, **facts
        )

    return make


@pytest.mark.django_db
class TestPoisonedRow:
    def test_is_seen_within_five_minutes_and_is_work(self, opened, manager, beheer):
        """A rung about a request that is not there raises each time that it is tried."""
        begun = timezone.now()
        item = opened(
            manager,
            due=begun.date() + timedelta(days=1),
            kind="escalation.review",
            at=begun,
            about="escalation:999999",
        )
        at = begun + timedelta(days=30)
        ends = at + WITHIN - timedelta(minutes=1)
        while at < ends:
            jobs.run(jobs.named("plan_due"), stop=never, at=at)
            jobs.run(jobs.named("audit_next_steps"), stop=never, at=at)
            at += timedelta(minutes=1)

        found = figures(at=at)

        assert found.findings["step_failing"] == 1
        assert not found.all_is_well
        assert "clock.step_failing" in asked()
        assert item.pk in {
            key
            for finding in auditor.audit_next_steps(at=at)
            if finding.code == "step_failing"
            for key in finding.keys
        }

    def test_is_no_work_any_more_when_it_goes_well(self, opened, manager, beheer, now):
        """Catches a question to the beheerder that nobody can end."""
        opened(manager, due=date(2099, 1, 1))
        rows = WorkItem.objects.system_scope("test")
        rows.update(failures=2)
        assert "step_failing" in codes(now)
        assert asked() == {"clock.step_failing"}

        rows.update(failures=0)

        assert codes(now) == set()
        assert asked() == set()


@pytest.mark.django_db
class TestStoppedPlanner:
    def test_is_seen_within_five_minutes(self):
        now = timezone.now()
        all_ticked(now)
        auditor.audit_next_steps(at=now)
        assert figures(at=now).clock == "ok"
        for each in PERIODIC:
            if each.name != "plan_due":
                jobs.stamp(each.name, at=now + WITHIN, took=0, done=0)

        assert figures(at=now + WITHIN).clock == "down"


@pytest.mark.django_db
class TestMail:
    def test_that_is_refused_again_and_again_is_work(self, mail, beheer, now):
        mail(attempts=3, last_error="smtp-451", not_before=now + timedelta(minutes=4))

        assert codes(now) == {"mail_failing"}
        assert asked() == {"clock.mail_failing"}

    def test_that_waits_for_a_dead_server_is_seen(self, mail, beheer, now):
        """The sender moves it on each minute, so it never looks late by itself."""
        later = now + timedelta(minutes=6)
        mail(last_error="gone", not_before=later + timedelta(minutes=1))

        assert codes(now + timedelta(minutes=4)) == set()
        assert codes(later) == {"server_gone"}

    def test_that_gave_up_without_work_for_the_beheerder_is_work(
        self, mail, beheer, now
    ):
        """Catches a mail that is lost because nobody was asked to look."""
        mail(state="failed", attempts=12, last_error="smtp-550")

        assert codes(now) == {"mail_unseen"}
        assert asked() == {"clock.mail_unseen"}

    def test_that_gave_up_and_is_work_already_keeps_nobody_awake(
        self, mail, opened, beheer, now
    ):
        row = mail(state="failed", attempts=12, last_error="smtp-550")
        opened(
            beheer,
            due=date(2099, 1, 1),
            kind="mail.failed",
            about=f"delivery:{row.pk}",
        )

        assert codes(now) == set()


@pytest.mark.django_db
@pytest.mark.django_db
def test_a_monitor_that_talks_nonsense_does_not_stop_the_clock(settings, now):
    """Catches an answer that is no HTTP and lets every tick of the auditor fail."""

    def babble(server: socket.socket) -> None:
        line, _ = server.accept()
        with line:
            line.recv(1000)
            line.sendall(b"kwek kwek\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        all_ticked(now)
        settings.PING_URL = f"http://127.0.0.1:{server.getsockname()[1]}/"
        answering = threading.Thread(target=babble, args=[server])
        answering.start()
        assert auditor.audit_next_steps(at=now) == []
        answering.join(5)


def test_what_was_found_is_counted_in_readyz(mail, now):
    all_ticked(timezone.now())
    mail(state="failed")
    auditor.audit_next_steps(at=timezone.now())

    answer = Client().get("/readyz")
    said = json.loads(answer.content)

    assert (answer.status_code, said["status"]) == (200, "degraded")
    assert said["findings"] == {"mail_unseen": 1}
    text = Client().get("/metrics").content.decode()
    assert 'procesregie_findings{code="mail_unseen"} 1.0' in text


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_stuck_worker_is_seen_within_five_minutes(tmp_path, opened, manager):
    """Its process lives and beat goes on: only the tick itself can tell."""
    worker = celery("worker", "-c", "1", "--without-gossip", "--without-mingle")
    beat = celery("beat", "-s", str(tmp_path / "schedule"), "--pidfile=")
    port = free_port()
    with sinking(), redis_server(tmp_path, port):
        env = clock_env(redis_port=port)
        with (
            running(*worker, env=env, cwd=tmp_path) as process,
            running(*beat, env=env, cwd=tmp_path),
        ):
            wait_for(lambda: _ticked("plan_due") and _ticked("deliver_due"))
            assert figures(at=timezone.now()).clock != "down"
            os.killpg(process.pid, signal.SIGSTOP)
            try:
                stopped = _ticked("plan_due")
                time.sleep(11)
                assert process.poll() is None
                assert _ticked("plan_due") == stopped
                assert figures(at=stopped + WITHIN).clock == "down"
            finally:
                os.killpg(process.pid, signal.SIGCONT)
            wait_for(lambda: _ticked("plan_due") > stopped)


def _ticked(name: str):
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
