"""Whether the simulation sees what it is there to see."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from casework.people.models import Absence, User
from casework.work import items
from casework.work.models import Heartbeat, WorkItem
from tests.simulation import sound
from tests.simulation.faults import MailServer
from tests.simulation.scene import Scene
from tests.simulation.town import make_town
from tests.world import AT, asked, opened
from workers import auditor

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

LATER = AT + timedelta(hours=1)


@pytest.fixture
def scene() -> Scene:
    return Scene(make_town(), random.Random(1), LATER, most_cases=1)


def look(scene: Scene) -> None:
    server = MailServer(scene.chance, meanwhile=lambda: None)
    Heartbeat.objects.get_or_create(name=auditor.FOUND, defaults={"at": LATER})
    sound.check(scene, server, looked=True)


def let_stand_still(request) -> None:
    waiting = items.open_about(request.key)
    waiting.update(next_step_at=AT)


def move_the_case(request) -> None:
    request.case.level = 1
    request.case.save(update_fields=["level"])


def forget_the_work(request) -> None:
    waiting = items.open_about(request.key)
    waiting.update(
        state="done", closed_at=AT, closed_by=request.asker, next_step_at=None
    )


def send_all_away(request) -> None:
    for user in User.objects.exclude(pk=request.asker_id):
        Absence.objects.create(
            user=user,
            deputy=request.asker,
            starts_at=AT,
            started_by=user,
            reason="Weg",
        )
    Absence.objects.create(
        user=request.asker,
        deputy=request.answerer,
        starts_at=AT,
        started_by=request.asker,
        reason="Weg",
    )


def wake_it(request) -> None:
    WorkItem.objects.system_scope("test").filter(about=request.key).update(
        paused_until=LATER.date() + timedelta(days=2), paused_for="first"
    )


def find_something(request) -> None:
    Heartbeat.objects.create(
        name=auditor.FOUND, at=LATER, detail={"work_lost": 1, "mail_failing": 2}
    )


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (let_stand_still, "stands still"),
        (move_the_case, "a case stands at the level"),
        (forget_the_work, "a running request has one open work item"),
        (send_all_away, "nobody is there"),
        (find_something, "work_lost (1)"),
        (wake_it, "does not rest until"),
    ],
)
def test_sees_what_is_wrong(scene, happens, said) -> None:
    """Catches a simulation that stays green whatever is broken."""
    world = scene.town.world
    request = asked(world, opened(world))
    WorkItem.objects.system_scope("test").open().update(next_step_at=LATER)
    look(scene)
    Heartbeat.objects.all().delete()
    happens(request)

    with pytest.raises(AssertionError, match=re.escape(said)):
        look(scene)
