"""For whom work waits, and who may see that it does."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from casework.access.permissions import Permission
from casework.access.scope import Row, ScopedQuerySet
from casework.people.absence import acting_for
from casework.people.models import Membership, User
from casework.work.due import ZONE
from casework.work.models.foremost import START, After, foremost_of

OWN = "own"
"""The kind of work that somebody writes down for himself."""

People = frozenset[int] | None


class WaitingQuerySet(ScopedQuerySet[Row]):
    """Work: no content of a case, yet only for whom it waits or who asked for it."""

    def mine(self, user: User, *, at: datetime, people: People = None) -> Self:
        """
        What waits for this person, or for somebody whose work he does now: open.

        `people` are these, for who asks more lists at once.
        """
        people = people or people_of(user, at=at)
        # A branch for each index: an OR of these reads the whole table.
        waits = self.model._base_manager.filter(state="open").values("pk")
        branches = waits.filter(_of(user, people)).union(
            waits.filter(stand_in__in=people),
            waits.filter(claimed_by__in=people),
            waits.filter(
                owner_desk__in=desks_of(people, at=at), claimed_by__isnull=True
            ),
            all=True,
        )
        return self.filter(pk__in=branches).of_strangers(user)

    def foremost(
        self,
        user: User,
        most: int,
        *,
        at: datetime,
        people: People = None,
        after: After = START,
    ) -> Self:
        """
        Of `mine` so many that must be done first, in that order, after a row.

        For a page of it: of each person and desk no more is read than that, and of the
        cases of people whom this person knows nothing.
        """
        if not user.is_active:
            return self.none()._within_scope()
        people = people or people_of(user, at=at)
        keys = foremost_of(user, people, most, after=after, own=OWN, at=at)
        return self.filter(pk__in=keys)._within_scope().by_urgency()[:most]

    def of_the_team(self, user: User, *, at: datetime, people: People = None) -> Self:
        """What the desks of this person have, claimed or not."""
        people = people or people_of(user, at=at)
        return self.filter(owner_desk__in=desks_of(people, at=at)).of_strangers(user)

    def asked_by(self, user: User, *, at: datetime, people: People = None) -> Self:
        """What others do because this person, or whom he acts for, asked for it."""
        people = people or people_of(user, at=at)
        return self.filter(asked_by__in=people).of_strangers(user)

    def visible_to(
        self,
        user: User,
        *,
        at: datetime,
        permission: Permission | None = None,
    ) -> Self:
        """What this person owns, has on a desk, asked for or finished himself."""
        people = people_of(user, at=at)
        return self.filter(
            _of(user, people)
            | Q(stand_in__in=people)
            | Q(claimed_by__in=people)
            | Q(asked_by__in=people)
            | Q(closed_by=user)
            | Q(owner_desk__in=desks_of(people, at=at))
        ).of_strangers(user)

    def of_strangers(self, user: User) -> Self:
        """
        Without the cases of people whom this person knows, also as a deputy.

        Nor what only names such a case and is not about it.
        """
        if not user.is_active:
            return self.none()._within_scope()
        theirs = exclusions().filter(user=user)
        about = Exists(theirs.filter(case_id=OuterRef("case")))
        named = Exists(theirs.filter(case__reference=OuterRef("reference")))
        return self.filter(~about, ~Q(named, case__isnull=True))._within_scope()

    def by_urgency(self) -> Self:
        """What must be done first, first."""
        return self.order_by("due_on", F("due_at").asc(nulls_last=True), "pk")


def exclusions() -> models.QuerySet[models.Model]:
    """Give who knows the people of which case: rows of a higher layer, not yet read."""
    related = User._meta.get_field("exclusions").related_model
    assert isinstance(related, type)
    return related._default_manager.all()


def people_of(user: User, *, at: datetime) -> frozenset[int]:
    """Give this person and whom he stands in for now. One query."""
    return frozenset({user.pk, *acting_for(user, at=at)})


def desks_of(people: Set[int], *, at: datetime) -> models.QuerySet[Membership, Any]:
    """Give the keys of the desks to which people belong, as part of a statement."""
    on = at.astimezone(ZONE).date()
    return Membership.objects.on(on).filter(user__in=people).values("desk_id")


def _of(user: User, people: Set[int]) -> Q:
    # What somebody wrote for himself is not his deputy's to read.
    return Q(owner_user__in=people) & (Q(owner_user=user) | ~Q(kind=OWN))
