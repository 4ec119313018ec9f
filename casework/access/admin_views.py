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
from casework.policy.terms import Term, Unit


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
            "takes": _in_words(term),
            "source": "wet" if term.legal else term.source,
        }
        for term in policy.at(today).terms()
    ]
    return render(request, "about/manage.html", {"desks": desks, "terms": terms})


UNITS = {
    Unit.WORKING_DAYS: ("werkdag", "werkdagen"),
    Unit.HOURS: ("uur", "uur"),
    Unit.DAYS: ("dag", "dagen"),
    Unit.MONTHS: ("maand", "maanden"),
}


def _in_words(term: Term) -> str:
    one, more = UNITS[term.unit]
    return f"{term.number} {one if term.number == 1 else more}"
