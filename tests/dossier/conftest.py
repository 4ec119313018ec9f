"""One case with a household, and the people around it."""

from collections.abc import Iterator
from copy import deepcopy

import pytest

from casework.cases.household import add_person
from casework.cases.models import Case, Person
from tests.standing import standing
from tests.world import AT, CANARIES, DAY, World, make_world, opened

Begun = tuple[World, Case]


def _begin() -> Begun:
    world = make_world()
    return world, opened(world)


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
