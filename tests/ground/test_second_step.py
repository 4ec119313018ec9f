"""A password alone shows nothing: an app, a passkey or a code goes with it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.urls import reverse

from casework.audit.models import AuditEntry
from tests.access.addresses import addresses
from tests.ground.signing_in import (
    SECRET,
    code,
    log_in,
    prove,
    secret_on,
    somebody,
    with_app,
)

pytestmark = pytest.mark.django_db

CHOOSE = "/inloggen/veilig/kiezen/"
SHOW = "/inloggen/veilig/reauthenticate/"
TO_SET_UP = {
    "still_there",
    "account_reauthenticate",
    "second_step",
    "mfa_activate_totp",
    "totp_picture",
    "mfa_add_webauthn",
}
TO_SHOW = {
    "still_there",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_STEP_REQUIRED = True


@pytest.fixture
def user():
    return somebody()


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def set_up(client) -> None:
    """Switch the app on, from the page that a new colleague lands on."""
    prove(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    given = {"code": code(secret_on(page))}
    assert client.post(reverse("mfa_activate_totp"), given).status_code == 302


class TestWithoutSecondStep:
    def test_only_the_pages_to_set_one_up_open(self, client, user):
        """Catches an address that a password alone opens, also one made later."""
        log_in(client, user)

        opened = set()
        for each in addresses():
            if not getattr(each.view, "login_required", True) or "<" in each.route:
                continue
            answer = client.get(reverse(each.name))
            if answer.status_code == 302 and answer.url.startswith(CHOOSE):
                continue
            opened.add(each.name)
            assert client.session.get("_auth_user_id"), each.name

        assert opened == TO_SET_UP

    def test_a_form_is_not_taken_in(self, client, user):
        log_in(client, user)

        answer = client.post(reverse("work:write"), {"title": "iets"})

        assert (answer.status_code, answer.url) == (302, f"{CHOOSE}?next=/")

    def test_the_page_asks_for_the_password_again_first(self, client, user):
        """Catches a session left open in which another sets up his own app."""
        log_in(client, user)

        answer = client.get(reverse("mfa_activate_totp"))

        assert answer.url.startswith(reverse("account_reauthenticate"))
        assert not Authenticator.objects.exists()

    def test_who_set_one_up_shows_it_once_and_is_in(
        self, client, user, django_capture_on_commit_callbacks
    ):
        log_in(client, user)
        with django_capture_on_commit_callbacks(execute=True):
            set_up(client)

        assert client.get("/").url.startswith(SHOW)
        secret = Authenticator.objects.get(type="totp").wrap()
        assert secret.instance.data["secret"] != SECRET
        given = {"code": code(_secret(secret))}
        client.post(SHOW, given)

        assert client.get("/").status_code == 200
        assert "second_step.added" in verbs()

    def test_the_picture_is_that_of_the_secret_on_the_page(self, client, user):
        """Catches a picture that sets up an app whose codes never fit."""
        log_in(client, user)
        prove(client)

        client.get(reverse("mfa_activate_totp"))
        answer = client.get(reverse("totp_picture"))

        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert "no-store" in answer.headers["Cache-Control"]


class TestWithSecondStep:
    @pytest.fixture(autouse=True)
    def _app(self, user):
        with_app(user)

    def test_a_password_alone_logs_nobody_in(self, client, user):
        answer = log_in(client, user)

        assert answer.url == reverse("mfa_authenticate")
        assert "_auth_user_id" not in client.session

    def test_the_code_of_now_does(self, client, user):
        log_in(client, user)
        answer = client.post(reverse("mfa_authenticate"), {"code": code()})

        assert answer.url == "/"
        assert client.get("/").status_code == 200
        assert verbs()[-1] == "login.succeeded"

    def test_a_code_works_once(self, client, user):
        """Catches a code that somebody looked at over a shoulder."""
        given = {"code": code()}
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), given)
        client.post(reverse("account_logout"))
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), given)

        assert "_auth_user_id" not in client.session

    def test_a_recovery_code_works_once(self, client, user):
        spare = Authenticator.objects.get(type="recovery_codes").wrap()
        given = {"code": spare.get_unused_codes()[0]}

        log_in(client, user)
        client.post(reverse("mfa_authenticate"), given)
        assert client.get("/").status_code == 200
        client.post(reverse("account_logout"))
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), given)

        assert "_auth_user_id" not in client.session

    def test_a_session_without_the_step_must_take_it(self, client, user):
        """Catches a way in around the pages, and a session from before the app."""
        client.force_login(user)

        opened = {
            each.name
            for each in addresses()
            if getattr(each.view, "login_required", True)
            and "<" not in each.route
            and not getattr(client.get(reverse(each.name)), "url", "").startswith(SHOW)
        }

        assert opened == TO_SHOW

    def test_it_can_not_be_replaced_with_the_password_alone(self, client, user):
        """Catches a thief of a password who brings his own app."""
        client.force_login(user)
        prove(client)

        for name in ("mfa_deactivate_totp", "mfa_add_webauthn", "mfa_activate_totp"):
            answer = client.post(reverse(name), {})
            assert answer.status_code == 302
            assert answer.url.startswith(SHOW)

    def test_the_last_one_can_not_be_switched_off(self, client, user):
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code()})
        prove(client)

        answer = client.post(reverse("mfa_deactivate_totp"), {})

        assert "enige tweede stap" in answer.content.decode()
        assert Authenticator.objects.filter(type="totp").exists()

    def test_nor_the_last_passkey(self, client, user):
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code()})
        prove(client)
        Authenticator.objects.filter(type="totp").delete()
        key = Authenticator.objects.create(user=user, type="webauthn", data={})

        client.post(reverse("mfa_remove_webauthn", args=[key.pk]))

        assert Authenticator.objects.filter(type="webauthn").exists()

    def test_removing_asks_for_the_password_again(self, client, user):
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code()})

        answer = client.post(reverse("mfa_deactivate_totp"), {})

        assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_wrong_codes_are_counted_too(self, client, user):
        """Catches six digits that can be guessed with patience."""
        log_in(client, user)
        answers = [
            client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code
            for _ in range(6)
        ]

        assert answers[-1] == 429

    def test_each_wrong_code_is_a_line_in_the_log(self, client, user):
        """Catches who has the password and guesses the code, unseen."""
        log_in(client, user)
        for _ in range(9):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})

        rows = AuditEntry.objects.order_by("pk").values_list("verb", "by", "granted")
        assert list(rows) == [
            *[("second_step.failed", user.pk, False)] * 5,
            ("login.throttled", user.pk, False),
        ]

    def test_a_right_code_is_none(self, client, user):
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code()})

        assert verbs() == ["login.succeeded"]

    def test_the_secret_is_not_in_the_database(self, user):
        row = Authenticator.objects.get(type="totp")

        assert SECRET not in str(row.data)
        assert _secret(row.wrap()) == SECRET


class TestInTheDemo:
    def test_nobody_is_asked(self, client, user, settings):
        """Catches a demo that asks visitors for an app."""
        settings.SECOND_STEP_REQUIRED = False
        log_in(client, user)

        assert client.get("/").status_code == 200


def _secret(app) -> str:
    return decrypt(app.instance.data["secret"])
