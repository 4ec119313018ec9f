"""The page on which somebody gets his calendar, and the calendar itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page, public
from casework.work import feed, letters

with_secret = public("who has the secret address of his own work; it names nobody")


@page(access=everyone, methods=("GET", "POST"))
def agenda(request: UserRequest) -> HttpResponse:
    """Make, replace or end the secret address of one's own calendar."""
    at = timezone.now()
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        asked = request.POST.get("doe", "")
        if asked == "stop":
            return once(request, lambda: _stop(request))
        if asked == "maak":
            key = feed.make_feed(request.user, at=at)
            context["address"] = letters.address(reverse("work:feed", args=[key]))
        else:
            status = 422
            context["wrong"] = "Kies wat je wilt: een nieuw adres, of geen adres meer."
    context["feed"] = feed.feed_of(request.user)
    return render(request, "work/agenda.html", context, status=status)


@page(access=with_secret)
def calendar(request: UserRequest, key: str) -> HttpResponse:  # noqa: ARG001
    """Give the calendar at a secret address to the program that asks for it."""
    content = feed.calendar_for(key, at=timezone.now())
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Cache-Control": "private, no-store",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
            "Content-Disposition": 'inline; filename="mijn-werk.ics"',
        },
    )


def _stop(request: UserRequest) -> str:
    feed.revoke_feed(request.user, at=timezone.now())
    return reverse("work:agenda")
