"""What stands out in the log: each pattern is found, and what is usual is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from ave.escalation.flow import answer
from ave.escalation.transitions import take_back
from casework.audit.log import Origin, origin, write
from casework.audit.models import AuditEntry
from casework.cases.household import add_person
from casework.cases.remarkable import PATTERNS, month_of, remarkable
from tests.world import AT, DAY, asked, opened

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _on_screen():
    token = origin.set(Origin(channel="web"))
    yield
    origin.reset(token)


@pytest.fixture
def world(begun):
    return begun[0]


def found(name: str, day=DAY) -> list[tuple[str, int]]:
    of = dict(zip(PATTERNS, remarkable(day), strict=True))
    return [(line.who, line.number) for line in of[name].lines]


def read(by, case, *, at=AT + HOUR, **facts):
    return write("case.read", by=by, at=at, case=case.pk, **facts)


class TestRemarkable:
    def test_reading_without_work(self, world, case):
        asked(world, case)
        read(world.procesregisseur, case)
        read(world.manager, case)
        for _ in range(2):
            read(world.wethouder, case)

        assert found("without_work") == [(world.wethouder.name, 2)]

    def test_many_cases_in_an_hour(self, world):
        for number in range(10):
            write(
                "case.read", by=world.manager, at=AT + number * HOUR / 12, case=number
            )
            write("case.read", by=world.wethouder, at=AT + number * HOUR, case=number)

        assert found("many_cases") == [(world.manager.name, 10)]

    def test_the_same_family_name(self, world, case):
        surname = world.manager.name.split()[-1]
        add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            role="main",
            name=f"Truus de {surname.upper()}",
            from_on=DAY,
            informed_on=DAY,
        )
        read(world.manager, case)
        read(world.wethouder, case)

        assert found("own_name") == [(world.manager.name, 1)]

    @pytest.mark.parametrize(
        ("clock", "stands_out"),
        [(20, False), (21, True), (23, True), (4, True), (5, False)],
    )
    def test_at_night_on_the_clocks_of_the_town(self, world, case, clock, stands_out):
        """In winter it is an hour later here than in UTC."""
        read(world.manager, case, at=datetime(2026, 11, 24, clock, 0, tzinfo=UTC))

        assert bool(found("at_night")) is stands_out

    def test_after_the_end_of_a_place(self, world, case):
        request = asked(world, case)
        read(world.manager, case)
        answer(request, by=world.manager, at=AT + HOUR, answer="decide", text="De ggz.")
        request.bottleneck.refresh_from_db()
        take_back(request.bottleneck, by=world.procesregisseur, at=AT + 2 * HOUR)
        assert found("after_end") == []
        read(world.procesregisseur, case, at=AT + 3 * HOUR)
        write(
            "page.refused",
            by=world.manager,
            at=AT + 3 * HOUR,
            case=case.pk,
            granted=False,
        )

        assert found("after_end") == [(world.manager.name, 1)]

    def test_searches_that_find_nothing(self, world):
        for number in range(5):
            moment = AT + number * timedelta(minutes=1)
            write("search.done", by=world.manager, at=moment, about="found:0")
            write("search.done", by=world.wethouder, at=moment, about="found:3")
            write(
                "search.done",
                by=world.aov,
                at=AT - number * timedelta(days=1),
                about="found:0",
            )

        assert found("empty_searches") == [(world.manager.name, 5)]

    def test_many_refusals(self, world):
        for number in range(5):
            write("page.refused", by=world.manager, at=AT, granted=False)
            if number:
                write("page.refused", by=world.wethouder, at=AT, granted=False)

        assert found("refusals") == [(world.manager.name, 5)]

    def test_roles_that_see_much(self, world):
        """Catches a beheerder who makes himself FG, of which nobody hears."""
        for user, role in (
            (world.beheerder, "fg"),
            (world.other_manager, "procesregisseur"),
            (world.other_manager, "beheerder"),
            (world.officer, "ketenpartner"),
        ):
            about = f"user:{user.pk}"
            write("desk.joined", by=None, at=AT + HOUR, about=about, role=role)
        write(
            "desk.left",
            by=None,
            at=AT + HOUR,
            about=f"user:{world.fg.pk}",
            role="fg",
        )

        assert found("roles") == [
            (world.other_manager.name, 2),
            (world.beheerder.name, 1),
        ]

    def test_every_emergency(self, world, case):
        read(world.manager, case, break_glass=True)

        assert found("emergency") == [(world.manager.name, 1)]

    def test_another_month_says_nothing(self, world, case):
        read(world.wethouder, case)

        assert found("without_work", DAY.replace(month=10)) == []
        assert found("without_work", DAY.replace(month=12)) == []

    def test_a_month_ends_where_the_next_begins(self):
        assert month_of(DAY)[1] == month_of(DAY.replace(month=12))[0]
        assert month_of(DAY.replace(month=12))[1].year == 2027

    def test_costs_the_same_however_much_stands_out(
        self, world, case, django_assert_num_queries
    ):
        """Catches a query a line, and a page without an end."""
        with django_assert_num_queries(len(PATTERNS)):
            remarkable(DAY)
        cases = [case, opened(world), opened(world)]
        for number in range(60):
            for each in cases:
                read(
                    world.wethouder,
                    each,
                    at=AT + number * HOUR,
                )
            write("case.read", by=world.wethouder, at=AT, case=10_000 + number)
        with django_assert_num_queries(len(PATTERNS) + 2):
            shown = remarkable(DAY)

        assert shown[0].is_cut
        assert len(shown[0].lines) == 50


class TestPage:
    @pytest.mark.parametrize("who", ["fg", "privacy_officer"])
    def test_shows_each_pattern_and_is_in_the_log(self, world, case, who):
        read(world.wethouder, case)
        client = Client()
        with time_machine.travel(AT + 2 * HOUR, tick=False):
            client.force_login(getattr(world, who), BACKEND)
            response = client.get("/logboek/opvallend/")

        assert response.status_code == 200
        for pattern in PATTERNS.values():
            assert pattern.title in response.content.decode().replace("&#x27;", "'")
        assert world.wethouder.name in response.content.decode()
        row = AuditEntry.objects.order_by("-pk").first()
        assert (row.verb, row.about) == ("log.read", "remarkable")

    @pytest.mark.parametrize(
        "month", ["2026-13", "2026-12", "0001-01", "9999-12", "x", "\x00", ""]
    )
    def test_names_a_month_that_is_wrong(self, world, month):
        client = Client()
        with time_machine.travel(AT, tick=False):
            client.force_login(world.fg, BACKEND)
            response = client.get("/logboek/opvallend/", {"maand": month})

        assert response.status_code == 422
