"""
What each transition refuses, in which words and at which field.

Pages refuse most of it before a transition sees it. An import, a second tab and a page that
is made later do not: the transition is the last that looks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from ave.escalation import flow, silence, stopping, transitions
from ave.escalation.models import Escalation
from ave.stagnation.transitions import pick_up_stuck, report_stuck, set_threat
from ave.triage.flow import IntakeFlow
from casework.cases import (
    absence,
    bottlenecks,
    break_glass,
    dossier,
    handover,
    household,
    lifecycle,
    log_review,
    parties,
    referrals,
)
from casework.cases.models import Case
from casework.levels import Level
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import Desk, Role
from casework.people.transitions import join_desk
from casework.plan.transitions import make_plan
from casework.work import calendars, items, own
from casework.work.due import Due
from tests.world import (
    ALL_YES,
    AT,
    DAY,
    FIRST_DAY,
    STUCK,
    World,
    asked,
    bottleneck_of,
    opened,
)
from tests.world import referred as reported

pytestmark = pytest.mark.django_db

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


def refused(
    act: Act, kind: type[TransitionRefused], words: str, field: str = ""
) -> Any:
    """One row of the tables below; its name is what it says."""
    return pytest.param(act, kind, words, field, id=words)


def invalid(act: Act, field: str, words: str) -> Any:
    return refused(act, InvalidInput, words, field)


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
    transitions.make_known(question, by=world.procesregisseur, at=AT)


def settle_what_nobody_asked(world: World, case: Case) -> None:
    silence.settle_silence(
        asked(world, case), by=world.procesregisseur, at=AT, told=False
    )


def let_look_back_where_nothing_was_skipped(world: World, case: Case) -> None:
    transitions.let_review_skipped(asked(world, case), by=None, at=AT)


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
    parties.appoint_casusregisseur(
        case, by=world.procesregisseur, at=AT, user=world.casusregisseur
    )
    report = report_stuck(case, by=world.casusregisseur, at=AT, text="Niemand belt.")
    solve(world, case)
    pick_up_stuck(
        report, by=world.procesregisseur, at=AT, bottleneck=bottleneck_of(case)
    )


def appoint(world: World, case: Case, **facts: Any) -> None:
    parties.appoint_casusregisseur(
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
        parties.exclude_colleague(
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


ASSESSING = [
    invalid(
        assessed(criteria=ALL_YES | {"safety": ""}),
        "safety",
        "Kies een antwoord bij veiligheid.",
    ),
    invalid(
        assessed(criteria=ALL_YES | {"chain": "no"}),
        "chain_reason",
        'Je koos "nee" bij partijen. Schrijf op waarom procesregie toch start.',
    ),
    invalid(assessed(outcome="ooit"), "outcome", "Kies een uitkomst."),
    invalid(
        assessed(purpose=" "),
        "ground",
        "Kies een grondslag en schrijf waarvoor. "
        "Zonder mag je geen gegevens vastleggen.",
    ),
    refused(
        start_from_the_piket_desk,
        NotPermitted,
        "Procesregie start de procesregisseur.",
    ),
    invalid(assessed(bottleneck=None), "description", "Schrijf op wat vastloopt."),
]

REFERRING = [
    invalid(
        lambda world, _: reported(world, reason=" "),
        "reason",
        "Schrijf op waarom je meldt. Een paar zinnen is genoeg.",
    ),
    invalid(
        lambda world, _: reported(world, referrer_name=" "),
        "referrer_name",
        "Schrijf op wie dit meldt.",
    ),
    refused(
        without_a_desk(Desk.Kind.PROCESREGIE, lambda world, _: reported(world)),
        referrals.NoDesk,
        referrals.NoDesk.user_message,
    ),
]

ESCALATING = [
    refused(
        in_aftercare(request),
        transitions.NotRunning,
        transitions.NotRunning.user_message,
    ),
    refused(
        in_aftercare(by_regisseur(bottlenecks.raise_bottleneck, **STUCK)),
        bottlenecks.NotRunning,
        bottlenecks.NotRunning.user_message,
    ),
    refused(in_aftercare(stop), stopping.NotRunning, stopping.NotRunning.user_message),
    refused(request_about_what_is_solved, AlreadyDone, "Dit knelpunt is al afgerond."),
    refused(
        solve_what_is_asked,
        bottlenecks.StillAsked,
        bottlenecks.StillAsked.user_message,
    ),
    refused(
        take_back_what_is_asked,
        transitions.StillAsked,
        transitions.StillAsked.user_message,
    ),
    refused(
        lambda world, case: take_back(world, case, Level.PROCES),
        AlreadyDone,
        "Dit knelpunt staat daar al.",
    ),
    invalid(supply_nothing, "text", "Schrijf wat je aanvult."),
    refused(withdraw_twice, AlreadyDone, AlreadyDone.user_message),
    refused(tell_of_a_withdrawn_one, AlreadyDone, AlreadyDone.user_message),
    refused(settle_what_nobody_asked, AlreadyDone, AlreadyDone.user_message),
    refused(
        let_look_back_where_nothing_was_skipped,
        AlreadyDone,
        AlreadyDone.user_message,
    ),
    invalid(stop_for_himself, "receiver", "Kies een ander om het over te nemen."),
    invalid(
        decline_without_a_reason, "text", "Schrijf waarom je het nu niet overneemt."
    ),
    invalid(
        join_a_bottleneck_that_is_solved, "bottleneck", "Kies een knelpunt dat open is."
    ),
    invalid(
        by_regisseur(bottlenecks.raise_bottleneck, **STUCK | {"since": TOMORROW}),
        "since",
        "Kies een dag die al geweest is.",
    ),
    refused(solve_twice, AlreadyDone, "Dit knelpunt is al afgerond."),
]

ENDING = [
    invalid(
        by_regisseur(lifecycle.close_case, outcome="klaar"),
        "outcome",
        "Kies met welke uitkomst je afsluit.",
    ),
    refused(
        by_regisseur(lifecycle.close_case, outcome="solved"),
        lifecycle.StillStuck,
        lifecycle.StillStuck.user_message,
    ),
    refused(
        by_regisseur(set_threat, reason=" "),
        InvalidInput,
        "Schrijf waarom het dreigt vast te lopen.",
        "reason",
    ),
]

WRITING = [
    refused(plan_twice, AlreadyDone, "In deze casus loopt al een plan."),
    invalid(
        by_regisseur(dossier.add_note, text=" ", mark="fact"),
        "text",
        "Schrijf je notitie.",
    ),
    invalid(
        by_regisseur(dossier.add_note, text="Gebeld.", mark="gerucht"),
        "mark",
        "Kies of dit een feit of een mening is.",
    ),
    invalid(
        by_regisseur(dossier.add_note, text="Gebeld.", mark="fact", tag="geheim"),
        "tag",
        "Kies iets uit de lijst.",
    ),
    invalid(
        by_regisseur(
            dossier.state_ground, code="avg-6-1-e", purpose=" ", review_on=TOMORROW
        ),
        "purpose",
        "Schrijf waarvoor je de gegevens gebruikt.",
    ),
    invalid(
        partial(review_the_ground, note=" "),
        "note",
        "Schrijf waarom de grondslag nog klopt.",
    ),
    invalid(
        partial(review_the_ground, review_on=DAY),
        "review_on",
        "Kies een dag die nog komt, hoogstens een jaar vooruit.",
    ),
    invalid(partial(added, name=" "), "name", "Schrijf hoe deze persoon heet."),
    invalid(partial(added, role="hond"), "role", "Kies een rol uit de lijst."),
    invalid(
        partial(added, birth_on=TOMORROW), "birth_on", "Kies een dag die al geweest is."
    ),
    invalid(
        leave_for_nowhere,
        "destination",
        'Schrijf waarheen. Weet je het niet, schrijf dan "onbekend".',
    ),
    refused(review_nobody, AlreadyDone, AlreadyDone.user_message),
    invalid(
        by_regisseur(household.set_warning, text=" ", until_on=TOMORROW),
        "text",
        "Schrijf waar iemand op moet letten.",
    ),
]

TAKING_PART = [
    invalid(
        partial(invited, scope=" "), "scope", "Schrijf waarvoor deze partij meedoet."
    ),
    invalid(
        partial(invited, until=DAY),
        "until",
        "Kies een dag die nog komt, hoogstens een jaar vooruit.",
    ),
    refused(end_a_party_twice, AlreadyDone, "Deze partij doet al niet meer mee."),
    refused(end_the_regisseur_as_a_party, NotPermitted, "Dit is geen partij."),
    invalid(
        appoint_who_is_away,
        "user",
        "Deze collega is er niet. Kies iemand anders of de vervanger.",
    ),
    refused(exclude_twice, AlreadyDone, "Deze collega ziet deze casus al niet."),
    invalid(lambda world, _: hand_over(world, []), "cases", "Kies minstens één casus."),
    refused(
        lambda world, case: hand_over(world, [case], user=world.procesregisseur),
        AlreadyDone,
        "Deze collega heeft deze casus al.",
    ),
    refused(
        hand_over_what_is_closed,
        NotPermitted,
        "Procesregie loopt niet in al deze casussen.",
    ),
]

AWAY = [
    invalid(
        lambda world, _: absence.set_deputy(
            world.manager, by=world.manager, at=AT, deputy=world.manager
        ),
        "deputy",
        "Kies een ander als vervanger.",
    ),
    invalid(
        lambda world, _: absence.start_absence(
            world.manager, by=world.manager, at=AT, reason="", until=YESTERDAY
        ),
        "until",
        "Kies een dag die nog komt.",
    ),
    invalid(
        lambda world, _: own.write_own(
            "Bel terug", due=Due.day(YESTERDAY), by=world.manager, at=AT
        ),
        "due_on",
        "Kies een dag die nog komt.",
    ),
    invalid(
        lambda world, _: calendars.close_weekday(
            world.police_desk, 0, reason=" ", by=world.beheerder, at=AT
        ),
        "reason",
        "Schrijf waarom het bureau dan dicht is.",
    ),
]

PRIVACY = [
    invalid(
        partial(judge_the_emergency, outcome="misschien"),
        "outcome",
        "Kies of de noodtoegang terecht was.",
    ),
    invalid(
        partial(judge_the_emergency, outcome="wrong"),
        "note",
        "Schrijf waarom hij niet terecht was.",
    ),
    refused(
        lambda world, _: log_review.finish_log_review(
            by=world.fg, at=AT, result="nothing"
        ),
        AlreadyDone,
        "Het logboek is al nagekeken. Je hoeft niets meer te doen.",
    ),
]

EVERY = [
    *ASSESSING,
    *REFERRING,
    *ESCALATING,
    *ENDING,
    *WRITING,
    *TAKING_PART,
    *AWAY,
    *PRIVACY,
]


@pytest.mark.parametrize(("act", "kind", "words", "field"), EVERY)
def test_refuses(world, act, kind, words, field):
    """Catches a transition that relies on the page, and a refusal that says too little."""
    case = opened(world)

    with pytest.raises(kind) as found:
        act(world, case)

    assert found.value.user_message == words
    assert getattr(found.value, "field", "") == field
