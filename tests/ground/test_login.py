"""Logging in, being refused, and what the log keeps of it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils.http import int_to_base36

from casework.audit.models import AuditEntry
from casework.people.models import User
from tests.work.sink import free_port, sinking, smtp_at

pytestmark = pytest.mark.django_db

PASSWORD = "Zeven zwanen zwemmen"
LOGIN = "/inloggen/"
SECRETS = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture
def user():
    return User.objects.create_user(
        "fatima@zuiderveen.example", PASSWORD, name="Fatima El Amrani"
    )


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def log_in(client, login="fatima@zuiderveen.example", password=PASSWORD, **how):
    return client.post(LOGIN, {"login": login, "password": password}, **how)


class Counted(MD5PasswordHasher):
    """Counts how often a password is hashed: that is what takes the time."""

    algorithm = "counted"
    times = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).times += 1
        return super().encode(password, salt)


def test_the_right_password_lets_you_in_and_is_a_line_in_the_log(client, user):
    answer = log_in(client)
    assert (answer.status_code, answer.url) == (302, "/")
    assert verbs() == ["login.succeeded"]


def test_the_address_may_be_written_in_capitals(client, user):
    assert log_in(client, login="Fatima@Zuiderveen.example").status_code == 302


def test_a_wrong_password_is_a_line_in_the_log_without_a_name(client, user):
    answer = log_in(client, password="verkeerd")
    assert answer.status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.granted) == ("login.failed", False)
    assert "fatima" not in str(vars(entry)).lower()


def test_who_has_no_account_reads_the_same_as_who_mistyped(client, user):
    wrong = log_in(client, password="verkeerd").context["form"].errors
    unknown = log_in(client, login="niemand@zuiderveen.example").context["form"].errors
    assert wrong == unknown


def test_who_left_can_not_log_in(client, user):
    user.is_active = False
    user.save(update_fields=["is_active"])
    log_in(client)
    assert "_auth_user_id" not in client.session


def test_five_wrong_passwords_are_enough_for_now(client, user):
    for _ in range(5):
        log_in(client, password="verkeerd")
    answer = log_in(client)
    assert "_auth_user_id" not in client.session
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "Probeer het over vijf minuten opnieuw" in answer.content.decode()


def test_who_has_to_wait_is_one_line_in_the_log(client, user):
    """Catches attempts that leave nothing, and a flood of them that fills the log."""
    for _ in range(8):
        log_in(client, password="verkeerd")
    for name in ("een", "twee", "drie"):
        for _ in range(8):
            log_in(client, login=f"{name}@zuiderveen.example", password="verkeerd")

    assert verbs()[:6] == ["login.failed"] * 5 + ["login.throttled"]
    throttled = AuditEntry.objects.get(verb="login.throttled")
    assert (throttled.by, throttled.granted) == (None, False)
    assert "fatima" not in str(vars(throttled)).lower()


@pytest.fixture
def in_database(settings):
    """The cache as production keeps it, in a table that the owner makes."""

    def begin(**options: int) -> None:
        kept = settings.CACHES["default"]
        backend = "django.core.cache.backends.db.DatabaseCache"
        options = {**kept["OPTIONS"], **options}
        settings.CACHES = {"default": {**kept, "BACKEND": backend, "OPTIONS": options}}

    begin()
    with connection.cursor() as cursor:
        cursor.execute("reset role")
        call_command("createcachetable", verbosity=0)
        role = connection.ops.quote_name(settings.APPLICATION_ROLE)
        cursor.execute(f"set role {role}")
    return begin


def test_an_account_stays_shut_while_many_others_are_tried(client, user, in_database):
    """Catches three hundred made-up names that let a shut account be tried again."""
    for _ in range(5):
        log_in(client, password="verkeerd")
    # Made room for in the order of their keys: these come last.
    for number in range(700):
        cache.set(f"zz{number:03}", [0.0], 300)

    assert log_in(client).status_code == 429


def test_what_is_over_makes_room_first(client, user, in_database):
    """Catches a full cache that lets go of who still has to wait."""
    in_database(MAX_ENTRIES=20)
    for number in range(21):
        cache.set(f"zz{number:03}", [0.0], -60)
    for _ in range(5):
        log_in(client, password="verkeerd")

    assert log_in(client).status_code == 429
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cache")
        assert cursor.fetchone()[0] < 20


def test_who_has_to_wait_fills_no_cache(client, user):
    """Catches made-up names that push the accounts that are shut out of the cache."""
    for _ in range(25):
        log_in(client, password="verkeerd")
    before = len(cache._cache)
    for number in range(20):
        log_in(client, f"n{number}@elders.example", "verkeerd")

    assert len(cache._cache) == before


def test_another_account_from_another_address_is_a_line_of_its_own(client, user):
    for number in (1, 2):
        for _ in range(7):
            log_in(client, f"n{number}@elders.example", REMOTE_ADDR=f"192.0.2.{number}")

    assert verbs().count("login.throttled") == 2


@pytest.mark.parametrize("name", ["account_change_password", "account_reauthenticate"])
def test_a_wrong_password_of_who_is_in_is_a_line_in_the_log(client, user, name):
    """Catches who guesses the password of a screen that was left open."""
    log_in(client)
    new = "Acht apen apegapen"
    given = {"oldpassword": "verkeerd", "password1": new, "password2": new}
    answer = client.post(reverse(name), {"password": "verkeerd", **given})

    assert answer.status_code == 200
    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.by, entry.granted) == ("password.failed", user, False)


def test_who_changes_a_password_too_often_is_a_line_in_the_log(client, user):
    log_in(client)
    page = reverse("account_change_password")
    answers = [client.post(page, {"oldpassword": "verkeerd"}) for _ in range(7)]

    assert answers[-1].status_code == 429
    assert verbs()[1:] == ["password.failed"] * 5 + ["login.throttled"]


def test_nobody_shuts_another_out_from_elsewhere(client, user):
    """Catches a burgemeester who can't log in at night, by five tries of anybody."""
    for _ in range(6):
        answer = log_in(client, password="verkeerd", REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 429
    assert log_in(client, REMOTE_ADDR="192.0.2.99").status_code == 302


def test_an_account_is_shut_from_every_address(client, user):
    """Catches a counter that a second machine begins anew, and one that logging in adds to."""
    for number in range(50):
        log_in(client, password="verkeerd", REMOTE_ADDR=f"192.0.2.{number}")
        if number == 48:
            assert log_in(client, REMOTE_ADDR="192.0.2.98").status_code == 302
            client.post(reverse("account_logout"))
    assert log_in(client, REMOTE_ADDR="192.0.2.99").status_code == 429


def test_an_address_is_shut_for_every_account_and_another_is_not(client, user):
    """Catches one machine that tries a few passwords on each name."""
    tried = [
        log_in(client, f"n{n}@zuiderveen.example", "verkeerd", REMOTE_ADDR="192.0.2.1")
        for n in range(21)
    ]
    assert [answer.status_code for answer in tried] == [200] * 20 + [429]
    assert log_in(client, REMOTE_ADDR="192.0.2.1").status_code == 429
    assert log_in(client, REMOTE_ADDR="192.0.2.2").status_code == 302


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(
    client, user, settings
):
    """Catches a throttle that is shaken off with a header, or that hits everybody."""
    settings.PROXIES = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(21):
        answer = log_in(
            client,
            f"n{n}@zuiderveen.example",
            "verkeerd",
            HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 192.0.2.1",
        )
    assert answer.status_code == 429
    assert log_in(client, HTTP_X_FORWARDED_FOR="192.0.2.2").status_code == 302
    assert AuditEntry.objects.order_by("pk").last().ip == "192.0.2.2"


def test_who_has_no_account_is_shut_out_the_same(client, user):
    answers = {}
    for login in (user.email, "niemand@zuiderveen.example"):
        cache.clear()
        for _ in range(6):
            answers[login] = log_in(client, login, "verkeerd")
    known, unknown = answers.values()
    assert known.status_code == unknown.status_code == 429
    assert known.content == unknown.content


def test_who_has_no_account_costs_as_much_and_looks_the_same(client, user, settings):
    """Catches an answer that is quicker, or other, where nobody is known."""
    settings.PASSWORD_HASHERS = [f"{Counted.__module__}.Counted"]
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    seen = {}
    for login in (user.email, "niemand@zuiderveen.example"):
        cache.clear()
        Counted.times = 0
        answer = log_in(client, login, "verkeerd")
        page = SECRETS.sub("", answer.content.decode().replace(login, "WIE"))
        seen[login] = (answer.status_code, page, Counted.times)
    known, unknown = seen.values()
    assert known == unknown
    assert known[2] == 1


@pytest.mark.parametrize(
    "login", ["fatima@zuiderveen.example", "niemand@elders.example"]
)
def test_a_new_password_is_asked_with_the_same_answer(client, user, login):
    asked = client.post(
        reverse("account_reset_password"), {"email": login}, follow=True
    )
    assert asked.redirect_chain == [(reverse("account_reset_password_done"), 302)]
    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "Kies een nieuw wachtwoord"
    assert "Fatima" not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("no", "said"),
    [
        ({"RCPT": "450 busy"}, "SMTPRecipientsRefused"),
        ({"RCPT": "550 unknown"}, "SMTPRecipientsRefused"),
        ({"MAIL": "451 later"}, "SMTPSenderRefused"),
        ({"GREETING": "554 go away"}, "SMTPConnectError"),
    ],
)
def test_a_mail_server_that_says_no_is_told_to_who_asks_and_names_nobody(
    client, user, settings, caplog, no, said
):
    """Catches a failed page, and an address in the log of the server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    client.raise_request_exception = False
    pages = []
    with sinking() as sink:
        sink.noes = no
        for login in (user.email, "niemand@elders.example"):
            asked = client.post(reverse("account_reset_password"), {"email": login})
            page = SECRETS.sub("", asked.content.decode())
            pages.append((asked.status_code, asked.headers.get("Retry-After"), page))

    known, unknown = pages
    assert known[:2] == (503, "300")
    assert "De mail kon niet weg" in known[2]
    assert known == unknown
    assert said in caplog.text
    assert not re.search("fatima|niemand", caplog.text)


def test_a_mail_server_that_is_away_is_told_to_who_asks(client, user, settings):
    """Catches a failed page for who is new and can't log in yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    client.raise_request_exception = False
    with smtp_at(free_port()):
        asked = client.post(reverse("account_reset_password"), {"email": user.email})

    assert asked.status_code == 503
    assert "De mail kon niet weg" in asked.content.decode()


