"""The link at the end of the digest, for who is not logged in."""

import re
import uuid

import pytest
from django.test import Client

from casework.audit.models import AuditEntry
from casework.work import ladder, letters, outbox
from casework.work.models import Delivery, Preference
from tests.work.conftest import FRIDAY, moment, no_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def link(opened, manager, now) -> str:
    """The address in a digest that was really written."""
    opened(manager, due=FRIDAY)
    ladder.plan_due(at=now, call=no_call)
    outbox.deliver_due(at=moment("2026-11-24 07:30"))
    row = Delivery.objects.get(kind="digest")
    return re.search(r"Zet het uit: \S+?(/mail-uit/\S+)", row.text)[1]


class TestLink:
    def test_opens_a_page_that_changes_nothing(self, stranger, link, manager):
        """Catches a mail program that looks at links and so ends the mail."""
        page = stranger.get(link)

        assert page.status_code == 200
        assert "Zet het overzicht uit" in page.content.decode()
        assert manager.name not in page.content.decode()
        assert Preference.objects.get(user=manager).digest

    def test_ends_the_digest_and_gives_it_back(self, stranger, link, manager):
        """Catches a page that stops a mail for ever, or that leaves no trace."""
        sent = stranger.post(link, {"overzicht": "uit"})

        assert (sent.status_code, sent["Location"]) == (303, link)
        assert "staat uit" in stranger.get(link).content.decode()
        assert not Preference.objects.get(user=manager).digest
        stranger.post(link, {"overzicht": "aan"})
        assert Preference.objects.get(user=manager).digest
        assert AuditEntry.objects.filter(verb="settings.changed").count() == 2

    def test_ends_it_with_one_click_of_a_mail_program(self, stranger, link, manager):
        """Catches an answer that sends a mail program elsewhere (RFC 8058)."""
        sent = stranger.post(link, {"List-Unsubscribe": "One-Click"})

        assert sent.status_code == 200
        assert not Preference.objects.get(user=manager).digest

    def test_says_nothing_to_who_guesses(self, stranger, link):
        """Catches a key that tells whether it is somebody's."""
        guess = f"/mail-uit/{uuid.uuid4()}/"

        assert stranger.get(guess).status_code == 404
        assert stranger.post(guess).status_code == 404
        assert letters.address(link).endswith(link)
