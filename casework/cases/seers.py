"""Who can see a case, and why: by which place, until when, and what ends it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from casework.access.grants import held_by
from casework.access.permissions import Permission
from casework.cases.grants import SCOPES_OF_ROLE
from casework.cases.models import Case, Exclusion, Participation
from casework.people.absence import acting_for
from casework.people.models import Absence, Desk, Membership, User
from casework.work.days import local_day
from casework.work.models import WorkItem

_Role = Participation.Role

ENDS = {
    _Role.PROCESREGISSEUR: "Dit stopt als een ander de procesregie krijgt.",
    _Role.CASUSREGISSEUR: "Dit stopt als een ander casusregisseur wordt.",
    _Role.TRIAGE: "Dit stopt als de melding is beoordeeld.",
    _Role.ANSWERER: "Dit stopt als de vraag of het knelpunt terug is.",
    _Role.ADVISER: "Dit stopt als de vraag is beantwoord of ingetrokken.",
    _Role.EXECUTIVE: "Dit stopt als de vraag is beantwoord of ingetrokken.",
    _Role.RECEIVER: "Dit stopt als je antwoord hebt gegeven.",
    _Role.ARCHIVE: "Dit stopt als de casus weer opengaat.",
    _Role.BREAK_GLASS: "Dit stopt na vier uur.",
}
"""What ends a place by itself, beside its day and the end of the case."""


ASKED = {
    _Role.ANSWERER: "Je beantwoordt een vraag over een knelpunt.",
    _Role.ADVISER: "Je adviseert bij een vraag over een knelpunt.",
    _Role.EXECUTIVE: "Je adviseert bij een vraag over een knelpunt.",
    _Role.RECEIVER: "Je bent gevraagd om de casus over te nemen.",
    _Role.BREAK_GLASS: "Je gebruikt noodtoegang, met een reden.",
}
"""Why somebody sees it whose role is no name for him."""

TASKS = ("task", "task_join")
"""Work by which a desk reads what it is asked."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One place through which somebody sees a case, or a bottleneck of it."""

    place: Participation
    lender: User | None = None
    """Whose desk it is, if he has it by standing in for him."""

    @property
    def words(self) -> str:
        """By what he sees it."""
        role = self.place.get_role_display().lower()
        asked = ASKED.get(_Role(self.place.role), "")
        if self.lender is not None:
            return (
                f"Je neemt waar voor {self.lender.name}, van bureau {self.place.desk}."
            )
        if self.place.on_behalf_of is not None:
            name = self.place.on_behalf_of.name
            if asked:
                return f"Je neemt waar voor {name}. {asked}"
            return f"Je neemt waar voor {name}, als {role}."
        if self.place.desk is not None:
            return f"Je hoort bij bureau {self.place.desk.name}: {role}."
        return asked or f"Je bent hier {role}."

    @property
    def ends(self) -> str:
        """What ends it."""
        if self.place.on_behalf_of is not None:
            return f"Dit stopt als {self.place.on_behalf_of.name} terug is."
        if self.lender is not None:
            return f"Dit stopt als {self.lender.name} terug is."
        own = ENDS[_Role(self.place.role)]
        if self.place.desk is not None:
            return f"{own} Of als je het bureau verlaat."
        return own


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who sees what his desk sees, or the desk of who is away."""

    user: User
    instead_of: User | None = None


@dataclass(frozen=True, slots=True)
class Seer:
    """One person or desk that sees a case, or a bottleneck of it, and by what."""

    place: Participation
    people: tuple[Reader, ...] = ()
    """Of a desk: who reads it now."""

    @property
    def reads(self) -> str:
        """How much of it he reads."""
        held = SCOPES_OF_ROLE[self.place.role]
        return "het dossier" if Permission.READ_DOSSIER in held else "één knelpunt"

    @property
    def until(self) -> str:
        """Until when, where that is no day."""
        if self.place.role == _Role.ARCHIVE:
            return "zolang we de casus bewaren"
        return "zolang de vraag loopt" if self.place.about else "zolang de casus loopt"


@dataclass(frozen=True, slots=True)
class AskedDesk:
    """One desk that reads something of a case by a task, and who picked it up."""

    desk: Desk
    title: str
    since: datetime
    taker: User | None

    @property
    def reads(self) -> str:
        """How much of it is read."""
        if self.taker is None:
            return "de soort taak en de dag"
        return "de vraag, wat is meegestuurd, en bij een bezoek waar je op moet letten"


def asked_desks(case: Case) -> list[AskedDesk]:
    """Give the desks that have a task in a case now, in the order asked. One query."""
    rows = (
        WorkItem.objects.system_scope("who reads a dossier may know who reads a task")
        .filter(case=case.pk, kind__in=TASKS, owner_desk__isnull=False)
        .open()
        .select_related("owner_desk__organisation", "claimed_by")
        .order_by("pk")
    )
    return [
        AskedDesk(row.owner_desk, row.title, row.opened_at, row.claimed_by)
        for row in rows
        if row.owner_desk is not None
    ]


def seers_of(case: Case, *, at: datetime) -> list[Seer]:
    """
    Give everybody who can see something of a case now, by what the grants say.

    Not by what the participations should give: this is what is so. One query, and
    three more where a desk is among them.
    """
    rows = list(
        Participation.objects.system_scope("who reads a dossier may know who else does")
        .filter(pk__in=held_by(case, at=at))
        .select_related("organisation", "desk", "user", "on_behalf_of")
        .order_by("pk")
    )
    desks = {row.desk_id for row in rows if row.desk_id is not None}
    people = _readers_of(desks, case, at=at) if desks else {}
    return [Seer(row, tuple(people.get(row.desk_id, ()))) for row in rows]


def _readers_of(
    desks: set[int], case: Case, *, at: datetime
) -> dict[int | None, list[Reader]]:
    """Give who is in each desk today, and who stands in for who is away from it."""
    held = list(
        Membership.objects.on(local_day(at))
        .filter(desk__in=desks)
        .select_related("user")
        .order_by("user__name")
    )
    works = Membership.objects.on(local_day(at)).filter(user=OuterRef("deputy"))
    away = Absence.objects.active(at).filter(
        Exists(works), user__in={row.user_id for row in held}
    )
    deputies = {row.user_id: row.deputy for row in away.select_related("deputy")}
    excluded = Exclusion.objects.filter(case=case.pk)
    shut_out = set(excluded.values_list("user_id", flat=True))
    found: dict[int | None, dict[int, Reader]] = {desk: {} for desk in desks}
    own = [(row.desk_id, Reader(row.user)) for row in held]
    lent = [
        (row.desk_id, Reader(deputies[row.user_id], row.user))
        for row in held
        if row.user_id in deputies
    ]
    for desk, reader in own + lent:
        if reader.user.is_active and reader.user.pk not in shut_out:
            found[desk].setdefault(reader.user.pk, reader)
    return {desk: list(readers.values()) for desk, readers in found.items()}


def grounds_of(
    running: Iterable[Participation], user: User, *, at: datetime
) -> list[Ground]:
    """
    The grounds of one person, out of the running places of a case.

    A party gives nothing to see, so it is no ground. Three queries where a desk has a
    place, else none.
    """
    running = list(running)
    if all(place.desk_id is None for place in running):
        return [Ground(place) for place in running if _gives(place, user, {})]
    held = Membership.objects.on(local_day(at)).select_related("user").order_by("-pk")
    lenders = {
        row.desk_id: row.user for row in held.filter(user__in=acting_for(user, at=at))
    }
    desks = lenders | {row.desk_id: None for row in held.filter(user=user)}
    return [
        Ground(place, desks.get(place.desk_id))
        for place in running
        if _gives(place, user, desks)
    ]


def grounds_in(case: Case, user: User, *, at: datetime, about: str) -> list[Ground]:
    """
    The grounds of somebody who was asked one thing and reads no dossier.

    His own places alone, so that he hears of nobody else.
    """
    own = Participation.objects.system_scope("why somebody himself sees it").running(at)
    places = own.filter(case=case.pk, user=user, about=about).order_by("pk")
    return grounds_of(places.select_related("on_behalf_of"), user, at=at)


def _gives(place: Participation, user: User, desks: Container[int | None]) -> bool:
    own = place.user_id == user.pk or place.desk_id in desks
    return bool(SCOPES_OF_ROLE.get(place.role)) and own
