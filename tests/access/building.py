"""Build the town, by the transitions that people use."""

from __future__ import annotations

from typing import Any

import time_machine

from ave.stagnation.models import StuckReport
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import (
    Breach,
    BreakGlass,
    Disclosure,
    LegalBasis,
    Note,
    Participation,
    Person,
)
from casework.cases.models import Warning as VisitWarning
from casework.plan.models import Report
from casework.work.feed import make_feed
from casework.work.models import WorkItem
from casework.work.preferences import choose_digest
from programme.importing import TYNAARLO, import_programme
from programme.models import Activity, PolicySignal, ProgressUpdate
from programme.transitions import post_progress
from tests.access import upkeep
from tests.access.canaries import DOSSIER
from tests.access.cases import closed_case, open_case, refer, stopping_case
from tests.access.people import make_people
from tests.access.rich_case import fill
from tests.access.town import NOW, Town
from tests.world import AT, make_world
from workers.app import PERIODIC
from workers.auditor import HEARTBEAT
from workers.jobs import stamp


def build() -> Town:
    """Make everything, by the transitions that people use."""
    world = make_world()
    people = make_people(world)
    import_programme(TYNAARLO, by=world.aov, at=AT)
    post_progress(
        Activity.objects.get(code="ZV-01"),
        by=world.aov,
        at=AT,
        status=Activity.Status.RUNNING,
        text="De eerste gesprekken zijn geweest.",
    )
    case = open_case(
        world,
        by=world.other_procesregisseur,
        referrer=people["mia"],
        referrer_name=DOSSIER["referrer"],
        referrer_phone=DOSSIER["phone"],
        reason=DOSSIER["reason"],
        goal=DOSSIER["goal_of_referrer"],
    )
    hand_over_procesregie(
        [case], by=world.other_procesregisseur, at=AT, user=world.procesregisseur
    )
    for user in (people["cor"], world.casusregisseur):
        appoint_casusregisseur(case, by=world.procesregisseur, at=AT, user=user)
    town = Town(
        world=world,
        people=people,
        case=case,
        in_triage=refer(world, reason=DOSSIER["reason"]),
        closed=closed_case(world),
        stopping=stopping_case(world),
        tasks={},
        requests={},
    )
    fill(town)
    case.refresh_from_db()
    town.keys |= _keys(town)
    for periodic in (*(each.name for each in PERIODIC), HEARTBEAT):
        stamp(periodic, at=NOW, took=0.1, done=0)
    return town


def build_today() -> Town:
    """Make it at the moment at which everybody looks."""
    with time_machine.travel(NOW, tick=False):
        return build()


def _keys(town: Town) -> dict[str, Any]:
    case = town.case

    def last(model: Any, **where: Any) -> int:
        rows = model._base_manager.filter(**{"case": case, **where})
        return rows.order_by("pk").values_list("pk", flat=True).last()

    gone = {"taken_back_at__isnull": True}
    return {
        "task": town.tasks["taken"].pk,
        "request": town.requests["management"].pk,
        "stuck": last(StuckReport),
        "person": last(Person, until_on__isnull=True, **gone),
        "note": last(Note, **gone),
        "warning": last(VisitWarning),
        "ground": last(LegalBasis),
        "party": last(
            Participation,
            organisation=town.people["pim"].organisation,
            role=Participation.Role.PARTY,
        ),
        "breach": last(Breach),
        "emergency": last(BreakGlass),
        "gone_note": last(Note, taken_back_at__isnull=False),
        "gone_disclosure": last(Disclosure, taken_back_at__isnull=False),
        "regisseur": town.world.procesregisseur.pk,
        "uncovered": 0,
        "absence": 0,
        "signal": PolicySignal.objects.get().pk,
        "progress": ProgressUpdate.objects.get().pk,
        "spoken": f"report:{last(Report, task=town.tasks['told'])}",
        "agreed": town.tasks["agreed"].pk,
        "reminded": WorkItem._base_manager.get(
            about=town.requests["management"].key, state="open"
        ).pk,
        "own": WorkItem._base_manager.get(kind="own").pk,
        "feed": make_feed(town.world.manager, at=AT),
        "unsubscribe": choose_digest(
            town.world.manager, wanted=True, at=AT
        ).unsubscribe_key,
        **upkeep.keys(town.world, desk=town.people["pim"].memberships.get().desk),
    }
