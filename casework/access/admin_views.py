"""What the functioneel beheerder looks after: people, desks and terms; no case."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import page, roles
from casework.people.models import Desk, Membership, Role
from casework.policy import policy


@page(access=roles(Role.BEHEERDER))
def manage(request: UserRequest) -> HttpResponse:
    """Show who works where with which deputy, and which terms hold today."""
    today = timezone.localdate()
    members = Membership.objects.on(today).select_related("user__deputy").order_by("pk")
    desks = (
        Desk.objects.filter(is_active=True)
        .select_related("organisation")
        .prefetch_related(Prefetch("memberships", queryset=members))
        .order_by("organisation__kind", "organisation__name", "name")
    )
    terms = [
        {
            "label": term.label or term.key,
            "number": term.number,
            "unit": UNITS[str(term.unit)],
            "source": "wet" if term.legal else term.source,
        }
        for term in policy.at(today).terms()
    ]
    return render(request, "about/manage.html", {"desks": desks, "terms": terms})


UNITS = {"wd": "werkdagen", "h": "uur", "d": "dagen", "months": "maanden"}
