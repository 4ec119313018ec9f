"""Who may be asked for his word beside the answerer of a request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from ave.escalation.models import Escalation, Voice
from ave.policy.answerers import taking_part
from casework.cases.models import Exclusion, Participation
from casework.levels import Level
from casework.people.models import Membership, Role, User
from casework.work.days import local_day

Kind = Voice.Kind

ROLES: dict[str, tuple[Role, ...]] = {
    Kind.ADVICE: (Role.MANAGER, Role.AOV, Role.BESTUURDER),
    Kind.SECOND: (Role.BESTUURDER,),
    Kind.POSITION: (Role.MANAGER,),
}
"""Which role somebody must have to be asked for what."""


def kinds_of(escalation: Escalation) -> Iterator[Voice.Kind]:
    """Give what may be asked in a request; a second executive only at the top."""
    for kind in Kind:
        if kind is not Kind.SECOND or escalation.to_level == Level.BESTUURLIJK:
            yield kind


def whom(escalation: Escalation, kind: Voice.Kind, *, at: datetime) -> QuerySet[User]:
    """
    Give who may be asked for something in a request, by name. Not yet run.

    Of the municipality or of a party. Never who asked, answers or was asked before
    (unless that was taken back), nor who acts for one of them or steers the case, and
    nobody who knows these people.
    """
    if kind not in kinds_of(escalation):
        return User.objects.none()
    places = Participation.objects.system_scope("who takes part already").running(at)
    places = places.filter(case=escalation.case_id)
    theirs = places.filter(user=OuterRef("pk")).filter(
        Q(about=escalation.key) | Q(role=Participation.Role.PROCESREGISSEUR)
    )
    asked = (
        Voice.objects.system_scope("who was asked before")
        .standing()
        .filter(escalation=escalation, user=OuterRef("pk"))
    )
    knows = Exclusion.objects.filter(case=escalation.case_id, user=OuterRef("pk"))
    holds = Membership.objects.on(local_day(at)).filter(
        user=OuterRef("pk"), role__in=ROLES[kind]
    )
    found = (
        User.objects.filter(Exists(holds), is_active=True)
        .filter(organisation__in=taking_part(escalation.case_id, at=at))
        .exclude(pk__in=[escalation.asker_id or 0, escalation.answerer_id])
        .exclude(Exists(theirs))
        .exclude(Exists(asked))
        .exclude(Exists(knows))
    )
    if kind is Kind.POSITION:
        parties = places.filter(role=Participation.Role.PARTY)
        found = found.filter(organisation__in=parties.values("organisation"))
    return found.select_related("organisation").order_by("name", "pk")
