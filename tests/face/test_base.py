"""What stands around every page, and for whom."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from casework.access.context import face
from casework.people.models import Role, User
from tests.face.markup import Markup
from tests.face.sample import AnswerForm, asked, page

MENU = {
    Role.PROCESREGISSEUR: ["Mijn werk", "Casussen", "Programma", "Beleidssignalen"],
    Role.CASUSREGISSEUR: ["Mijn werk", "Casussen"],
    Role.KETENPARTNER: ["Mijn werk", "Wat heb ik gemeld?"],
    Role.MANAGER: ["Mijn werk", "Besluiten", "Programma"],
    Role.BESTUURDER: ["Mijn werk", "Besluiten", "Programma"],
    Role.AOV: ["Mijn werk", "Programma", "Beleidssignalen"],
    Role.BELEIDSMEDEWERKER: ["Mijn werk", "Programma", "Beleidssignalen"],
    Role.PRIVACY_OFFICER: ["Mijn werk", "Logboek"],
    Role.FG: ["Mijn werk", "Logboek"],
    Role.BEHEERDER: ["Mijn werk", "Beheer", "De klok"],
}


class TestMenu:
    @pytest.mark.parametrize("role", list(Role))
    def test_shows_only_what_the_role_has(self, role):
        """Catches a menu that tells what exists for others."""
        items = face(asked("Iemand", role))["nav"]

        assert [item.label for item in items] == MENU[role]

    def test_joins_the_roles_of_who_has_two(self):
        """Catches a second role that hides the first."""
        items = face(asked("Iemand", Role.FG, Role.AOV))["nav"]

        assert [item.label for item in items] == [
            "Mijn werk",
            "Programma",
            "Beleidssignalen",
            "Logboek",
        ]

    def test_leads_to_the_pages(self):
        items = face(asked("Iemand", Role.PROCESREGISSEUR))["nav"]

        assert [(item.name, item.icon, item.url) for item in items] == [
            ("work:mine", "work", "/"),
            ("board:list", "cases", "/casussen/"),
            ("programme:list", "programme", "/programma/"),
            ("programme:signals", "signal", "/beleidssignalen/"),
        ]

    @pytest.mark.parametrize(
        ("path", "role", "marked"),
        [
            ("/casussen/AVE-2026-0412/", Role.PROCESREGISSEUR, ["Casussen"]),
            ("/", Role.PROCESREGISSEUR, ["Mijn werk"]),
            ("/hulp/", Role.PROCESREGISSEUR, []),
            ("/beheer/dagen/", Role.BEHEERDER, ["Beheer"]),
            ("/beheer/klok/mail/3/", Role.BEHEERDER, ["De klok"]),
        ],
    )
    def test_marks_where_one_is(self, path, role, marked):
        """Catches Mijn werk marked on every page, as every address starts with it."""
        request = asked("Iemand", role)
        request.path = path

        items = face(request)["nav"]

        assert [item.label for item in items if item.current] == marked

    def test_is_not_there_for_who_is_not_logged_in(self):
        """Catches a menu on the log-in page."""
        request = RequestFactory().get("/inloggen/")
        request.user = AnonymousUser()

        html = render_to_string("errors/404.html", face(request), request)

        assert Markup(html).all("nav") == []
        assert "Log uit" not in html

    def test_shows_how_much_is_late(self):
        """Catches a number without words."""
        text = Markup(page("errors/404.html", badges={"work:mine": 2})).text

        assert "2 te laat" in " ".join(text.split())


class TestWho:
    """Catches a page that says that somebody is another, or nobody."""

    def test_is_named_by_his_roles_in_their_order(self):
        known = face(asked("Iemand", Role.AOV, Role.MANAGER))

        assert known["roles"] == {Role.AOV, Role.MANAGER}
        assert known["role_label"] == "Manager, Adviseur openbare orde en veiligheid"

    def test_is_named_by_the_job_he_has(self):
        request = asked("Iemand", Role.AOV)
        request.user.job_title = "Chef de bureau"

        assert face(request)["role_label"] == "Chef de bureau"

    @pytest.mark.django_db
    def test_is_looked_up_once_on_a_page_of_a_library(self, django_assert_num_queries):
        request = RequestFactory().get("/account/")
        request.user = User.objects.create_user("i@zuiderveen.example", name="Iemand")

        with django_assert_num_queries(1):
            assert face(request)["roles"] == face(request)["roles"] == frozenset()

    def test_is_nobody_before_the_log_in(self, settings):
        settings.MUNICIPALITY, settings.DEMO = "Zuiderveen", False
        request = RequestFactory().get("/inloggen/")
        request.user = AnonymousUser()

        known = face(request)

        assert known["today"] == timezone.localdate()
        assert {**known, "today": ""} == {
            "municipality": "Zuiderveen",
            "demo": False,
            "today": "",
        }
        assert face(RequestFactory().get("/")).keys() == known.keys()


class TestSearch:
    @pytest.mark.parametrize(
        ("role", "may"), [(Role.PROCESREGISSEUR, True), (Role.KETENPARTNER, False)]
    )
    def test_is_only_for_who_has_cases(self, role, may):
        """Catches a search box for who may see nothing in it."""
        assert face(asked("Iemand", role))["may_search"] is may


class TestPage:
    def test_begins_with_a_skip_link_to_the_content(self):
        """Catches a skip link that points nowhere."""
        markup = Markup(page("errors/404.html"))

        assert markup.all("a")[0]["href"] == "#inhoud"
        assert "inhoud" in markup.ids

    def test_says_that_nothing_is_real_in_a_demo(self, settings):
        """Catches a demo that looks like the real thing, and the other way round."""
        sentence = "Proefomgeving: alle mensen en casussen zijn verzonnen"
        settings.DEMO = True
        assert sentence in page("errors/404.html")

        settings.DEMO = False
        assert sentence not in page("errors/404.html")

    def test_logs_out_by_post(self):
        """Catches a link that logs somebody out by loading it."""
        forms = Markup(page("errors/403.html")).all("form")

        assert any(
            form["method"] == "post" and "uit" in form["action"] for form in forms
        )

    def test_that_is_not_there_holds_no_token(self):
        """Catches two pages that differ, so that one tells a hidden thing exists."""
        markup = Markup(page("errors/404.html"))

        assert markup.all("form") == []
        assert reverse("account_logout") in [link["href"] for link in markup.all("a")]

    def test_starts_its_title_with_an_error(self):
        """Catches a tab that does not say that the form came back."""
        assert "<title>Fout: " in page("errors/404.html", form=AnswerForm({}))
        assert "<title>Niet gevonden - Procesregie" in page("errors/404.html")

    @pytest.mark.parametrize("code", ["400", "403", "404", "409", "csrf", "500", "503"])
    def test_of_what_went_wrong_holds_no_fault(self, code):
        """Catches an error page that breaks itself."""
        markup = Markup(page(f"errors/{code}.html"))

        assert markup.faults() == []
        assert len(markup.all("h1")) == 1

    def test_of_a_failure_needs_no_context(self):
        """Catches a page for failures that fails when the database is gone."""
        assert "Er ging iets mis bij ons" in render_to_string("errors/500.html")
