"""
What each transition refuses, in which words and at which field.

Pages refuse most of it before a transition sees it. An import, a second tab and a page that
is made later do not: the transition is the last that looks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from ave.escalation import transitions
from ave.stagnation.transitions import set_threat
from casework.cases import (
    absence,
    bottlenecks,
    dossier,
    household,
    lifecycle,
    log_review,
    referrals,
)
from casework.levels import Level
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import Desk
from casework.work import calendars, own
from casework.work.due import Due
from tests.refused.acts import (
    TOMORROW,
    YESTERDAY,
    Act,
    added,
    appoint_who_is_away,
    assessed,
    by_regisseur,
    decline_without_a_reason,
    end_a_party_twice,
    end_the_regisseur_as_a_party,
    exclude_twice,
    hand_over,
    hand_over_what_is_closed,
    in_aftercare,
    invited,
    join_a_bottleneck_that_is_solved,
    judge_the_emergency,
    leave_for_nowhere,
    let_look_back_where_nothing_was_skipped,
    plan_twice,
    request,
    request_about_what_is_solved,
    review_nobody,
    review_the_ground,
    settle_what_nobody_asked,
    solve_twice,
    solve_what_is_asked,
    start_from_the_piket_desk,
    stop,
    stop_for_himself,
    supply_nothing,
    take_back,
    take_back_what_is_asked,
    tell_of_a_withdrawn_one,
    tell_twice,
    withdraw_twice,
    without_a_desk,
)
from tests.world import (
    ALL_YES,
    AT,
    DAY,
    STUCK,
)
from tests.world import referred as reported

pytestmark = pytest.mark.django_db


def refused(
    act: Act, kind: type[TransitionRefused], words: str, field: str = ""
) -> Any:
    """One row of the tables below; its name is what it says."""
    return pytest.param(act, kind, words, field, id=words)


def invalid(act: Act, field: str, words: str) -> Any:
    return refused(act, InvalidInput, words, field)


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

IN_AFTERCARE = (
    "Deze casus is in nazorg. De procesregisseur kan bij afschalen kiezen: "
    '"Procesregie moet toch doorgaan".'
)
ESCALATING = [
    refused(in_aftercare(request), bottlenecks.NotRunning, IN_AFTERCARE),
    refused(
        in_aftercare(by_regisseur(bottlenecks.raise_bottleneck, **STUCK)),
        bottlenecks.NotRunning,
        IN_AFTERCARE,
    ),
    refused(in_aftercare(stop), bottlenecks.NotRunning, IN_AFTERCARE),
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
    invalid(
        lambda world, case: take_back(world, case, Level.CASUS),
        "to_level",
        "Een knelpunt komt niet lager dan procesniveau. Speelt het niet meer? "
        "Rond het dan af.",
    ),
    invalid(supply_nothing, "text", "Schrijf wat je aanvult."),
    refused(withdraw_twice, AlreadyDone, AlreadyDone.user_message),
    refused(tell_of_a_withdrawn_one, AlreadyDone, AlreadyDone.user_message),
    refused(
        tell_twice,
        AlreadyDone,
        "Bestuurlijk weet dit al. Je hoeft niets te doen.",
    ),
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
            by=world.privacy_officer, at=AT, result="nothing"
        ),
        NotPermitted,
        "Dit doet de functionaris gegevensbescherming.",
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
def test_refuses(begun, act, kind, words, field):
    """Catches a transition that relies on the page, and a refusal that says too little."""
    world, case = begun

    with pytest.raises(kind) as found:
        act(world, case)

    assert found.value.user_message == words
    assert getattr(found.value, "field", "") == field
