"""What people try that a transition refuses, each in a case with procesregie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from ave.escalation import flow, silence, stopping, telling, transitions
from ave.escalation.models import Escalation
from ave.stagnation.transitions import pick_up_stuck, report_stuck
from ave.triage.flow import IntakeFlow
from casework.cases import (
    absence,
    appointing,
    bottlenecks,
    break_glass,
    dossier,
    excluding,
    handover,
    household,
    lifecycle,
    parties,
)
from casework.cases.models import Case
from casework.levels import Level
from casework.people.models import Desk, Role
from casework.people.transitions import join_desk
from casework.plan.transitions import make_plan
from casework.work import items
from tests.world import (
    ALL_YES,
    AT,
    DAY,
    FIRST_DAY,
    STUCK,
    World,
    asked,
    bottleneck_of,
)
from tests.world import referred as reported

Act = Callable[[World, Case], object]
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
ANSWERS: dict[str, Any] = {
    "criteria": ALL_YES,
    "reasons": {},
    "outcome": "procesregie",
    "ground": "avg-6-1-e",
    "purpose": "Hulp weer op gang brengen",
    "bottleneck": STUCK,
}
PERSON = {"name": "Iemand Anders", "role": "main", "informed_on": DAY}


def by_regisseur(transition: Callable[..., object], **facts: Any) -> Act:
    """Do it to the case, as its procesregisseur."""
    return lambda world, case: transition(
        case, by=world.procesregisseur, at=AT, **facts
    )


def solve(world: World, case: Case, **facts: Any) -> None:
    facts = {"state": "solved", "reason": "Gelukt."} | facts
    bottlenecks.end_bottleneck(
        bottleneck_of(case), by=world.procesregisseur, at=AT, **facts
    )


def put_away(world: World, case: Case) -> None:
    solve(world, case)
    for item in items.open_for_case(case.pk):
        items.close_items(item.about, by=world.procesregisseur, at=AT)
    lifecycle.close_case(case, by=world.procesregisseur, at=AT, outcome="solved")


def in_aftercare(act: Act) -> Act:
    """Do it when procesregie has stopped and somebody still has to look back."""

    def late(world: World, case: Case) -> None:
        Case.objects.system_scope("test").filter(pk=case.pk).update(status="aftercare")
        act(world, case)

    return late


def assess(world: World, _: Case, **facts: Any) -> None:
    IntakeFlow.assess.complete(
        reported(world), by=world.procesregisseur, at=AT, **ANSWERS | facts
    )


def assessed(**facts: Any) -> Act:
    return partial(assess, **facts)


def take_back(world: World, case: Case, to_level: Level) -> None:
    transitions.take_back(
        bottleneck_of(case), by=world.procesregisseur, at=AT, to_level=to_level
    )


def request(world: World, case: Case, **facts: Any) -> Escalation:
    return transitions.request_escalation(
        bottleneck_of(case),
        by=world.procesregisseur,
        at=AT,
        **{"question": "Wie regelt de plek?"} | facts,
    )


def request_about_what_is_solved(world: World, case: Case) -> None:
    solve(world, case)
    request(world, case)


def solve_what_is_asked(world: World, case: Case) -> None:
    asked(world, case)
    solve(world, case)


def take_back_what_is_asked(world: World, case: Case) -> None:
    asked(world, case)
    take_back(world, case, Level.CASUS)


def solve_twice(world: World, case: Case) -> None:
    solve(world, case)
    solve(world, case)


def supply_nothing(world: World, case: Case) -> None:
    question = asked(world, case)
    flow.EscalationFlow.review.complete(
        question, by=world.manager, at=AT, answer="ask_first", text="Wat kost het?"
    )
    transitions.supply_escalation(question, by=world.procesregisseur, at=AT, text=" ")


def withdraw_twice(world: World, case: Case) -> None:
    question = asked(world, case)
    for _ in range(2):
        transitions.withdraw_escalation(question, by=world.procesregisseur, at=AT)


def tell_of_a_withdrawn_one(world: World, case: Case) -> None:
    question = asked(world, case)
    transitions.withdraw_escalation(question, by=world.procesregisseur, at=AT)
    telling.make_known(question, by=world.procesregisseur, at=AT)


def tell_twice(world: World, case: Case) -> None:
    question = asked(world, case)
    for _ in range(2):
        flow.EscalationFlow.known.begin(question, by=world.procesregisseur, at=AT)


def settle_what_nobody_asked(world: World, case: Case) -> None:
    silence.settle_silence(
        asked(world, case), by=world.procesregisseur, at=AT, told=False
    )


def let_look_back_where_nothing_was_skipped(world: World, case: Case) -> None:
    telling.let_review_skipped(asked(world, case), by=None, at=AT)


def stop(world: World, case: Case, **facts: Any) -> None:
    facts = {
        "receiver": world.casusregisseur,
        "reason": "Het loopt.",
        "aftercare_on": TOMORROW,
    } | facts
    stopping.propose_stop(case, by=world.procesregisseur, at=AT, **facts)


def stop_for_himself(world: World, case: Case) -> None:
    solve(world, case)
    stop(world, case, receiver=world.procesregisseur)


def decline_without_a_reason(world: World, case: Case) -> None:
    solve(world, case)
    appoint(world, case)
    question = flow.DeescalationFlow.start.begin(
        case,
        by=world.procesregisseur,
        at=AT,
        receiver=world.casusregisseur,
        reason="Het loopt.",
        aftercare_on=TOMORROW,
    )
    flow.DeescalationFlow.receive.complete(
        question, by=world.casusregisseur, at=AT, accepts=False, text=" "
    )


def start_from_the_piket_desk(world: World, _: Case) -> None:
    join_desk(world.casusregisseur, world.piket, role=Role.CASUSREGISSEUR, on=FIRST_DAY)
    IntakeFlow.assess.complete(
        reported(world, urgent=True),
        by=world.casusregisseur,
        at=AT,
        **ANSWERS,
    )


def plan_twice(world: World, case: Case) -> None:
    for _ in range(2):
        make_plan(case, by=world.procesregisseur, at=AT, discussed=True)


def join_a_bottleneck_that_is_solved(world: World, case: Case) -> None:
    appointing.appoint_casusregisseur(
        case, by=world.procesregisseur, at=AT, user=world.casusregisseur
    )
    report = report_stuck(case, by=world.casusregisseur, at=AT, text="Niemand belt.")
    solve(world, case)
    pick_up_stuck(
        report, by=world.procesregisseur, at=AT, bottleneck=bottleneck_of(case)
    )


def appoint(world: World, case: Case, **facts: Any) -> None:
    appointing.appoint_casusregisseur(
        case, by=world.procesregisseur, at=AT, user=world.casusregisseur
    )


def appoint_who_is_away(world: World, case: Case) -> None:
    absent = world.casusregisseur
    absent.deputy = world.deputy
    absent.save(update_fields=["deputy"])
    absence.start_absence(absent, by=absent, at=AT, reason="")
    appoint(world, case)


def invited(world: World, case: Case, **facts: Any) -> Any:
    facts = {"scope": "Advies", "ground": "avg-6-1-e"} | facts
    return parties.invite_party(
        case, by=world.procesregisseur, at=AT, organisation=world.police, **facts
    )


def end_a_party_twice(world: World, case: Case) -> None:
    party = invited(world, case)
    for _ in range(2):
        parties.end_party(party, by=world.procesregisseur, at=AT)


def end_the_regisseur_as_a_party(world: World, case: Case) -> None:
    place = case.participations.system_scope("test").get(user=world.procesregisseur)
    parties.end_party(place, by=world.procesregisseur, at=AT)


def exclude_twice(world: World, case: Case) -> None:
    for _ in range(2):
        excluding.exclude_colleague(
            case, by=world.procesregisseur, at=AT, user=world.manager
        )


def added(world: World, case: Case, **facts: Any) -> Any:
    return household.add_person(case, by=world.procesregisseur, at=AT, **PERSON | facts)


def leave_for_nowhere(world: World, case: Case) -> None:
    household.leave_household(
        added(world, case), by=world.procesregisseur, at=AT, on=DAY, destination=" "
    )


def review_nobody(world: World, case: Case) -> None:
    household.review_person(added(world, case), by=world.procesregisseur, at=AT)


def review_the_ground(world: World, case: Case, **facts: Any) -> None:
    facts = {"review_on": TOMORROW, "note": "Het geldt nog."} | facts
    dossier.review_ground(case.grounds.get(), by=world.procesregisseur, at=AT, **facts)


def hand_over(world: World, cases: list[Case], **facts: Any) -> None:
    facts = {"by": world.procesregisseur, "user": world.other_procesregisseur} | facts
    handover.hand_over_procesregie(cases, at=AT, **facts)


def hand_over_what_is_closed(world: World, case: Case) -> None:
    put_away(world, case)
    world.procesregisseur.team_lead = world.manager
    world.procesregisseur.save(update_fields=["team_lead"])
    hand_over(world, [case], by=world.manager)


def emergency(world: World, case: Case) -> Any:
    return break_glass.open_break_glass(
        case.reference,
        by=world.other_procesregisseur,
        at=AT,
        reason="Er is nu gevaar voor een kind in huis.",
    )


def judge_the_emergency(world: World, case: Case, **facts: Any) -> None:
    facts = {"outcome": "right", "note": ""} | facts
    break_glass.review_break_glass(
        emergency(world, case), by=world.privacy_officer, at=AT, **facts
    )


def without_a_desk(kind: Desk.Kind, act: Act) -> Act:
    def act_without(world: World, case: Case) -> None:
        Desk.objects.filter(kind=kind).update(is_active=False)
        act(world, case)

    return act_without
