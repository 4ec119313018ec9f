"""What the FG and the privacy officer see of an export, and what they get."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.audit.export import export_log
from casework.audit.models import AuditEntry
from casework.jobs.models import Job
from casework.jobs.transitions import ask_for, claim, try_later
from tests.jobs.conftest import LOG
from tests.pages.conftest import text_of
from tests.world import AT

pytestmark = pytest.mark.django_db

PAGE = "/logboek/export/"
BUTTON = "Maak een export van het logboek"


@pytest.fixture
def fg(world, browser):
    return browser(world.fg)


class TestLogPage:
    def test_has_the_button(self, fg):
        page = fg.get("/logboek/")

        assert f'action="{PAGE}"' in page.content.decode()
        assert BUTTON in text_of(page)

    def test_says_how_far_it_is(self, fg, asked):
        """Catches a page that offers a second one while the first is made."""
        page = fg.get("/logboek/")

        assert "Je export wacht op zijn beurt" in text_of(page)
        assert BUTTON not in text_of(page)
        assert "Refresh" not in page.headers

    def test_costs_the_same_with_ten_exports(self, fg, world, tick):
        """Catches a query for each export."""
        few = _queries(fg, "/logboek/")
        for _ in range(10):
            ask_for(LOG, by=world.fg, at=AT)
            tick()

        assert _queries(fg, "/logboek/") == few
        assert _queries(fg, PAGE) < few


class TestLogExport:
    def test_is_asked_with_the_button(self, fg, world):
        answer = fg.send(PAGE)

        assert (answer.status_code, answer["Location"]) == (303, PAGE)
        assert Job.objects.get().by == world.fg

    def test_looks_again_while_it_is_made(self, fg, asked, tick):
        """Catches a progress that stands still on the screen."""
        Job.objects.update(total=48000)
        claim(at=AT)
        Job.objects.update(done=12000)

        page = fg.get(PAGE)

        assert page.headers["Refresh"] == f"5;url={PAGE}"
        assert "Bezig: 12.000 van 48.000 regels" in text_of(page)
        assert '<progress max="48000" value="12000"' in page.content.decode()

    def test_stops_looking_after_a_while(self, fg, asked):
        """Catches a page that keeps somebody logged in who went home."""
        with time_machine.travel(AT + timedelta(minutes=11), tick=False):
            fg.cookies.clear()
            fg.force_login(
                asked.by, "allauth.account.auth_backends.AuthenticationBackend"
            )
            page = fg.get(PAGE)

        assert "nog-even" in page.headers["Refresh"]
        assert "Kijk opnieuw hoe ver het is" in text_of(page)

    def test_offers_what_is_made(self, fg, asked, tick):
        tick()
        asked.refresh_from_db()

        page = fg.get(PAGE)

        kb = f"{asked.size / 1024:.1f}".replace(".", ",")
        assert f"Download ({kb} KB) , tot en met ma 30 november" in text_of(page)
        assert f'href="{PAGE}{asked.pk}/"' in page.content.decode()
        assert "nog-even" in page.headers["Refresh"]
        assert BUTTON in text_of(page)

    def test_offers_it_no_longer_than_it_is_there(self, fg, asked, tick):
        """Catches a link that leads to an error."""
        tick()
        with time_machine.travel(AT + timedelta(days=8), tick=False):
            fg.force_login(
                asked.by, "allauth.account.auth_backends.AuthenticationBackend"
            )
            page = fg.get(PAGE)

        assert "Download" not in text_of(page)

    def test_says_why_it_failed_and_lets_try_again(self, fg, asked):
        for hours in (0, 1, 2):
            try_later(claim(at=AT + timedelta(hours=hours)), at=AT)

        page = fg.get(PAGE)

        assert "Het maken is drie keer mislukt. Er is niets kwijt." in text_of(page)
        assert BUTTON in text_of(page)

    def test_says_nothing_of_an_old_failure(self, fg, world, asked, tick):
        for hours in (0, 1, 2):
            try_later(claim(at=AT + timedelta(hours=hours)), at=AT)
        ask_for(LOG, by=world.fg, at=AT)
        tick()

        page = fg.get(PAGE)

        assert "mislukt" not in text_of(page)
        assert "Download" in text_of(page)

    def test_shows_nothing_of_another(self, browser, world, asked, tick):
        """Catches a list of everybody's exports."""
        tick()

        page = browser(world.privacy_officer).get(PAGE)

        assert "Download" not in text_of(page)


class TestFetchLog:
    def test_gives_the_file(self, fg, asked, tick):
        """Catches a name with somebody in it, and a copy that stays behind."""
        text = "".join(f"{line}\n" for line in export_log())
        tick()

        answer = fg.get(f"{PAGE}{asked.pk}/")

        assert answer.streaming
        assert b"".join(answer.streaming_content).decode() == text
        assert answer["Content-Disposition"] == (
            'attachment; filename="logboek-2026-11-23.jsonl"'
        )
        assert answer["Content-Length"] == str(len(text))
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert AuditEntry.objects.filter(verb="export.fetched").count() == 1

    def test_is_not_there_for_another(self, browser, world, asked, tick):
        """Catches a number in the address that opens somebody else's file."""
        tick()
        privacy_officer = browser(world.privacy_officer)

        theirs = privacy_officer.get(f"{PAGE}{asked.pk}/")
        nobodys = privacy_officer.get(f"{PAGE}{asked.pk + 1}/")

        assert theirs.status_code == nobodys.status_code == 404
        assert not AuditEntry.objects.filter(verb="export.fetched").exists()

    def test_is_shut_for_who_lost_the_role(self, fg, world, asked, tick):
        tick()
        world.fg.memberships.update(until_on=AT.date())

        assert fg.get(f"{PAGE}{asked.pk}/").status_code == 403
        assert fg.send(PAGE).status_code == 403

    def test_says_that_it_is_gone(self, fg, asked, tick):
        tick()
        tick(AT + timedelta(days=8))

        page = fg.get(f"{PAGE}{asked.pk}/")

        assert page.status_code == 409
        assert "Dit bestand is er niet meer, of nog niet." in text_of(page)


def _queries(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(path)
    return len(asked)
