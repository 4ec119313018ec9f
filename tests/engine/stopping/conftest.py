"""A case with a casusregisseur and nothing stuck, and the question to take it over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.flow import DeescalationFlow
from casework.cases.models import Case
from casework.cases.reading_in import finish_reading_in
from casework.work import items
from tests.standing import begins_with
from tests.world import AT, World, begin_calm


def _begin() -> tuple[World, Case]:
    world, case = begin_calm()
    finish_reading_in(case, by=world.casusregisseur, at=AT)
    for kind in ("case.inform", "triage.tell"):
        items.close_items(case.key, by=world.procesregisseur, at=AT, kind=kind)
    case.refresh_from_db()
    return world, case


_begun = begins_with(_begin)


@pytest.fixture
def world(begun) -> World:
    return begun[0]


@pytest.fixture
def calm(begun) -> Case:
    """A case with a casusregisseur and no open work."""
    return begun[1]


def proposed(world, case, **facts):
    """The casusregisseur is asked to take over."""
    return DeescalationFlow.start.begin(
        case,
        by=world.procesregisseur,
        at=AT,
        **{
            "receiver": world.casusregisseur,
            "reason": "Het loopt al weken.",
            "aftercare_on": AT.date() + timedelta(days=42),
            **facts,
        },
    )
