"""What people do of which the words must be kept; each gives the row that holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import models

from ave.escalation import transitions as escalations
from ave.escalation.models import Answer, Escalation
from ave.escalation.voices import ask_voice, give_voice
from ave.stagnation.transitions import pick_up_stuck, report_stuck
from ave.triage.flow import IntakeFlow
from casework.cases import appointing, household
from casework.cases.confirmations import Given
from casework.cases.lifecycle import answer_consultation
from casework.cases.models import Case
from casework.levels import Level
from casework.people.models import Desk, User
from casework.people.transitions import open_desk
from casework.plan.offering import Ask
from casework.plan.transitions import (
    add_goal,
    change_plan,
    make_plan,
    offer_task,
    record_report_for,
)
from tests.refused.acts import added, by_regisseur, solve
from tests.world import ALL_YES, AT, DAY, World, asked, bottleneck_of
from tests.world import referred as reported

Said = Mapping[str, Any]
Act = Callable[..., models.Model]

ADDRESS = {"address": "Ooievaarsteeg 7", "phone": "0599000000"}
OTHER = {
    "theme": "care_demand",
    "breaker": "Wie over het budget gaat.",
    "level": Level.CASUS,
}


def by(transition: Callable[..., Any]) -> Act:
    def act(world: World, case: Case, **said: Any) -> Any:
        return by_regisseur(transition, **said)(world, case)

    return act


def refer(world: World, _: Case, **said: Any) -> Case:
    return IntakeFlow.start.begin(None, by=world.procesregisseur, at=AT, **said)


def triage(world: World, _: Case, **said: Any) -> Case:
    return IntakeFlow.assess.complete(
        reported(world),
        by=world.procesregisseur,
        at=AT,
        criteria=ALL_YES,
        reasons={},
        **said,
    )


def then(act: Act, look: Callable[[Any], models.Model]) -> Act:
    """Look at another row than the act gives."""
    return lambda *args, **said: look(act(*args, **said))


def solved(world: World, case: Case, **said: Any) -> models.Model:
    solve(world, case, **said)
    return bottleneck_of(case)


def corrected(world: World, case: Case, **said: Any) -> models.Model:
    person = added(world, case, **ADDRESS)
    return household.correct_person(person, by=world.procesregisseur, at=AT, **said)


def left(world: World, case: Case, **said: Any) -> models.Model:
    return household.leave_household(
        added(world, case), by=world.procesregisseur, at=AT, on=DAY, **said
    )


def requested(world: World, case: Case, **said: Any) -> Escalation:
    return escalations.request_escalation(
        bottleneck_of(case), by=world.procesregisseur, at=AT, **said
    )


def withdrawn(world: World, case: Case, **said: Any) -> Answer:
    request = asked(world, case)
    escalations.withdraw_escalation(request, by=world.procesregisseur, at=AT, **said)
    return request.answers.get()


def advised(world: World, case: Case, **said: Any) -> models.Model:
    request = asked(world, case)
    return word_of(world.other_manager, request, "advice", world, said)


def seconded(world: World, case: Case, **said: Any) -> models.Model:
    request = asked(
        world,
        case,
        urgent=True,
        to_level=Level.BESTUURLIJK,
        jump_reason="Er is gevaar.",
    )
    others = {world.burgemeester, world.wethouder} - {request.answerer}
    return word_of(others.pop(), request, "second", world, said)


def word_of(
    user: User, request: Escalation, kind: str, world: World, said: Said
) -> models.Model:
    voice = ask_voice(request, by=world.procesregisseur, at=AT, kind=kind, user=user)
    return give_voice(voice, by=user, at=AT, **said)


def stuck(world: World, case: Case, **said: Any) -> Any:
    appointing.appoint_casusregisseur(
        case, by=world.procesregisseur, at=AT, user=world.casusregisseur
    )
    return report_stuck(case, by=world.casusregisseur, at=AT, **said)


def joined(world: World, case: Case, **said: Any) -> models.Model:
    report = stuck(world, case, text="Niemand belt.")
    return pick_up_stuck(
        report,
        by=world.procesregisseur,
        at=AT,
        bottleneck=bottleneck_of(case),
        **said,
    )


def raised(world: World, case: Case, **said: Any) -> models.Model:
    report = stuck(world, case, text="Niemand belt.")
    pick_up_stuck(report, by=world.procesregisseur, at=AT, **said)
    return bottleneck_of(case, 2)


def planned(world: World, case: Case, **said: Any) -> Any:
    return make_plan(case, by=world.procesregisseur, at=AT, **said)


def replanned(world: World, case: Case, **said: Any) -> models.Model:
    plan = planned(world, case, discussed=False, why_not="Nog geen afspraak.")
    return change_plan(plan, by=world.procesregisseur, at=AT, **said)


def aimed(world: World, case: Case, **said: Any) -> models.Model:
    plan = planned(world, case, discussed=True)
    return add_goal(plan, by=world.procesregisseur, at=AT, **said)


def offered(
    world: World, case: Case, kind: str = "advice_housing", origin: str | None = None
) -> Any:
    """Ask a desk something; without an origin it comes from nowhere."""
    return offer_task(
        case,
        Ask(
            kind=kind,
            question="Kan hij er wonen?",
            desk=world.housing_desk,
            due_on=DAY + timedelta(days=7),
        ),
        by=world.procesregisseur,
        at=AT,
        **({} if origin is None else {"origin": origin}),
    )


def reported_for(world: World, case: Case, *, kind: str, **said: Any) -> models.Model:
    return record_report_for(
        offered(world, case, kind),
        given=Given(channel="telephone", at=AT, by_name="Balie Wonen"),
        by=world.procesregisseur,
        at=AT,
        **said,
    )


def consulted(world: World, _: Case, **said: Any) -> models.Model:
    return answer_consultation(by=world.procesregisseur, at=AT, **said)


def desk(world: World, _: Case, **said: Any) -> models.Model:
    return open_desk(world.housing, kind=Desk.Kind.PARTNER, **said)
