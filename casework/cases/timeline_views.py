"""What happened in a case, and who saw it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.audit.reading import entries_for_case
from casework.cases import pages
from casework.cases.dossier_forms import PageForm
from casework.cases.dossier_pages import read_case
from casework.cases.readings import log_reading
from casework.cases.timeline import last_visit, timeline_for


@page(access=everyone)
def show_timeline(request: UserRequest, reference: str) -> HttpResponse:
    """Everything that happened in a case, newest first."""
    at = timezone.now()
    form = PageForm(request.GET)
    case = pages.case_for(request.user, reference, at=at)
    since = last_visit(case, request.user)
    log_reading(
        "timeline.read", case, request.user, at=at, scope=Permission.READ_DOSSIER
    )
    context = pages.head(case, request.user, "tijdlijn", at)
    if not form.is_valid():
        return render(
            request, "dossier/timeline.html", {**context, "form": form}, status=422
        )
    before = form.cleaned_data["voor"]
    found = timeline_for(
        case, request.user, at=at, before=before, since=None if before else since
    )
    context |= {
        "timeline": found,
        "next_url": f"?voor={found.before}" if found.before else "",
        "start_url": pages.address(case, "tijdlijn") if before else "",
    }
    return render(request, "dossier/timeline.html", context)


@page(access=everyone)
def show_who_read(request: UserRequest, reference: str) -> HttpResponse:
    """Who saw or did what in a case."""
    at = timezone.now()
    form = PageForm(request.GET)
    case = read_case(request, reference, at=at, verb="who_read.read")
    context = pages.head(case, request.user, "wie-zag-dit", at)
    if not form.is_valid():
        return render(
            request, "dossier/who_read.html", {**context, "form": form}, status=422
        )
    before = form.cleaned_data["voor"]
    found = entries_for_case(case.pk, after=before)
    context |= {
        "page": found,
        "next_url": f"?voor={found.after}" if found.after else "",
        "start_url": pages.address(case, "wie-zag-dit") if before else "",
    }
    return render(request, "dossier/who_read.html", context)
