"""Who answers a request at which level."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet

from casework.cases.models import Case, Participation
from casework.levels import Level
from casework.people.errors import TransitionRefused
from casework.people.models import Desk, Membership, Organisation, User
from casework.work.days import local_day

DESK_OF_LEVEL = {
    Level.MANAGEMENT: Desk.Kind.MANAGEMENT,
    Level.BESTUURLIJK: Desk.Kind.BESTUUR,
}
"""Of which desks the people answer at the levels above the procesregisseur."""

PUBLIC_ORDER = "openbare-orde"
CARE = "zorg"

_PORTFOLIO = {
    Case.Kind.WOONOVERLAST: PUBLIC_ORDER,
    Case.Kind.VERWARD_GEDRAG: PUBLIC_ORDER,
    Case.Kind.VERSLAVING: PUBLIC_ORDER,
}
"""Burgemeester for public order, wethouder for care (AVE, executive level)."""


SKIP_IT = (
    "Op managementniveau is niemand van de gemeente, of van een partij in deze casus, "
    'die mag antwoorden. Kies "Sla een niveau over", '
    "of vraag de beheerder om iemand voor dit niveau."
)


class NobodyToAsk(TransitionRefused):
    """Nobody at this level may answer."""

    status = 422
    user_message = (
        "Op dit niveau is niemand van de gemeente, of van een partij in deze casus, "
        "die mag antwoorden. Vraag de beheerder om iemand voor dit niveau."
    )


def answerer(
    case: Case,
    level: Level,
    *,
    cause: Organisation | None,
    asker: User | None,
    at: datetime,
) -> User:
    """
    Who answers about a case at a level at a moment.

    The lead of a desk of that level, of the municipality and with the portfolio of the
    case first; never of an organisation that has no part in the case or that is the
    cause, never the asker himself nor who steers the case, in whose name a deputy asks,
    and never who knows these people. Only the bestuur of a municipality that is the
    cause answers all the same, where nobody else is at the top.

    :raises NobodyToAsk: if there is nobody
    """
    if level is Level.PROCES and case.procesregisseur is not None:
        return case.procesregisseur
    people = [
        place
        for place in candidates(case, level, cause=cause, asker=asker, at=at)
        if place.user_id != case.procesregisseur_id
    ]
    wanted = _PORTFOLIO.get(Case.Kind(case.kind), CARE)
    people.sort(
        key=lambda place: (
            place.user.organisation == cause,
            place.desk.organisation.kind != Organisation.Kind.GEMEENTE,
            place.desk.portfolio != wanted,
            not place.is_lead,
        )
    )
    if not people:
        raise NobodyToAsk(SKIP_IT if level is Level.MANAGEMENT else "")
    return people[0].user


def candidates(
    case: Case,
    level: Level,
    *,
    cause: Organisation | None,
    asker: User | None,
    at: datetime,
) -> list[Membership]:
    """Everybody who may answer about a case at a level, in a fixed order. One query."""
    here = taking_part(case, at=at)
    places = (
        Membership.objects.on(local_day(at))
        .filter(user__organisation__in=here, desk__organisation__in=here)
        .filter(
            desk__kind=DESK_OF_LEVEL.get(level, Desk.Kind.PROCESREGIE),
            desk__is_active=True,
            user__is_active=True,
        )
        .exclude(user__exclusions__case=case)
        .select_related("user__organisation", "desk__organisation")
        .order_by("pk")
    )
    if cause is not None and not _is_last_resort(level, cause):
        places = places.exclude(user__organisation=cause)
    if asker is not None:
        places = places.exclude(user=asker)
    return list(places)


def _is_last_resort(level: Level, cause: Organisation) -> bool:
    """Whether nobody stands above what is stuck at the municipality itself."""
    at_home = cause.kind == Organisation.Kind.GEMEENTE
    return at_home and level is Level.BESTUURLIJK


def taking_part(case: Case | int | OuterRef, *, at: datetime) -> QuerySet[Organisation]:
    """
    Give the organisations whose people may be chosen to read what is asked in a case.

    The municipality, and the parties that take part at a moment: the ground and the
    duty to keep silent of another reach no further. Not yet run.
    """
    parties = (
        Participation.objects.system_scope("which parties take part")
        .running(at)
        .filter(case=case, role=Participation.Role.PARTY)
    )
    return Organisation.objects.filter(
        Q(kind=Organisation.Kind.GEMEENTE) | Q(pk__in=parties.values("organisation"))
    )
