"""Worlds at random, and what somebody should see in them, said once more in Python."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.access.permissions import Permission
from casework.cases import grants
from casework.cases.models import Case, Exclusion, Participation
from casework.people.models import Desk, Membership, Organisation, Role, User
from casework.people.transitions import open_desk
from casework.work.days import local_day
from tests.world import AT

Place = Participation.Role

SCOPES = {
    Place.PROCESREGISSEUR: {
        Permission.SEE_CASE,
        Permission.READ_DOSSIER,
        Permission.READ_MEMO,
        Permission.WORK_CASE,
        Permission.STEER_CASE,
    },
    Place.CASUSREGISSEUR: {
        Permission.SEE_CASE,
        Permission.READ_DOSSIER,
        Permission.READ_MEMO,
        Permission.WORK_CASE,
    },
    Place.TRIAGE: {
        Permission.SEE_CASE,
        Permission.READ_DOSSIER,
        Permission.TRIAGE_CASE,
    },
    Place.PARTY: set(),
    Place.ANSWERER: {Permission.READ_MEMO, Permission.REVIEW_ESCALATION},
    Place.RECEIVER: {Permission.SEE_CASE, Permission.READ_DOSSIER},
    Place.ARCHIVE: {
        Permission.SEE_CASE,
        Permission.READ_DOSSIER,
        Permission.REOPEN_CASE,
    },
}
"""What each role in a case gives, by the policy."""

MOMENTS = tuple(AT + timedelta(days=days) for days in (0, 1, 4, 11))


@dataclass
class Chaos:
    """A world of rows at random, and the rows themselves."""

    users: list[User]
    cases: list[Case]
    places: list[Participation]
    memberships: list[Membership]
    exclusions: set[tuple[int, int]]

    def scopes(self, user: User, case: Case, *, at: datetime) -> set[Permission]:
        """What somebody should be able to do, from the rows alone."""
        if not user.is_active or (user.pk, case.pk) in self.exclusions:
            return set()
        desks = self._desks(user, on=local_day(at))
        if not desks:
            return set()
        return {
            scope
            for place in self.places
            if place.case_id == case.pk
            and (place.user_id == user.pk or place.desk_id in desks)
            and _holds(place, at=at)
            for scope in SCOPES[Place(place.role)]
        }

    def listed(self, user: User, *, at: datetime) -> list[int]:
        """
        His list: what he sees by more than the archive, by day of attention.

        He, or one desk of his, has one line for a case: with the archive beside
        another place it stands in the list for as long as either of them holds.
        """
        desks = self._desks(user, on=local_day(at))
        mine = [
            case
            for case in self.cases
            if Permission.SEE_CASE in self.scopes(user, case, at=at)
            and any(
                self._lists(case, at=at, **who)
                for who in ({"user_id": user.pk}, *({"desk_id": d} for d in desks))
            )
        ]
        return [case.pk for case in sorted(mine, key=lambda c: (c.attention_on, c.pk))]

    def holding(self, case: Case, *, at: datetime) -> set[int]:
        """The keys of the places by which anybody may do anything with a case."""
        gone = {
            user.pk
            for user in self.users
            if not user.is_active or not self._desks(user, on=local_day(at))
        }
        return {
            place.pk
            for place in self.places
            if place.case_id == case.pk
            and SCOPES[Place(place.role)]
            and _holds(place, at=at)
            and place.user_id not in gone
            and (place.user_id, case.pk) not in self.exclusions
        }

    def _lists(self, case: Case, *, at: datetime, **who: int) -> bool:
        ((name, key),) = who.items()
        places = [
            place
            for place in self.places
            if place.case_id == case.pk
            and getattr(place, name) == key
            and Permission.SEE_CASE in SCOPES[Place(place.role)]
            and _holds(place, at=AT)
        ]
        still = any(_holds(place, at=at) for place in places)
        return still and any(place.role != Place.ARCHIVE for place in places)

    def _desks(self, user: User, *, on: date) -> set[int]:
        return {
            row.desk_id
            for row in self.memberships
            if row.user_id == user.pk
            and row.from_on <= on
            and (row.until_on is None or row.until_on > on)
        }


def chaos(seed: int, *, users: int = 8, cases: int = 30) -> Chaos:
    """Make a world at random and let the grants follow."""
    dice = random.Random(seed)
    home = Organisation.objects.create(
        name=f"Gemeente {seed}", short_name=str(seed), kind="gemeente"
    )
    desks = [
        open_desk(home, name=f"Bureau {number}", kind=Desk.Kind.PROCESREGIE)
        for number in range(3)
    ]
    people = [
        User.objects.create_user(
            f"u{number}.{seed}@zuiderveen.example",
            name=f"Collega {number}",
            organisation=home,
            is_active=dice.random() > 0.1,
            is_superuser=dice.random() < 0.1,
        )
        for number in range(users)
    ]
    made = Case.objects.bulk_create(
        Case(
            reference=f"AVE-2026-{seed % 10000:04}{number:03}",
            kind=Case.Kind.JEUGD,
            municipality="Zuiderveen",
            attention_on=AT.date() + timedelta(days=dice.randrange(5)),
        )
        for number in range(cases)
    )
    memberships = Membership.objects.bulk_create(
        Membership(
            user=user,
            desk=desk,
            role=Role.PROCESREGISSEUR,
            from_on=AT.date() + timedelta(days=dice.choice((-100, -100, 0, 3))),
            until_on=dice.choice((None, None, AT.date() + timedelta(days=10))),
        )
        for user in people
        for desk in dice.sample(desks, dice.randrange(3))
    )
    places = Participation.objects.bulk_create(
        place for case in made for place in _places(dice, case, people, desks)
    )
    pairs = {(dice.choice(people).pk, dice.choice(made).pk) for _ in range(cases // 4)}
    Exclusion.objects.bulk_create(
        Exclusion(user_id=user, case_id=case, at=AT, by=people[0])
        for user, case in pairs
    )
    grants.follow([case.pk for case in made], at=AT)
    return Chaos(people, made, places, memberships, pairs)


def _places(
    dice: random.Random, case: Case, people: list[User], desks: list[Desk]
) -> list[Participation]:
    found = []
    roles = list(SCOPES)
    dice.shuffle(roles)
    for role in roles[: dice.randrange(5)]:
        by_desk = dice.random() < 0.4
        found.append(
            Participation(
                case=case,
                role=role,
                user=None if by_desk else dice.choice(people),
                desk=dice.choice(desks) if by_desk else None,
                from_at=AT - timedelta(days=dice.randrange(1, 50)),
                until_at=dice.choice(
                    (None, AT - timedelta(hours=1), AT + timedelta(days=3))
                ),
                ended_at=dice.choice((None, None, None, AT - timedelta(days=1))),
            )
        )
    return found


def _holds(place: Participation, *, at: datetime) -> bool:
    return place.ended_at is None and (place.until_at is None or place.until_at > at)
