"""What has to have happened before somebody is shown the rarer forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ave.escalation.asks import ask_to_look_back, ask_to_tell
from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.birthdays import birthdays
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.household import add_person
from casework.cases.log_review import ask_for_log_review
from casework.cases.models import Case
from casework.levels import Level
from casework.meetings.transitions import record_agreements
from casework.plan.answering import pick_up_task
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from casework.work import items
from programme.models import Activity, PolicySignal
from programme.transitions import answer_signal, assign_owner, post_progress
from tests.access.cases import open_case
from tests.access.relations import Stand, stands
from tests.access.town import SOON, Town, other, things
from tests.standing import scene
from tests.world import AT, DAY

SIXTEEN = DAY.replace(year=DAY.year - 16)


def every_stand(town: Town) -> Iterator[list[Stand]]:
    """Who meets the rarer forms, and then everybody of the matrix."""
    with scene():
        yield [
            *_coming_down(town),
            *_coming_back(town),
            *_in_the_household(town),
            *_at_the_police(town),
            *_signed(town),
            *_stuck_in_the_programme(town),
        ]
    yield from stands(town)


def _coming_down(town: Town) -> list[Stand]:
    """Cases that may stop, that wait for an answer, and that are looked back on."""
    world = town.world
    by: dict[str, Any] = {"by": world.other_procesregisseur, "at": AT}
    calm, looked_after = _calm(town), _calm(town)
    for item in items.open_for_case(calm.pk):
        items.close_items(item.about, **by)
    stop = DeescalationFlow.start.begin(
        looked_after,
        **by,
        receiver=world.casusregisseur,
        reason="Het loopt weer.",
        aftercare_on=SOON,
    )
    DeescalationFlow.receive.complete(
        stop, by=world.casusregisseur, at=AT, accepts=True
    )
    return [
        *(
            _regisseur(town, world.other_procesregisseur, other(town, case))
            for case in (calm, town.stopping, looked_after)
        ),
        Stand(
            "procesregisseur",
            "beoordelaar",
            world.other_procesregisseur,
            other(town, town.in_triage),
        ),
    ]


def _coming_back(town: Town) -> list[Stand]:
    """A request that waits for more, one that is silent, one that jumped, one decided."""
    world = town.world
    by: dict[str, Any] = {"by": world.other_procesregisseur, "at": AT}
    jump = {"urgent": True, "to_level": Level.BESTUURLIJK, "jump_reason": "Nu."}
    found = []
    for kind in ("", "jumped", "ask_first", "decide"):
        case = open_case(world, by=world.other_procesregisseur)
        request = EscalationFlow.start.begin(
            case.bottlenecks.get(),
            **by,
            question="Wie regelt de plek?",
            **(jump if kind == "jumped" else {}),
        )
        if kind == "jumped":
            ask_to_look_back(request, Level.MANAGEMENT, at=AT)
        elif kind:
            answer(request, by=request.answerer, at=AT, answer=kind, text="Hoe lang?")
        else:
            ask_to_tell(request, at=AT)
        about = things(town, reference=case.reference, request=request.pk)
        found.append(_regisseur(town, world.other_procesregisseur, about))
    return found


def _in_the_household(town: Town) -> list[Stand]:
    """Somebody has his birthday, and nobody told him yet that we work on this."""
    person = add_person(
        town.case,
        by=town.world.procesregisseur,
        at=AT,
        name="Iemand Anders",
        role="family",
        birth_on=SIXTEEN,
        not_informed_reason="Kan nu niet veilig.",
    )
    birthdays(at=AT)
    return [
        _regisseur(town, town.world.procesregisseur, things(town, person=person.pk))
    ]


def _at_the_police(town: Town) -> list[Stand]:
    """A task and an agreement about which nobody said anything yet."""
    world = town.world
    by: dict[str, Any] = {"by": world.procesregisseur, "at": AT}
    ask = Ask(
        kind="visit", question="Wie gaat erheen?", desk=world.police_desk, due_on=SOON
    )
    elsewhere = open_case(world, by=world.other_procesregisseur)
    task = offer_task(elsewhere, ask, by=world.other_procesregisseur, at=AT)
    pick_up_task(task, by=world.officer, at=AT)
    record_agreements(town.case, held_on=DAY, present=[world.police], rows=[ask], **by)
    agreed = Task.objects.system_scope("test").filter(case=town.case).latest("pk")
    about = things(town, task=task.pk, agreed=agreed.pk)
    return [Stand("ketenpartner", "zelfde-bureau-na-oppakken", world.officer, about)]


def _signed(town: Town) -> list[Stand]:
    """An answer to a signal that must be read, and a month of the log to look over."""
    world = town.world
    answer_signal(
        PolicySignal.objects.get(),
        by=world.beleidsmedewerker,
        at=AT,
        answer="We praten met alle partijen.",
    )
    ask_for_log_review(at=AT)
    return [
        _regisseur(town, world.procesregisseur, town.runs),
        Stand("fg", "none", world.fg, town.runs),
        Stand("casusregisseur", "regisseur-nu", world.casusregisseur, town.runs),
    ]


def _stuck_in_the_programme(town: Town) -> list[Stand]:
    """An activity that stands still, of somebody who answers for it."""
    world = town.world
    activity = Activity.objects.get(code="ZV-01")
    assign_owner(activity, owner=world.manager, by=world.aov, at=AT)
    post_progress(
        activity, status="stalled", reason="capacity", by=world.manager, at=AT
    )
    return [Stand("aov", "none", world.aov, town.runs)]


def _calm(town: Town) -> Case:
    world = town.world
    by: dict[str, Any] = {"by": world.other_procesregisseur, "at": AT}
    case = open_case(world, by=world.other_procesregisseur)
    end_bottleneck(case.bottlenecks.get(), **by, state="solved", reason="Er is hulp.")
    appoint_casusregisseur(case, **by, user=world.casusregisseur)
    return case


def _regisseur(town: Town, user: Any, about: Any) -> Stand:
    return Stand("procesregisseur", "regisseur-nu", user, about)
