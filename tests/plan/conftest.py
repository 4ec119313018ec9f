"""A case with a casusregisseur, and ways to ask something of a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta

import pytest

from casework.cases import grants
from casework.cases.journal import record
from casework.cases.models import Case, Participation
from casework.cases.participations import join_case
from casework.people.models import Role, User
from casework.people.transitions import join_desk
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from tests.standing import standing
from tests.world import AT, DAY, FIRST_DAY, World, make_world, opened, with_canaries

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
    record(case, "case.staffed", by=None, at=AT, changed=[case, *joined])
    return world, case


@pytest.fixture(scope="module")
def _begun(django_db_setup, django_db_blocker) -> Iterator[Begun]:
    yield from standing(django_db_blocker, _begin)


@pytest.fixture
def begun(_begun, db) -> Begun:
    return deepcopy(_begun)


@pytest.fixture
def world(begun) -> World:
    return begun[0]


@pytest.fixture
def case(begun) -> Case:
    return begun[1]


@pytest.fixture
def offered(world: World, case: Case) -> Offered:
    """Ask a desk something; facts say otherwise."""

    def offer(**facts) -> Task:
        asked = {
            "kind": "advice_housing",
            "question": "Kan mevrouw Kwikstaart thuis blijven wonen?",
            "desk": world.health_desk,
            "due_on": DAY + timedelta(days=14),
            **facts,
        }
        by = asked.pop("by", world.procesregisseur)
        at = asked.pop("at", AT)
        return offer_task(case, Ask(**asked), by=by, at=at)

    return offer


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
