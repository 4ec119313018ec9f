"""Mijn werk: everything that waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from casework.access.context import CASE_ROLES
from casework.access.requests import UserRequest
from casework.access.rules import everyone, once, page
from casework.people.errors import TransitionRefused
from casework.people.models import Role
from casework.policy import policy
from casework.work import calling, chasing, inbox, own, pages
from casework.work.days import spoken, working_days
from casework.work.due import Chosen, Due
from casework.work.explaining import explanation_of
from casework.work.forms import DONE, MINE, OTHERS, TEAM, ListForm, OwnForm, PauseForm
from casework.work.held import require_open
from casework.work.models import WorkItem
from casework.work.models.waiting import people_of
from casework.work.sending import send

MAY_REFER = frozenset(
    {Role.PROCESREGISSEUR, Role.CASUSREGISSEUR, Role.KETENPARTNER, Role.AOV}
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One of the lists, on its own address."""

    label: str
    url: str
    current: bool
    count: int | str


@page(access=everyone)
def mine(request: UserRequest) -> HttpResponse:
    """What waits for this person, first what must be done first."""
    at = timezone.now()
    form = ListForm(request.GET)
    people = people_of(request.user, at=at)
    counts = pages.counts(request.user, at=at, people=people)
    context: dict[str, Any] = {
        "form": form,
        "counts": counts,
        "today": timezone.localdate(at),
        "badges": {"work:mine": counts.late},
        "may_refer": bool(request.role_set & MAY_REFER),
        "has_cases": bool((request.role_set | request.lent_roles) & CASE_ROLES),
    }
    if not form.is_valid():
        return render(request, "work/mine.html", context, status=422)
    found = pages.page_of(
        request.user,
        form.shown,
        after=form.cleaned_data["na"],
        has_cases=context["has_cases"],
        at=at,
        people=people,
    )
    waits = counts.others and form.shown != OTHERS
    waiting = pages.waiting_few(request.user, at=at, people=people) if waits else []
    next_page = urlencode({"toon": form.shown, "na": found.after})
    context |= {
        "groups": found.groups,
        "shown": form.shown,
        "filters": _filters(counts, form.shown),
        "waiting": waiting,
        "has_spoed": found.has_spoed or any(row.urgent for row in waiting),
        "next_url": f"/?{next_page}" if found.after else "",
        "previous_url": f"/?toon={form.shown}" if form.cleaned_data["na"] else "",
    }
    response = render(request, "work/mine.html", context)
    if request.method == "GET":
        inbox.mark_read(request.user, at=at)
    return response


@page(access=everyone, methods=("POST",))
def remind(request: UserRequest, pk: int) -> HttpResponse:
    """Remind who must do something that this person asked for."""
    at = timezone.now()
    item = inbox.item_for(request.user, pk, at=at)

    def act() -> str:
        try:
            chasing.remind_now(item, by=request.user, at=at)
        except TransitionRefused as refusal:
            if refusal.status != 409:
                raise
            messages.warning(request, refusal.user_message)
        else:
            messages.success(request, _reminded(request, item, at=at))
        return _next(request, "/?toon=anderen")

    return once(request, act)


@page(access=everyone, methods=("GET", "POST"))
def pause(request: UserRequest, pk: int) -> HttpResponse:
    """Let the reminders of what one asked for wait until a day."""
    at = timezone.now()
    item = inbox.item_for(request.user, pk, at=at)
    chasing.require_rest(item, request.user, at=at)
    if request.method != "POST":
        require_open(item)
    today, back = timezone.localdate(at), "/" if item.is_own else "/?toon=anderen"
    form = PauseForm(request.POST or None, today=today)

    def act() -> str:
        chasing.pause(item, by=request.user, at=at, **form.facts())
        until = spoken(form.cleaned_data["until"])
        messages.success(request, f"Tot {until} herinneren we niet.")
        return back

    def show(status: int) -> HttpResponse:
        context = {"form": form, "item": item, "back_url": back, "today": today}
        return render(request, "work/pause.html", context, status=status)

    return (
        send(request, form, act, show=show) if request.method == "POST" else show(200)
    )


@page(access=everyone, methods=("GET", "POST"))
def write(request: UserRequest) -> HttpResponse:
    """Write something down for oneself."""
    at = timezone.now()
    form = OwnForm(request.POST or None, today=timezone.localdate(at))

    def act() -> str:
        own.write_own(
            form.cleaned_data["title"],
            due=Due.day(form.cleaned_data["due_on"], Chosen.SELF),
            by=request.user,
            at=at,
        )
        return "/"

    def show(status: int) -> HttpResponse:
        return render(request, "work/write.html", {"form": form}, status=status)

    return (
        send(request, form, act, show=show) if request.method == "POST" else show(200)
    )


@page(access=everyone, methods=("POST",))
def finish(request: UserRequest, pk: int) -> HttpResponse:
    """Tick off something that one wrote for oneself."""
    at = timezone.now()
    item = inbox.item_for(request.user, pk, at=at)

    def act() -> str:
        own.finish_own(item, by=request.user, at=at)
        return "/"

    return once(request, act)


@page(access=everyone)
def why(request: UserRequest, pk: int) -> HttpResponse:
    """Why something is due on its day, for whoever may know of it."""
    at = timezone.now()
    item = inbox.item_for(request.user, pk, at=at)
    context = {
        "item": item,
        "explained": explanation_of(item),
        "today": timezone.localdate(at),
    }
    return render(request, "work/why.html", context)


@page(access=everyone)
def call(request: UserRequest) -> HttpResponse:
    """Whom to call about spoed now, and when the next one hears of it."""
    at = timezone.now()
    today = timezone.localdate(at)
    days = working_days(policy.at(today))
    context = {
        "desks": calling.on_call(),
        "chains": calling.chains_for(request.user, at=at, days=days),
        "today": today,
    }
    return render(request, "work/call.html", context)


def _reminded(request: UserRequest, item: WorkItem, *, at: datetime) -> str:
    """Say who is reminded now, and if that is not who must do it."""
    if item.owner_desk is not None and item.claimed_by is None:
        return f"{item.owner_desk} krijgt nu een herinnering."
    person = item.claimed_by or item.owner_user
    told = chasing.others(item, request.user, at=at)
    names = " en ".join(user.name for user in told)
    verb = "krijgt" if len(told) == 1 else "krijgen"
    away = "" if person in told else f"{person} is er nu niet. "
    return f"{away}{names} {verb} nu een herinnering."


def _filters(counts: pages.Counts, shown: str) -> list[Filter]:
    lists = (
        (MINE, "Van mij", counts.mine),
        (TEAM, "Van mijn team", counts.team),
        (OTHERS, "Wacht op anderen", counts.others),
        (DONE, "Klaar", ""),
    )
    return [
        Filter(label, "/" if key == MINE else f"/?toon={key}", key == shown, count)
        for key, label, count in lists
    ]


def _next(request: UserRequest, default: str) -> str:
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours and asked.startswith("/") and len(asked) < 200 else default
