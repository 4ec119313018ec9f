"""A form that is sent when its writer is no longer logged in, however that came."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.keys import kept
from casework.keys.models import KeptForm
from casework.people.models import Desk, Organisation, Role
from casework.people.transitions import join_desk, open_desk
from casework.work.models import WorkItem
from tests.ground.signing_in import PASSWORD, log_in, somebody
from workers.jobs import named, run

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
KEPT = "/inloggen/bewaard/"
TEXT = "CANARY-getypt in een ander tabblad"
OURS = "http://testserver"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def send(client, text=TEXT, **how):
    sent = {"title": text, "due_on": "2026-12-01", "submit_id": str(uuid4())}
    return client.post(reverse("work:write"), sent, **how)


def get_another_role(user) -> None:
    gemeente = Organisation.objects.create(
        name="Gemeente", short_name="Gemeente", kind="gemeente"
    )
    desk = open_desk(gemeente, name="Regie", kind=Desk.Kind.PROCESREGIE)
    join_desk(user, desk, role=Role.PROCESREGISSEUR, on=START.date())


def is_kept_for(client, user, answer) -> bool:
    """Whether the answer leads to logging in, and the text is there after that."""
    assert answer.url == f"/inloggen/?next={KEPT}"
    log_in(client, user)
    return TEXT in client.get(KEPT).content.decode()


class TestWhoIsKnown:
    def test_after_another_role(self, inside, user):
        """Catches text that is gone when somebody else changed one's role meanwhile."""
        get_another_role(user)

        assert is_kept_for(inside, user, send(inside))

    def test_after_another_role_that_another_tab_noticed_first(self, inside, user):
        """Catches a page that forgets who it was before his form comes in."""
        get_another_role(user)
        assert inside.get("/").status_code == 302

        assert is_kept_for(inside, user, send(inside))

    def test_choices_are_no_text_and_stay_with_it(self, inside, user):
        """Catches "calling" and a number on the page of what somebody typed."""
        inside.post(reverse("account_logout"))
        send(inside)
        send(inside, text="bellen")
        log_in(inside, user)

        answer = inside.get(KEPT)

        page = answer.content.decode()
        assert page.count("<blockquote") == 1
        assert page.count("Je maakte alleen keuzes, je typte geen tekst.") == 1
        assert ("title", "bellen") in answer.context["forms"][1]["fields"]

    def test_after_logging_out_in_another_tab(self, inside, user):
        """Catches text that is gone because another tab logged out."""
        inside.post(reverse("account_logout"))

        assert is_kept_for(inside, user, send(inside))

    @pytest.mark.parametrize("hours", [13, 64, 160])
    def test_the_next_morning_and_after_a_weekend(self, inside, user, clock, hours):
        """Catches what is typed at five and sent the next morning, or on Monday."""
        clock.shift(timedelta(hours=hours))

        assert is_kept_for(inside, user, send(inside))

    def test_who_logged_out_himself_is_not_told_that_he_was_away(self, inside, user):
        """Catches a page that says of who logged out that he was away too long."""
        inside.post(reverse("account_logout"))
        assert "te lang weg" not in inside.get("/inloggen/").content.decode()
        send(inside)

        page = inside.get("/inloggen/").content.decode()

        assert "te lang weg" not in page
        assert "Wat je verstuurde is bewaard" in page

    def test_it_is_of_who_was_there_last(self, inside, user):
        """Catches text of one colleague that is kept for who was there before."""
        inside.post(reverse("account_logout"))
        achmed = somebody("achmed")
        log_in(inside, achmed)
        inside.post(reverse("account_logout"))

        send(inside)

        assert KeptForm.objects.get().user == achmed

    def test_after_a_week_nobody_knows_who_it_was(self, inside, clock):
        """Catches sessions that stay in the database for ever, with who it was."""
        inside.post(reverse("account_logout"))
        clock.shift(timedelta(days=6))
        run(named("remove_kept"), stop=lambda: False, at=timezone.now())
        assert inside.session["stopped"]
        clock.shift(timedelta(days=1, seconds=1))

        run(named("remove_kept"), stop=lambda: False, at=timezone.now())

        assert not Session.objects.exists()

    def test_who_logged_out_is_let_in_nowhere(self, inside):
        """Catches a session that knows too much after logging out."""
        before = inside.cookies["sessionid"].value
        inside.post(reverse("account_logout"))

        assert inside.cookies["sessionid"].value != before
        assert "_auth_user_id" not in inside.session
        assert inside.get("/").status_code == 302
        assert inside.get(KEPT).status_code == 302


