"""In every field in which somebody writes about a case stands a canary."""

from __future__ import annotations

import pytest

from casework.cases.models import Person
from tests.access.building import build
from tests.access.canaries import HIDDEN, KIND_OF
from tests.access.later import write_the_rest
from tests.access.relations import stands
from tests.access.text_fields import (
    WITHOUT,
    canaries_in,
    reason_without,
    text_fields,
)
from tests.access.town import NOW

pytestmark = [pytest.mark.access, pytest.mark.django_db]


def test_every_text_field_holds_a_canary_or_says_why_not(time_machine_at):
    """
    Catches a new text field for which the matrix would look in vain.

    And a reason that no longer holds, and a canary that stands nowhere.
    """
    time_machine_at(NOW)
    town = build()
    write_the_rest(town)
    fields = dict(text_fields())
    held = {name: canaries_in(field) for name, field in fields.items()}
    for _ in stands(town):
        for name, field in fields.items():
            held[name] |= canaries_in(field)

    without = {name for name, found in held.items() if not found}
    reasons = {reason_without(name) for name in without}
    assert not {name for name in without if reason_without(name) is None}
    assert not {name for name in held if held[name] and reason_without(name)}
    assert not WITHOUT.keys() - reasons
    assert Person._base_manager.filter(bsn__isnull=False).exists()
    assert KIND_OF.keys() - set(HIDDEN.values()) == set().union(*held.values())
