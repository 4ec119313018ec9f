"""Who was let into a question reads it as long as he belongs there, and no longer."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast, Concat

from ave.escalation.colleagues import ROLES
from ave.escalation.models import Escalation, Voice
from ave.escalation.succeeding import ask_successors, of_who_left
from ave.escalation.voices import PLACES, lapse
from ave.policy.answerers import DESK_OF_LEVEL, taking_part
from casework.cases import grants, leaving
from casework.cases.journal import record
from casework.cases.letting_go import pass_on_asked
from casework.cases.lock import lock_case
from casework.cases.models import Case, Participation
from casework.cases.models.participation import ParticipationQuerySet
from casework.cases.participations import end_participations
from casework.people.models import Membership
from casework.work.days import local_day

_Role = Participation.Role


def let_outsiders_out(*, at: datetime, case: Case | None = None, **_: object) -> int:
    """
    End the places of who was asked a word, or answered, and belongs there no longer.

    His organisation takes part in the case no longer, or he has no role or desk any
    more for which he was asked. Who must still answer keeps his place until another is
    asked (`succeeding`). For the clock, or in one case. Gives how many places ended.
    """
    places = _outside(at).select_related("case", "user").order_by("pk")
    if case is not None:
        places = places.filter(case=case)
    return sum(_let_out(place, at=at) for place in places)


def leave_with_party(case: Case, *, at: datetime) -> None:
    """End at once what was asked of a party that takes part no longer."""
    ask_successors(at=at, case=case)
    let_outsiders_out(at=at, case=case)


@transaction.atomic
def leave_at_once(*, at: datetime) -> None:
    """
    End at once what people have left: their places, and what was asked of them.

    For who lets them leave, as a whole: the cases are locked in order.
    """
    asked = set(of_who_left(at).values_list("case", flat=True))
    beside = asked.union(_outside(at).values_list("case", flat=True))
    leaving.leave_at_once(at=at, beside=beside)
    ask_successors(at=at)
    let_outsiders_out(at=at)


@transaction.atomic
def _let_out(place: Participation, *, at: datetime) -> int:
    case = lock_case(place)
    if not _outside(at).filter(pk=place.pk).exists():
        return 0
    requests = Escalation.objects.system_scope("the question that a place is about")
    _, _, number = place.about.partition(":")
    escalation = requests.select_related("bottleneck").get(pk=int(number))
    escalation.case = case
    ended = end_participations(
        case, at=at, about=place.about, roles=[_Role(place.role)], user=place.user
    )
    grants.follow([case.pk], at=at)
    pass_on_asked(ended, at=at)
    record(
        case,
        "reader.left",
        by=None,
        at=at,
        changed=ended,
        about=escalation,
        user=place.user_id,
        bottleneck=escalation.bottleneck.number,
    )
    asked = Voice.objects.system_scope("what is asked of who belongs here no longer")
    for voice in asked.open().filter(escalation=escalation, user=place.user_id):
        voice.escalation = escalation
        lapse(voice, by=None, at=at)
    return len(ended)


def _outside(at: datetime) -> ParticipationQuerySet:
    """The own places of questions whose holders belong there no longer."""
    held = Membership.objects.on(local_day(at)).filter(user=OuterRef("user"))
    here = taking_part(OuterRef(OuterRef("case")), at=at).filter(
        pk=OuterRef("user__organisation")
    )
    noun, key = models.Value(f"{Escalation.KEY}:"), Cast("pk", models.TextField())
    asked = (
        Escalation.objects.system_scope("which question a place is about")
        .annotate(memo=Concat(noun, key, output_field=models.TextField()))
        .filter(case=OuterRef("case"), memo=OuterRef("about"))
    )
    gone = ~Q(Exists(here))
    for place in set(PLACES.values()):
        kinds = [kind for kind, gives in PLACES.items() if gives == place]
        roles = {role for kind in kinds for role in ROLES[kind]}
        gone |= Q(role=place) & ~Q(Exists(held.filter(role__in=roles)))
    for level, desk in DESK_OF_LEVEL.items():
        gone |= (
            Q(role=_Role.ANSWERER)
            & Q(Exists(asked.filter(to_level=level)))
            & ~Q(Exists(held.filter(desk__kind=desk)))
        )
    places = Participation.objects.system_scope("whether who reads still belongs there")
    return (
        places.running(at)
        .filter(role__in=[_Role.ANSWERER, *PLACES.values()], on_behalf_of__isnull=True)
        .filter(gone)
        .exclude(Q(role=_Role.ANSWERER) & Q(Exists(asked.running())))
    )
