"""All that there can be in one case, each text of it a canary."""

from __future__ import annotations

from ave.escalation.flow import EscalationFlow as Up
from ave.escalation.voices import ask_voice, give_voice
from ave.stagnation.transitions import report_stuck_task, set_threat
from ave.trends.transitions import send_signal
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from casework.cases.break_glass import open_break_glass
from casework.cases.confirmations import Given
from casework.cases.details import change_details
from casework.cases.dossier import add_note, state_ground
from casework.cases.household import add_person, leave_household, set_warning
from casework.cases.models import Disclosure, Note
from casework.cases.parties import invite_party
from casework.cases.retraction import take_back
from casework.levels import Level
from casework.meetings.transitions import object_to_agreement, record_agreements
from casework.plan.answering import decline_task, pick_up_task, report_task
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.plan.transitions import add_goal, make_plan, offer_task, record_report_for
from casework.work import own
from casework.work.due import Due
from tests.access.canaries import (
    DOSSIER,
    EMERGENCY,
    GONE,
    MEMO,
    REPORT,
    STUCK,
    TASK,
    VOICE,
)
from tests.access.town import SOON, Town
from tests.world import AT, DAY, FIRST_DAY
from tests.world import STUCK as STUCK_FACTS


def fill(town: Town) -> None:
    """Put everything in the rich case that there can be in one."""
    _dossier(town)
    _plan(town)
    _bottlenecks(town)
    _mistakes(town)
    _emergency(town)


def _dossier(town: Town) -> None:
    world, case = town.world, town.case
    by = {"by": world.procesregisseur, "at": AT}
    change_details(case, **by, mnemonic=DOSSIER["mnemonic"], ave_phase="rood")
    home = {"address": DOSSIER["address"], "phone": DOSSIER["phone"]}
    add_person(
        case,
        **by,
        name=DOSSIER["name"],
        role="main",
        not_informed_reason=DOSSIER["not_informed"],
        **home,
    )
    gone = add_person(
        case,
        **by,
        name=DOSSIER["neighbour"],
        role="family",
        from_on=FIRST_DAY,
        informed_on=DAY,
    )
    leave_household(gone, **by, on=DAY, destination=DOSSIER["left"])
    add_person(
        case, **by, name=DOSSIER["child"], role="family", informed_on=DAY, **home
    )
    for text, tag in (
        (DOSSIER["police"], "police"),
        (DOSSIER["medical"], "medical"),
        (TASK["lent"], ""),
    ):
        source = world.police if tag else None
        add_note(case, **by, text=text, mark="fact", tag=tag, source=source)
    set_warning(case, **by, text=TASK["warning"], until_on=SOON)
    state_ground(
        case,
        **by,
        code="avg-6-1-c",
        purpose=DOSSIER["purpose"],
        review_on=SOON,
        note=DOSSIER["weighing"],
    )
    invite_party(
        case,
        **by,
        organisation=town.people["pim"].organisation,
        scope=DOSSIER["party_scope"],
        ground="avg-6-1-e",
        their_reference=DOSSIER["their_reference"],
    )
    set_threat(case, **by, reason=DOSSIER["threat"])
    own.write_own("Bel de wijkagent", due=Due.day(SOON), **by)


