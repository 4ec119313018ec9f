"""Write down that somebody reads a dossier: by which place in the case, in whose name."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db.models import Q

from casework.access.permissions import Permission
from casework.audit import log
from casework.cases.grants import SCOPES_OF_ROLE
from casework.cases.journal import role_in
from casework.cases.models import Case, Participation
from casework.cases.participations import lender
from casework.people.absence import lent_desks
from casework.people.models import User
from casework.work.models import desks_of


def log_reading(
    verb: str,
    case: Case,
    user: User,
    *,
    at: datetime,
    scope: Permission | None = None,
    about: str = "",
    on_behalf_of: User | None = None,
    basis: str = "",
    break_glass: bool = False,
) -> None:
    """
    Write a reading into the log before anything is shown; one query and one insert.

    :param scope: what lets him read this, so that a place which gives it is named
    :param on_behalf_of: whose turn he has, where the place in the case doesn't say it
    :param basis: what lets him read where he has no place in the case any more
    :param break_glass: that it is about an emergency; reading in one says so itself
    :raises NotLogged: if the log can't be written; then nothing may be shown
    """
    place = _place(case, user, scope, at=at)
    role = place.role if place is not None else ""
    if on_behalf_of is None and place is not None:
        on_behalf_of = lender(place, user, at=at)
    log.write(
        verb,
        by=user,
        at=at,
        case=case.pk,
        about=about or case.key,
        on_behalf_of=on_behalf_of,
        role=role_in(role),
        access_basis=place.key if place is not None else basis,
        break_glass=break_glass or role == Participation.Role.BREAK_GLASS,
    )


def _place(
    case: Case, user: User, scope: Permission | None, *, at: datetime
) -> Participation | None:
    """The place that lets him in: his own first, then a desk's; a deputy's before."""
    own, lent = desks_of({user.pk}, at=at), lent_desks(user, at=at)
    places = list(
        Participation.objects.system_scope("by which place somebody reads")
        .running(at)
        .filter(Q(user=user) | Q(desk__in=own) | Q(desk__in=lent), case=case)
        .select_related("on_behalf_of")
        .order_by("pk")
    )
    return min(places, key=partial(_rank, scope), default=None)


def _rank(scope: Permission | None, place: Participation) -> tuple[bool, bool, bool]:
    """
    What gives the scope explains a reading before what doesn't.

    Of those an ordinary place before an emergency, and a person before a desk.
    """
    return (
        scope is not None and scope not in SCOPES_OF_ROLE[place.role],
        place.role == Participation.Role.BREAK_GLASS,
        place.user_id is None,
    )
