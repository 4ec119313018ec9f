"""What another goes on with: who that is, and whether it arrived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.triage.transitions import confirm_arrival
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.lifecycle import reopen_case
from casework.cases.models import Bottleneck
from casework.work import items
from tests.pages.conftest import text_of
from tests.replay import replays
from tests.world import AT, DAY, bottleneck_of, opened, referred
from workers.verify import count_of

CRITERIA = dict.fromkeys(("problems", "safety", "bottleneck", "chain"), "yes")


class TestSentOn:
    """A referral that another goes on with: who, and whether he does."""

    SENT = {
        **CRITERIA,
        "outcome": "safety_house",
        "note": "Te zwaar voor ons alleen.",
        "receiver": "Frontoffice ZVH, 0592 000 000",
        "kind": "jeugd",
    }

    @pytest.fixture
    def case(self, world):
        return referred(world)

    @pytest.fixture
    def path(self, case) -> str:
        return f"/casussen/{case.reference}/beoordelen/"

    @pytest.mark.parametrize("outcome", ["back", "safety_house", "elsewhere"])
    def test_says_to_whom(self, world, case, path, browser, outcome):
        """Catches a case that goes to a place nobody wrote down."""
        form = {**self.SENT, "outcome": outcome, "receiver": " "}

        page = browser(world.procesregisseur).send(path, form)

        assert page.status_code == 422
        assert "Schrijf op wie het overneemt" in text_of(page)

    def test_asks_later_whether_it_arrived(self, world, case, path, browser):
        """Catches a household of whom everybody thinks that the other helps it."""
        me, colleague = (
            browser(each)
            for each in (world.procesregisseur, world.other_procesregisseur)
        )
        me.send(path, self.SENT)
        me.send(f"{path}verteld/")
        case.refresh_from_db()
        assert case.status == "elsewhere"
        assert count_of("a closed case has no open work", at=AT) == 0

        assert "Kijk of de ander het heeft overgenomen" in text_of(colleague.get("/"))
        overview = colleague.get(f"/casussen/{case.reference}/")
        assert "Kijk of de ander het heeft overgenomen" in text_of(overview)
        asked = text_of(colleague.get(path))
        assert "Vraag het na bij Frontoffice ZVH, 0592 000 000." in asked
        sent = {"action": "arrived", "arrived_on": str(DAY), "their_reference": "Z-7"}
        for bad in ({"arrived_on": ""}, {"arrived_on": str(DAY + timedelta(days=9))}):
            assert colleague.send(path, {**sent, **bad}).status_code == 422
        with replays(case):
            assert colleague.send(path, sent).status_code == 303
        said = text_of(colleague.get(path))
        assert "hun kenmerk: Z-7" in said
        assert "Gaat de ander verder?" not in said
        assert "Kijk of de ander" not in text_of(colleague.get("/"))
        assert colleague.send(path, sent).status_code == 409
        for other in (world.officer, world.manager):
            assert browser(other).send(path, sent).status_code == 404

    def test_is_asked_while_the_melder_must_still_hear(
        self, world, case, path, browser
    ):
        """Catches a check that can't be answered before the case is closed."""
        me = browser(world.procesregisseur)
        me.send(path, self.SENT)
        case.refresh_from_db()

        with replays(case):
            confirm_arrival(case, by=world.procesregisseur, at=AT, arrived_on=DAY)

        assert "Vertel de melder wat we doen" in text_of(me.get(path))

    def test_is_asked_of_a_case_that_procesregie_gave_on(self, world, browser):
        """Catches a case that ran, and is closed towards a place nobody wrote down."""
        case = opened(world)
        by = {"by": world.procesregisseur, "at": AT}
        solved = Bottleneck.State.SOLVED
        end_bottleneck(bottleneck_of(case), state=solved, reason="Klaar.", **by)
        waits = items.open_for_case(case.pk).values_list("about", flat=True)
        items.close_items(list(waits), **by)
        me, path = browser(world.procesregisseur), f"/casussen/{case.reference}"
        form = {"outcome": "elsewhere", "reason": " "}

        refused = me.send(f"{path}/afsluiten/", form)
        me.send(f"{path}/afsluiten/", form | {"reason": "Gemeente Noord, 0595 1."})

        assert refused.status_code == 422
        assert "Schrijf op wie het overneemt" in text_of(refused)
        case.refresh_from_db()
        assert case.status == "elsewhere"
        assert "Kijk of de ander het heeft overgenomen" in text_of(me.get("/"))
        assert "dat staat in de notities" in text_of(me.get(f"{path}/beoordelen/"))
        with replays(case):
            sent = {"action": "arrived", "arrived_on": str(DAY)}
            assert me.send(f"{path}/beoordelen/", sent).status_code == 303
        assert "De ander gaat verder sinds" in text_of(me.get(f"{path}/beoordelen/"))

    def test_is_asked_no_longer_when_we_go_on_ourselves(
        self, world, case, path, browser
    ):
        """Catches work about a transfer of a case that came back."""
        me = browser(world.procesregisseur)
        me.send(path, self.SENT)
        me.send(f"{path}verteld/")
        case.refresh_from_db()

        reopen_case(case, by=world.procesregisseur, at=AT, reason="Zij doen het niet.")

        assert "Kijk of de ander" not in text_of(me.get("/"))
        sent = me.send(path, {"action": "arrived", "arrived_on": str(DAY)})
        assert sent.status_code == 403
