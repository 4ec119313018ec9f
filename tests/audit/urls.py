"""Pages that are refused, that fail, and that log what they show."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from casework.access.requests import UserRequest
from casework.access.rules import everyone, page, public, roles
from casework.audit.log import write
from casework.audit.reading import page_of_log
from casework.cases.log_forms import LogFilter
from casework.people.models import Role
from tests.audit.conftest import AT


@page(access=everyone)
def shown(request: UserRequest, **_: object) -> HttpResponse:
    write("case.read", by=request.user, at=AT, case=7)
    return HttpResponse("KANARIE")


@page(access=everyone, methods=("GET", "POST"))
def hidden(request: UserRequest, **_: object) -> HttpResponse:
    with transaction.atomic():
        write("case.changed", by=request.user, at=AT, case=7)
        raise Http404


@page(access=everyone)
def forbidden(request: UserRequest) -> HttpResponse:
    raise PermissionDenied


@page(access=roles(Role.FG))
def for_fg(request: UserRequest) -> HttpResponse:
    return HttpResponse("KANARIE")


@page(access=public("Ook zonder account."))
def open_to_all(request: UserRequest) -> HttpResponse:
    raise Http404


handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"


@page(access=everyone)
def log(request: UserRequest) -> HttpResponse:
    reader = request.user.pk
    form = LogFilter.of(request, reader=reader)
    found = None
    if form.is_valid():
        after = form.cleaned_data["after"]
        found = page_of_log(form.query(), after=after, limit=2)
    facts = {
        "form": form,
        "page": found,
        "from_start": not form.data.get("after"),
        "start_url": form.address(reader=reader),
        "next_url": found
        and found.after
        and form.address(reader=reader, after=found.after),
    }
    return render(request, "audit/log.html", facts, status=200 if found else 422)


urlpatterns = [
    path("logboek/", log, name="log"),
    path("casussen/<reference>/", shown, name="shown"),
    path("weg/<reference>/", hidden, name="hidden"),
    path("mensen/<name>/", hidden, name="hidden_person"),
    path("verboden/", forbidden, name="forbidden"),
    path("fg/", for_fg, name="for_fg"),
    path("open/", open_to_all, name="open_to_all"),
    path("", include("config.urls")),
]
