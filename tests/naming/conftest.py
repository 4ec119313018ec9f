"""A case with a household that everybody tries to write about."""

from datetime import date

import pytest

from casework.cases.household import add_person
from casework.cases.models import Case
from tests.standing import begins_with
from tests.world import AT, DAY, World, make_world, opened


def _with_a_case() -> tuple[World, Case]:
    world = make_world()
    case = opened(
        world,
        referrer_name="Buurvrouw Sjaan Bakkema, Zuiderveen",
        referrer_phone="0513 654321",
    )
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
            birth_on=date(2015, 3, 7) if name == "Jansje Kwikstaart" else None,
        )
    return world, case


_begun = begins_with(_with_a_case)


@pytest.fixture
def world(begun) -> World:
    return begun[0]
