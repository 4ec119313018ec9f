"""Logging in, being refused, and what the log keeps of it."""

import pytest
from django.urls import reverse

from casework.audit.models import AuditEntry
from casework.people.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "Zeven zwanen zwemmen"
LOGIN = "/inloggen/"


@pytest.fixture
def user():
    return User.objects.create_user(
        "fatima@zuiderveen.example", PASSWORD, name="Fatima El Amrani"
    )


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def log_in(client, login="fatima@zuiderveen.example", password=PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


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
    log_in(client)
    assert "_auth_user_id" not in client.session


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
