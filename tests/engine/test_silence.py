"""What the clock does when who is asked with spoed stays silent, or is late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ave.escalation.models import Escalation
from casework.work import items
from casework.work.models import Notice, WorkItem
from tests.world import AT, asked, opened
from workers import jobs

pytestmark = pytest.mark.engine


def tick(at: datetime) -> None:
    jobs.run(jobs.named("plan_due"), stop=lambda: False, at=at)


def notices() -> list[Escalation]:
    rows = Escalation.objects.system_scope("test").filter(kind="notice")
    return list(rows.order_by("pk"))


def told_of(item: WorkItem, user) -> list[str]:
    found = Notice.objects.filter(item=item, user=user).order_by("at", "pk")
    return list(found.values_list("step", flat=True))


class TestSilenceWithNobodyAbove:
    @pytest.fixture
    def item(self, world) -> WorkItem:
        for executive in (world.burgemeester, world.wethouder):
            executive.is_active = False
            executive.save(update_fields=["is_active"])
        world.manager.deputy = world.other_manager
        world.manager.save(update_fields=["deputy"])
        request = asked(world, opened(world), urgent=True)
        return items.open_about(request.key).get()

    def test_reaches_the_deputy_the_asker_and_who_steers(self, world, item) -> None:
        """Catches a ladder that stands still because the next level is vacant."""
        for hours in range(60):
            tick(AT + timedelta(hours=hours))

        item.refresh_from_db()
        assert (item.failures, item.stand_in) == (0, world.other_manager)
        assert "deputy:+0h:owner" in told_of(item, world.other_manager)
        assert "remind:+4h:asked_by" in told_of(item, world.procesregisseur)
        asks = items.open_about(item.about, kind="escalation.tell").get()
        assert asks.owner == world.procesregisseur
        assert asks.title == "Moet bestuurlijk dit weten?"
        assert not notices()
