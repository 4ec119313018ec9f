"""The page with a button for each role, and what stands there when the demo is off."""

import pytest
from django.test import Client
from django.urls import clear_url_caches

from tests.face.markup import Markup

OFF = "De demo staat hier uit. Log in met je eigen account."


@pytest.fixture
def off(settings):
    """Start the product without its demo."""
    settings.DEMO = False
    settings.ROOT_URLCONF = "tests.demo.without_demo"
    clear_url_caches()
    yield
    clear_url_caches()


def text_at(path):
    page = Client().get(path)
    return page.status_code, " ".join(Markup(page.content.decode()).text.split())


@pytest.mark.django_db
class TestChoose:
    def test_names_the_role_on_its_button(self):
        """Catches a button that names a person whom nobody knows yet, and no role."""
        _, said = text_at("/demo/")

        for role in ("procesregisseur", "ketenpartner wonen", "AOV", "FG"):
            assert f"Ga verder als {role} " in said
        assert "Fatima El Amrani, procesregisseur. Opent casussen" in said

    def test_says_that_it_is_off(self, off):
        """Catches a bare "niet gevonden" for who follows a link to the demo."""
        status, said = text_at("/demo/")

        assert status == 404
        assert OFF in said

    def test_says_so_at_no_other_address(self, off):
        """Catches a hidden page that differs from one that does not exist."""
        for path in ("/demo/mail/", "/bestaat-niet/"):
            status, said = text_at(path)
            assert status == 404
            assert OFF not in said
