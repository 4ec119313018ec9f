"""What the clock does when who is asked with spoed stays silent, or is late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.models import Escalation
from ave.escalation.silence import settle_silence
from casework.access.deciding import decide_policy
from casework.people.errors import AlreadyDone
from casework.work import items
from casework.work.explaining import explanation_of
from casework.work.models import Notice, WorkItem
from tests.replay import replays
from tests.world import AT, DAY, asked
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


def silences(item: WorkItem) -> list[str]:
    """Who was told that this stays without an answer."""
    found = Notice.objects.filter(item=item, step__startswith="deputy")
    return list(found.values_list("user__name", flat=True))


def after(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


SOON = timedelta(seconds=5)
SILENT = AT + timedelta(days=10)
"""Thursday: the day was Monday, and three working days later the clock asks."""


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def spoed(world, case) -> Escalation:
    """A question that must be answered within 24 hours, to who has a deputy."""
    world.manager.deputy = world.other_manager
    world.manager.save(update_fields=["deputy"])
    return asked(world, case, urgent=True)


class TestSilenceWithNobodyAbove:
    @pytest.fixture
    def item(self, world, spoed) -> WorkItem:
        for executive in (world.burgemeester, world.wethouder):
            executive.is_active = False
            executive.save(update_fields=["is_active"])
        return items.open_about(spoed.key).get()

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


class TestSuppliedLate:
    @pytest.mark.parametrize(("hours", "due"), [(23.9, 24), (24, 48), (26, 50)])
    def test_gives_spoed_its_hours_again(self, world, case, spoed, hours, due) -> None:
        """Catches who is silent at once because the asker was late."""
        answer(spoed, by=world.manager, at=after(1), answer="ask_first", text="Hoe?")
        at = after(hours)

        with replays(case):
            EscalationFlow.supply.complete(
                spoed, by=world.procesregisseur, at=at, text="Zo."
            )
        tick(at + SOON)

        item = items.open_about(spoed.key, kind="escalation.review").get()
        assert (spoed.due_at, item.due_at) == (after(due), after(due))
        assert not notices()
        assert not silences(item)

    def test_says_why_that_is_the_day(self, world, spoed) -> None:
        """Catches 24 hours that are counted from a moment that gives another end."""
        answer(spoed, by=world.manager, at=after(1), answer="ask_first", text="Hoe?")
        EscalationFlow.supply.complete(
            spoed, by=world.procesregisseur, at=after(26), text="Zo."
        )

        item = items.open_about(spoed.key).get()
        assert explanation_of(item).says == (
            "24 uur na dinsdag 24 november 2026, 12.00 uur "
            "is woensdag 25 november 2026, 12.00 uur."
        )


class TestPickedUpLate:
    def test_gives_spoed_its_hours_again(self, world, case, spoed) -> None:
        """Catches who says "Ik pak dit op" and is silent at once."""
        tick(after(24))
        told = [(each.answerer, each.to_level) for each in notices()]
        assert told == [(world.burgemeester, 4)]

        with replays(case):
            answer(spoed, by=world.manager, at=after(26), answer="pick_up")
        tick(after(26) + SOON)

        item = items.open_about(spoed.key, kind="escalation.carry").get()
        assert (spoed.due_at, item.due_at) == (after(50), after(50))
        assert not silences(item)
        assert len(notices()) == 1

    def test_is_told_above_once(self, world, spoed) -> None:
        """Catches "Goed om te weten" twice about one question."""
        tick(after(24))
        answer(spoed, by=world.manager, at=after(26), answer="pick_up")

        tick(after(51))

        item = items.open_about(spoed.key, kind="escalation.carry").get()
        assert silences(item) == [world.other_manager.name]
        assert item.failures == 0
        assert len(notices()) == 1

    def test_asks_who_steers_no_second_time(self, world, case) -> None:
        """Catches "Moet bestuurlijk dit weten?" after bestuurlijk was told."""
        steers = {"by": world.procesregisseur, "at": AT + timedelta(days=10)}
        request = asked(world, case)
        tick(steers["at"])
        with replays(case):
            EscalationFlow.known.begin(request, **steers)
        with replays(case):
            settle_silence(request, **steers, told=True)

        answer(request, by=world.manager, at=steers["at"], answer="pick_up")
        tick(steers["at"] + SOON)

        assert not items.open_about(request.key, kind="escalation.tell").exists()
        with pytest.raises(AlreadyDone):
            EscalationFlow.known.begin(request, **steers)


class TestAskedFirstLate:
    def test_gives_the_asker_the_hours_of_spoed(self, world, spoed) -> None:
        """Catches an asker whose deputy hears at once that he is silent."""
        answer(spoed, by=world.manager, at=after(30), answer="ask_first", text="Hoe?")
        tick(after(30) + SOON)

        item = items.open_about(spoed.key, kind="escalation.supply").get()
        assert item.due_at == after(54)
        assert not silences(item)


class TestNotNow:
    """The procesregisseur said "nee, nu niet", and the silence lasts."""

    @pytest.fixture
    def said(self, world, case) -> Escalation:
        """Asked on the 3rd, and answered at once: by Tuesday the 8th it is again."""
        request = asked(world, case)
        tick(SILENT)
        settle_silence(
            request, by=world.procesregisseur, at=SILENT, told=False, reason="calling"
        )
        return request

    def again(self, request: Escalation, days: int) -> bool:
        at = SILENT + timedelta(days=days)
        tick(at)
        with replays(request.case):
            jobs.run(jobs.named("ask_again"), stop=lambda: False, at=at)
        return items.open_about(request.key, kind="escalation.tell").exists()

    def test_is_asked_again_after_the_term_and_again(self, world, case, said) -> None:
        """Catches a "no" that counts for a year, while only the silent one hears it."""
        for days, asks in ((1, False), (4, False), (5, True), (6, True)):
            assert self.again(said, days) is asks, days
        no = {"by": world.procesregisseur, "told": False, "reason": "calling"}
        settle_silence(said, at=SILENT + timedelta(days=6), **no)
        assert not self.again(said, 7)
        assert self.again(said, 11)

    def test_is_asked_by_the_term_of_the_municipality(self, world, case) -> None:
        """Catches a term that is shown on a page, and that nothing reads."""
        decide_policy(
            "term:escalation_overdue_next:3",
            value={"number": 8, "unit": "wd"},
            valid_from=DAY,
            source="besluit",
            by=world.beheerder,
            at=AT,
        )
        request = asked(world, case)
        tick(SILENT)
        assert not items.open_about(request.key, kind="escalation.tell").exists()
        tick(SILENT + timedelta(days=7))
        assert items.open_about(request.key, kind="escalation.tell").exists()

    def test_is_not_asked_after_an_answer(self, world, case, said) -> None:
        answer(said, by=world.manager, at=SILENT, answer="lower", text="Zelf.")

        assert not self.again(said, 30)

    def test_is_not_asked_while_more_is_asked_first(self, world, case, said) -> None:
        """Catches a silence that is hers, since she must supply something first."""
        answer(said, by=world.manager, at=SILENT, answer="ask_first", text="Hoe?")

        assert not self.again(said, 30)

    def test_is_not_asked_of_who_is_told(self, world, case, said) -> None:
        at = SILENT + timedelta(days=5)
        assert self.again(said, 5)
        EscalationFlow.known.begin(said, by=world.procesregisseur, at=at)
        settle_silence(said, by=world.procesregisseur, at=at, told=True)

        assert not self.again(said, 30)


def test_at_the_top_is_asked_again_after_the_overleg(world, case) -> None:
    """Catches a silence that was on an agenda once, and is spoken of no more."""
    request = asked(world, case, urgent=True, to_level=4, jump_reason="Nu.")
    tick(after(25))
    overleg = DAY + timedelta(days=20)
    settle_silence(
        request, by=world.procesregisseur, at=after(26), told=True, agenda_on=overleg
    )

    for days, asks in ((5, False), (20, False), (21, True)):
        jobs.run(jobs.named("ask_again"), stop=lambda: False, at=AT + timedelta(days))
        tells = items.open_about(request.key, kind="escalation.tell")
        assert tells.exists() is asks, days
