"""The clock in one process: one list, one auditor, one answer to "does it run?"."""

import json
import threading
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import RequestFactory, override_settings
from django.utils import timezone
from django.utils.module_loading import import_string

from casework.people.errors import TransitionRefused
from casework.work import items, ladder
from casework.work.models import Delivery, Heartbeat, WorkItem
from tests.work.sink import free_port, sinking
from workers import auditor, health, jobs, tasks, ticker
from workers.app import CALLS, PERIODIC, app
from workers.figures import figures

FAR = date(2099, 1, 1)


def never() -> bool:
    return False


@pytest.fixture
def due_now(opened, manager):
    """A decision that waits since this second, by the real clock."""
    return opened(
        manager, due=FAR, kind="escalation.supply", at=timezone.now(), urgent=True
    )


def ready() -> tuple[int, dict]:
    request = RequestFactory().get("/readyz")
    answer = health.readyz(request)
    return answer.status_code, json.loads(answer.content)


class TestList:
    @pytest.mark.parametrize("each", PERIODIC, ids=lambda each: each.name)
    def test_names_functions_that_are_there(self, each):
        """A name with a typing error would only fail in the night."""
        assert callable(import_string(each.function))

    def test_is_the_schedule_of_beat_too(self):
        schedule = app.conf.beat_schedule

        assert {name: entry["schedule"] for name, entry in schedule.items()} == {
            each.name: each.every_seconds for each in PERIODIC
        }
        assert all(
            entry["options"]["expires"] <= entry["schedule"]
            for entry in schedule.values()
        )

    def test_has_every_name_once(self):
        assert len({each.name for each in PERIODIC}) == len(PERIODIC)


@pytest.mark.django_db
class TestTask:
    """What Celery calls, with its limits of time."""

    def test_leaves_the_rest_to_the_next_tick(self, due_now, monkeypatch):
        """Catches a long catch-up that runs into the limit in the middle of an item."""
        monkeypatch.setattr(tasks, "SLICE", 0.0)
        tasks.run(name="plan_due")
        assert Delivery.objects.count() == 0

        monkeypatch.undo()
        tasks.run(name="plan_due")
        assert Delivery.objects.count() == 1

    def test_ends_well_before_the_limits(self):
        """Catches a slice that is longer than the task may take."""
        assert app.conf.task_soft_time_limit >= tasks.SLICE + 15
        assert app.conf.task_soft_time_limit < app.conf.task_time_limit

    def test_blames_no_item_for_the_limit(self, due_now, opened, manager, monkeypatch):
        """Catches a planner that takes the limit for a broken item, and goes on."""
        opened(manager, due=FAR, kind="escalation.supply", at=timezone.now())
        tried: list[int] = []

        def tell(item, *_, **__):
            tried.append(item.pk)
            raise SoftTimeLimitExceeded

        monkeypatch.setattr(ladder, "tell", tell)
        with pytest.raises(SoftTimeLimitExceeded):
            tasks.run(name="plan_due")
        assert tried == [due_now.pk]
        assert not WorkItem.objects.system_scope("test").filter(failures__gt=0).exists()

        # What takes that long, goes behind what waits.
        monkeypatch.undo()
        tasks.run(name="plan_due")
        assert set(Delivery.objects.values_list("item", flat=True)).isdisjoint(tried)


@pytest.mark.django_db
class TestRun:
    def test_stamps_what_was_done(self, due_now):
        assert jobs.run(jobs.named("plan_due"), stop=never) == 1

        beat = Heartbeat.objects.get(name="plan_due")
        assert beat.detail == {"done": 1}

    def test_stamps_nothing_when_it_fails(self, due_now):
        """A heartbeat of a job that always fails would hide it."""

        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SET LOCAL lock_timeout = 1")
        wrong = jobs.Periodic("wrong", "workers.jobs.there_is_none", 5)
        with pytest.raises(ImportError):
            jobs.run(wrong, stop=never)

        assert not Heartbeat.objects.filter(name="wrong").exists()

    def test_refuses_a_call_that_nobody_knows(self, opened, manager):
        item = opened(manager, due=FAR)
        step = jobs.Step(0, action="call", facts={"name": "nobody.knows"})

        with pytest.raises(KeyError):
            jobs.call(item, step, timezone.now())

    @pytest.mark.parametrize("path", CALLS.values())
    def test_calls_functions_that_are_there(self, path):
        """Silence would else end in a row that fails for ever."""
        assert callable(import_string(path))


@pytest.mark.django_db
class TestAuditNextSteps:
    def test_beats_only_when_everything_moves(self, opened, manager, now):
        item = opened(manager, due=date(2026, 11, 27))

        assert auditor.audit_next_steps(at=now + timedelta(minutes=4)) == []
        beat = Heartbeat.objects.get(name="auditor").at

        (finding,) = auditor.audit_next_steps(at=now + timedelta(minutes=6))
        assert (finding.code, finding.count, finding.keys) == (
            "step_late",
            1,
            (item.pk,),
        )
        assert Heartbeat.objects.get(name="auditor").at == beat

    def test_sees_a_stuck_sender_and_a_dead_reaper(self, opened, manager, now):
        opened(manager, due=date(2026, 11, 27), kind="escalation.supply")
        jobs.run(jobs.named("plan_due"), stop=never, at=now)

        late = now + timedelta(minutes=6)
        codes = {finding.code for finding in auditor.audit_next_steps(at=late)}
        assert codes == {"mail_late"}

        Delivery.objects.update(
            state="claimed",
            token="00000000-0000-0000-0000-000000000000",
            lease_until=now,
        )
        codes = {finding.code for finding in auditor.audit_next_steps(at=late)}
        assert codes == {"lease_over"}

    def test_sees_a_poisoned_row(self, opened, manager, now, caplog):
        def breaks(item, step, at):
            raise TransitionRefused

        item = opened(manager, due=date(2026, 11, 27), kind="escalation.review")
        at = now + timedelta(days=12)
        jobs.ladder.plan_due(at=at, call=breaks)

        (finding,) = auditor.audit_next_steps(at=at)
        assert finding.keys == (item.pk,)
        assert f"1 of step_late: ({item.pk},)" in caplog.text


