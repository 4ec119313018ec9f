"""Who hears of work that nobody else can do."""

from __future__ import annotations

from casework.people.models import Desk
from casework.work.recipients import caretakers
from tests.world import AT


def test_the_beheerder_alone_hears_what_nobody_does(world):
    """Catches a reminder that goes to every desk because one is empty."""
    assert [told.user for told in caretakers(at=AT)] == [world.beheerder]

    Desk.objects.filter(kind=Desk.Kind.BEHEER).update(is_active=False)
    assert caretakers(at=AT) == []
