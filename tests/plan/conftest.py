"""A case with a casusregisseur, and ways to ask something of a desk."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from casework.cases import grants
from casework.cases.journal import record
from casework.cases.models import Case, Note, Participation
from casework.cases.participations import join_case
from casework.people.models import Role, User
from casework.people.transitions import join_desk
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from casework.work import items
from tests.standing import begins_with
from tests.world import AT, DAY, FIRST_DAY, World, make_world, opened, with_canaries

LATER = AT + timedelta(days=1)
QUESTION = "Kan mevrouw Kwikstaart thuis blijven wonen?"
SECRET = "DIAGNOSE-CANARY: opname is nodig."

Begun = tuple[World, Case]
Offered = Callable[..., Task]


def _begin() -> Begun:
    world = make_world()
    case = with_canaries(world, opened(world))
    case.casusregisseur = world.casusregisseur
    case.save(update_fields=["casusregisseur"])
    joined = join_case(
        case, Participation.Role.CASUSREGISSEUR, at=AT, user=world.casusregisseur
    )
    grants.follow([case.pk], at=AT)
    record(
        case,
        "casusregisseur.appointed",
        by=world.procesregisseur,
        at=AT,
        changed=[case, *joined],
        user=world.casusregisseur.pk,
    )
    return world, case


_begun = begins_with(_begin)


@pytest.fixture
def world(begun) -> World:
    return begun[0]


@pytest.fixture
def offered(world: World, case: Case) -> Offered:
    """Ask a desk something; facts say otherwise."""

    def offer(**facts) -> Task:
        asked = {
            "kind": "advice_housing",
            "question": QUESTION,
            "desk": world.health_desk,
            "due_on": DAY + timedelta(days=14),
            **facts,
        }
        by = asked.pop("by", world.procesregisseur)
        at = asked.pop("at", AT)
        return offer_task(case, Ask(**asked), by=by, at=at)

    return offer


@pytest.fixture
def with_note(world: World, case: Case, offered: Offered) -> Task:
    """A visit that is asked of the police, with a note from the dossier."""
    note = Note.objects.create(
        case=case, text="De voordeur is kapot.", mark="fact", by=world.fg, at=AT
    )
    return offered(kind="visit", desk=world.police_desk, package="chosen", notes=[note])


@pytest.fixture
def agent(world: World):
    """Somebody of the ggz, added here: the world has none."""
    return make_agent(world, "Dr A Smit")


def make_agent(world: World, name: str):
    user = User.objects.create_user(
        f"{name.lower().replace(' ', '.')}@ggz.example",
        name=name,
        organisation=world.health,
    )
    join_desk(user, world.health_desk, role=Role.KETENPARTNER, on=FIRST_DAY)
    return user


def open_kinds(case) -> dict[str, int]:
    """What is open for a case and came from a task, by kind."""
    found: dict[str, int] = {}
    for item in items.open_for_case(case.pk):
        if not item.kind.startswith(("case.", "triage.")):
            found[item.kind] = found.get(item.kind, 0) + 1
    return found


@pytest.fixture
def _now():
    """Let pages, which read the clock, look at the moment that all this happened."""
    with time_machine.travel(AT, tick=False):
        yield


def page_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def send(client: Client, url: str, action: str, **data):
    return client.post(url, {"action": action, "submit_id": str(uuid.uuid4()), **data})
