"""What the functioneel beheerder looks after: people, desks and terms; no case."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import page, roles
from casework.people.models import Desk, Membership, Role, User
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
    there = dict(
        Membership.objects.on(today)
        .filter(user__is_active=True)
        .values_list("user_id", "user__organisation_id")
    )
    uncovered = {
        place.user.name
        for desk in desks
        for place in desk.memberships.all()
        if place.role == Role.PROCESREGISSEUR and not _is_covered(place.user, there)
    }
    terms = [
        {
            "label": term.label or term.key,
            "takes": _in_words(term),
            "source": "wet" if term.legal else term.source,
        }
        for term in policy.at(today).terms()
    ]
    context = {
        "desks": desks,
        "terms": terms,
        "there": there,
        "uncovered": ", ".join(sorted(uncovered)),
    }
    return render(request, "about/manage.html", context)


def _is_covered(user: User, there: Mapping[int, int | None]) -> bool:
    """Whether somebody has a deputy who is there, of his own organisation."""
    home = user.organisation_id
    return home is not None and there.get(user.deputy_id or 0) == home


UNITS = {
    Unit.WORKING_DAYS: ("werkdag", "werkdagen"),
    Unit.HOURS: ("uur", "uur"),
    Unit.DAYS: ("dag", "dagen"),
    Unit.MONTHS: ("maand", "maanden"),
}


def _in_words(term: Term) -> str:
    one, more = UNITS[term.unit]
    return f"{term.number} {one if term.number == 1 else more}"
