"""The export of the log: ask for it, see how far it is, fetch it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import once, page, roles
from casework.jobs.models import Job
from casework.jobs.transitions import MAY, ask_for, open_file
from casework.people.models import User

REFRESH = 5
FOLLOWED = timedelta(minutes=10)
"""How long the page looks again by itself: longer would keep somebody logged in."""

_MOST_SHOWN = 20

_may_export = roles(*sorted(MAY[Job.Kind.LOG_EXPORT]))


@dataclass(frozen=True)
class Exports:
    """The exports of one person as a page shows them."""

    going: Job | None
    files: list[Job]
    failed: Job | None


def exports_of(user: User, *, at: datetime) -> Exports:
    """Give somebody's own exports of the log, the newest first. One query."""
    mine = Job.objects.of(user).filter(kind=Job.Kind.LOG_EXPORT)
    today = timezone.localdate(at)
    shown = (
        mine.going() | mine.fetchable(on=today) | mine.filter(state=Job.State.FAILED)
    )
    rows = list(shown.order_by("-pk")[:_MOST_SHOWN])
    newest = rows[0] if rows else None
    return Exports(
        going=newest if newest and newest.is_going else None,
        files=[row for row in rows if row.state == Job.State.DONE],
        failed=newest if newest and newest.state == Job.State.FAILED else None,
    )


@page(access=_may_export, methods=("GET", "POST"))
def log_export(request: UserRequest) -> HttpResponse:
    """How far one's export is; sent, it asks for a new one."""
    at = timezone.now()
    here = reverse("jobs:log_export")

    def act() -> str:
        ask_for(Job.Kind.LOG_EXPORT, by=request.user, at=at)
        return here

    if request.method == "POST":
        return once(request, act)
    exports = exports_of(request.user, at=at)
    going = exports.going
    follows = going is not None and at < going.asked_at + FOLLOWED
    context = {"exports": exports, "follows": follows}
    response = render(request, "jobs/log_export.html", context)
    if follows:
        response.headers["Refresh"] = f"{REFRESH};url={here}"
    return response


@page(access=_may_export)
def fetch_log(request: UserRequest, pk: int) -> StreamingHttpResponse:
    """Give the file, a piece at a time; nobody keeps a copy on the way."""
    job, pieces = open_file(pk, by=request.user, at=timezone.now())
    name = f"logboek-{timezone.localdate(job.asked_at).isoformat()}.jsonl"
    return StreamingHttpResponse(
        pieces,
        content_type="application/jsonl; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(job.size),
            "Cache-Control": "private, no-store",
        },
    )
