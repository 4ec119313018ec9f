"""The pages that say who looked: at one case, and in the log of all."""

import pytest

from casework.audit.models import AuditEntry
from casework.cases.excluding import exclude_colleague
from tests.dossier.conftest import at
from tests.world import AT

pytestmark = pytest.mark.usefixtures("_now")


class TestShowWhoRead:
    def test_names_who_looked(self, world, case, as_user) -> None:
        client = as_user(world.procesregisseur)
        client.get(at(case, "huishouden/"))

        page = client.get(at(case, "wie-zag-dit/")).content.decode()

        assert "bekeek het huishouden" in page


class TestShowLog:
    def test_is_for_who_watches_and_is_logged(self, world, case, as_user) -> None:
        for user in (world.fg, world.privacy_officer):
            page = as_user(user).get("/logboek/")
            assert page.status_code == 200
            assert case.reference in page.content.decode()
            assert AuditEntry.objects.filter(verb="log.read", by=user).exists()
        assert as_user(world.procesregisseur).get("/logboek/").status_code == 403

    def test_says_nothing_of_a_case_to_a_watcher_who_knows_these_people(
        self, world, case, as_user
    ) -> None:
        """Catches a log that tells the FG of the people next door."""
        as_user(world.casusregisseur).get(at(case, ""))
        as_user(world.procesregisseur).get(at(case, "huishouden/"))
        by = {"by": world.procesregisseur, "at": AT}
        before = as_user(world.fg).get("/logboek/").content.decode()
        assert "<span>bekeek het huishouden" in before
        for user in (world.fg, world.privacy_officer):
            exclude_colleague(case, **by, user=user)
            client, unknown = as_user(user), {"reference": "AVE-2026-000000"}

            whole = client.get("/logboek/").content.decode()
            asked = client.get("/logboek/", {"reference": case.reference})
            month = client.get("/logboek/opvallend/").content.decode()

            assert "<span>bekeek het huishouden" not in whole
            assert case.reference not in whole
            assert f'data-label="Casus">{case.pk}<' not in whole
            assert "Niets gevonden" in asked.content.decode()
            assert case.reference not in asked.content.decode().replace(
                f'value="{case.reference}"', ""
            )
            never = client.get("/logboek/", unknown).content.decode()
            assert "Niets gevonden" in never
            assert "Wat opvalt" in month
            assert case.reference not in month

    def test_filters_by_reference_and_refuses_nonsense(
        self, world, case, as_user
    ) -> None:
        client = as_user(world.fg)

        found = client.get("/logboek/", {"reference": case.reference})
        assert case.reference in found.content.decode()
        assert client.get("/logboek/", {"reference": "x"}).status_code == 422
        assert client.get("/logboek/", {"after": "x"}).status_code == 422
