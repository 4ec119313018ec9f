"""Choose a role and look around; see what was mailed."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from casework.access.requests import UserRequest
from casework.access.rules import page, public
from casework.people.models import User
from casework.work.models import Delivery
from config.demo.people import DEMO_ROLES, address_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LATEST = 50
LETTERS = {"aov": "AOV", "fg": "FG"}

in_demo = public("De demo heeft geen wachtwoorden; hij draait alleen op deze computer.")


@page(access=in_demo, methods=("GET", "POST"))
def choose(request: UserRequest) -> HttpResponse:
    """Show a button for each role, and log in as the one that is pressed."""
    if request.method == "POST":
        return _enter(request, request.POST.get("role", ""))
    return _choose(request)


@page(access=in_demo)
def mail(request: UserRequest) -> HttpResponse:
    """Show what was mailed, the latest first."""
    sent = (
        Delivery.objects.exclude(subject="")
        .select_related("to_user")
        .order_by("-sent_at", "-pk")[:LATEST]
    )
    return render(request, "demo/mail.html", {"sent": sent})


def _enter(request: HttpRequest, role: str) -> HttpResponse:
    somebody = DEMO_ROLES.get(role)
    if somebody is None:
        return _choose(
            request, error="Deze rol bestaat niet. Kies een rol uit de lijst."
        )
    user = User.objects.filter(email=address_of(somebody.name)).first()
    if user is None:
        return _choose(request, error="De demo is opnieuw begonnen. Kies weer een rol.")
    login(request, user, backend=BACKEND)
    response = HttpResponseRedirect("/")
    response.status_code = 303
    return response


def _choose(request: HttpRequest, *, error: str = "") -> HttpResponse:
    roles = [
        {
            "value": value,
            "role": LETTERS.get(value, value.replace("-", " ")),
            "name": who.name,
            "title": who.job_title,
            "help": who.explanation,
        }
        for value, who in DEMO_ROLES.items()
    ]
    return render(
        request,
        "demo/choose.html",
        {"roles": roles, "error": error},
        status=422 if error else 200,
    )
