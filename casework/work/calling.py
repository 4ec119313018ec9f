"""Whom to call now about spoed, and after how many hours somebody else hears of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.levels import Level
from casework.people.absence import LONGEST_CHAIN
from casework.people.models import Absence, Desk, Organisation, User
from casework.work.days import WorkingDays, at_clock
from casework.work.models import WorkItem, WorkItemQuerySet
from casework.work.steps import rung

MOST = 20

_AT_LEVEL = {
    Level.PROCES: Desk.Kind.PROCESREGIE,
    Level.MANAGEMENT: Desk.Kind.MANAGEMENT,
    Level.BESTUURLIJK: Desk.Kind.BESTUUR,
}
_PEOPLE = ("owner_user", "claimed_by", "stand_in")


@dataclass(frozen=True, slots=True)
class Reach:
    """Somebody, or a desk, with a telephone where there is one; `note` says why he."""

    name: str
    phone: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next when nobody answers: when, in how long, and who hears it."""

    says: str
    at: str
    within: str
    reach: tuple[Reach, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """One piece of spoed: who can be called about it now, and what follows."""

    item: WorkItem
    now: tuple[Reach, ...]
    later: tuple[Next, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read once for all chains."""

    desks: Mapping[str, list[Desk]]
    away: Mapping[int, User]
    days: WorkingDays


def on_call() -> list[Desk]:
    """Give the desks to call now: piket, with a telephone. One query."""
    return list(_desks([Desk.Kind.PIKET]))


def chains_for(user: User, *, at: datetime, days: WorkingDays) -> list[Chain]:
    """
    Give the spoed that somebody may know of, first what must be done first.

    Five queries, however much there is.
    """
    people = [f"{who}__{of}" for who in _PEOPLE for of in ("deputy", "team_lead")]
    rows: WorkItemQuerySet = WorkItem.objects.visible_to(user, at=at).open()
    found = list(
        rows.filter(urgent=True)
        .select_related("owner_desk", *people)
        .by_urgency()[:MOST]
    )
    if not found:
        return []
    known = _Known(_desks_by_kind(), _away(at), days)
    return [_chain(item, known, at=at) for item in found]


def _chain(item: WorkItem, known: _Known, *, at: datetime) -> Chain:
    person = item.claimed_by or item.owner_user
    if person is None:
        assert item.owner_desk is not None
        now = [Reach(item.owner_desk.name, item.owner_desk.phone, "heeft dit nu")]
    else:
        now = list(_present(person, known))
    if item.stand_in is not None and item.stand_in != person:
        now += _present(item.stand_in, known)
    return Chain(item, tuple(now), tuple(_later(item, person, known, at=at)))


def _present(person: User, known: _Known) -> Iterable[Reach]:
    found = person
    for _ in range(LONGEST_CHAIN):
        found = known.away.get(found.pk, found)
    if found == person:
        yield Reach(person.name, person.phone, "is nu aan zet")
    else:
        yield Reach(found.name, found.phone, f"neemt waar voor {person.name}")


def _later(
    item: WorkItem, person: User | None, known: _Known, *, at: datetime
) -> Iterable[Next]:
    """Say what still comes of the ladder; a reminder that repeats is said once."""
    said: set[str] = set()
    for index in range(item.step, item.step + len(item.ladder)):
        each = rung(item, index, days=known.days)
        action = each.step.action
        if each.at <= at or action in said:
            continue
        said.add(action)
        words, reach = _of_step(item, action, person, known)
        yield Next(words, at_clock(each.at), _within(each.at - at), tuple(reach))


def _of_step(
    item: WorkItem, action: str, person: User | None, known: _Known
) -> tuple[str, list[Reach]]:
    if action == "deputy":
        return _of_silence(person)
    if action == "open":
        return "Dan hoort wie dit vroeg dat er geen antwoord is.", []
    if action == "call":
        above = Level(item.level).above if item.level else None
        if above is None:
            return "Dan gaat het naar het bestuurlijk overleg.", []
        named = [
            Reach(desk.name, desk.phone)
            for desk in known.desks.get(_AT_LEVEL[above].value, [])
        ]
        return f"Dan hoort {above.label.lower()} het.", named
    return "Dan komt er een herinnering.", []


def _of_silence(person: User | None) -> tuple[str, list[Reach]]:
    """Say who hears that somebody, or a desk, is silent: `recipients.deputies`."""
    if person is None:
        return "Dan horen de aanspreekpunten van het bureau het ook.", []
    if person.deputy is not None:
        named = Reach(person.deputy.name, person.deputy.phone)
        return "Dan hoort de vervanger het ook.", [named]
    if person.team_lead is not None:
        named = Reach(person.team_lead.name, person.team_lead.phone)
        return "Dan hoort de leidinggevende het ook.", [named]
    return "Dan hoort de beheerder dat er niemand is.", []


def _within(wait: timedelta) -> str:
    """Write clock hours: "over 3 uur", "over 1 uur en 5 minuten"."""
    minutes = max(1, round(wait / timedelta(minutes=1)))
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} uur"] if hours else []
    if rest:
        parts.append("1 minuut" if rest == 1 else f"{rest} minuten")
    return f"over {' en '.join(parts)}"


def _desks_by_kind() -> dict[str, list[Desk]]:
    found: dict[str, list[Desk]] = {}
    for desk in _desks(_AT_LEVEL.values()):
        found.setdefault(desk.kind, []).append(desk)
    return found


def _desks(kinds: Iterable[Desk.Kind]) -> Iterable[Desk]:
    return (
        Desk.objects.filter(kind__in=[kind.value for kind in kinds], is_active=True)
        .filter(organisation__kind=Organisation.Kind.GEMEENTE)
        .exclude(phone="")
        .order_by("name", "pk")
    )


def _away(at: datetime) -> dict[int, User]:
    rows = Absence.objects.active(at).select_related("deputy")
    return {row.user_id: row.deputy for row in rows}
