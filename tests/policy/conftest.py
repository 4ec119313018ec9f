"""Who decides on the terms of a municipality, and from which day."""

from datetime import UTC, date, datetime

import pytest

from casework.access.deciding import decide_policy
from casework.people.models import Desk, Organisation, Role, User
from casework.people.transitions import join_desk, open_desk

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
NOVEMBER, DECEMBER, JANUARY = (
    date(2026, 11, 1),
    date(2026, 12, 1),
    date(2027, 1, 1),
)
DECISION = "term:escalation_decision:3"


@pytest.fixture
def keeper():
    return make_person(Role.BEHEERDER, Desk.Kind.BEHEER)


def make_person(role: Role, kind: Desk.Kind) -> User:
    town, _ = Organisation.objects.get_or_create(
        name="Gemeente Zuiderveen", short_name="Gemeente", kind="gemeente"
    )
    desk = open_desk(town, name=str(role), kind=kind)
    user = User.objects.create_user(
        f"{role}@zuiderveen.example", name="Carla", organisation=town
    )
    join_desk(user, desk, role=role, on=NOVEMBER)
    return user


@pytest.fixture
def decide(keeper):
    def decide_it(key=DECISION, *, number=8, valid_from=DECEMBER, **facts):
        facts.setdefault("value", {"number": number, "unit": "wd"})
        facts.setdefault("source", "Collegebesluit 12")
        facts.setdefault("by", keeper)
        return decide_policy(
            key,
            valid_from=valid_from,
            at=AT,
            **facts,
        )

    return decide_it
