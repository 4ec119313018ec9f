"""The pages of the footer: for everybody, also who is not logged in."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import include, path, reverse

from casework.access import views
from casework.access.rules import rule_of
from tests.face.markup import Markup

PAGES = ["help", "privacy", "accessibility", "source"]


class Addresses:
    """As the product includes them."""

    urlpatterns = [path("", include("casework.access.urls"))]


def read(name: str) -> str:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    response = getattr(views, name)(request)
    assert response.status_code == 200
    return response.content.decode()


class TestPages:
    @pytest.mark.parametrize("name", PAGES)
    def test_are_whole_and_public(self, name):
        """Catches a footer that leads to the log-in page, or to nothing."""
        markup = Markup(read(name))

        assert rule_of(getattr(views, name)).anonymous
        assert markup.faults() == []
        assert len(markup.all("h1")) == 1

    def test_are_what_the_footer_links_to(self):
        """Catches a link of every page that is not there."""
        linked = {link["href"] for link in Markup(read("help")).all("a")}

        paths = {reverse(f"about:{name}", urlconf=Addresses) for name in PAGES}
        assert paths <= linked

    def test_offers_the_source_code(self, settings):
        """Catches a running site without its source, which the AGPL forbids."""
        assert "Vraag hem aan de functioneel beheerder" in read("source")

        settings.SOURCE_URL = "https://code.zuiderveen.example/procesregie"
        assert settings.SOURCE_URL in read("source")
