"""What is kept longer than was said: the program throws nothing away, and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.cases.lifecycle import answer_consultation
from casework.cases.models import Case, Consultation
from tests.world import AT, DAY, opened
from workers.verify import verify

pytestmark = pytest.mark.django_db


def kept_beyond() -> int:
    name = "closed cases and advice kept beyond their day"
    return {each.name: each.count for each in verify(at=AT)}[name]


def test_verify_counts_what_is_kept_beyond_its_day(world) -> None:
    """Catches a dossier that nobody looks at again after the day that its page named."""
    case = opened(world)
    answer_consultation(
        by=world.procesregisseur,
        at=AT,
        asked_by="Een wijkteam",
        question="Wie kan helpen?",
        advice="Bel de ggz.",
        minutes=15,
    )
    assert kept_beyond() == 0

    yesterday = {"keep_until": DAY - timedelta(days=1)}
    Case._base_manager.filter(pk=case.pk).update(**yesterday)
    assert kept_beyond() == 1
    Consultation._base_manager.update(**yesterday)
    assert kept_beyond() == 2


def test_the_pages_promise_no_more(world, as_user) -> None:
    """Catches "Blijft tot", of what stays after that day as well."""
    case = opened(world)
    Case._base_manager.filter(pk=case.pk).update(keep_until=DAY)
    answer_consultation(
        by=world.procesregisseur,
        at=AT,
        asked_by="Een wijkteam",
        question="Wie kan helpen?",
        advice="Bel de ggz.",
        minutes=15,
    )
    me = as_user(world.procesregisseur)

    for address in (f"/casussen/{case.reference}/", "/vraag/"):
        said = me.get(address).content.decode()
        assert "gooit dan zelf niets weg" in said
        assert "Blijft tot" not in said
