"""The people of a region: organisations, desks, and who belongs to which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group

from casework.people.models import Desk, Membership, Organisation, Role, User

ORGANISATIONS = 60
HOME, MAILBOX = "Gemeente Zuiderveen", "Postbus"


@dataclass(frozen=True)
class Folk:
    """Who is there: people by role, the desk procesregie, and those of partners."""

    people: dict[str, list[User]]
    procesregie: Desk
    partners: list[Desk]


def settle(users: int, *, at: datetime) -> Folk:
    """Make the organisations with their desks and so many people."""
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=HOME if number == 0 else f"Ketenpartner {number:02}",
            short_name="Zuiderveen" if number == 0 else f"Partner {number:02}",
            kind="gemeente" if number == 0 else "ketenpartner",
        )
        for number in range(ORGANISATIONS)
    )
    home, *others = organisations
    kind = Desk.Kind
    ours = [
        (home, "Procesregie", kind.PROCESREGIE, ""),
        (home, "Wijkteam", kind.CASUSREGIE, ""),
        (home, "Management", kind.MANAGEMENT, ""),
        (home, "Burgemeester", kind.BESTUUR, "openbare-orde"),
        (home, "Wethouder zorg", kind.BESTUUR, "zorg"),
        (home, MAILBOX, kind.PIKET, ""),
    ]
    desks = _desks([*ours, *((each, "Loket", kind.PARTNER, "") for each in others)])
    parts = _parts(users, desks)
    people: dict[str, list[User]] = {}
    for desk, role, count in parts:
        joined = _join(desk, role, count, start=sum(map(len, people.values())), at=at)
        people.setdefault(role, []).extend(joined)
    return Folk(people=people, procesregie=desks[0], partners=desks[len(ours) :])


def _parts(users: int, desks: list[Desk]) -> list[tuple[Desk, Role, int]]:
    """Say how many people each desk has: a region with three in ten casusregisseurs."""
    regisseurs = max(4, users // 20)
    partners = desks[6:]
    rest = max(len(partners), users - regisseurs - users * 3 // 10 - 6)
    return [
        (desks[0], Role.PROCESREGISSEUR, regisseurs),
        (desks[1], Role.CASUSREGISSEUR, max(4, users * 3 // 10)),
        (desks[2], Role.MANAGER, 4),
        (desks[3], Role.BESTUURDER, 1),
        (desks[4], Role.BESTUURDER, 1),
        *(
            (
                desk,
                Role.KETENPARTNER,
                rest // len(partners) + (n < rest % len(partners)),
            )
            for n, desk in enumerate(partners)
        ),
    ]


def _desks(wanted: list[tuple[Organisation, str, Any, str]]) -> list[Desk]:
    groups = Group.objects.bulk_create(
        Group(name=f"{organisation.pk}:{name}") for organisation, name, *_ in wanted
    )
    return Desk.objects.bulk_create(
        Desk(
            group=group,
            name=name,
            organisation=organisation,
            kind=kind,
            portfolio=portfolio,
        )
        for group, (organisation, name, kind, portfolio) in zip(
            groups, wanted, strict=True
        )
    )


def _join(
    desk: Desk, role: Role, count: int, *, start: int, at: datetime
) -> list[User]:
    users = User.objects.bulk_create(
        User(
            email=f"medewerker{start + number}@zuiderveen.example",
            name=f"Medewerker {start + number}",
            password="!",
            job_title=role.label,
            organisation=desk.organisation,
        )
        for number in range(count)
    )
    since = at.date() - timedelta(days=3000)
    Membership.objects.bulk_create(
        Membership(user=user, desk=desk, role=role, from_on=since, is_lead=number == 0)
        for number, user in enumerate(users)
    )
    User.groups.through.objects.bulk_create(
        User.groups.through(user=user, group=desk.group) for user in users
    )
    return users
