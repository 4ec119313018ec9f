"""A case with a household that everybody tries to write about."""

from collections.abc import Callable, Iterator

import pytest

from casework.cases.household import add_person
from casework.cases.models import Case
from tests.standing import standing
from tests.world import AT, DAY, World, make_world, opened


@pytest.fixture(scope="module")
def _made(
    django_db_setup, django_db_blocker
) -> Iterator[Callable[[], tuple[World, Case]]]:
    yield from standing(django_db_blocker, _with_a_case)


@pytest.fixture
def made(_made, db) -> tuple[World, Case]:
    return _made()


@pytest.fixture
def world(made) -> World:
    return made[0]


@pytest.fixture
def case(made) -> Case:
    return made[1]


def _with_a_case() -> tuple[World, Case]:
    world = make_world()
    case = opened(world)
    for name, address, phone in (
        ("Jansje Kwikstaart", "Ooievaarsteeg 7, 9471 KB", "06-12345678"),
        ("Kees Buurman", "", "050 123 45 67"),
        ("Björn el Idrissi", "Prins Bernhardstraat 12", ""),
        ("Wil van der Bos", "", ""),
    ):
        add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            name=name,
            role="family",
            address=address,
            phone=phone,
            informed_on=DAY,
        )
    return world, case
