"""A case with secrets in it, and the programme beside it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from casework.cases.models import Bottleneck, Case
from casework.people.models import Desk, User
from programme.importing import TYNAARLO, import_programme
from programme.models import Activity, Programme
from tests.standing import begins_with
from tests.world import (
    AT,
    World,
    bottleneck_of,
    make_world,
    opened,
    with_canaries,
)


@pytest.fixture(autouse=True)
def _the_day_of_the_story() -> Iterator[None]:
    """Let pages, which read the clock, look on the day on which things were made."""
    with time_machine.travel(AT + timedelta(hours=1)):
        yield


Begun = tuple[World, Programme, Case]


def _begin() -> Begun:
    world = make_world()
    programme = import_programme(TYNAARLO, by=world.aov, at=AT)
    return world, programme, with_canaries(world, opened(world))


_begun = begins_with(_begin)


@pytest.fixture
def world(begun) -> World:
    return begun[0]


@pytest.fixture
def programme(begun) -> Programme:
    return begun[1]


@pytest.fixture
def case(begun) -> Case:
    return begun[2]


@pytest.fixture
def bottleneck(case) -> Bottleneck:
    return bottleneck_of(case)


@pytest.fixture
def policy_desk(world) -> Desk:
    return Desk.objects.get(kind=Desk.Kind.POLICY)


@pytest.fixture
def facts(programme, policy_desk) -> dict[str, Any]:
    """What a procesregisseur fills in, without anything of a case."""
    return {
        "theme": "no_place",
        "text": "Er is te weinig plek voor begeleid wonen.",
        "desk": policy_desk,
        "activity": Activity.objects.get(programme=programme, code="ZV-02"),
    }


@pytest.fixture
def browser(as_user: Callable[[User], Client]) -> Callable[[User], Client]:
    return as_user
