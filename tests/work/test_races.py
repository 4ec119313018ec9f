"""Two planners at once, and a planner beside a transition."""

import threading

import pytest
from django.db import connection

from casework.work import items, outbox
from casework.work.mail import Outgoing, StoreTransport
from casework.work.models import Delivery, Notice
from tests.work.conftest import FRIDAY, Away, moment, plan, said_to


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


@pytest.mark.django_db(transaction=True)
class TestTwoSenders:
    @pytest.mark.race
    def test_send_one_digest_a_day(self, opened, manager):
        """Catches two processes that each hold a digest of the same person: neither
        had gone out when the other looked."""
        opened(manager, due=FRIDAY, reference="AVE-2026-0001")
        plan("2026-11-23 10:00")
        outbox.deliver_due(at=moment("2026-11-24 07:30"), connect=Away)
        opened(manager, due=FRIDAY, reference="AVE-2026-0002")
        plan("2026-11-24 10:00")
        of_today = Delivery.objects.order_by("pk").last()
        of_today.not_before = moment("2026-11-25 07:31")
        of_today.save()
        first_offers, both_offer = threading.Event(), threading.Barrier(2)

        class Both(StoreTransport):
            def offer(self, mail: Outgoing) -> None:
                super().offer(mail)
                first_offers.set()
                both_offer.wait(10)

        sent: list[int] = []

        def sender(text: str) -> None:
            try:
                sent.append(outbox.deliver_due(at=moment(text), connect=Both))
            finally:
                connection.close()

        threads = [
            threading.Thread(target=sender, args=[f"2026-11-25 07:3{minute}"])
            for minute in (0, 1)
        ]
        threads[0].start()
        assert first_offers.wait(10)
        threads[1].start()
        for thread in threads:
            thread.join()

        assert sorted(sent) == [0, 1]
        states = Delivery.objects.values_list("state", flat=True)
        assert sorted(states) == [Delivery.State.CLAIMED, Delivery.State.SENT]
