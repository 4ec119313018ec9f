"""
Who works here, taken over from one list.

The functioneel beheerder keeps it as a spreadsheet and hands it in whenever it changes.
It is taken over whole or not at all; of who stands in it, it says every desk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from ave.escalation.outsiders import leave_at_once
from casework.audit import log
from casework.people.models import Desk, Membership, Organisation, Role, User
from casework.people.transitions import join_desk, leave_desk, open_desk
from workers.roster.lines import BadRoster, Line


@dataclass(slots=True)
class Taken:
    """What a list changed."""

    organisations: int = 0
    desks: int = 0
    people: int = 0
    joined: int = 0
    left: int = 0
    not_named: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    """How much of what was there is told differently, by what it is."""

    def __str__(self) -> str:
        changed = ", ".join(f"{name}: {self.changed[name]}" for name in _TOLD)
        return (
            f"Nieuwe organisaties: {self.organisations}, bureaus: {self.desks}, "
            f"mensen: {self.people}. Plekken bij een bureau begonnen: {self.joined}, "
            f"gestopt: {self.left}."
        ) + (f" Gegevens veranderd van {changed}." if self.changed else "")


_Contents = dict[tuple[str, Any], list[Any]]
_TOLD: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "organisaties": (Organisation, ("kind", "short_name", "is_active")),
    "bureaus": (Desk, ("kind", "portfolio", "phone", "is_active")),
    "mensen": (
        User,
        (
            *("name", "job_title", "phone", "organisation"),
            *("deputy", "team_lead", "is_active"),
        ),
    ),
}
"""What the list tells of what."""


@transaction.atomic
def take_over(
    lines: list[Line], *, by: User | None, at: datetime, leave: bool = False
) -> Taken:
    """
    Make the organisations, desks and people of a list, and their places at desks.

    Who stands in it leaves the desks that it doesn't name. With `leave` who doesn't
    stand in it leaves all desks and can't log in any more. Who is no regisseur any more
    loses his cases at once, and who is no manager what was asked of him. A colleague
    chooses his deputy himself; the list only fills in one where it names him. Of what
    stands in a column that the list hasn't, nothing changes.

    `by` is the functioneel beheerder who answers for it; nobody only where none is yet.

    :raises BadRoster: if a deputy can't be one, or no beheerder would be there
    """
    before = _contents()
    roster = _Roster(by=by, at=at, on=timezone.localdate(at))
    for line in lines:
        roster.place(line)
    roster.appoint(lines)
    roster.leave_what_is_not_named(everybody=leave)
    roster.require_beheerder()
    after = _contents()
    roster.taken.changed.update(
        name for (name, pk), facts in before.items() if after[name, pk] != facts
    )
    roster.tell_of_people(before, after)
    if roster.taken.left:
        leave_at_once(at=at)
    return roster.taken


class _Roster:
    def __init__(self, *, by: User | None, at: datetime, on: date) -> None:
        self.by, self.at, self.on = by, at, on
        self.taken = Taken()
        self.people: dict[str, User] = {}
        self.places: set[int] = set()

    def place(self, line: Line) -> None:
        organisation = self._organisation(line)
        desk = self._desk(line, organisation)
        user = self._user(line, organisation)
        role, is_lead = Role(line["rol"]), line.is_lead
        held = self._running(user=user, desk=desk).first()
        if is_lead is None:
            is_lead = held is not None and held.is_lead
        if held is not None and held.role == role:
            if held.is_lead != is_lead:
                held.is_lead = is_lead
                held.save(update_fields=["is_lead"])
        else:
            if held is not None:
                self._leave(held)
            held = join_desk(user, desk, role=role, on=self.on, is_lead=is_lead)
            self.taken.joined += 1
            self._tell("desk.joined", held)
        self.places.add(held.pk)

    def appoint(self, lines: Iterable[Line]) -> None:
        wrong = []
        for line in lines:
            user = self.people[line.email]
            for column, relation in (
                ("vervanger", "deputy"),
                ("leidinggevende", "team_lead"),
            ):
                if line[column] and not self._appointed(user, relation, line[column]):
                    wrong.append(
                        f"Regel {line.number}, {column}: kies een collega van dezelfde "
                        "organisatie die hier een account heeft."
                    )
        if wrong:
            raise BadRoster(wrong)

    def leave_what_is_not_named(self, *, everybody: bool) -> None:
        here = self._running().exclude(pk__in=self.places)
        for place in here.filter(user__in=self.people.values()):
            self._leave(place)
        others = User.objects.filter(is_active=True).exclude(
            pk__in=[user.pk for user in self.people.values()]
        )
        self.taken.not_named = others.count()
        if not everybody:
            return
        for place in here.filter(user__in=others):
            self._leave(place)
        others.update(is_active=False)

    def require_beheerder(self) -> None:
        there = Membership.objects.on(self.on).filter(
            role=Role.BEHEERDER, user__is_active=True
        )
        if not there.exists():
            raise BadRoster(
                [
                    "Er blijft geen functioneel beheerder over. "
                    "Geef iemand in de lijst die rol."
                ]
            )

    def tell_of_people(self, before: _Contents, after: _Contents) -> None:
        """Write in the log whose account began, ended or says something else now."""
        for (name, pk), facts in after.items():
            was = before.get((name, pk))
            if name != "mensen" or was == facts:
                continue
            ended = was is not None and was[-1] and not facts[-1]
            verb = "added" if was is None else "deactivated" if ended else "changed"
            log.write(f"user.{verb}", by=self.by, at=self.at, about=f"user:{pk}")

    def _organisation(self, line: Line) -> Organisation:
        name = line["organisatie"]
        facts = {"kind": line["soort organisatie"], "is_active": True}
        short = {"short_name": line["korte naam"]} if line["korte naam"] else {}
        organisation, is_new = Organisation.objects.update_or_create(
            name=name,
            defaults=facts | short,
            create_defaults={"short_name": name[:40], **facts, **short},
        )
        self.taken.organisations += is_new
        return organisation

    def _desk(self, line: Line, organisation: Organisation) -> Desk:
        name, kind = line["bureau"], Desk.Kind(line["soort bureau"])
        desk = Desk.objects.filter(organisation=organisation, name=name).first()
        if desk is None:
            desk = open_desk(organisation, name=name, kind=kind)
            self.taken.desks += 1
        _write(desk, kind=kind, is_active=True, **line.told(Desk))
        return desk

    def _user(self, line: Line, organisation: Organisation) -> User:
        if line.email in self.people:
            return self.people[line.email]
        user = User.objects.filter(email=line.email).first()
        if user is None:
            user = User.objects.create_user(line.email)
            self.taken.people += 1
        elif user.organisation != organisation:
            # Who stands in for each other works at one organisation.
            _write(user, deputy=None, team_lead=None)
        facts = {"name": line["naam"], "organisation": organisation, "is_active": True}
        _write(user, **facts, **line.told(User))
        self.people[line.email] = user
        return user

    def _appointed(self, user: User, relation: str, email: str) -> bool:
        colleague = User.objects.filter(
            email=email.lower(), is_active=True, organisation=user.organisation_id
        ).exclude(pk=user.pk)
        return bool(
            (found := colleague.first())
            and User.objects.filter(pk=user.pk).update(**{relation: found})
        )

    def _running(self, **facts: Any) -> models.QuerySet[Membership]:
        found = Membership.objects.filter(**facts).order_by("pk")
        return found.exclude(until_on__lte=self.on).select_related(
            "user", "desk__group"
        )

    def _leave(self, place: Membership) -> None:
        leave_desk(place, on=max(self.on, place.from_on))
        self.taken.left += 1
        self._tell("desk.left", place)

    def _tell(self, verb: str, place: Membership) -> None:
        about = f"user:{place.user_id}"
        log.write(verb, by=self.by, at=self.at, about=about, role=place.role)


def _contents() -> _Contents:
    """Give what is told of everything, to compare. A query for each kind."""
    return {
        (name, pk): facts
        for name, (model, fields) in _TOLD.items()
        for pk, *facts in model._default_manager.values_list("pk", *fields)
    }


def _write(row: models.Model, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=facts)
