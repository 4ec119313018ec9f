"""The FG looks the log over every month, and says what was found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.audit.models import AuditEntry
from casework.cases.log_review import ask_for_log_review, finish_log_review
from casework.people.errors import NotPermitted
from casework.people.models import Desk
from casework.people.transitions import leave_desk
from casework.work import items
from tests.world import AT
from workers.verify import verify

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


@pytest.mark.parametrize("who", ["privacy_officer", "beheerder"])
def test_is_finished_by_the_fg_alone(world, who):
    """Catches a transition that leaves it to the page to ask who he is."""
    ask_for_log_review(at=AT)

    with pytest.raises(NotPermitted):
        finish_log_review(by=getattr(world, who), at=AT, result="nothing")

    assert items.open_of_kind("log.review") == ["log:2026-11"]


def test_waits_for_a_desk_of_the_fg_and_verify_says_so(world):
    """Catches work for nobody where the FG is not set up yet, or a review that never is."""
    assert missing_fg() == 0
    Desk.objects.filter(kind=Desk.Kind.FG).update(is_active=False)

    assert ask_for_log_review(at=AT) == 0
    assert missing_fg() == 1


def test_verify_says_that_the_desk_of_the_fg_is_empty(world):
    """Catches a review that is asked of a desk where nobody is."""
    leave_desk(world.fg.memberships.get(), on=AT.date())

    assert missing_fg() == 1


def missing_fg() -> int:
    [found] = [each for each in verify(at=AT) if each.name.startswith("no FG")]
    assert found.is_well
    return found.count
