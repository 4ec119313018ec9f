"""Waarom deze dag: for whoever may know of the work, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.flow import answer
from casework.cases.confirmations import Given
from casework.work.models import WorkItem
from tests.pages.conftest import queries_of, shows_nobody, text_of
from tests.world import AT

pytestmark = pytest.mark.usefixtures("running")
QUERIES = 7


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def item(escalation):
    return WorkItem.objects.system_scope("test").get(about=escalation.key)


class TestWhy:
    def test_says_which_term_was_counted_from_when(self, world, browser, item):
        """Catches a page that does not know what its own work was counted by."""
        page = browser(world.manager).get(f"/te-doen/{item.pk}/waarom/")
        said = text_of(page)

        assert "5 werkdagen na maandag 23 november 2026 is maandag 30 november" in said
        assert "Antwoord van management: 5 werkdagen" in said
        assert "voorbeeldwaarde, door gemeente vast te stellen" in said
        assert "za 28 november en zo 29 november: weekend" in said
        assert shows_nobody(page)

    @pytest.mark.parametrize("spoken", [False, True])
    def test_counts_from_when_it_went_higher(self, world, browser, escalation, spoken):
        """Catches a day that is counted from the question, of a level asked later."""
        given = Given("telephone", AT, by=world.manager) if spoken else None
        answer(
            escalation,
            by=world.procesregisseur if spoken else world.manager,
            at=AT + timedelta(days=2),
            answer="higher",
            text="Doen.",
            given=given,
        )
        work = WorkItem.objects.system_scope("test").open().get(about=escalation.key)

        page = browser(work.owner_user).get(f"/te-doen/{work.pk}/waarom/")

        said = text_of(page)
        assert "10 werkdagen na woensdag 25 november 2026 is woensdag 9 dec" in said
        assert "Met de kalender van nu" not in said

    def test_is_reached_from_the_list_and_from_the_question(self, world, browser, item):
        """Catches a page that nobody can find."""
        me = browser(world.manager)
        address = f'href="/te-doen/{item.pk}/waarom/"'

        assert address in me.get("/").content.decode()
        assert address in me.get(item.link).content.decode()
        assert address in browser(world.procesregisseur).get(item.link).content.decode()

    def test_is_not_there_for_who_may_not_know_of_it(self, world, browser, item):
        """Catches work of others that shows by its day."""
        for other in (world.other_manager, world.beheerder):
            page = browser(other).get(f"/te-doen/{item.pk}/waarom/")
            assert page.status_code == 404

    def test_costs_as_little_as_any_page(self, world, browser, item):
        me = browser(world.manager)
        counted = queries_of(me, f"/te-doen/{item.pk}/waarom/")

        assert counted <= QUERIES
