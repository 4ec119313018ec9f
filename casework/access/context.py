"""What every page needs to know: where it is, who looks, and where he may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from casework.people.models import Role, User

CASE_ROLES = frozenset({Role.PROCESREGISSEUR, Role.CASUSREGISSEUR})
"""Who has cases of his own to look for; the others get work items and memos."""

_PROGRAMME = frozenset(
    {
        Role.PROCESREGISSEUR,
        Role.MANAGER,
        Role.BESTUURDER,
        Role.AOV,
        Role.BELEIDSMEDEWERKER,
    }
)
_DECIDES = frozenset({Role.MANAGER, Role.BESTUURDER})
_SIGNALS = frozenset({Role.PROCESREGISSEUR, Role.AOV, Role.BELEIDSMEDEWERKER})


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu: its address by name, what it is called, and for whom."""

    name: str
    label: str
    icon: str
    roles: frozenset[Role] | None = None


PLACES = (
    Place("work:mine", "Mijn werk", "work"),
    Place("board:list", "Casussen", "cases", CASE_ROLES),
    Place("escalation:list", "Besluiten", "decide", _DECIDES),
    Place(
        "triage:reported", "Wat heb ik gemeld?", "send", frozenset({Role.KETENPARTNER})
    ),
    Place("programme:list", "Programma", "programme", _PROGRAMME),
    Place("programme:signals", "Beleidssignalen", "signal", _SIGNALS),
    Place("audit:log", "Logboek", "log", frozenset({Role.FG, Role.PRIVACY_OFFICER})),
    Place("about:manage", "Beheer", "settings", frozenset({Role.BEHEERDER})),
    Place("clock:show", "De klok", "clock", frozenset({Role.BEHEERDER})),
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of somebody's menu on this page."""

    name: str
    label: str
    icon: str
    url: str
    current: bool


def face(request: HttpRequest) -> dict[str, Any]:
    """Give every template the municipality, the menu and who looks."""
    shared = {
        "municipality": settings.MUNICIPALITY,
        "demo": settings.DEMO,
        "today": timezone.localdate(),
    }
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return shared
    held = _roles(request, user)
    return shared | {
        "nav": _menu(request.path, held),
        "may_search": bool(held & CASE_ROLES),
        "roles": held,
        "role_label": _role_label(user, held),
    }


def _menu(path: str, held: frozenset[Role]) -> list[NavItem]:
    places = [
        (place, reverse(place.name))
        for place in PLACES
        if place.roles is None or place.roles & held
    ]
    # Of a place inside another, only the inner one is where somebody is: it sorts last.
    within = [url for _, url in places if path.startswith(url) and url != "/"]
    here = max(within, default=path)
    return [
        NavItem(
            name=place.name,
            label=place.label,
            icon=place.icon,
            url=url,
            current=url == here,
        )
        for place, url in places
    ]


def _roles(request: HttpRequest, user: User) -> frozenset[Role]:
    """Give the roles that `page` found, or read them for a page of a library."""
    held = getattr(request, "role_set", None)
    if held is None:
        held = user.roles(on=timezone.localdate())
        request.role_set = held  # type: ignore[attr-defined]  # as `page` does
    return frozenset(held)


def _role_label(user: User, held: frozenset[Role]) -> str:
    if user.job_title:
        return user.job_title
    return ", ".join(role.label for role in Role if role in held)
