"""
Every refusal that any test meets tells somebody what to do, at a field that is there.

A wrong name of a field puts the sentence above the form, and a missing sentence leaves
only "Dit klopt nog niet": neither fails a test that looks at the refusal alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.forms import BaseForm

from ave.triage.models import Triage
from casework.people.errors import InvalidInput, TransitionRefused

NO_FORM = frozenset({"cases", "key", "value", "valid_from", "valid_until"})
"""Asked for by what has no form of its own: several cases at once, and the policy."""

ABOUT_ALL = ("Leg eerst de grondslag", "Leg hoogstens", "Vul ten minste één afspraak")
"""How a refusal begins that is about no field, but about all that was filled in."""


@pytest.fixture(scope="session", autouse=True)
def _refusals_help() -> Iterator[None]:
    begin = TransitionRefused.__init__

    def looked_at(self: TransitionRefused, *args: Any, **facts: Any) -> None:
        begin(self, *args, **facts)
        said = self.user_message
        assert said[:1].isupper(), f"{said!r} is no sentence"
        assert said.endswith((".", "?")), f"{said!r} is no sentence"
        assert not said.isupper(), f"{said!r} is shouted"
        if isinstance(self, InvalidInput):
            assert args[:1] != ("",), "invalid, and it does not say why"
            assert self.field or said.startswith(ABOUT_ALL), f"{said!r} has no field"
            assert not self.field or self.field in _fields() | NO_FORM, self.field

    TransitionRefused.__init__ = looked_at  # type: ignore[method-assign]
    yield
    TransitionRefused.__init__ = begin  # type: ignore[method-assign]


@cache
def _fields() -> frozenset[str]:
    # The pages bring their forms along.
    import_module(settings.ROOT_URLCONF)
    declared = {name for form in _forms(BaseForm) for name in form.base_fields}
    reasons = {f"{name}_reason" for name in Triage.CRITERIA}
    return frozenset(declared | {*Triage.CRITERIA} | reasons)


def _forms(kind: type[BaseForm]) -> Iterator[type[Any]]:
    for form in kind.__subclasses__():
        if hasattr(form, "base_fields"):
            yield form
        yield from _forms(form)
