"""The pages that say who looked: at one case, and in the log of all."""

import pytest

from casework.audit.models import AuditEntry
from tests.dossier.conftest import at

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

    def test_filters_by_reference_and_refuses_nonsense(
        self, world, case, as_user
    ) -> None:
        client = as_user(world.fg)

        found = client.get("/logboek/", {"reference": case.reference})
        assert case.reference in found.content.decode()
        assert client.get("/logboek/", {"reference": "x"}).status_code == 422
        assert client.get("/logboek/", {"after": "x"}).status_code == 422
