"""Two planners at once, and a planner beside a transition."""

import threading

import pytest
from django.db import connection

from casework.work import items
from casework.work.models import Delivery, Notice
from tests.work.conftest import FRIDAY, moment, plan, said_to


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
