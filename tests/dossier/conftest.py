"""One case with a household, the people around it, and their browsers."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from ave.escalation.flow import answer
from ave.escalation.models import Answer
from casework.cases.confirmations import Given
from casework.cases.dossier import add_note
from casework.cases.household import add_person
from casework.cases.models import Case, Person
from tests.standing import begins_with, goes_on
from tests.world import AT, CANARIES, DAY, World, asked, begin

_begun = begins_with(begin)


@pytest.fixture
def world(begun) -> World:
    return begun[0]


@pytest.fixture
def person(world, case) -> Person:
    return add_person(
        case,
        by=world.procesregisseur,
        at=AT,
        name=CANARIES["name"],
        role="main",
        address=CANARIES["address"],
        not_informed_reason="Eerst een afspraak met de wijkagent.",
        birth_on=DAY.replace(year=1980),
    )


@pytest.fixture
def note(world, case):
    return add_note(
        case,
        by=world.procesregisseur,
        at=AT,
        text=CANARIES["police"],
        mark="fact",
        tag="police",
        source=world.police,
    )


@pytest.fixture
def _now():
    """Let pages, which read the clock, look just after all this happened."""
    with time_machine.travel(AT + timedelta(minutes=5), tick=False):
        yield


def at(case, part: str) -> str:
    return f"/casussen/{case.reference}/{part}"


def post(client: Client, path: str, **data):
    return client.post(path, {"submit_id": str(uuid4()), **data})


Spoken = tuple[World, Case, Answer]


def _speak(begun: tuple[World, Case]) -> Spoken:
    world, case = begun
    request = asked(world, case)
    answer(
        request,
        by=world.procesregisseur,
        at=AT,
        answer="decide",
        text="De ggz begint maandag.",
        given=Given(channel="telephone", at=AT, by=world.manager),
    )
    return world, case, request.answers.get(kind="decide")


_running = goes_on(_speak)


@pytest.fixture
def spoken(request, world: World, case: Case) -> Answer:
    """What the manager decided by telephone, written down by the procesregisseur."""
    if "running" in request.fixturenames:
        return request.getfixturevalue("running")[2]
    return _speak((world, case))[2]
