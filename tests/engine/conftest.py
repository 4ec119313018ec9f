"""The world of the engine's tests."""

from collections.abc import Iterator
from copy import deepcopy

import pytest

from tests.standing import standing
from tests.world import World, make_world


@pytest.fixture(scope="module")
def _world(django_db_setup, django_db_blocker) -> Iterator[World]:
    yield from standing(django_db_blocker, make_world)


@pytest.fixture
def world(_world, db) -> World:
    return deepcopy(_world)
