"""The FG looks the log over every month; the result stands in the log itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.fields import Pick, SentForm
from casework.access.requests import UserRequest
from casework.access.rules import page, roles
from casework.audit import log
from casework.people.errors import AlreadyDone, NotPermitted
from casework.people.models import Desk, Role, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.sending import send

REVIEW = "log.review"
RESULTS = (
    ("log.nothing", "Ik zag niets opvallends"),
    ("log.asked", "Ik heb iets nagevraagd"),
    ("log.reported", "Ik heb iets gemeld bij de privacy officer"),
)


class ReviewForm(SentForm):
    """What the FG found."""

    result = Pick(
        label="Wat zag je?", choices=RESULTS, missing="Kies wat je zag in het logboek."
    )


def ask_for_log_review(*, at: datetime, **_: object) -> int:
    """
    Ask the FG once a month to look the log over. For the clock.

    Logging without looking is not enough (AVG article 32).
    Gives 1 when it was asked now.
    """
    desk = Desk.objects.filter(kind=Desk.Kind.FG, is_active=True).first()
    month = f"{local_day(at):%Y-%m}"
    if desk is None or items.asked_before(REVIEW, f"log:{month}"):
        return 0
    rules = policy.at(local_day(at))
    items.open_item(
        REVIEW,
        title="Kijk het logboek van de maand na",
        about=f"log:{month}",
        link="/logboek/nakijken/",
        owner=desk,
        due=due_after(rules.term("log_review"), at=at, rules=rules),
        by=None,
        at=at,
    )
    return 1


@transaction.atomic
def finish_log_review(*, by: User, at: datetime, result: str) -> int:
    """
    Write down what the FG found; the open months are done with it.

    :raises NotPermitted: if `by` is no FG
    :raises AlreadyDone: if nothing waits
    """
    if Role.FG not in by.roles(on=local_day(at)):
        raise NotPermitted("Dit doet de functionaris gegevensbescherming.")
    waiting = items.open_of_kind(REVIEW)
    if not waiting:
        raise AlreadyDone("Het logboek is al nagekeken. Je hoeft niets meer te doen.")
    for about in waiting:
        items.close_items(about, by=by, at=at, kind=REVIEW)
        log.write("log.reviewed", by=by, at=at, about=about, ground=result)
    return len(waiting)


@page(access=roles(Role.FG), methods=("GET", "POST"))
def review_log(request: UserRequest) -> HttpResponse:
    """Say what was found in the log this month."""
    at = timezone.now()
    form = ReviewForm(request.POST or None)

    def act() -> str:
        result = form.cleaned_data["result"]
        finish_log_review(by=request.user, at=at, result=result)
        return "/"

    def show(status: int) -> HttpResponse:
        waits = items.open_of_kind(REVIEW)
        asked = items.asked_before(REVIEW, f"log:{local_day(at):%Y-%m}")
        context = {"form": form, "waits": bool(waits), "asked": asked}
        return render(request, "audit/review.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)
