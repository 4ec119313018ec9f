"""Who is away now, and who acts in whose name."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from casework.people.models import Absence, Membership, MembershipQuerySet, User

LONGEST_CHAIN = 3


def acting_for(user: User, *, at: datetime) -> frozenset[int]:
    """Give the ids of the absent people whose work this person does now. One query."""
    return frozenset(
        Absence.objects.active(at).filter(deputy=user).values_list("user_id", flat=True)
    )


def lent_desks(user: User, *, at: datetime) -> MembershipQuerySet:
    """Give the places at desks of the absent people whose work this person does now.

    Without the desks to which he belongs himself. Not yet run.
    """
    held = Membership.objects.on(timezone.localdate(at))
    away = Absence.objects.active(at).filter(deputy=user)
    return held.filter(user__in=away.values("user")).exclude(
        desk__in=held.filter(user=user).values("desk")
    )


def is_absent(user: User, *, at: datetime) -> bool:
    """Whether this person is away at a moment. One query."""
    return Absence.objects.active(at).filter(user=user).exists()


def present_deputy(user: User, *, at: datetime) -> User:
    """
    Whoever does this person's work at a moment: himself when he is there.

    Follows deputies at most three deep; then the team lead; a loop or nobody left
    gives the person himself, which the auditor reports as a finding.
    """
    away = {
        absence.user_id: absence.deputy
        for absence in Absence.objects.active(at).select_related("deputy")
    }
    found, seen = user, {user.pk}
    for _ in range(LONGEST_CHAIN):
        if found.pk not in away:
            return found
        found = away[found.pk]
        if found.pk in seen:
            break
        seen.add(found.pk)
    if found.pk not in away:
        return found
    lead = user.team_lead
    return lead if lead is not None and lead.pk not in away else user
