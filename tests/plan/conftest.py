"""A case with a casusregisseur, and ways to ask something of a desk."""

from __future__ import annotations

from collections.abc import Callable
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
from tests.world import AT, DAY, FIRST_DAY, World, opened, with_canaries

Offered = Callable[..., Task]


@pytest.fixture
def case(world: World) -> Case:
    case = with_canaries(world, opened(world))
    case.casusregisseur = world.casusregisseur
    case.save(update_fields=["casusregisseur"])
    joined = join_case(
        case, Participation.Role.CASUSREGISSEUR, at=AT, user=world.casusregisseur
    )
    grants.follow([case.pk], at=AT)
    record(case, "case.staffed", by=None, at=AT, changed=[case, *joined])
    return case


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
