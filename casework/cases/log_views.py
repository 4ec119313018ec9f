"""The log, for who watches over it; that he reads it stands in it too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from casework.access.requests import UserRequest
from casework.access.rules import page, roles
from casework.audit import log
from casework.audit.keys import reveal_words
from casework.audit.reading import Page, cases_of, page_of_log
from casework.cases.log_forms import LogFilter
from casework.cases.models import Case, Exclusion
from casework.jobs.views import exports_of
from casework.people.models import Role, User

WATCHERS = (Role.FG, Role.PRIVACY_OFFICER)


@page(access=roles(*WATCHERS), methods=("GET", "POST"))
def show_log(request: UserRequest) -> HttpResponse:
    """A page of the whole log; each view of it is a line in it."""
    at, reader = timezone.now(), request.user.pk
    form = LogFilter.of(request, reader=reader)
    valid = form.is_valid()
    if valid and request.method == "POST":
        return HttpResponseRedirect(reverse("audit:log") + form.address(reader=reader))
    case = _number_of(form.cleaned_data.get("reference", "")) if valid else None
    log.write(
        "log.read",
        by=request.user,
        at=at,
        case=case,
        role=",".join(sorted(request.role_set & set(WATCHERS))),
        words=urlencode(form.asked()) if valid else "",
    )
    known = known_to(request.user)
    case = None if case in known else case
    context: dict[str, Any] = {
        "form": form,
        "start_url": reverse("audit:log"),
        "exports": exports_of(request.user, at=at),
    }
    if case is not None and Role.PRIVACY_OFFICER in request.role_set:
        reference = form.cleaned_data["reference"]
        context["back_url"] = reverse("audit:look_back", args=[reference])
    if not valid:
        return render(request, "audit/log.html", context, status=422)
    after = form.cleaned_data["after"]
    asked = replace(form.query(case=case), without=known)
    found = page_of_log(
        asked, after=after, references=_references(cases_of(asked, after=after))
    )
    context |= {
        "page": found,
        "words": _words(found) if Role.FG in request.role_set else {},
        "from_start": after is None,
        "start_url": f"{context['start_url']}{form.address(reader=reader)}",
        "next_url": found.after and form.address(reader=reader, after=found.after),
    }
    return render(request, "audit/log.html", context)


def known_to(user: User) -> frozenset[int]:
    """
    Give the cases of people whom somebody knows: no row of the log says them to him.

    Not how many rows those are either: asked for one colleague, that says what he did.
    """
    keys = Exclusion.objects.filter(user=user).values_list("case_id", flat=True)
    return frozenset(keys)


def _words(found: Page) -> dict[int, str]:
    """Give what people searched for; the FG alone reads it, and that is logged."""
    return reveal_words(line.pk for line in found.lines)


def _number_of(reference: str) -> int | None:
    if not reference:
        return None
    return (
        Case.objects.system_scope("the log is asked by reference")
        .filter(reference=reference)
        .values_list("pk", flat=True)
        .first()
    )


def _references(cases: set[int]) -> dict[int, str]:
    rows = Case.objects.system_scope("the log names cases").filter(pk__in=cases)
    return dict(rows.values_list("pk", "reference"))