class TestOldToken:
    """A page of before somebody logged in again, in another tab."""

    @pytest.fixture
    def browser(self):
        return Client(enforce_csrf_checks=True)

    @pytest.fixture
    def old(self, browser, user):
        """Log in twice, and give the token of a page of the first time."""
        _enter(browser, user)
        old = browser.get(reverse("work:write")).context["csrf_token"]
        browser.post(reverse("account_logout"), {"csrfmiddlewaretoken": old})
        _enter(browser, user)
        return str(old)

    def send(self, browser, token, **how):
        return browser.post(
            reverse("work:write"),
            {
                "title": TEXT,
                "due_on": "2026-12-01",
                "submit_id": str(uuid4()),
                "csrfmiddlewaretoken": token,
            },
            **how,
        )

    def test_it_is_given_back_and_can_be_sent_again(self, browser, old):
        """Catches a page that says it was too old, and takes the text along."""
        answer = self.send(browser, old, headers={"origin": OURS})

        assert answer.status_code == 403
        assert f"{TEXT}</blockquote>" in answer.content.decode()
        assert old not in answer.content.decode()
        assert not WorkItem.objects.system_scope("a test counts").exists()
        again = dict(answer.context["fields"])
        assert "csrfmiddlewaretoken" not in again
        again["csrfmiddlewaretoken"] = str(answer.context["csrf_token"])
        assert browser.post(answer.context["path"], again).status_code == 303
        assert WorkItem.objects.system_scope("a test reads").get().title == TEXT

    @pytest.mark.parametrize(
        "origin", [None, "null", "http://elders.example", "http://testserver.elders.nl"]
    )
    def test_what_another_site_sends_is_not(self, browser, old, origin):
        """Catches a text of another site that stands on a page of ours, with a button."""
        how = {"headers": {"origin": origin}} if origin else {}

        answer = self.send(browser, old, **how)

        assert answer.status_code == 403
        assert TEXT not in answer.content.decode()

    def test_a_password_never_is(self, browser, old):
        """Catches a page of an account whose fields stand on the page of the refusal."""
        answer = browser.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": "Acht apen", "submit_id": "x"},
            headers={"origin": OURS},
        )

        assert answer.status_code == 403
        assert PASSWORD not in answer.content.decode()
        assert "Acht apen" not in answer.content.decode()

    def test_of_logging_in_only_the_address_is(self, browser, user):
        """Catches an address that has to be typed again, or a password on a page."""
        answer = browser.post(
            "/inloggen/",
            {"login": user.email, "password": PASSWORD, "next": "/programma/"},
            headers={"origin": OURS},
        )

        page = answer.content.decode()
        assert answer.status_code == 403
        assert f'value="{user.email}"' in page
        assert PASSWORD not in page
        entered = browser.post(
            "/inloggen/",
            {
                "login": user.email,
                "password": PASSWORD,
                "next": answer.context["next"],
                "csrfmiddlewaretoken": str(answer.context["csrf_token"]),
            },
        )
        assert entered.url == "/programma/"

    def test_an_address_that_another_site_sends_is_not(self, browser, user):
        """Catches somebody who is led to log in as another by a page elsewhere."""
        answer = browser.post(
            "/inloggen/", {"login": user.email}, headers={"origin": "http://x.example"}
        )

        assert answer.status_code == 403
        assert user.email not in answer.content.decode()


class TestNobodyKnown:
    def test_it_is_given_back_in_the_answer(self, client, user):
        """Catches text that is gone because nobody knows any more whose it was."""
        answer = send(client)

        page = answer.content.decode()
        assert answer.status_code == 403
        assert f"{TEXT}</blockquote>" in page
        assert not KeptForm.objects.exists()
        log_in(client, user)
        again = client.post(answer.context["path"], dict(answer.context["fields"]))
        assert again.status_code == 303

    def test_the_twenty_first_is_too(self, inside, clock):
        """Catches a table that anybody fills, and text that is gone when it is full."""
        clock.shift(timedelta(minutes=16))
        for _ in range(kept.MOST):
            assert send(inside).status_code == 302

        answer = send(inside)

        assert KeptForm.objects.count() == kept.MOST
        assert f"{TEXT}</blockquote>" in answer.content.decode()

    def test_a_button_leads_to_logging_in(self, client):
        """Catches a page that gives back nothing to who pressed a button."""
        answer = client.post(reverse("work:write"), {"submit_id": str(uuid4())})

        assert answer.url.startswith("/inloggen/")


def _enter(browser, user):
    token = browser.get("/inloggen/").context["csrf_token"]
    sent = {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    return browser.post("/inloggen/", sent)
