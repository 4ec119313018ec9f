"""The world of the pages, and somebody who is logged in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from casework.people.models import User
from tests.world import AT, World, make_world


class Browser(Client):
    """A client of one person, whose forms carry a submit id."""

    def send(self, path: str, data: dict[str, Any] | None = None, **extra: Any):
        """Send a form as a page of ours does."""
        return self.post(path, {"submit_id": uuid.uuid4(), **(data or {})}, **extra)


@pytest.fixture
def world(db) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _monday():
    """Let it be Monday 23 November 2026, ten in the morning."""
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def browser(world: World) -> Callable[[User], Browser]:
    def of(user: User) -> Browser:
        client = Browser()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return of
