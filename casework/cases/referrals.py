"""How a case begins: somebody tells us that a household needs us."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from casework.cases import grants
from casework.cases.attention import CALM
from casework.cases.journal import record
from casework.cases.models import Case, Participation, Referral
from casework.cases.participations import join_case
from casework.people.errors import InvalidInput, TransitionRefused
from casework.people.models import Desk, Organisation, User
from casework.work.days import local_day

DIGITS, DIGITS_IN_A_CROWDED_YEAR = 4, 6
TRIES = 20


class NoDesk(TransitionRefused):
    """There is no desk that does this work."""

    user_message = "Er is nog geen bureau dat dit doet. Vraag de beheerder."


@transaction.atomic
def refer_case(
    about: None,  # noqa: ARG001  a procedure begins about something; this about nothing
    *,
    by: User,
    at: datetime,
    reason: str,
    referrer_name: str = "",
    referrer_phone: str = "",
    referrer: User | None = None,
    organisation: Organisation | None = None,
    channel: str = Referral.Channel.FORM,
    kind: str = Case.Kind.OVERIG,
    urgent: bool = False,
    goal: str = "",
    informed: bool | None = None,
    not_informed_reason: str = "",
) -> Case:
    """
    Take in a referral: a case in triage, seen by the desk that assesses it.

    Only melder, reason and urgency are needed (two minutes on the telephone). Spoed
    goes to the piket desk too. Whoever refers gets no access to the case.

    :raises InvalidInput: without a melder or a reason
    """
    if not reason.strip():
        raise InvalidInput(
            "Schrijf op waarom je meldt. Een paar zinnen is genoeg.", field="reason"
        )
    if not (referrer_name.strip() or referrer):
        raise InvalidInput("Schrijf op wie dit meldt.", field="referrer_name")
    case = _new_case(kind=kind, urgent=urgent, at=at)
    Referral.objects.create(
        case=case,
        referrer=referrer,
        referrer_name=referrer_name or (referrer.name if referrer else ""),
        referrer_phone=referrer_phone,
        organisation=organisation or (referrer.organisation if referrer else None),
        recorded_by=by,
        channel=channel,
        reason=reason,
        goal=goal,
        informed=informed,
        not_informed_reason=not_informed_reason,
        received_at=at,
    )
    rows = []
    for desk in triage_desks(urgent=urgent):
        rows += join_case(case, Participation.Role.TRIAGE, at=at, desk=desk)
    grants.follow([case.pk], at=at)
    record(case, "case.referred", by=by, at=at, changed=[case, *rows], channel=channel)
    return case


def triage_desks(*, urgent: bool) -> list[Desk]:
    """
    Give the desks that assess a referral: procesregie first; with spoed piket too.

    :raises NoDesk: if there is no desk procesregie
    """
    kinds = [Desk.Kind.PROCESREGIE, *([Desk.Kind.PIKET] if urgent else [])]
    desks = Desk.objects.filter(kind__in=kinds, is_active=True).order_by("pk")
    found = sorted(desks, key=lambda desk: kinds.index(Desk.Kind(desk.kind)))
    if not found or found[0].kind != Desk.Kind.PROCESREGIE:
        raise NoDesk
    return found


def _new_case(*, kind: str, urgent: bool, at: datetime) -> Case:
    year = local_day(at).year
    for attempt in range(TRIES):
        digits = DIGITS if attempt < TRIES // 2 else DIGITS_IN_A_CROWDED_YEAR
        case = Case(
            reference=f"AVE-{year}-{secrets.randbelow(10**digits):0{digits}d}",
            kind=kind,
            urgent=urgent,
            municipality=settings.MUNICIPALITY,
            attention_on=CALM,
        )
        try:
            with transaction.atomic():
                case.save(force_insert=True)
        except IntegrityError:
            continue
        return case
    raise TransitionRefused("Er is geen vrij kenmerk. Probeer het nog een keer.")
