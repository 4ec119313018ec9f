"""A form that is sent when its writer is no longer logged in, however that came."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from casework.keys.models import KeptForm
from casework.people.models import Desk, Organisation, Role
from casework.people.transitions import join_desk, open_desk
from tests.ground.signing_in import log_in, somebody
from workers.jobs import named, run

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
KEPT = "/inloggen/bewaard/"
TEXT = "CANARY-getypt in een ander tabblad"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def user(clock):
    return somebody()


@pytest.fixture
def inside(client, user):
    log_in(client, user)
    return client


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