def _plan(town: Town) -> None:
    world, case = town.world, town.case
    by = {"by": world.procesregisseur, "at": AT}
    plan = make_plan(case, **by, discussed=False, why_not=DOSSIER["why_not"])
    add_goal(plan, **by, text=DOSSIER["goal"], life_domain="housing")
    lent = Note.objects.system_scope("test").get(case=case, text=TASK["lent"])
    visit = {
        "kind": "visit",
        "question": TASK["question"],
        "desk": world.police_desk,
        "due_on": SOON,
        "package": "chosen",
        "notes": [lent],
    }
    take = {"by": world.officer, "at": AT}
    offered = offer_task(case, Ask(**visit), **by)
    taken = offer_task(case, Ask(**visit, joining=[world.housing_desk]), **by)
    pick_up_task(taken, **take)
    done = offer_task(case, Ask(**visit), **by)
    pick_up_task(done, **take)
    report_task(done, **take, answer=REPORT["report"])
    declined = offer_task(case, Ask(**visit), **by)
    decline_task(declined, **take, reason=DOSSIER["declined"])
    town.tasks |= {"offered": offered, "taken": taken, "done": done}
    record_agreements(
        case,
        held_on=DAY,
        present=[world.police],
        rows=[Ask(**visit)],
        **by,
    )
    agreed = Task.objects.system_scope("test").filter(case=case).latest("pk")
    object_to_agreement(agreed, text=DOSSIER["objection"], **take)
    report_stuck_task(taken, text=STUCK["stuck"], **take)
    told = offer_task(case, Ask(**visit), **by)
    record_report_for(
        told,
        given=Given(channel="telephone", at=AT, by_name="De wijkagent"),
        answer=REPORT["report"],
        **by,
    )
    town.tasks |= {"agreed": agreed, "told": told}


def _bottlenecks(town: Town) -> None:
    world, case = town.world, town.case
    by = {"by": world.procesregisseur, "at": AT}
    facts = {**STUCK_FACTS, "description": MEMO["stuck_at"], "tried": MEMO["tried"]}
    urgent = raise_bottleneck(case, **by, **facts)
    solved = raise_bottleneck(case, **by, **facts)
    raise_bottleneck(case, **by, **facts)
    end_bottleneck(solved, **by, state="solved", reason=DOSSIER["ended"])
    first = case.bottlenecks.get(number=1)
    send_signal(
        first,
        theme="no_owner",
        text="Partijen wachten vaak op elkaar.",
        desk=world.beleidsmedewerker.memberships.get().desk,
        activity=None,
        **by,
    )
    words = {"question": MEMO["memo_question"], "if_nothing": MEMO["if_nothing"]}
    town.requests["management"] = Up.start.begin(first, **by, **words)
    town.requests["bestuurlijk"] = Up.start.begin(
        urgent,
        **by,
        **words,
        urgent=True,
        to_level=Level.BESTUURLIJK,
        jump_reason=MEMO["jump"],
    )
    _beside(town)


def _beside(town: Town) -> None:
    """Who is asked for his word; one of them gave it."""
    people, requests = town.people, town.requests
    by = {"by": town.world.procesregisseur, "at": AT}
    for name, request, kind in (
        ("ada", "management", "advice"),
        ("gea", "management", "advice"),
        ("wil", "management", "position"),
        ("ron", "bestuurlijk", "second"),
    ):
        ask_voice(requests[request], **by, kind=kind, user=people[name])
    voice = requests["management"].voices.get(user=people["gea"])
    give_voice(voice, by=people["gea"], at=AT, text=VOICE["voice"])


def _mistakes(town: Town) -> None:
    world, case = town.world, town.case
    by = {"by": world.procesregisseur, "at": AT}
    person = add_person(
        case, **by, name=GONE["gone_person"], role="contact", informed_on=DAY
    )
    note = add_note(case, **by, text=GONE["gone_note"], mark="fact")
    asked = Ask(
        kind="overview",
        question="Wat weten jullie?",
        desk=world.police_desk,
        due_on=SOON,
        package="chosen",
        notes=[note],
    )
    task = offer_task(case, asked, **by)
    lent = Disclosure.objects.system_scope("test").get(about=task.key)
    for mistake in (lent, person, note):
        take_back(mistake, **by, reason="wrong_case")
    Disclosure._base_manager.filter(pk=lent.pk).update(text=GONE["gone_disclosure"])


def _emergency(town: Town) -> None:
    open_break_glass(
        town.case.reference,
        by=town.people["eva"],
        at=AT,
        reason=EMERGENCY["reason_of_emergency"],
    )
