"""A mail is true for who reads it, at the moment at which it leaves."""

from datetime import date

import pytest

from casework.work import outbox
from casework.work.mail import StoreTransport
from casework.work.models import Delivery
from tests.work.conftest import FRIDAY, moment, plan

pytestmark = pytest.mark.django_db

State = Delivery.State
LATER = date(2026, 12, 11)
SUNDAY_NIGHT = moment("2026-11-30 00:00")


def deliver(text: str) -> int:
    return outbox.deliver_due(at=moment(text), connect=StoreTransport)


def sent() -> list[tuple[str, str]]:
    """Whom each mail went to, and its subject."""
    rows = Delivery.objects.filter(state=State.SENT).order_by("pk")
    return list(rows.values_list("address", "subject"))


class TestWhoIsBack:
    """Catches work that is said to the deputy of somebody who is back, and not to him."""

    def test_reads_a_mail_that_was_kept_for_the_morning(
        self, opened, manager, deputy, absent, now
    ):
        absent(manager, deputy, since=now, until=SUNDAY_NIGHT)
        evening = moment("2026-11-27 20:00")
        opened(manager, due=LATER, kind="escalation.review", at=evening)
        plan(evening)
        assert Delivery.objects.get().to_user == deputy

        assert deliver("2026-11-30 07:00") == 1

        [(address, _)] = sent()
        assert address == manager.email

    def test_reads_it_once(
        self, opened, manager, person, member_of, beheer, absent, now
    ):
        """Catches a mail for each beheerder who would have heard it in his place."""
        member_of(person("Bea Beheer"), beheer)
        gone = person("Wie Vertrok", is_active=False)
        manager.deputy = None
        manager.save(update_fields=["deputy"])
        absent(manager, gone, since=now, until=SUNDAY_NIGHT)
        evening = moment("2026-11-27 20:00")
        opened(manager, due=LATER, kind="escalation.review", at=evening)
        plan(evening)
        assert Delivery.objects.count() == 2

        deliver("2026-11-30 07:00")

        assert [address for address, _ in sent()] == [manager.email]

    def test_reads_the_line_of_the_overview(self, opened, manager, deputy, absent, now):
        absent(manager, deputy, since=now, until=SUNDAY_NIGHT)
        friday = moment("2026-11-27 10:00")
        opened(manager, due=LATER, reference="AVE-2026-1111", at=friday)
        opened(deputy, due=LATER, reference="AVE-2026-2222", at=friday)
        plan(friday)

        deliver("2026-11-30 07:30")
        deliver("2026-11-30 07:31")

        texts = dict(
            Delivery.objects.filter(state=State.SENT).values_list("address", "text")
        )
        assert "AVE-2026-1111" in texts[manager.email]
        assert "AVE-2026-1111" not in texts[deputy.email]

    def test_leaves_the_deputy_what_is_told_to_him(
        self, opened, manager, deputy, absent, now
    ):
        """Catches the mail about somebody's silence that goes to the silent one."""
        opened(manager, due=FRIDAY, kind="escalation.voice")
        plan(moment("2026-11-30 07:00"))

        deliver("2026-11-30 07:00")

        assert deputy.email in [address for address, _ in sent()]
