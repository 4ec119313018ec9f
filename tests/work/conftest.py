"""People, a desk and a moment for the tests of work and time."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from casework.people.models import Absence, Desk, Organisation, Role, User
from casework.people.transitions import join_desk, open_desk
from casework.work import items, ladder
from casework.work.days import at_local
from casework.work.due import Due
from casework.work.mail import Outgoing, ServerGone, StoreTransport
from casework.work.models import Delivery, Notice, WorkItem
from tests.work.sink import sinking

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


class Away(StoreTransport):
    """A mail server that does not answer."""

    def offer(self, mail: Outgoing) -> None:
        raise ServerGone


def moment(text: str) -> datetime:
    """Read "2026-11-23 10:00" as the clock on the wall says it."""
    naive = datetime.fromisoformat(text)
    return at_local(naive.date(), naive.time())


@pytest.fixture
def now() -> datetime:
    return moment("2026-11-23 10:00")


@pytest.fixture
def municipality(db: None) -> Organisation:
    return Organisation.objects.create(
        name="Gemeente Zuiderveen", short_name="Zuiderveen", kind="gemeente"
    )


@pytest.fixture
def person(municipality: Organisation) -> Callable[..., User]:
    def make(name: str, **facts: Any) -> User:
        return User.objects.create(
            email=f"{name.lower().replace(' ', '.')}@zuiderveen.example",
            name=name,
            organisation=municipality,
            **facts,
        )

    return make


@pytest.fixture
def regisseur(person) -> User:
    return person("Fatima El Amrani")


@pytest.fixture
def deputy(person, member_of, municipality) -> User:
    """Somebody of a desk of his own: who has none stands in for nobody."""
    aov = open_desk(municipality, name="Veiligheid", kind=Desk.Kind.AOV)
    return member_of(person("Bram Hoekstra"), aov)


@pytest.fixture
def manager(person, deputy) -> User:
    return person("Marloes de Wit", deputy=deputy)


@pytest.fixture
def beheer(municipality, person) -> Desk:
    desk = open_desk(municipality, name="Functioneel beheer", kind=Desk.Kind.BEHEER)
    keeper = person("Carla Beheer")
    join_desk(keeper, desk, role=Role.BEHEERDER, on=date(2026, 1, 1))
    return desk


@pytest.fixture
def desk(municipality) -> Desk:
    return open_desk(municipality, name="Wonen", kind=Desk.Kind.PARTNER)


@pytest.fixture
def member_of() -> Callable[..., User]:
    def join(user: User, desk: Desk, *, is_lead: bool = False) -> User:
        join_desk(
            user, desk, role=Role.KETENPARTNER, on=date(2026, 1, 1), is_lead=is_lead
        )
        return user

    return join


@pytest.fixture
def absent() -> Callable[..., Absence]:
    def begin(user: User, deputy: User, *, since: datetime, until=None) -> Absence:
        return Absence.objects.create(
            user=user,
            deputy=deputy,
            starts_at=since,
            ends_at=until,
            started_by=user,
            reason="Vakantie",
        )

    return begin


@pytest.fixture
def opened(regisseur, now) -> Callable[..., WorkItem]:
    """Open work as a transition does: by the regisseur, who asked for it."""
    counter = iter(range(1, 100_000))

    def open_it(owner: User | Desk, *, due: date | datetime, **facts: Any) -> WorkItem:
        number = next(counter)
        facts.setdefault("by", regisseur)
        facts.setdefault("asked_by", regisseur)
        facts.setdefault("at", now)
        facts.setdefault("about", f"escalation:{number}")
        facts.setdefault("reference", "AVE-2026-0412")
        kind = facts.pop("kind", "triage")
        return items.open_item(
            kind,
            title=facts.pop("title", "Beantwoord de vraag over knelpunt 1"),
            link="/besluiten/1/",
            owner=owner,
            due=Due.moment(due) if isinstance(due, datetime) else Due.day(due),
            **facts,
        )

    return open_it


@pytest.fixture
def sink():
    with sinking() as sink:
        yield sink


@pytest.fixture
def planned(opened, manager, now):
    """One mail that goes at once: a question to a manager."""
    item = opened(
        manager, due=FRIDAY, kind="escalation.review", reference="AVE-2026-0412"
    )
    ladder.plan_due(at=now, call=no_call)
    return Delivery.objects.get(item=item)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def no_call(item, step, at):
    raise AssertionError("no rung of this ladder calls anything")


def plan(text: str | datetime, call=no_call) -> int:
    at = moment(text) if isinstance(text, str) else text
    return ladder.plan_due(at=at, call=call)


def said_to(user) -> list[str]:
    rows = Notice.objects.filter(user=user).order_by("at", "pk")
    return [row.step.partition(":owner")[0] for row in rows]


def failed_items() -> list[str]:
    rows = WorkItem.objects.system_scope("test").open().filter(kind__startswith="mail")
    return list(rows.values_list("kind", flat=True))
