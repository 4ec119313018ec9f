"""A case as it was at a moment, and what somebody could see of it then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from casework.access.permissions import Permission
from casework.audit.models import AuditEntry
from casework.cases import models
from casework.cases.grants import SCOPES_OF_ROLE
from casework.cases.journal import State, apply
from casework.cases.models import Case, Event, Exclusion, Participation
from casework.cases.models.tracked import type_of_key
from casework.levels import Level
from casework.people.models import (
    Absence,
    Desk,
    Membership,
    Organisation,
    User,
)
from casework.work.days import local_day
from casework.work.due import ZONE

MOST_LINES = 50
JOINED, LEFT = "desk.joined", "desk.left"


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A bottleneck as it stood then."""

    number: int
    level: Level
    state: str


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in the case then."""

    who: str
    role: str
    on_behalf_of: str


@dataclass(frozen=True, slots=True)
class Then:
    """What stood in a case at a moment: structure, no text and no inhabitants."""

    status: str
    level: Level
    urgent: bool
    procesregisseur: str
    casusregisseur: str
    bottlenecks: list[Bottleneck]
    places: list[Place]
    counts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Right:
    """What somebody could do with the case then, and through which place."""

    label: str
    through: str


def state_at(case: Case, *, at: datetime) -> State:
    """
    Give the tracked fields of a case as they were at a moment, from its events.

    Everything before the first event that came later: what was written down in
    between is never torn apart. Empty before the case began.
    """
    events = Event.objects.system_scope("the case as it was").filter(case=case.pk)
    later = events.filter(at__gt=at).order_by("pk").values_list("pk", flat=True).first()
    if later is not None:
        events = events.filter(pk__lt=later)
    state = apply({}, events.order_by("pk").iterator())
    return {
        key: {name: value for name, value in fields.items() if value is not None}
        for key, fields in state.items()
    }


def scopes_at(
    case: Case, user: User, *, at: datetime, state: State | None = None
) -> dict[Permission, str]:
    """
    Give what somebody could do with a case at a moment, each with the role behind it.

    Derived from the places of then as access itself is; whether his account was
    active then is not known. Who knew these people could do nothing, and who had no
    desk either.
    """
    if Exclusion.objects.filter(case=case.pk, user=user, at__lte=at).exists():
        return {}
    desks = desks_at([user.pk], at=at)
    if not desks:
        return {}
    away = Absence.objects.active(at).filter(deputy=user)
    desks |= desks_at(away.values_list("user_id", flat=True), at=at)
    held: dict[Permission, str] = {}
    for place in _places(state if state is not None else state_at(case, at=at), at):
        if place.get("user_id") == user.pk or place.get("desk_id") in desks:
            for scope in SCOPES_OF_ROLE[place["role"]]:
                held.setdefault(scope, place["role"])
    return held


def desks_at(people: Iterable[int], *, at: datetime) -> set[int]:
    """
    Give the desks of people at a moment, by what the log says of that day.

    A place counts from the row that somebody joined until the row that he left. Where
    the log has no such row, its first day counts whole and its last day not at all; of
    several rows of one role on one day the widest counts. Two queries.
    """
    day = local_day(at)
    rows = Membership.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=day),
        user__in=set(people),
        from_on__lte=day,
    )
    places = list(rows)
    known = AuditEntry.objects.filter(
        at__gte=datetime.combine(day, time.min, ZONE),
        at__lt=datetime.combine(day + timedelta(days=1), time.min, ZONE),
        verb__in=(JOINED, LEFT),
        about__in={_person(place) for place in places},
    )
    moments: dict[tuple[str, str, str], list[datetime]] = {}
    for row in known:
        moments.setdefault((row.verb, row.about, row.by_role), []).append(row.at)
    found = set()
    for place in places:
        joined = moments.get((JOINED, _person(place), place.role), [])
        left = moments.get((LEFT, _person(place), place.role), [])
        if place.from_on == day and joined and min(joined) > at:
            continue
        if place.until_on == day and (not left or max(left) <= at):
            continue
        found.add(place.desk_id)
    return found


def then(case: Case, *, at: datetime, state: State) -> Then:
    """Put the state of then in words. A fixed number of queries."""
    own = state.get(case.key, {})
    places = list(_places(state, at))
    names = _names_of(places, own)
    return Then(
        status=Case.Status(own["status"]).label,
        level=Level(own["level"]),
        urgent=bool(own.get("urgent")),
        procesregisseur=names["user", own.get("procesregisseur_id")],
        casusregisseur=names["user", own.get("casusregisseur_id")],
        bottlenecks=list(_bottlenecks(state)),
        places=[_place(each, names) for each in places],
        counts=_counts(state),
    )


def rights_at(case: Case, user: User, *, at: datetime, state: State) -> list[Right]:
    """Say what somebody could do then and through which role."""
    held = scopes_at(case, user, at=at, state=state)
    return [
        Right(scope.label, Participation.Role(role).label)
        for scope, role in sorted(held.items())
    ]


def people_of(case: Case) -> QuerySet[User]:
    """Who ever had a place in a case or stands in its log: whom one may ask about."""
    placed = Participation.objects.system_scope("who had a place").filter(case=case.pk)
    acted = AuditEntry.objects.filter(case=case.pk, by__isnull=False)
    desks = placed.filter(desk__isnull=False).values("desk_id")
    return User.objects.filter(
        Q(pk__in=placed.filter(user__isnull=False).values("user_id"))
        | Q(pk__in=acted.values("by_id"))
        | Q(pk__in=Membership.objects.filter(desk__in=desks).values("user_id"))
    ).order_by("name", "pk")


def opened_by(case: Case, user: User, *, until: datetime) -> QuerySet[AuditEntry]:
    """Give what somebody saw or did in a case up to a moment, the newest first."""
    rows = AuditEntry.objects.filter(case=case.pk, at__lte=until)
    return rows.filter(Q(by=user) | Q(on_behalf_of=user)).order_by("-at", "-pk")


def _person(place: Membership) -> str:
    return f"user:{place.user_id}"


def _places(state: State, at: datetime) -> Iterator[dict[str, Any]]:
    """The places of then that held then."""
    keys = sorted(
        int(key.partition(":")[2])
        for key in state
        if key.startswith(f"{Participation.KEY}:")
    )
    began = Participation.objects.system_scope("when each place began").filter(
        pk__in=keys, from_at__lte=at
    )
    for pk in began.order_by("pk").values_list("pk", flat=True):
        place = state[f"{Participation.KEY}:{pk}"]
        until = place.get("until_at")
        if "ended_at" not in place and (
            until is None or datetime.fromisoformat(until) > at
        ):
            yield place


def _names_of(
    places: list[dict[str, Any]], own: dict[str, Any]
) -> dict[tuple[str, int | None], str]:
    roles = [own.get(name) for name in ("procesregisseur_id", "casusregisseur_id")]
    users = _keys(roles, places, "user_id") | _keys([], places, "on_behalf_of_id")
    desks = _keys([], places, "desk_id")
    parties = _keys([], places, "organisation_id")
    names: dict[tuple[str, int | None], str] = {("user", None): "", ("desk", None): ""}
    for kind, rows in (
        ("user", User.objects.filter(pk__in=users)),
        ("desk", Desk.objects.filter(pk__in=desks)),
        ("party", Organisation.objects.filter(pk__in=parties)),
    ):
        names |= {(kind, row.pk): str(row) for row in rows}
    return names


def _keys(
    given: Sequence[Any], places: Sequence[dict[str, Any]], name: str
) -> set[int]:
    found = [*given, *(each.get(name) for each in places)]
    return {key for key in found if key is not None}


def _place(place: dict[str, Any], names: dict[tuple[str, int | None], str]) -> Place:
    who = (
        names["user", place.get("user_id")]
        or names["desk", place.get("desk_id")]
        or names.get(("party", place.get("organisation_id")), "")
    )
    role = Participation.Role(place["role"]).label
    return Place(who, role, names["user", place.get("on_behalf_of_id")])


def _bottlenecks(state: State) -> Iterator[Bottleneck]:
    rows = [row for key, row in state.items() if key.startswith("bottleneck:")]
    for row in sorted(rows, key=lambda each: each["number"]):
        label = models.Bottleneck.State(row["state"]).label
        yield Bottleneck(row["number"], Level(row["level"]), label)


def _counts(state: State) -> list[tuple[str, int]]:
    """How many rows of each other kind there were."""
    shown = {"case", "bottleneck", "participation"}
    kinds = Counter(key.partition(":")[0] for key in state)
    return sorted(
        (str(type_of_key[kind]._meta.verbose_name), number)
        for kind, number in kinds.items()
        if kind not in shown and kind in type_of_key
    )
