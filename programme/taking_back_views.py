"""The page on which the AOV takes away what somebody wrote with the progress."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from casework.access.fields import SentForm
from casework.access.requests import UserRequest
from casework.access.rules import page, roles
from casework.people.errors import NotVisible
from casework.people.models import Role
from casework.work.sending import send
from programme import reading
from programme.taking_back import take_back_text


@page(access=roles(Role.AOV), methods=("GET", "POST"))
def take_back(request: UserRequest, code: str, pk: int) -> HttpResponse:
    """Take away what somebody wrote with the progress, for good."""
    activity = reading.activity_with(code)
    update = reading.update_of(activity, pk) if activity else None
    if activity is None or update is None:
        raise NotVisible
    form = SentForm(request.POST or None)

    def act() -> str:
        take_back_text(update, by=request.user, at=timezone.now())
        messages.success(request, "De toelichting is weg.")
        return reverse("programme:activity", args=[code])

    def show(status: int) -> HttpResponse:
        context = {"activity": activity, "update": update, "form": form}
        return render(request, "programme/take_back.html", context, status=status)

    if request.method != "POST":
        return show(200)
    return send(request, form, act, show=show)
