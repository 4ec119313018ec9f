"""The staircase stands on every page about one bottleneck, for who may see it."""

from __future__ import annotations

import re

import pytest

from ave.escalation.asks import ask_to_tell
from ave.escalation.flow import answer
from ave.escalation.transitions import take_back
from ave.escalation.voices import ask_voice
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from casework.cases.confirmations import Given
from casework.cases.models import Bottleneck
from casework.levels import Level
from tests.pages.conftest import shows_nobody
from tests.world import AT, DAY, bottleneck_of

STAIRS = re.compile(r'<div class="staircase">.*?</div>', re.S)
ASKED = "gevraagd, antwoord uiterlijk ma 30 november"


@pytest.fixture
def world(begun):
    return begun[0]


def stairs_of(page) -> str:
    """Give the words of the staircase on a page, in one line; nothing without it."""
    found = STAIRS.search(page.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_it_stands_where_a_bottleneck_begins_and_ends(world, browser, case):
    """Catches a form about what is stuck that does not say at which level it is."""
    for part in ("knelpunt/nieuw", "knelpunt/1/afronden"):
        page = browser(world.procesregisseur).get(f"/casussen/{case.reference}/{part}/")
        assert "2 Proces procesregisseur stuurt 1 knelpunt hier" in stairs_of(page)


@pytest.mark.usefixtures("running")
class TestStaircase:
    @pytest.mark.parametrize("part", ["", "stil/", "mondeling/", "erbij/"])
    def test_stands_on_the_pages_of_a_request(self, world, browser, escalation, part):
        """Catches a page that asks about a level and does not show where it stands."""
        ask_to_tell(escalation, at=AT)

        page = browser(world.procesregisseur).get(f"/besluiten/{escalation.pk}/{part}")

        assert ASKED in stairs_of(page)

    def test_shows_one_bottleneck_to_who_is_asked_beside(
        self, world, browser, case, escalation
    ):
        """Catches a colleague who sees what else is stuck in a case."""
        raise_bottleneck(
            case,
            by=world.procesregisseur,
            at=AT,
            level=Level.PROCES,
            kinds=["substance"],
            description="Er is geen plek.",
            tried="Vier aanbieders gebeld.",
            theme="no_place",
            since=DAY,
        )
        by, user = world.procesregisseur, world.other_manager
        ask_voice(escalation, by=by, at=AT, kind="advice", user=user)

        page = browser(user).get(f"/besluiten/{escalation.pk}/advies/")

        assert "1 knelpunt hier" in stairs_of(page)
        assert ASKED in stairs_of(page)
        assert shows_nobody(page)

    def test_stands_on_klopt_dit_for_who_still_reads_it(
        self, world, browser, escalation
    ):
        """Catches a decision to confirm without where it took the bottleneck."""
        given = Given(channel="telephone", at=AT, by=world.manager)
        said = {"answer": "pick_up", "text": "", "given": given}
        answer(escalation, by=world.procesregisseur, at=AT, **said)
        row = escalation.answers.get()

        page = browser(world.manager).get(f"/klopt-dit/{row.key}/")

        assert "3 Management" in stairs_of(page)
        assert "knelpunt 1 opgepakt" in stairs_of(page)

    def test_holds_nothing_of_a_bottleneck_that_is_over(
        self, world, browser, case, escalation
    ):
        """Catches "1 knelpunt hier" of what was solved."""
        answer(escalation, by=world.manager, at=AT, answer="decide", text="De ggz.")
        by = world.procesregisseur
        take_back(bottleneck_of(case), by=by, at=AT)
        end_bottleneck(
            bottleneck_of(case),
            by=by,
            at=AT,
            state=Bottleneck.State.SOLVED,
            reason="Het loopt.",
        )

        page = browser(by).get(f"/besluiten/{escalation.pk}/")

        assert stairs_of(page)
        assert "knelpunt hier" not in stairs_of(page)
