"""A request that runs, and who may be asked for a word beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ave.escalation.models import Escalation, Voice
from ave.escalation.voices import ask_voice
from casework.cases.models import Case, Participation
from casework.cases.parties import invite_party
from casework.levels import Level
from casework.people.models import Desk, Role, User
from casework.people.transitions import join_desk, open_desk
from casework.work import items
from tests.standing import begins_with
from tests.world import AT, FIRST_DAY, World, asked, make_world, opened


@dataclass
class Stage:
    """A request that runs, about a case with a party that has a manager."""

    world: World
    case: Case
    request: Escalation


def make_stage() -> Stage:
    world = make_world()
    desk = open_desk(world.health, name="Directie", kind=Desk.Kind.PARTNER)
    director = User.objects.create_user(
        "directeur@ggz.example", name="Els Drent", organisation=world.health
    )
    join_desk(director, desk, role=Role.MANAGER, on=FIRST_DAY)
    world.director = director
    case = opened_with_a_party(world)
    return Stage(world, case, asked(world, case))


def opened_with_a_party(world: World) -> Case:
    case = opened(world)
    invite_party(
        case,
        by=world.procesregisseur,
        at=AT,
        organisation=world.health,
        scope="Behandeling",
        ground="avg-6-1-e",
    )
    return case


_stage = begins_with(make_stage)


@pytest.fixture
def stage(_stage, db) -> Stage:
    return _stage()


@pytest.fixture
def world(stage) -> World:
    return stage.world


@pytest.fixture
def case(stage) -> Case:
    return stage.case


@pytest.fixture
def request_(stage) -> Escalation:
    return stage.request


@pytest.fixture
def at_the_top(world) -> Escalation:
    return asked(
        world,
        opened_with_a_party(world),
        urgent=True,
        to_level=Level.BESTUURLIJK,
        jump_reason="Het kan niet wachten.",
    )


def adviser(world, request: Escalation, **facts) -> Voice:
    return ask_voice(
        request,
        **{
            "by": world.procesregisseur,
            "at": AT,
            "kind": "advice",
            "user": world.other_manager,
            **facts,
        },
    )


def waits(voice: Voice) -> bool:
    return items.open_about(voice.key, kind="escalation.voice").count() == 1


def places(request: Escalation, user: User) -> int:
    rows = Participation.objects.system_scope("test").running(AT)
    return rows.filter(user=user, about=request.key).count()
