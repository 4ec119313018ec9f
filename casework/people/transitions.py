"""How people come to desks and leave them."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F

from casework.people.models import Desk, Membership, Organisation, Role, User


@transaction.atomic
def open_desk(
    organisation: Organisation,
    *,
    name: str,
    kind: Desk.Kind,
    portfolio: str = "",
    phone: str = "",
) -> Desk:
    """Open a desk with its group."""
    group = Group.objects.create(name=f"{organisation.pk}:{name}")
    return Desk.objects.create(
        group=group,
        name=name,
        organisation=organisation,
        kind=kind,
        portfolio=portfolio,
        phone=phone,
    )


@transaction.atomic
def join_desk(
    user: User, desk: Desk, *, role: Role, on: date, is_lead: bool = False
) -> Membership:
    """Let somebody belong to a desk from a day on."""
    membership = Membership.objects.create(
        user=user, desk=desk, role=role, is_lead=is_lead, from_on=on
    )
    user.groups.add(desk.group)
    end_sessions(user)
    return membership


@transaction.atomic
def leave_desk(membership: Membership, *, on: date) -> Membership:
    """End somebody's place in a desk; what the desk sees ends for him at once."""
    membership.until_on = on
    membership.save(update_fields=["until_on"])
    membership.user.groups.remove(membership.desk.group)
    end_sessions(membership.user)
    return membership


def end_sessions(user: User) -> None:
    """Let somebody log in again everywhere: his roles or his second step are others."""
    User.objects.filter(pk=user.pk).update(roles_version=F("roles_version") + 1)
    user.refresh_from_db(fields=["roles_version"])
