"""One case with a household, and the people around it."""

import pytest

from casework.cases.household import add_person
from casework.cases.models import Case, Person
from tests.world import AT, CANARIES, DAY, opened


@pytest.fixture
def case(world) -> Case:
    return opened(world)


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
