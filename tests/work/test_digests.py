"""One overview a day, also when the mail server was away in between."""

from datetime import date

import pytest

from casework.policy.ladders import Step
from casework.work import ladder, outbox
from casework.work.mail import Outgoing, ServerGone, StoreTransport
from casework.work.models import Delivery
from tests.work.conftest import moment, no_call

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 27)
State = Delivery.State


class Away(StoreTransport):
    """A mail server that does not answer."""

    def offer(self, mail: Outgoing) -> None:
        raise ServerGone


def plan(text: str) -> None:
    ladder.plan_due(at=moment(text), call=no_call)


def deliver(text: str, *, connect=StoreTransport) -> int:
    return outbox.deliver_due(at=moment(text), connect=connect)


def digests() -> list[tuple[str, str]]:
    rows = Delivery.objects.order_by("pk")
    return list(rows.values_list("state", "last_error"))


class TestMovedOn:
    @pytest.fixture
    def missed(self, opened, manager):
        """The digest of Tuesday could not go out."""
        opened(manager, due=FRIDAY, reference="AVE-2026-0001")
        plan("2026-11-23 10:00")
        assert deliver("2026-11-24 07:30", connect=Away) == 0

    def test_goes_with_that_of_today(self, missed, opened, manager):
        """Catches two overviews on the day that the mail server is back."""
        opened(manager, due=FRIDAY, reference="AVE-2026-0002")
        plan("2026-11-24 10:00")

        assert deliver("2026-11-25 08:00") == 1

        assert digests() == [(State.DROPPED, "merged"), (State.SENT, "")]
        sent = Delivery.objects.get(state=State.SENT)
        assert "AVE-2026-0001" in sent.text
        assert "AVE-2026-0002" in sent.text

    def test_waits_for_tomorrow_when_one_was_read_today(self, missed, opened, manager):
        """Catches a second one, later on a day that had one."""
        opened(manager, due=FRIDAY, reference="AVE-2026-0002")
        plan("2026-11-24 10:00")
        first = Delivery.objects.order_by("pk")[0]
        Delivery.objects.filter(pk=first.pk).update(
            not_before=moment("2026-11-25 09:00")
        )
        assert deliver("2026-11-25 07:30") == 1

        assert deliver("2026-11-25 10:00") == 0
        assert deliver("2026-11-26 07:30") == 1

        morning = Delivery.objects.order_by("pk").last()
        assert (morning.state, "AVE-2026-0001" in morning.text) == (State.SENT, True)

    @pytest.mark.parametrize("back", ["2026-11-25 03:00", "2026-11-24 22:00"])
    def test_waits_for_the_morning(self, missed, back):
        """Catches an overview in the night in which the mail server comes back."""
        assert deliver(back) == 0
        assert deliver("2026-11-25 07:30") == 1

    def test_waits_for_the_monday(self, opened, manager):
        """Catches an overview in a weekend."""
        opened(manager, due=date(2026, 12, 4), at=moment("2026-11-26 10:00"))
        plan("2026-11-26 10:00")
        deliver("2026-11-27 07:30", connect=Away)

        assert deliver("2026-11-28 12:00") == 0
        assert deliver("2026-11-30 07:30") == 1

    def test_goes_late_on_its_own_day(self, missed):
        """Catches lines that wait a day for nothing."""
        assert deliver("2026-11-24 11:00") == 1

    def test_keeps_a_legal_term_from_being_missed(self, opened, manager):
        """Catches a legal line in a digest that is skipped after a doubt."""
        opened(manager, due=FRIDAY, legal=True, ladder=[Step(0, "now")])
        plan("2026-11-23 10:00")
        deliver("2026-11-24 07:30", connect=Away)

        deliver("2026-11-24 22:00")

        morning = Delivery.objects.order_by("pk").last()
        assert morning.state == State.PENDING
        assert morning.repeats_in_doubt
