"""How the pages of a dossier open a case, and show one form about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import once, refused
from casework.cases import pages
from casework.cases.closed import require_in
from casework.cases.household import require_work
from casework.cases.models import Case
from casework.cases.readings import log_reading
from casework.people.errors import TransitionRefused
from casework.work.sending import send

ACTS = ("GET", "POST")
HOUSEHOLD, PARTIES = "huishouden", "partijen"


def read_case(request: UserRequest, reference: str, *, at: datetime, verb: str) -> Case:
    """
    Give a case whose dossier somebody reads, once it is written down that he does.

    :raises NotVisible: if there is no such case for him
    """
    case = pages.case_for(request.user, reference, at=at)
    log_reading(verb, case, request.user, at=at, scope=Permission.READ_DOSSIER)
    return case


def work_case(request: UserRequest, reference: str, *, at: datetime) -> Case:
    """
    Give a case in whose dossier somebody may write.

    :raises NotVisible: if there is no such case for him
    :raises NotPermitted: if he only reads it
    """
    case = pages.case_for(request.user, reference, at=at)
    require_work(case, request.user, at=at)
    log_reading(
        "household.read", case, request.user, at=at, scope=Permission.READ_DOSSIER
    )
    return case


def steer_case(request: UserRequest, reference: str, *, at: datetime) -> Case:
    """
    Give a case that somebody steers.

    :raises NotVisible: if there is no such case for him
    :raises NotPermitted: if he does not steer it
    """
    case = pages.case_for(request.user, reference, at=at)
    require_in(case, request.user, Permission.STEER_CASE, at=at)
    log_reading("case.read", case, request.user, at=at, scope=Permission.READ_DOSSIER)
    return case


def ask(
    request: UserRequest,
    case: Case,
    form: forms.Form,
    act: Callable[[], object],
    *,
    tab: str,
    heading: str,
    button: str,
    about: Any = None,
    goes_to: str = "",
    **context: Any,
) -> HttpResponse:
    """
    Show one form about a case, or do what it asks and go back to its tab.

    `lead` is a sentence above the form; `danger` makes the button red; `goes_to` is
    another address for who does not see the case after it. `over` says why it can't be
    sent now, `over_url` and `over_link` where to go instead of the tab.
    """
    back = pages.address(case, tab)
    shown = {"heading": heading, "button": button, "case": case, "case_url": back}
    show = partial(_show, request, form, {**shown, **context})

    def done() -> str:
        act()
        return goes_to or back

    if request.method != "POST":
        return show(200)
    return send(request, form, done, show=show, about=about)


def do(
    request: UserRequest, case: Case, act: Callable[[], object], *, tab: str
) -> HttpResponse:
    """Do what one button asks, once, and go back to the tab, also when refused."""

    def done() -> str:
        act()
        return pages.address(case, tab)

    try:
        return once(request, done)
    except TransitionRefused as refusal:
        if refusal.status != 409:
            raise
        back = {
            "back_url": pages.address(case, tab),
            "back_link": "Ga terug naar de casus",
        }
        return refused(request, refusal, back=back)


def _show(
    request: UserRequest, form: forms.Form, context: dict[str, Any], status: int
) -> HttpResponse:
    return render(
        request, "dossier/form.html", {**context, "form": form}, status=status
    )
