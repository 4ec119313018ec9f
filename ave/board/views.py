"""The list of somebody's cases, and the overview of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from ave.board import reading
from ave.board.forms import ListForm
from ave.escalation import reading as requests
from ave.trends.recurring import comes_back
from ave.trends.transitions import sent_about
from ave.triage.reading import assessment_of
from ave.triage.views import referrers
from casework.access.permissions import Permission
from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.audit import log
from casework.cases import pages
from casework.cases.bases import label_of
from casework.cases.models import Case
from casework.work import inbox
from casework.work.days import short

FIRST = "/casussen/"
MOST_TO_DO = 5


@page(access=everyone, methods=("GET", "POST"))
def show_list(request: UserRequest) -> HttpResponse:
    """The cases that somebody may see: filter, search, and how many per level."""
    at, reader = timezone.now(), request.user.pk
    form = ListForm.of(request, reader=reader)

    def address(after: str = "") -> str:
        return FIRST + form.address(reader=reader, after=after)

    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(address())
    context: dict[str, Any] = {
        "form": form,
        "levels": reading.levels_of(request.user, at=at),
        "may_refer": referrers.admits(request.role_set),
        "today": timezone.localdate(at),
    }
    if not form.is_valid():
        return render(request, "board/list.html", context, status=422)
    found = reading.cases_for(request.user, form, at=at)
    if form.cleaned_data["q"]:
        _log_search(request, form.cleaned_data["q"], len(found.rows), at=at)
    context |= {
        "cases": found.rows,
        "searched": form.cleaned_data["q"],
        "narrows": form.narrows,
        "next_url": found.after and address(found.after),
        "previous_url": address() if form.after else "",
    }
    return render(request, "board/list.html", context)


def _log_search(request: UserRequest, words: str, found: int, *, at: datetime) -> None:
    """Write down who searched, with how much came of it; before it is shown."""
    log.write(
        "search.done", by=request.user, at=at, words=words, about=f"found:{found}"
    )


@page(access=everyone)
def show_case(request: UserRequest, reference: str) -> HttpResponse:
    """The overview of a case: where it stands, what stops the help, what now."""
    at = timezone.now()
    case = pages.dossier_for(request.user, reference, at=at)
    all_requests = requests.requests_of(case)
    head = pages.head(case, request.user, "overzicht", at)
    stuck = reading.stuck_in(case, all_requests, at=at)
    steers = Permission.STEER_CASE.value in head["allowed"]
    themes = {each.bottleneck.theme for each in stuck if each.bottleneck.is_open}
    to_do = inbox.mine(request.user, at=at).filter(case=case.pk)
    context = {
        "stuck": stuck,
        "asked_sentences": [each.asked for each in stuck if each.asked],
        "to_do": list(to_do[:MOST_TO_DO]),
        "facts": _facts(case),
        "steers": steers and case.status == Case.Status.OPEN,
        "trends": comes_back(themes, at=at) if steers else {},
        "sent": sent_about(case, at=at) if steers else set(),
        "may_close": steers and case.is_running,
        "may_assess": Permission.TRIAGE_CASE.value in head["allowed"]
        and case.status == Case.Status.IN_TRIAGE
        and assessment_of(case) is None,
        "may_reopen": Permission.REOPEN_CASE.value in head["allowed"]
        and case.closed_at is not None,
    }
    return render(request, "board/case.html", {**head, **context})


def _facts(case: Case) -> list[tuple[str, Any]]:
    """Give what the side shows of a case; the names are of who works on it."""
    referral = getattr(case, "referral", None)
    ground = case.grounds.order_by("-pk").first()
    told_by = ""
    if referral is not None:
        received = short(timezone.localdate(referral.received_at))
        told_by = (
            f"{referral.organisation or referral.get_channel_display()}, {received}"
        )
    return [
        ("Procesregisseur", case.procesregisseur),
        ("Casusregisseur", case.casusregisseur or "Nog niet aangewezen"),
        ("Gemeld", told_by),
        ("Wettelijke grondslag", ground and label_of(ground.code)),
        ("AVE-fase", case.ave_phase),
    ]
