"""One table for a voice: who may ask for it, give it, and be asked."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from ave.escalation.flow import answer
from ave.escalation.models import Escalation
from ave.escalation.voices import give_voice, take_back_voice
from casework.cases.confirmations import Given
from casework.cases.journal import State, state_of
from casework.cases.models import Event
from casework.people.errors import TransitionRefused
from tests.engine.voices.conftest import adviser
from tests.replay import replays
from tests.world import AT

pytestmark = pytest.mark.engine

PEOPLE = (
    "procesregisseur",
    "other_procesregisseur",
    "casusregisseur",
    "officer",
    "manager",
    "other_manager",
    "burgemeester",
    "wethouder",
    "aov",
    "director",
    "fg",
    "privacy_officer",
    "beheerder",
    "beleidsmedewerker",
)
TURNS = ("review", "carry", "supply", "ended")
OK, NO, HIDDEN, DONE = "ok", "NotPermitted", "NotVisible", "AlreadyDone"
UNFIT = "InvalidInput"

MAY_ASK = {"procesregisseur": OK, "manager": OK}
MAY_GIVE = {"other_manager": OK, "procesregisseur": NO, "manager": NO}
MAY_RECORD = {"procesregisseur": OK, "manager": NO, "other_manager": NO}
"""By hand, while the request runs; to all others it is hidden."""

FIT = {
    "advice": {"other_manager", "burgemeester", "wethouder", "aov", "director"},
    "position": {"director"},
    "second": set(),
}
SECOND_AT_THE_TOP = {"wethouder"}
"""Who may be asked for what by the procesregisseur, of everybody."""


class TestTable:
    @pytest.mark.parametrize("turn", TURNS)
    def test_who_asks(self, world, case, request_, turn):
        """Catches a right too many or too few, and a refusal that left something."""
        request = bring_to(world, request_, turn)
        wanted = dict.fromkeys(PEOPLE, HIDDEN) | MAY_ASK
        if turn == "ended":
            wanted |= dict.fromkeys(MAY_ASK, DONE)

        found = of_everybody(
            world,
            case,
            lambda by: adviser(world, fresh(request), by=by, user=world.wethouder),
        )

        assert found == wanted

    @pytest.mark.parametrize("turn", TURNS)
    @pytest.mark.parametrize("spoken", [False, True])
    def test_who_gives(self, world, case, request_, turn, spoken):
        """Catches a word of a stranger, and one after the request has ended."""
        voice = adviser(world, request_)
        bring_to(world, request_, turn)
        may = MAY_RECORD if spoken else MAY_GIVE
        wanted = dict.fromkeys(PEOPLE, HIDDEN) | may
        if turn == "ended":
            wanted["other_manager"] = HIDDEN
            wanted["procesregisseur"] = DONE if spoken else NO
        given = Given(channel="telephone", at=AT, by=voice.user) if spoken else None

        found = of_everybody(
            world,
            case,
            lambda by: give_voice(
                fresh(voice), by=by, at=AT, text="Doe het.", given=given
            ),
        )

        assert found == wanted

    @pytest.mark.parametrize("turn", TURNS)
    @pytest.mark.parametrize("asker", ["procesregisseur", "manager"])
    def test_who_takes_back(self, world, case, request_, turn, asker):
        """Catches an answerer who silences whom the procesregisseur asked."""
        voice = adviser(world, request_, by=getattr(world, asker))
        bring_to(world, request_, turn)
        may = {"procesregisseur": OK, "manager": NO, "other_manager": NO, asker: OK}
        wanted = dict.fromkeys(PEOPLE, HIDDEN) | may
        if turn == "ended":
            wanted |= {"procesregisseur": DONE, asker: DONE, "other_manager": HIDDEN}

        found = of_everybody(
            world, case, lambda by: take_back_voice(fresh(voice), by=by, at=AT)
        )

        assert found == wanted

    @pytest.mark.parametrize("kind", sorted(FIT))
    def test_who_is_asked_at_management(self, world, case, request_, kind):
        """Catches the asker, the answerer or a colleague without the role as a voice."""
        found = of_everybody(
            world,
            case,
            lambda user: adviser(world, fresh(request_), kind=kind, user=user),
        )

        assert found == dict.fromkeys(PEOPLE, UNFIT) | dict.fromkeys(FIT[kind], OK)

    def test_who_is_a_second_executive(self, world, at_the_top):
        """Catches the answerer as his own second."""
        found = of_everybody(
            world,
            at_the_top.case,
            lambda user: adviser(world, fresh(at_the_top), kind="second", user=user),
        )

        wanted = dict.fromkeys(PEOPLE, UNFIT) | dict.fromkeys(SECOND_AT_THE_TOP, OK)
        assert found == wanted


def of_everybody(world, case, deed) -> dict[str, str]:
    """How it goes when each of them does it, or it is done to him."""
    before = state_of([case.pk])
    return {
        person: outcome(case, partial(deed, getattr(world, person)), before=before)
        for person in PEOPLE
    }


def outcome(case, deed, *, before: State) -> str:
    """Try something; says how it went. A refusal leaves nothing behind."""
    events = Event.objects.system_scope("test").filter(case=case)
    told = events.count()
    found = OK
    point = transaction.savepoint()
    with replays(case, before=before):
        try:
            with transaction.atomic():
                deed()
        except TransitionRefused as refusal:
            found = type(refusal).__name__
    assert (events.count() > told) is (found == OK)
    transaction.savepoint_rollback(point)
    return found


def bring_to(world, request: Escalation, turn: str) -> Escalation:
    steps = {"review": (), "carry": ("pick_up",), "supply": ("ask_first",)}
    for kind in steps.get(turn, ("decide",)):
        answer(request, by=world.manager, at=AT, answer=kind, text="Hierom.")
    return fresh(request)


def fresh(row):
    """The row as somebody loads it."""
    return type(row)._base_manager.get(pk=row.pk)
