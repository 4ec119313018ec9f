"""The cases of the town: how they begin, and those that are closed or stopping."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ave.escalation.flow import DeescalationFlow
from ave.triage.flow import IntakeFlow
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.dossier import add_note
from casework.cases.household import add_person
from casework.cases.lifecycle import close_case
from casework.cases.models import Case
from casework.people.models import User
from casework.work import items
from tests.access.canaries import DOSSIER, MEMO
from tests.world import ALL_YES, AT, DAY, World
from tests.world import STUCK as STUCK_FACTS


def open_case(world: World, *, by: User, **facts: Any) -> Case:
    case = refer(world, **facts)
    IntakeFlow.assess.complete(
        case,
        by=by,
        at=AT,
        criteria=ALL_YES,
        reasons={},
        outcome="procesregie",
        ground="avg-6-1-e",
        purpose=DOSSIER["purpose"],
        bottleneck={
            **STUCK_FACTS,
            "description": MEMO["stuck_at"],
            "tried": MEMO["tried"],
            "breaker": MEMO["breaker"],
        },
    )
    return case


def refer(world: World, **facts: Any) -> Case:
    return IntakeFlow.start.begin(
        None,
        by=world.other_procesregisseur,
        at=AT,
        **{
            "reason": "Buren melden overlast.",
            "referrer_name": "Buurtbewoner",
            "kind": Case.Kind.WOONOVERLAST,
            **facts,
        },
    )


def closed_case(world: World) -> Case:
    case = _solved(world)
    add_person(
        case,
        by=world.other_procesregisseur,
        at=AT,
        name=DOSSIER["name"],
        role="main",
        informed_on=DAY,
    )
    add_note(
        case,
        by=world.other_procesregisseur,
        at=AT,
        text=DOSSIER["medical"],
        mark="fact",
        tag="medical",
        source=world.health,
    )
    for item in items.open_for_case(case.pk):
        items.close_items(item.about, by=world.other_procesregisseur, at=AT)
    close_case(case, by=world.other_procesregisseur, at=AT, outcome="solved")
    return case


def stopping_case(world: World) -> Case:
    case = _solved(world)
    appoint_casusregisseur(
        case, by=world.other_procesregisseur, at=AT, user=world.casusregisseur
    )
    DeescalationFlow.start.begin(
        case,
        by=world.other_procesregisseur,
        at=AT,
        receiver=world.casusregisseur,
        reason="Het loopt weer.",
        aftercare_on=DAY + timedelta(days=30),
    )
    return case


def _solved(world: World) -> Case:
    case = open_case(world, by=world.other_procesregisseur)
    end_bottleneck(
        case.bottlenecks.get(),
        by=world.other_procesregisseur,
        at=AT,
        state="solved",
        reason=DOSSIER["ended"],
    )
    return case
