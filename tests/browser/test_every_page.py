"""Every page of the product, found by following its links, as every role that may."""

import functools

import pytest
from django.urls import resolve
from django.utils import timezone

from ave.escalation.asks import ask_to_tell
from ave.escalation.models import Escalation
from casework.cases.models import Case
from casework.keys.searching import seal
from casework.people.models import User
from casework.work.preferences import choose_digest
from config.demo.people import DEMO_ROLES
from tests.browser.walking import Place, Walk, faults

SEES_MOST = "procesregisseur"
BEFORE_THE_LOG_IN = ("/inloggen/", "/demo/", "/hulp/", "/inloggen/wachtwoord/vergeten/")
DIFFER_BY_ROLE = (
    "work:mine",
    "board:case",
    "escalation:decide",
    "plan:task",
    "programme:activity",
    "programme:signal",
    "triage:refer",
)


@functools.cache
def walk_of(role):
    """One page of each kind; each town is the same, so it is walked once."""
    return Walk(role, most=1)


def of_this_role(walk):
    """The pages that no other role shows in the same way, each list once."""
    if walk.role == SEES_MOST:
        return walk.found
    seen = {place.view for place in walk_of(SEES_MOST).found}
    shared = seen - set(DIFFER_BY_ROLE)
    return [
        place
        for place in walk.found
        if place.view not in shared and "?" not in place.path
    ]


def without_a_link():
    """Pages that a search, a mail, or a state leads to."""
    at = timezone.now()
    requests = Escalation.objects.system_scope("test").filter(ended_at=None)
    running = requests.filter(turn="review", due_on__lt=at).first()
    ask_to_tell(running, at=at)
    reader = User.objects.get(name=DEMO_ROLES[SEES_MOST].name)
    closed = Case.objects.system_scope("test").filter(status="closed").first()
    return [
        Place(SEES_MOST, path, view)
        for path, view in (
            (f"/besluiten/{running.pk}/mondeling/", "escalation:record"),
            (f"/besluiten/{running.pk}/stil/", "escalation:silent"),
            (f"/besluiten/{running.pk}/overgeslagen/", "escalation:skipped"),
            (f"/casussen/{closed.reference}/", "board:case"),
            (f"/casussen/{closed.reference}/heropenen/", "cases:reopen"),
            (f"/casussen/?q={seal('zzz', reader=reader.pk)}", "board:list"),
            ("/casussen/?q=zzz", "board:list"),
            ("/casussen/AVE-2026-0000/", "404"),
            ("/beheer/", "403"),
        )
    ]


@pytest.mark.parametrize("role", DEMO_ROLES)
def test_a_page_of_each_kind_is_sound(as_role, role):
    """Catches a page that breaks the policy, a reader's software, or a small screen."""
    walk = walk_of(role)
    visitor = as_role(role)

    found = [fault for place in of_this_role(walk) for fault in faults(visitor, place)]

    assert walk.dead == []
    assert found == []


def test_pages_without_a_link_are_sound_too(as_role):
    """Catches an error page or a rare form that nobody ever looked at."""
    visitor = as_role(SEES_MOST)

    found = [fault for place in without_a_link() for fault in faults(visitor, place)]

    assert [fault for fault in found if "status" not in fault] == []


def test_pages_before_the_log_in_are_sound(as_role):
    """Catches a page that nobody tested because a test is logged in."""
    visitor = as_role()

    found = [
        fault
        for path in BEFORE_THE_LOG_IN
        for fault in faults(visitor, Place("", path, resolve(path).view_name))
    ]

    assert found == []


def test_the_end_of_the_daily_mail_is_sound(as_role):
    """Catches a link in a mail that leads nowhere, or a button that changes nothing."""
    marloes = User.objects.get(name="Marloes de Wit")
    key = choose_digest(marloes, wanted=True, at=timezone.now()).unsubscribe_key
    visitor = as_role()

    found = faults(visitor, Place("", f"/mail-uit/{key}/", "work:digest"))

    assert found == []
    visitor.press("Zet het overzicht uit")
    assert "Je overzicht per dag staat uit" in visitor.text
    visitor.press("Zet het overzicht weer aan")
    assert "Wil je het overzicht per dag niet meer?" in visitor.text


@pytest.mark.long
@pytest.mark.parametrize("role", DEMO_ROLES)
def test_every_page_is_sound(as_role, role):
    """
    Catches the same on three of each kind, also on a phone and in the dark.

    Long: some 450 pages, three looks with axe each.
    """
    walk = Walk(role, most=3)
    visitor = as_role(role)

    found = [
        fault for place in walk.found for fault in faults(visitor, place, thorough=True)
    ]

    assert walk.dead == []
    assert found == []
