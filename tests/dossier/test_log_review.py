"""The FG looks the log over every month, and says what was found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.audit.models import AuditEntry
from casework.cases.log_review import ask_for_log_review, finish_log_review
from casework.people.models import Desk
from casework.work import items
from tests.world import AT

pytestmark = pytest.mark.django_db

NEXT_MONTH = AT + timedelta(days=20)


def test_is_asked_of_the_fg_once_a_month(world):
    """Catches a review that comes every day, at another desk, or only the first month."""
    assert ask_for_log_review(at=AT) == 1
    assert ask_for_log_review(at=AT + timedelta(days=1)) == 0
    asked = items.open_about("log:2026-11").get()
    assert asked.owner_desk.kind == Desk.Kind.FG
    assert asked.due_on > AT.date()

    assert ask_for_log_review(at=NEXT_MONTH) == 1
    assert items.open_of_kind("log.review") == ["log:2026-11", "log:2026-12"]


def test_is_not_asked_again_when_it_was_done(world):
    """Catches a month that comes back the day after it was looked over."""
    ask_for_log_review(at=AT)

    assert finish_log_review(by=world.fg, at=AT, result="nothing") == 1

    assert ask_for_log_review(at=AT + timedelta(days=1)) == 0
    row = AuditEntry.objects.get(verb="log.reviewed")
    assert (row.by, row.about, row.ground) == (world.fg, "log:2026-11", "nothing")


def test_waits_for_a_desk_of_the_fg(world):
    """Catches work for nobody where the FG is not set up yet."""
    Desk.objects.filter(kind=Desk.Kind.FG).update(is_active=False)

    assert ask_for_log_review(at=AT) == 0
