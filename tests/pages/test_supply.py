"""What who asked adds when the answerer wants to know something first."""

from __future__ import annotations

import pytest

from ave.escalation.flow import answer
from ave.escalation.models import Escalation
from casework.cases.absence import start_absence
from tests.pages.conftest import path_of, text_of
from tests.world import AT


@pytest.fixture
def world(begun):
    return begun[0]


class TestSupply:
    def test_is_asked_when_it_is_ones_turn(self, world, browser, escalation):
        """Catches a form that is not there, or is there too early."""
        me = browser(world.procesregisseur)
        assert "Stuur aanvulling" not in text_of(me.get(path_of(escalation)))
        answer(
            escalation, by=world.manager, at=AT, answer="ask_first", text="Hoe lang?"
        )
        assert "Stuur aanvulling" in text_of(me.get(path_of(escalation)))

        empty = me.send(path_of(escalation, "aanvullen/"), {"text": ""})
        sent = me.send(path_of(escalation, "aanvullen/"), {"text": "Al een maand."})

        assert (empty.status_code, sent.status_code) == (422, 303)
        assert "Schrijf wat je aanvult." in text_of(empty)
        assert "Al een maand." in text_of(
            browser(world.manager).get(path_of(escalation))
        )

    def test_says_in_whose_name_the_deputy_does_it(self, world, browser, case):
        """Catches a deputy who asks or supplements under his own name alone."""
        absent = world.procesregisseur
        start_absence(absent, by=absent, at=AT, reason="Ziek")
        deputy = browser(world.deputy)
        deputy.send(
            f"/casussen/{case.reference}/opschalen/",
            {
                "bottleneck": "1",
                "question": "Wie regelt de plek?",
                "kind": "decision",
                "send": "1",
            },
        )
        escalation = Escalation.objects.system_scope("test").get()
        answer(escalation, by=world.manager, at=AT, answer="ask_first", text="Hoe?")
        deputy.send(path_of(escalation, "aanvullen/"), {"text": "Zo."})

        said = text_of(browser(world.manager).get(path_of(escalation)))

        assert "Bram Hoekstra, namens Fatima El Amrani, ma 23 november" in said
        assert "Bram Hoekstra, namens Fatima El Amrani vulde aan" in said
