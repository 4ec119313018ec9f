"""Every address of the URLconf, and what it is made of in the fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from casework.access.rules import AccessRule, rule_of
from tests.access.town import Things

LIBRARY = ("GET", "POST")
"""What the pages of allauth take; the other methods are refused by Django's views."""

Kwargs = Callable[[Things], dict[str, Any]]


def _of_case(things: Things) -> dict[str, Any]:
    return {"reference": things.reference}


def _in_case(key: str) -> Kwargs:
    return lambda things: {"reference": things.reference, "pk": things.pk[key]}


def _bottleneck(number: int) -> Kwargs:
    return lambda things: {"reference": things.reference, "number": number}


def _pk(key: str) -> Kwargs:
    return lambda things: {"pk": things.pk[key]}


def _fixed(**kwargs: Any) -> Kwargs:
    return lambda things: kwargs


KWARGS: dict[str, Kwargs] = {
    "account_reset_password_from_key": _fixed(uidb36="1", key="set-password"),
    "mfa_remove_webauthn": _fixed(pk=1),
    "mfa_edit_webauthn": _fixed(pk=1),
    "programme:activity": _fixed(code="ZV-01"),
    "programme:assign": _fixed(code="ZV-01"),
    "programme:override": _fixed(code="ZV-01"),
    "programme:progress": _fixed(code="ZV-01"),
    "programme:signal": _pk("signal"),
    "programme:take_back": lambda things: {
        "code": "ZV-01",
        "pk": things.pk["progress"],
    },
    "programme:read": _pk("signal"),
    "work:digest": lambda things: {"key": things.pk["unsubscribe"]},
    "work:remind": _pk("reminded"),
    "work:pause": _pk("reminded"),
    "work:finish": _pk("own"),
    "clock:retry_mail": _pk("stuck_mail"),
    "clock:give_up": _pk("stuck_mail"),
    "clock:retry_step": _pk("stuck_step"),
    "calendar:forget_day": _pk("day_off"),
    "calendar:open_weekday": _pk("weekday_off"),
    "work:why": _pk("reminded"),
    "jobs:fetch_log": _pk("export"),
    "work:feed": lambda things: {"key": things.pk["feed"]},
    "cases:end_bottleneck": _bottleneck(4),
    "cases:reword_bottleneck": _bottleneck(4),
    "trends:send": _bottleneck(4),
    "escalation:take_back": _bottleneck(4),
    "dossier:correct_person": _in_case("person"),
    "dossier:inform_person": _in_case("person"),
    "dossier:leave_household": _in_case("person"),
    "dossier:review_person": _in_case("person"),
    "dossier:end_warning": _in_case("warning"),
    "dossier:review_ground": _in_case("ground"),
    "dossier:extend_party": _in_case("party"),
    "dossier:end_party": _in_case("party"),
    "dossier:take_back": lambda things: {
        "reference": things.reference,
        "slug": "notitie",
        "pk": things.pk["note"],
    },
    "dossier:decide": lambda things: {"slug": "notitie", "pk": things.pk["gone_note"]},
    "dossier:confirm_destruction": _pk("gone_disclosure"),
    "dossier:breach": _pk("breach"),
    "emergency:one": _pk("emergency"),
    "emergency:end": _pk("emergency"),
    "emergency:seen": _pk("emergency"),
    "dossier:confirm_spoken": lambda things: {"about": things.pk["spoken"]},
    "absence:deputy": _pk("regisseur"),
    "absence:begin": _pk("regisseur"),
    "absence:end": _pk("absence"),
    "absence:cover": _pk("uncovered"),
    "plan:steer": _in_case("task"),
    "plan:task": _pk("task"),
    "meetings:object_to": _pk("agreed"),
    "stagnation:report_task": _pk("task"),
    "stagnation:answer": _pk("stuck"),
    "escalation:decide": _pk("request"),
    "escalation:supply": _pk("request"),
    "escalation:withdraw": _pk("request"),
    "escalation:record": _pk("request"),
    "escalation:silent": _pk("request"),
    "escalation:skipped": _pk("request"),
    "escalation:show_who": _pk("request"),
    "escalation:dissent": _pk("request"),
    "escalation:ask_voice": _pk("request"),
    "escalation:give_voice": _pk("request"),
    "escalation:take_back_voice": _pk("request"),
}
"""What an address is made of, where that is more than the reference of the case."""

LISTS = frozenset(
    {
        "work:mine",
        "work:call",
        "board:list",
        "triage:reported",
        "escalation:list",
        "programme:signals",
        "absence:mine",
    }
)
"""Addresses without an object that show something else to everybody."""


@dataclass(frozen=True)
class Address:
    """One address: its name, what it is made of, and who says who may ask for it."""

    name: str
    route: str
    view: Any

    @property
    def rule(self) -> AccessRule | None:
        return rule_of(self.view)

    @property
    def methods(self) -> tuple[str, ...]:
        """GET and POST as far as the view takes them."""
        taken = getattr(self.view, "methods", LIBRARY)
        return tuple(method for method in ("GET", "POST") if method in taken)

    @property
    def is_about_something(self) -> bool:
        """Whether it matters how somebody stands to the case."""
        return "<" in self.route and not self.route.startswith(
            ("inloggen", "programma", "mail-uit", "beheer", "agenda", "logboek/export")
        )

    def of(self, things: Things) -> str:
        """Write the address for one case."""
        if "<" not in self.route:
            return reverse(self.name)
        return reverse(self.name, kwargs=KWARGS.get(self.name, _of_case)(things))


def addresses() -> list[Address]:
    """Every address that somebody can ask for."""
    return list(_walk(get_resolver()))


def _walk(
    resolver: URLResolver, route: str = "", spaces: tuple[str, ...] = ()
) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, here, inner)
        elif isinstance(pattern, URLPattern):
            name = ":".join((*spaces, pattern.name or ""))
            yield Address(name, here, pattern.callback)
