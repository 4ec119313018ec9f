"""What Mijn werk says to who hears that a colleague stays silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.models import Escalation
from casework.cases.absence import set_deputy, start_absence
from tests.pages.conftest import text_of
from tests.world import AT, asked
from workers import jobs

LATE = AT + timedelta(days=9)
ROW = "Marloes de Wit antwoordt niet. Bel, of neem waar"


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def silent(world, begun) -> Escalation:
    """A question to a manager whose deputy hears that she does not answer."""
    request = asked(world, begun[1])
    set_deputy(world.manager, deputy=world.other_manager, by=world.manager, at=AT)
    jobs.run(jobs.named("plan_due"), stop=lambda: False, at=LATE)
    return request


@pytest.fixture
def _late():
    with time_machine.travel(LATE, tick=False):
        yield


@pytest.mark.usefixtures("_late")
class TestSilentRow:
    def test_leads_to_where_the_deputy_can_stand_in(
        self, world, browser, silent
    ) -> None:
        """Catches "Je hebt 1 ding te doen" with a link that is 404 to who must."""
        me = browser(world.other_manager)
        page = me.get("/")
        html = page.content.decode()

        assert ROW in text_of(page)
        assert "telefoon 0101234567" in text_of(page)
        assert f"/besluiten/{silent.pk}/" not in html
        assert f'href="/afwezig/">{ROW}' in html
        assert "Ik neem waar vanaf nu" in text_of(me.get("/afwezig/"))
        assert f"/besluiten/{silent.pk}/" not in me.get("/besluiten/").content.decode()

    def test_is_the_question_itself_once_she_stands_in(
        self, world, browser, silent
    ) -> None:
        """Catches a deputy who is sent to the absences while she may answer."""
        start_absence(world.manager, by=world.other_manager, at=LATE, reason="Ziek")
        me = browser(world.other_manager)

        for path in ("/", "/besluiten/"):
            html = me.get(path).content.decode()
            assert f'href="/besluiten/{silent.pk}/"' in html
        assert ROW not in text_of(me.get("/"))
        assert me.get(f"/besluiten/{silent.pk}/").status_code == 200

    def test_goes_once_another_stands_in(self, world, browser, begun) -> None:
        """Catches a team lead who is asked to do what she did."""
        manager, deputy, lead = world.manager, world.other_manager, world.burgemeester
        manager.team_lead = lead
        manager.save(update_fields=["team_lead"])
        request = asked(world, begun[1])
        set_deputy(deputy, deputy=world.wethouder, by=deputy, at=AT)
        set_deputy(manager, deputy=deputy, by=manager, at=AT)
        start_absence(deputy, by=deputy, at=AT, reason="Vrij")
        jobs.run(jobs.named("plan_due"), stop=lambda: False, at=LATE)
        told = "Marloes de Wit antwoordt niet. Bel, of laat een ander waarnemen"
        assert told in text_of(browser(lead).get("/"))

        start_absence(manager, by=lead, at=LATE, reason="Ziek")

        assert "antwoordt niet" not in text_of(browser(lead).get("/"))
        html = browser(world.wethouder).get("/").content.decode()
        assert f'href="/besluiten/{request.pk}/"' in html
