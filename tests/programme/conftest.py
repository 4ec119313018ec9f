"""The programme of Tynaarlo in the invented municipality, and who looks at it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from casework.people.models import Desk, User
from casework.work.models import WorkItem
from programme.importing import TYNAARLO, import_programme
from programme.models import Activity, PolicySignal, Programme
from programme.transitions import assign_owner, receive_signal
from tests.standing import standing
from tests.world import AT

PEOPLE = (
    "procesregisseur",
    "casusregisseur",
    "officer",
    "manager",
    "burgemeester",
    "aov",
    "beleidsmedewerker",
    "privacy_officer",
    "fg",
    "beheerder",
)


@pytest.fixture(autouse=True)
def _the_day_of_the_story() -> Iterator[None]:
    """Let pages, which read the clock, look on the day on which things were made."""
    with time_machine.travel(AT + timedelta(hours=1)):
        yield


@pytest.fixture(scope="module")
def _programme(_world, django_db_blocker) -> Iterator[Callable[[], Programme]]:
    yield from standing(
        django_db_blocker, lambda: import_programme(TYNAARLO, by=_world().aov, at=AT)
    )


@pytest.fixture
def programme(_programme, world) -> Programme:
    return _programme()


@pytest.fixture
def bibob(programme) -> Activity:
    """The activity of the story: it waits for the proposal "Extra capaciteit"."""
    return Activity.objects.get(programme=programme, code="OND-02")


@pytest.fixture
def owned(world, bibob):
    return assign_owner(bibob, owner=world.manager, by=world.aov, at=AT)


@pytest.fixture
def policy_desk(world) -> Desk:
    return Desk.objects.get(kind=Desk.Kind.POLICY)


@pytest.fixture
def signal(world, programme, policy_desk) -> PolicySignal:
    return receive_signal(
        theme="no_place",
        text="Er is te weinig plek voor begeleid wonen.",
        period="komt vaker voor, mei tot november",
        desk=policy_desk,
        activity=Activity.objects.get(programme=programme, code="ZV-02"),
        asked_by=world.procesregisseur,
        at=AT,
    )


@pytest.fixture
def browser(as_user: Callable[[User], Client]) -> Callable[[User], Client]:
    return as_user


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def work(about: str, kind: str | None = None):
    """Give the work about one thing."""
    rows = WorkItem.objects.system_scope("test").filter(about=about)
    return rows.filter(kind=kind) if kind else rows