@pytest.mark.django_db
class TestHealth:
    def test_answers_without_asking_anybody(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            answer = health.healthz(RequestFactory().get("/healthz"))

        assert json.loads(answer.content) == {"status": "ok"}

    def test_is_ok_after_a_round_of_the_clock_without_redis(self):
        call_command("send_due", verbosity=0)

        status, answer = ready()

        assert (status, answer["status"], answer["broker"]) == (200, "ok", "none")

    def test_is_down_when_the_clock_stands_still(self):
        call_command("send_due", verbosity=0)
        Heartbeat.objects.filter(name="plan_due").update(
            at=timezone.now() - timedelta(minutes=2)
        )

        status, answer = ready()

        assert (status, answer["status"], answer["clock"]) == (503, "down", "down")

    @pytest.mark.parametrize("name", ["tell_absences", "ask_reviews"])
    def test_is_degraded_when_a_part_that_is_not_vital_is_silent(self, name):
        """A load balancer would take the whole product away for a late birthday."""
        call_command("send_due", verbosity=0)
        Heartbeat.objects.filter(name=name).update(
            at=timezone.now() - timedelta(days=1)
        )

        status, answer = ready()

        assert (status, answer["status"], answer["clock"]) == (200, "degraded", "late")

    def test_is_degraded_while_a_part_never_ran(self):
        """A fresh installation would be down until its rarest job came by."""
        call_command("send_due", verbosity=0)
        Heartbeat.objects.filter(name="tell_absences").delete()

        status, answer = ready()

        assert (status, answer["status"], answer["clock"]) == (200, "degraded", "late")

    @pytest.mark.parametrize(("seconds", "clock"), [(1, "late"), (3600, "down")])
    def test_waits_for_the_first_tick_no_longer_than_its_patience(self, seconds, clock):
        """Else a clock that was never started would be degraded for ever."""
        found = figures(at=timezone.now())

        assert replace(found, process_seconds=seconds).clock == clock

    def test_is_degraded_when_redis_is_away(self):
        call_command("send_due", verbosity=0)

        with override_settings(
            EMBEDDED=False, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"
        ):
            begun = time.monotonic()
            status, answer = ready()

        assert (status, answer["status"], answer["broker"]) == (
            200,
            "degraded",
            "down",
        )
        assert time.monotonic() - begun < 3

    def test_is_degraded_when_mail_waits_too_long(self, opened, manager):
        call_command("send_due", verbosity=0)
        hour_ago = timezone.now() - timedelta(hours=1)
        Delivery.objects.create(
            key="x",
            kind="reminder",
            to_user=manager,
            planned_at=hour_ago,
            not_before=hour_ago,
        )

        status, answer = ready()

        assert (status, answer["status"]) == (200, "degraded")
        assert answer["oldest_due_seconds"] >= 3600

    def test_is_down_without_a_database(self):
        with connection.execute_wrapper(_no_database):
            status, answer = ready()

        assert (status, answer) == (503, {"status": "down", "database": "down"})


@pytest.mark.django_db(transaction=True)
class TestTicker:
    def test_plans_and_sends_from_a_thread_until_it_is_stopped(self, due_now):
        stop = threading.Event()
        with sinking() as sink:
            clock = threading.Thread(target=ticker.run, args=(stop,))
            clock.start()
            try:
                wait_for(lambda: sink.mails)
                wait_for(lambda: all_names() <= set(beats()))
            finally:
                stop.set()
                clock.join(10)

        assert not clock.is_alive()
        assert len(sink.mails) == 1

    def test_wakes_up_when_it_is_asked(self, opened, manager):
        """Without it a decision would wait for the next tick."""
        stop = threading.Event()
        with sinking() as sink:
            clock = threading.Thread(target=ticker.run, args=(stop,))
            clock.start()
            try:
                wait_for(
                    lambda: Heartbeat.objects.filter(name="tell_absences").exists()
                )
                begun = time.monotonic()
                opened(manager, due=FAR, urgent=True, at=timezone.now())
                ticker.wake()
                wait_for(lambda: sink.mails)
                took = time.monotonic() - begun
            finally:
                stop.set()
                clock.join(10)

        assert took < 4.5

    def test_goes_on_after_a_job_that_fails(self, caplog):
        wrong = jobs.Periodic("wrong", "workers.jobs.there_is_none", 5)

        ticker.tick(wrong, threading.Event())

        assert "tick failed: wrong" in caplog.text


@pytest.mark.django_db(transaction=True)
class TestSendDue:
    def test_does_the_whole_list_by_hand(self, due_now, manager):
        with sinking() as sink:
            call_command("send_due", verbosity=0)

        assert sink.readers == [manager.email]
        assert Heartbeat.objects.filter(name="auditor").exists()

    def test_has_nothing_left_to_do_for_closed_work(self, due_now, manager):
        call_command("send_due", verbosity=0)
        items.close_items(due_now.about, by=manager, at=timezone.now())

        call_command("send_due", verbosity=0)

        assert Delivery.objects.count() == 1
        item = WorkItem.objects.system_scope("test").get()
        assert item.next_step_at is None


def all_names() -> set[str]:
    return {each.name for each in PERIODIC}


def beats():
    return Heartbeat.objects.values_list("name", flat=True)


def wait_for(condition, *, seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)


def _no_database(execute, sql, params, many, context):
    raise DatabaseError