def test_logging_out_is_a_line_in_the_log(client, user):
    log_in(client)
    client.post(reverse("account_logout"))
    assert verbs() == ["login.succeeded", "logout.done"]
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_by_himself(client):
    answer = client.post(
        reverse("account_signup"),
        {"email": "indringer@elders.example", "password1": PASSWORD},
    )
    assert answer.status_code == 200
    assert not User.objects.exists()


def test_it_does_not_lead_to_another_site(client, user):
    answer = client.post(
        f"{LOGIN}?next=https://elders.example/",
        {"login": user.email, "password": PASSWORD},
    )
    assert answer.url == "/"


def test_a_page_that_is_not_there_is_the_same_byte_for_byte(client, user):
    """A token that differs would tell a hidden page from one that does not exist."""
    client.force_login(user)

    by_the_view = client.get("/casussen/AVE-1999-0001/")
    again = client.get("/casussen/AVE-1999-0002/")
    by_the_addresses = client.get("/casussen/AVE-1999-0001/niets/")

    assert by_the_view.status_code == by_the_addresses.status_code == 404
    assert b"Log uit" in by_the_view.content
    assert by_the_view.content == again.content == by_the_addresses.content
    assert by_the_view.headers == again.headers == by_the_addresses.headers


def test_looking_at_the_page_to_log_out_logs_nobody_out(client, user):
    client.force_login(user)

    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session


def test_who_guesses_a_number_in_the_link_changes_nothing(client, user):
    """Catches a row that is written for somebody by who is not logged in."""
    number = int_to_base36(user.pk)
    answer = client.get(f"/inloggen/wachtwoord/nieuw/{number}-abc-guess/")

    assert answer.status_code in {200, 400}
    assert not EmailAddress.objects.exists()
