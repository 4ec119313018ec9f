"""The tabs of a dossier: who may open them, and what they write down."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from casework.audit.models import AuditEntry
from casework.cases.absence import end_absence, start_absence
from casework.work.models import WorkItem
from tests.dossier.conftest import at
from tests.world import AT, CANARIES, referred

pytestmark = pytest.mark.usefixtures("_now")

TABS = ("huishouden", "partijen", "tijdlijn", "wie-zag-dit")


class TestTabs:
    @pytest.mark.parametrize("tab", TABS)
    def test_are_for_who_reads_the_dossier_and_hidden_from_the_rest(
        self, world, case, person, note, as_user, tab
    ) -> None:
        path = at(case, f"{tab}/")

        assert as_user(world.procesregisseur).get(path).status_code == 200
        others = (
            world.manager,
            world.officer,
            world.deputy,
            world.aov,
            world.beleidsmedewerker,
            world.privacy_officer,
            world.fg,
            world.beheerder,
            world.other_procesregisseur,
        )
        for user in others:
            hidden = as_user(user).get(path)
            nowhere = as_user(user).get("/casussen/AVE-1999-0001/" + f"{tab}/")
            assert hidden.status_code == nowhere.status_code == 404
            assert hidden.content == nowhere.content
            assert CANARIES["name"] not in hidden.content.decode()

    @pytest.mark.parametrize("tab", TABS)
    def test_are_there_while_a_referral_is_assessed(self, world, as_user, tab) -> None:
        """Catches a referral of which nobody can look up who sees it."""
        fresh = referred(world)

        page = as_user(world.procesregisseur).get(at(fresh, "")).content.decode()

        assert f'href="{at(fresh, f"{tab}/")}"' in page

    @pytest.mark.parametrize(
        ("tab", "verb"),
        [
            ("huishouden", "household.read"),
            ("partijen", "case.read"),
            ("tijdlijn", "timeline.read"),
            ("wie-zag-dit", "who_read.read"),
        ],
    )
    def test_write_down_who_read_and_why_he_could(
        self, world, case, as_user, tab, verb
    ) -> None:
        as_user(world.procesregisseur).get(at(case, f"{tab}/"))

        entry = AuditEntry.objects.filter(verb=verb, case=case.pk).latest("pk")
        assert entry.by == world.procesregisseur
        assert entry.by_role == "procesregisseur"
        assert entry.access_basis.startswith("participation:")

    @pytest.mark.parametrize("tab", TABS)
    def test_show_nothing_when_the_log_cannot_be_written(
        self, world, case, person, as_user, tab, monkeypatch
    ) -> None:
        """Catches content that is rendered before its reading is written down."""

        def broken(*args, **kwargs):
            raise DatabaseError

        client = as_user(world.procesregisseur)
        monkeypatch.setattr(AuditEntry, "save", broken)
        page = client.get(at(case, f"{tab}/"))

        assert page.status_code == 503
        assert CANARIES["name"] not in page.content.decode()

    @pytest.mark.parametrize("tab", ["huishouden", "tijdlijn", "wie-zag-dit"])
    @pytest.mark.parametrize("given", ["x", "-1", "9" * 40, "\x00"])
    def test_refuse_a_page_that_is_not_there(
        self, world, case, as_user, tab, given
    ) -> None:
        page = as_user(world.procesregisseur).get(at(case, f"{tab}/"), {"voor": given})

        assert page.status_code == 422
        assert "Deze pagina is er niet" in page.content.decode()


def test_no_name_stands_in_an_address_an_event_a_log_line_or_a_task(
    world, case, person, note, as_user
) -> None:
    """Catches a name or a text that leaves the dossier with a key."""
    client = as_user(world.procesregisseur)
    for tab in TABS:
        client.get(at(case, f"{tab}/"))
    absence = start_absence(
        world.procesregisseur, by=world.deputy, at=AT, reason="Ziek gemeld"
    )
    end_absence(absence, by=world.deputy, at=AT + timedelta(minutes=1))

    written = [str(row) for row in case.events.values_list("facts", "changes")]
    written += [str(row) for row in AuditEntry.objects.values_list("about", "ground")]
    items = WorkItem.objects.system_scope("test")
    written += [str(row) for row in items.values_list("title", "about", "link")]
    for word in CANARIES.values():
        assert not any(word in line for line in written)
