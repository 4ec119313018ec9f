"""Events are added and never changed, and hold no words about people."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction

from casework.cases.journal import Contradiction, apply
from casework.cases.models import Event
from tests.world import AT, CANARIES, asked, opened, with_canaries

pytestmark = pytest.mark.engine


def events_of(case):
    return Event.objects.system_scope("test").filter(case=case)


class TestEvents:
    def test_the_application_cannot_change_one(self, world) -> None:
        case = opened(world)

        with pytest.raises(ProgrammingError), transaction.atomic():
            events_of(case).update(kind="case.closed")

    def test_the_application_cannot_remove_one(self, world) -> None:
        case = opened(world)

        with pytest.raises(ProgrammingError), transaction.atomic():
            events_of(case).delete()

    def test_hold_no_name_and_no_text(self, world) -> None:
        """Catches a fact that says who it is about."""
        case = with_canaries(world, opened(world))
        asked(world, case)

        said = str(list(events_of(case).values_list("kind", "facts", "changes")))

        assert not [word for word in CANARIES.values() if word in said]
        assert "ggz" not in said


class TestApply:
    def test_refuses_an_event_that_starts_from_what_was_not_so(self) -> None:
        """Catches a history with a hole in it."""
        event = Event(pk=1, changes=[["case:1", "level", 3, 4]], at=AT)

        with pytest.raises(Contradiction):
            apply({"case:1": {"level": 2}}, [event])
