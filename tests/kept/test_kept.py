"""
What somebody says is kept as he said it, and what he does not say stays empty.

Each act is done twice: with the least that it takes, and with all that it takes. Catches a
word that never reaches its row, one that lands in the field beside it, and a default that
speaks for whoever said nothing.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models

from ave.stagnation.transitions import set_threat
from casework.cases import bottlenecks, dossier
from casework.cases.models import Case
from casework.levels import Level
from casework.plan.models import TaskContent
from tests.kept.acts import (
    ADDRESS,
    OTHER,
    Act,
    Said,
    advised,
    aimed,
    by,
    consulted,
    corrected,
    desk,
    joined,
    left,
    offered,
    planned,
    raised,
    refer,
    replanned,
    reported_for,
    requested,
    seconded,
    solved,
    stuck,
    then,
    triage,
    withdrawn,
)
from tests.refused.acts import added, invited
from tests.world import ALL_YES, DAY, STUCK, World

OF_ITSELF = {"reference", "municipality", "status", "policy_version"}
"""Texts that nobody types."""

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
def world(begun: tuple[World, Case]) -> World:
    return begun[0]


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
