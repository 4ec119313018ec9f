"""Who answers a request at which level."""

from __future__ import annotations

from datetime import date

from casework.cases.models import Case
from casework.levels import Level
from casework.people.errors import TransitionRefused
from casework.people.models import Desk, Membership, Organisation, User

_DESK_OF_LEVEL = {
    Level.MANAGEMENT: Desk.Kind.MANAGEMENT,
    Level.BESTUURLIJK: Desk.Kind.BESTUUR,
}

PUBLIC_ORDER = "openbare-orde"
CARE = "zorg"

_PORTFOLIO = {
    Case.Kind.WOONOVERLAST: PUBLIC_ORDER,
    Case.Kind.VERWARD_GEDRAG: PUBLIC_ORDER,
    Case.Kind.VERSLAVING: PUBLIC_ORDER,
}
"""Burgemeester for public order, wethouder for care (AVE, executive level)."""


class NobodyToAsk(TransitionRefused):
    """Nobody at this level may answer."""

    status = 422
    user_message = (
        "Op dit niveau is niemand die mag antwoorden. "
        "Vraag de beheerder om een bureau voor dit niveau."
    )


def answerer(
    case: Case,
    level: Level,
    *,
    cause: Organisation | None,
    asker: User | None,
    on: date,
) -> User:
    """
    Who answers about a case at a level on a day.

    The lead of a desk of that level, with the portfolio of the case first; never of
    the organisation that is the cause, never the asker himself nor who steers the case,
    in whose name a deputy asks (design section 3), and never who knows these people.

    :raises NobodyToAsk: if there is nobody
    """
    if level is Level.PROCES and case.procesregisseur is not None:
        return case.procesregisseur
    people = [
        place
        for place in candidates(case, level, cause=cause, asker=asker, on=on)
        if place.user_id != case.procesregisseur_id
    ]
    wanted = _PORTFOLIO.get(Case.Kind(case.kind), CARE)
    people.sort(key=lambda place: (place.desk.portfolio != wanted, not place.is_lead))
    if not people:
        raise NobodyToAsk
    return people[0].user


def candidates(
    case: Case,
    level: Level,
    *,
    cause: Organisation | None,
    asker: User | None,
    on: date,
) -> list[Membership]:
    """Everybody who may answer about a case at a level, in a fixed order. One query."""
    places = (
        Membership.objects.on(on)
        .filter(
            desk__kind=_DESK_OF_LEVEL.get(level, Desk.Kind.PROCESREGIE),
            desk__is_active=True,
            user__is_active=True,
        )
        .exclude(user__exclusions__case=case)
        .select_related("user__organisation", "desk")
        .order_by("pk")
    )
    if cause is not None:
        places = places.exclude(user__organisation=cause)
    if asker is not None:
        places = places.exclude(user=asker)
    return list(places)
