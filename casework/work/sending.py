"""What becomes of a form that is sent: done once, or shown again with its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict

from casework.access.requests import UserRequest
from casework.access.rules import once
from casework.people.errors import InvalidInput, TransitionRefused

SHOWN_AGAIN = frozenset({409, 422})
Show = Callable[[int], HttpResponse]


def send(
    request: UserRequest,
    form: forms.Form,
    act: Callable[[], str],
    *,
    show: Show,
    about: Any = None,
) -> HttpResponse:
    """
    Do what a form asks, once, and go where `act` says; else show it again.

    Invalid is 422, stale or refused 409, each with what was typed. A form that is
    shown again carries the version that `about` has now, so that it can be sent.
    """
    if not form.is_valid():
        return show(422)
    try:
        return once(request, act)
    except TransitionRefused as refusal:
        if refusal.status not in SHOWN_AGAIN:
            raise
        refuse(form, refusal)
        _renew(form, about)
        return show(refusal.status)


def refuse(form: forms.Form, refusal: TransitionRefused) -> None:
    """Say at its field, or above the form, why it was refused."""
    field = refusal.field if isinstance(refusal, InvalidInput) else ""
    form.add_error(field if field in form.fields else None, refusal.user_message)


def _renew(form: forms.Form, about: Any) -> None:
    version = getattr(about, "version", None)
    if version is None or "seen" not in form.fields:
        return
    assert isinstance(form.data, QueryDict)
    data = form.data.copy()
    data[form.add_prefix("seen")] = str(version)
    form.data = data
