"""The world of the engine's tests."""

import pytest

from tests.world import World, make_world


@pytest.fixture
def world(db) -> World:
    return make_world()
