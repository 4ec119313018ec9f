"""What every page needs to know: where it is, who looks, and where he may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from casework.people.absence import roles_of
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
    lends: bool = False
    """Whether a deputy finds it too: what stands there, he may see in that name."""

    def is_for(self, own: frozenset[Role], lent: frozenset[Role]) -> bool:
        """Whether somebody with these roles has it in his menu."""
        if self.roles is None:
            return True
        return bool(self.roles & (own | lent if self.lends else own))


PLACES = (
    Place("work:mine", "Mijn werk", "work"),
    Place("board:list", "Casussen", "cases", CASE_ROLES, lends=True),
    Place("escalation:list", "Besluiten", "decide", _DECIDES, lends=True),
    Place(
        "triage:reported", "Wat heb ik gemeld?", "send", frozenset({Role.KETENPARTNER})
    ),
    Place("programme:list", "Programma", "programme", _PROGRAMME),
    Place("programme:signals", "Beleidssignalen", "signal", _SIGNALS, lends=True),
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
    held, lent = _roles(request, user)
    return shared | {
        "nav": _menu(request.path, held, lent),
        "may_search": bool((held | lent) & CASE_ROLES),
        "roles": held,
        "role_label": _role_label(user, held),
    }


def _menu(path: str, own: frozenset[Role], lent: frozenset[Role]) -> list[NavItem]:
    places = [
        (place, reverse(place.name)) for place in PLACES if place.is_for(own, lent)
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


def _roles(request: HttpRequest, user: User) -> tuple[frozenset[Role], frozenset[Role]]:
    """Give his own and lent roles that `page` found, or read them for a library's page."""
    own = getattr(request, "role_set", None)
    if own is None:
        held = roles_of(user, at=timezone.now())
        vars(request).update(role_set=held.own, lent_roles=held.lent)  # as `page` does
        return held.own, held.lent
    return frozenset(own), frozenset(getattr(request, "lent_roles", ()))


def _role_label(user: User, held: frozenset[Role]) -> str:
    if user.job_title:
        return user.job_title
    return ", ".join(role.label for role in Role if role in held)
