"""
What somebody says is kept as he said it, and what he does not say stays empty.

Each act is done twice: with the least that it takes, and with all that it takes. Catches a
word that never reaches its row, one that lands in the field beside it, and a default that
speaks for whoever said nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from ave.escalation import transitions as escalations
from ave.escalation.models import Answer, Escalation
from ave.escalation.voices import ask_voice, give_voice
from ave.stagnation.transitions import pick_up_stuck, report_stuck, set_threat
from ave.triage.flow import IntakeFlow
from casework.cases import bottlenecks, dossier, household, parties
from casework.cases.confirmations import Given
from casework.cases.lifecycle import answer_consultation
from casework.cases.models import Case
from casework.levels import Level
from casework.people.models import Desk, User
from casework.people.transitions import open_desk
from casework.plan.models import TaskContent
from casework.plan.offering import Ask
from casework.plan.transitions import (
    add_goal,
    change_plan,
    make_plan,
    offer_task,
    record_report_for,
)
from tests.refused.acts import added, by_regisseur, invited, solve
from tests.world import ALL_YES, AT, DAY, STUCK, World, asked, bottleneck_of, opened
from tests.world import referred as reported

OF_ITSELF = {"reference", "municipality", "status", "policy_version"}
"""Texts that nobody types."""

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
    parties.appoint_casusregisseur(
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


REFERRED = {"reason": "Overlast.", "referrer_name": "Buur"}
REFERRED_MORE = REFERRED | {
    "referrer_phone": "0599000000",
    "channel": "telephone",
    "goal": "Rust in de straat.",
    "not_informed_reason": "Wij kennen hem niet.",
}
REFUSED = {"outcome": "refused", "note": "Dit hoort bij de woonstichting."}
STARTED = {
    "outcome": "procesregie",
    "ground": "avg-6-1-e",
    "purpose": "Hulp weer op gang brengen",
    "bottleneck": STUCK,
}
STUCK_WORDS = {name: STUCK[name] for name in ("description", "tried")}
RAISED = {"theme": "other", "state": "open", "level": Level.PROCES}
PERSON = {"name": "Iemand Anders", "role": "main"}
UNTOLD = {"not_informed_reason": "Eerst een afspraak."}
NOTE = {"text": "Hij wil hulp.", "mark": "fact"}
GROUND = {"code": "avg-6-1-d", "purpose": "Er is gevaar"}
REVIEW = {"review_on": DAY + timedelta(days=30)}
ASKED = {"kind": "decision", "turn": "review", "urgent": False}
HERE = {"channel": "here"}
CONSULTED = {
    "asked_by": "Wijkteam Noord",
    "question": "Mag dit?",
    "advice": "Ja, na overleg.",
}

KEPT: list[tuple[str, Act, Said, Said]] = [
    (
        "a referral",
        then(refer, lambda case: case.referral),
        REFERRED,
        REFERRED | {"channel": "form", "informed": None},
    ),
    (
        "a referral with all",
        then(refer, lambda case: case.referral),
        REFERRED_MORE | {"informed": False},
        REFERRED_MORE | {"informed": False},
    ),
    ("a case", refer, REFERRED, {"kind": "overig", "urgent": False}),
    (
        "a case of a kind",
        refer,
        REFERRED | {"kind": "woonoverlast", "urgent": True},
        {"kind": "woonoverlast", "urgent": True},
    ),
    (
        "an assessment",
        then(triage, lambda case: case.triage),
        REFUSED,
        REFUSED | ALL_YES,
    ),
    (
        "an assessment without a note",
        then(triage, lambda case: case.triage),
        STARTED,
        {"outcome": "procesregie"} | ALL_YES,
    ),
    ("the kind that stays", triage, REFUSED, {"kind": "woonoverlast"}),
    (
        "the kind that it was",
        triage,
        REFUSED | {"kind": "zorgmijding"},
        {"kind": "zorgmijding"},
    ),
    (
        "the ground at the start",
        then(triage, lambda case: case.grounds.get()),
        STARTED,
        {"code": "avg-6-1-e", "purpose": STARTED["purpose"]},
    ),
    ("a bottleneck", by(bottlenecks.raise_bottleneck), STUCK, STUCK | RAISED),
    (
        "a bottleneck with all",
        by(bottlenecks.raise_bottleneck),
        STUCK | OTHER,
        STUCK | RAISED | OTHER,
    ),
    (
        "the end of a bottleneck",
        solved,
        {"state": "accepted", "reason": "Het kan niet anders."},
        STUCK_WORDS
        | {
            "theme": "other",
            "state": "accepted",
            "ended_reason": "Het kan niet anders.",
        },
    ),
    ("a person", added, PERSON | {"informed_on": DAY}, PERSON | {"informed_on": DAY}),
    (
        "a person with all",
        added,
        PERSON | ADDRESS | UNTOLD | {"informed_on": None},
        PERSON | ADDRESS | UNTOLD,
    ),
    ("a correction", corrected, PERSON, PERSON),
    (
        "a correction of all",
        corrected,
        {"name": "Een Ander", "role": "family", "address": "Dorp 1", "phone": "1"},
        {"name": "Een Ander", "role": "family", "address": "Dorp 1", "phone": "1"},
    ),
    (
        "where he went",
        left,
        {"destination": "Zijn zus"},
        PERSON | {"destination": "Zijn zus"},
    ),
    ("a note", by(dossier.add_note), NOTE, NOTE),
    (
        "a note with all",
        by(dossier.add_note),
        NOTE | {"tag": "minor"},
        NOTE | {"tag": "minor"},
    ),
    ("a ground", by(dossier.state_ground), GROUND | REVIEW, GROUND | REVIEW),
    (
        "a ground with a note",
        by(dossier.state_ground),
        GROUND | REVIEW | {"note": "Afgewogen."},
        GROUND | REVIEW | {"note": "Afgewogen."},
    ),
    (
        "a party",
        invited,
        {},
        {"role": "party", "scope": "Advies", "ground": "avg-6-1-e"},
    ),
    (
        "a party with its reference",
        invited,
        {"their_reference": "PL-1"},
        {"role": "party", "scope": "Advies", "ground": "avg-6-1-e"}
        | {"their_reference": "PL-1"},
    ),
    (
        "a request",
        requested,
        {"question": "Wie regelt dit?"},
        ASKED | {"question": "Wie regelt dit?"},
    ),
    (
        "a request with all",
        requested,
        {
            "question": "Wie regelt dit?",
            "if_nothing": "Hij staat op straat.",
            "urgent": True,
            "to_level": Level.BESTUURLIJK,
            "jump_reason": "Er is gevaar.",
        },
        ASKED
        | {
            "question": "Wie regelt dit?",
            "if_nothing": "Hij staat op straat.",
            "urgent": True,
            "to_level": Level.BESTUURLIJK,
            "jump_reason": "Er is gevaar.",
        },
    ),
    ("a withdrawal", withdrawn, {}, HERE | {"kind": "withdraw"}),
    (
        "a withdrawal with a reason",
        withdrawn,
        {"reason": "Het is geregeld."},
        HERE | {"kind": "withdraw", "text": "Het is geregeld."},
    ),
    (
        "advice",
        advised,
        {"text": " Doen. "},
        HERE | {"kind": "advice", "text": "Doen."},
    ),
    (
        "a second executive",
        seconded,
        {"text": "Goed.", "stance": "agrees"},
        HERE | {"kind": "second", "text": "Goed.", "stance": "agrees"},
    ),
    (
        "it is stuck",
        stuck,
        {"text": "Niemand belt."},
        {"text": "Niemand belt.", "state": "waiting"},
    ),
    ("it is taken up", joined, {}, {"text": "Niemand belt.", "state": "picked_up"}),
    (
        "it is taken up with an answer",
        joined,
        {"answer": "Ik bel."},
        {"text": "Niemand belt.", "state": "picked_up", "answer": "Ik bel."},
    ),
    ("what was stuck", raised, STUCK, STUCK | RAISED),
    (
        "it threatens to",
        by(set_threat),
        {"reason": "Hij zegt af."},
        {"reason": "Hij zegt af."},
    ),
    ("a plan", planned, {"discussed": True}, {"discussed_with_inhabitant": True}),
    (
        "a plan that was discussed after all",
        planned,
        {"discussed": True, "why_not": "Nog niet."},
        {"discussed_with_inhabitant": True, "not_discussed_reason": ""},
    ),
    (
        "a plan that was not",
        planned,
        {"discussed": False, "why_not": "Nog niet."},
        {"discussed_with_inhabitant": False, "not_discussed_reason": "Nog niet."},
    ),
    (
        "a plan that is by now",
        replanned,
        {"discussed": True},
        {"not_discussed_reason": ""},
    ),
    (
        "a goal",
        aimed,
        {"text": "Rust.", "life_domain": "housing"},
        {"text": "Rust.", "life_domain": "housing"},
    ),
    ("a task", offered, {}, {"kind": "advice_housing", "state": "offered"}),
    (
        "a task from a meeting",
        offered,
        {"origin": "round:1"},
        {"kind": "advice_housing", "state": "offered", "origin": "round:1"},
    ),
    (
        "what a task asks",
        then(
            offered,
            lambda task: TaskContent.objects.system_scope("test").get(task=task),
        ),
        {},
        {"question": "Kan hij er wonen?"},
    ),
    (
        "a report for another",
        reported_for,
        {"kind": "place", "answer": "Ja."},
        {"answer": "Ja.", "channel": "telephone", "by_name": "Balie Wonen"},
    ),
    (
        "a report for another with all",
        reported_for,
        {"kind": "advice_care", "answer": "Ja.", "choice": "yes", "tag": "medical"},
        {"answer": "Ja.", "channel": "telephone", "by_name": "Balie Wonen"}
        | {"choice": "yes", "tag": "medical"},
    ),
    (
        "a question without a case",
        consulted,
        CONSULTED | {"minutes": 15},
        CONSULTED | {"minutes": 15},
    ),
    ("a desk", desk, {"name": "Balie"}, {"name": "Balie", "kind": "partner"}),
    (
        "a desk with all",
        desk,
        {"name": "Balie", "portfolio": "zorg", "phone": "0599000000"},
        {
            "name": "Balie",
            "kind": "partner",
            "portfolio": "zorg",
            "phone": "0599000000",
        },
    ),
]


def texts(row: models.Model) -> dict[str, str]:
    """Every text of a row that holds something, but for its own name and address."""
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.primary_key
        and getattr(row, field.name)
    }


@pytest.fixture
def case(world: World) -> Case:
    return opened(world)


@pytest.mark.parametrize(
    ("act", "said", "kept"),
    [pytest.param(*rest, id=name) for name, *rest in KEPT],
)
def test_is_kept_as_it_was_said(
    world: World, case: Case, act: Act, said: Said, kept: Said
) -> None:
    row = act(world, case, **said)

    row.refresh_from_db()
    assert {name: getattr(row, name) for name in kept} == dict(kept)
    assert texts(row).keys() <= kept.keys() | OF_ITSELF
