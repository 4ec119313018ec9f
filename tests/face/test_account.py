"""The pages to log in and to keep an account safe, in our own words and look."""

import pytest
from django.urls import reverse

from casework.people.models import User
from tests.face.markup import Markup
from tests.ground.signing_in import with_app

pytestmark = pytest.mark.django_db

PASSWORD = "een lang wachtwoord 27"
PUBLIC = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
OWN = [
    "account_logout",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "usersessions_list",
]


@pytest.fixture
def fatima() -> User:
    return User.objects.create_user(
        "fatima@zuiderveen.example", PASSWORD, name="Fatima El Amrani"
    )


@pytest.fixture
def logged_in(client, fatima):
    client.force_login(fatima)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def read(response) -> str:
    """The page, which must be whole, Dutch and ours."""
    html = response.content.decode()
    markup = Markup(html)
    assert markup.faults() == []
    assert markup.all("html")[0]["lang"] == "nl"
    assert len(markup.all("h1")) == 1
    assert "static/css/app.css" in html
    return html


class TestPages:
    @pytest.mark.parametrize("name", PUBLIC)
    def test_are_ours_without_an_account(self, client, name):
        """Catches a page of the library in its own look, or with inline style."""
        response = client.get(reverse(name))

        assert response.status_code == 200
        read(response)

    @pytest.mark.parametrize("name", OWN)
    def test_are_ours_with_an_account(self, logged_in, name):
        """Catches a page about somebody's account that the policy breaks."""
        response = logged_in.get(reverse(name))

        assert response.status_code == 200
        read(response)

    def test_of_a_second_step_are_ours(self, logged_in, fatima):
        """Catches the pages that only show with a second step."""
        with_app(fatima)

        for name in (
            "mfa_index",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
        ):
            response = logged_in.get(reverse(name))
            assert response.status_code == 200, name
            read(response)


class TestLogIn:
    def test_says_what_is_wrong_and_keeps_the_address(self, client, fatima):
        """Catches a wrong password that empties the form or says nothing."""
        response = client.post(
            reverse("account_login"), {"login": fatima.email, "password": "nee"}
        )

        html = read(response)
        assert "Dit is nog niet gelukt" in html
        assert "<title>Fout: Inloggen" in html
        assert fatima.email in html

    def test_asks_for_the_second_step(self, client, fatima):
        """Catches a second step without a page of ours."""
        with_app(fatima)

        response = client.post(
            reverse("account_login"),
            {"login": fatima.email, "password": PASSWORD},
            follow=True,
        )

        assert "Nog één stap" in read(response)

    def test_offers_no_account_to_who_asks(self, client):
        """Catches a form with which anybody makes an account."""
        assert (
            Markup(client.get(reverse("account_signup")).content.decode()).all("form")
            == []
        )


class TestResetPassword:
    def test_refuses_an_old_link_with_a_way_on(self, client):
        """Catches a dead end."""
        url = reverse("account_reset_password_from_key", args=["1", "oud-oud"])

        html = read(client.get(url, follow=True))

        assert "Deze link werkt niet meer" in html
        assert reverse("account_reset_password") in html
