"""Whom to call about spoed now, and after how many hours the next one hears of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.people.models import Desk
from casework.people.transitions import open_desk
from casework.policy import policy
from casework.work import calling, ladder
from casework.work.days import working_days
from tests.work.conftest import MONDAY, moment

pytestmark = pytest.mark.django_db

FRIDAY = moment("2026-11-27 16:55")
DUE = moment("2026-11-28 16:55")


@pytest.fixture
def chains(db):
    def ask(user, *, at):
        return calling.chains_for(user, at=at, days=working_days(policy.at(MONDAY)))

    return ask


@pytest.fixture
def spoed(opened, manager):
    return opened(
        manager,
        due=DUE,
        kind="escalation.review",
        level=3,
        urgent=True,
        at=FRIDAY,
    )


@pytest.fixture
def bestuur(municipality) -> Desk:
    return open_desk(
        municipality,
        name="Wethouder zorg",
        kind=Desk.Kind.BESTUUR,
        phone="010 123 40 06",
    )


class TestOnCall:
    def test_gives_piket_with_a_telephone_only(self, municipality):
        """Catches a list of desks that nobody can call."""
        kind = Desk.Kind.PIKET
        open_desk(municipality, name="Piket", kind=kind, phone="010 123 40 11")
        open_desk(municipality, name="Zonder telefoon", kind=kind)

        assert [desk.name for desk in calling.on_call()] == ["Piket"]


class TestChainsFor:
    def test_says_who_is_asked_now_and_when_the_next_one_hears(
        self, spoed, manager, bestuur, chains
    ):
        """Catches hours that stand still at night, and a next level nobody can call."""
        (chain,) = chains(manager, at=FRIDAY)

        assert [reach.name for reach in chain.now] == ["Marloes de Wit"]
        said = {each.says: each for each in chain.later}
        deputy = said["Dan hoort de vervanger het ook."]
        assert deputy.within == "over 24 uur"
        assert deputy.at == "zaterdag 28 november 2026, 16.55 uur"
        assert [reach.name for reach in deputy.reach] == ["Bram Hoekstra"]
        above = said["Dan hoort bestuurlijk het."]
        assert above.within == "over 24 uur"
        assert [(reach.name, reach.phone) for reach in above.reach] == [
            ("Wethouder zorg", "010 123 40 06")
        ]

    def test_says_how_long_it_still_takes(self, spoed, manager, chains):
        (chain,) = chains(manager, at=moment("2026-11-28 12:50"))

        assert chain.later[0].within == "over 5 minuten"
        assert chain.later[0].says == "Dan komt er een herinnering."

    @pytest.mark.parametrize(
        ("at", "within"),
        [
            ("2026-11-28 12:54:40", "over 1 minuut"),
            ("2026-11-28 12:54", "over 1 minuut"),
            ("2026-11-28 12:53", "over 2 minuten"),
            ("2026-11-28 11:55", "over 1 uur"),
            ("2026-11-28 10:54", "over 2 uur en 1 minuut"),
        ],
    )
    def test_says_it_in_hours_and_minutes(self, spoed, manager, chains, at, within):
        (chain,) = chains(manager, at=moment(at))

        assert chain.later[0].within == within

    def test_names_the_deputy_of_who_is_away(
        self, spoed, manager, deputy, absent, chains
    ):
        """Catches a telephone that rings at somebody's holiday."""
        absent(manager, deputy, since=FRIDAY)

        (chain,) = chains(deputy, at=FRIDAY)

        (reach,) = chain.now
        assert reach.name == "Bram Hoekstra"
        assert reach.note == "neemt waar voor Marloes de Wit"

    def test_gives_the_telephone_of_a_desk(
        self, opened, regisseur, municipality, chains
    ):
        piket = open_desk(
            municipality, name="Piket", kind=Desk.Kind.PIKET, phone="010 123 40 11"
        )
        opened(piket, due=DUE, urgent=True, at=FRIDAY)

        (chain,) = chains(regisseur, at=FRIDAY)

        assert [(each.name, each.phone) for each in chain.now] == [
            ("Piket", "010 123 40 11")
        ]

    def test_says_who_hears_that_a_desk_is_silent(
        self, opened, regisseur, municipality, chains
    ):
        """Catches a deputy of a desk, which has none."""
        piket = open_desk(municipality, name="Piket", kind=Desk.Kind.PIKET)
        opened(piket, due=DUE, urgent=True, at=FRIDAY)

        (chain,) = chains(regisseur, at=FRIDAY)

        said = [each.says for each in chain.later]
        assert "Dan horen de aanspreekpunten van het bureau het ook." in said
        assert "Dan hoort de vervanger het ook." not in said

    @pytest.mark.parametrize("leads", [True, False])
    def test_says_who_hears_it_of_somebody_without_a_deputy(
        self, spoed, manager, person, regisseur, chains, leads
    ):
        """Catches a deputy who does not exist, with nobody to call."""
        manager.deputy = None
        manager.team_lead = person("Leidt Het Team") if leads else None
        manager.save()

        (chain,) = chains(regisseur, at=FRIDAY)

        named = {
            each.says: [reach.name for reach in each.reach] for each in chain.later
        }
        assert "Dan hoort de vervanger het ook." not in named
        if leads:
            assert named["Dan hoort de leidinggevende het ook."] == ["Leidt Het Team"]
        else:
            assert named["Dan hoort de beheerder dat er niemand is."] == []

    def test_says_nothing_of_what_already_happened(
        self, spoed, manager, regisseur, bestuur, chains
    ):
        """Catches a step that is announced and was there already."""
        calls = []
        ladder.plan_due(at=DUE, call=lambda item, step, at: calls.append(step))
        (chain,) = chains(regisseur, at=DUE)

        assert calls
        assert {each.says for each in chain.later} == {"Dan komt er een herinnering."}
        assert [reach.name for reach in chain.now] == [
            "Marloes de Wit",
            "Bram Hoekstra",
        ]

    def test_shows_nobody_the_spoed_of_others(self, spoed, person, chains):
        assert chains(person("Iemand Anders"), at=FRIDAY) == []

    def test_costs_the_same_for_much_spoed(self, opened, manager, chains):
        """Catches a query for each person."""
        for _ in range(10):
            opened(manager, due=DUE, urgent=True, at=FRIDAY)

        with CaptureQueriesContext(connection) as captured:
            assert len(chains(manager, at=FRIDAY)) == 10

        assert len(captured) <= 6
