"""The thin line: one bottleneck goes up to management and comes back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.transitions import take_back
from ave.triage.flow import IntakeFlow
from casework.access.grants import scopes
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.grants import difference
from casework.levels import Level
from casework.people.errors import InvalidInput
from casework.work import items
from casework.work.due import ZONE
from tests.replay import replays
from tests.world import ALL_YES, AT, STUCK, asked, bottleneck_of, opened, referred
from workers.verify import verify

pytestmark = pytest.mark.engine


def test_a_bottleneck_goes_to_management_and_comes_back(world) -> None:
    """Catches a break anywhere in the chain of one request."""
    case = opened(world)
    assert case.level == Level.PROCES

    request = asked(world, case)
    assert request.answerer == world.manager
    assert case.level == Level.PROCES

    answer(request, by=world.manager, at=AT, answer="ask_first", text="Hoe lang al?")
    EscalationFlow.supply.complete(
        request, by=world.procesregisseur, at=AT, text="Al een maand."
    )
    answer(request, by=world.manager, at=AT, answer="pick_up")
    case.refresh_from_db()
    assert case.level == Level.MANAGEMENT

    answer(request, by=world.manager, at=AT, answer="decide", text="De ggz begint.")
    request.refresh_from_db()
    assert request.ending == "decided"

    take_back(bottleneck_of(case), by=world.procesregisseur, at=AT + timedelta(days=1))
    case.refresh_from_db()
    assert case.level == Level.PROCES
    assert scopes(world.manager, case, at=AT + timedelta(days=1)) == frozenset()
    assert difference([case.pk], at=AT + timedelta(days=1)) == 0
    assert [each for each in verify(at=AT) if not each.is_well] == []
    assert {item.kind for item in items.open_for_case(case.pk)} == {
        "triage.tell",
        "case.appoint",
        "case.inform",
    }


def test_a_colleague_tells_the_melder_what_we_do_not_take_up(world) -> None:
    """Catches a referral that waits for one person, whose deputy has no place in it."""
    case = referred(world)
    IntakeFlow.assess.complete(
        case,
        by=world.procesregisseur,
        at=AT,
        criteria=ALL_YES,
        reasons={},
        outcome="advice",
        note="Bel het wijkteam.",
    )
    waiting = items.open_about(case.key).get()
    assert waiting.owner == world.procesregie

    IntakeFlow.tell.complete(case, by=world.other_procesregisseur, at=AT)

    case.refresh_from_db()
    assert case.status == "closed"


def test_what_began_today_is_written_down_just_after_midnight(world) -> None:
    """Catches a day that begins an hour late, in Greenwich."""
    case = opened(world)
    night = datetime(2026, 11, 25, 0, 30, tzinfo=ZONE)
    today = {"since": date(2026, 11, 25)}

    with replays(case):
        raised = raise_bottleneck(
            case, by=world.procesregisseur, at=night, **STUCK | today
        )

    assert raised.since == date(2026, 11, 25)
    with pytest.raises(InvalidInput):
        raise_bottleneck(
            case,
            by=world.procesregisseur,
            at=night - timedelta(hours=1),
            **STUCK | today,
        )
