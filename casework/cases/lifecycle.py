"""How a case ends, and how it comes back; and questions that never become one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from casework.access.grants import require
from casework.access.permissions import Permission
from casework.audit import log
from casework.cases import grants
from casework.cases.bottlenecks import settle_level
from casework.cases.confirmations import DISPUTED, OF_WHO_SAID_IT, OUTLIVES
from casework.cases.dossier import REVIEW_GROUND
from casework.cases.journal import acts_for, record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import (
    Bottleneck,
    Case,
    Consultation,
    Note,
    Participation,
)
from casework.cases.models.tracked import Tracked
from casework.cases.naming import refuse_anybody
from casework.cases.participations import end_participations, join_case
from casework.cases.parties import REVIEW_PARTY
from casework.cases.referrals import triage_desks
from casework.levels import Level
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import Organisation, Role, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem, WorkItemQuerySet

CLOSE = "case.close"
ARRIVED = "transfer.arrived"
GOES_ON = frozenset({Case.Outcome.SAFETY_HOUSE, Case.Outcome.ELSEWHERE})
"""Outcomes of a case with which somebody else goes on."""
TO_WHOM = "Schrijf op wie het overneemt, en hoe je die bereikt."
REVIEW_PLAN = "plan.review"
MAY_STOP = "case.stop"
NO_LONGER_ASKED = (
    REVIEW_PARTY,
    REVIEW_GROUND,
    REVIEW_PLAN,
    MAY_STOP,
    *OF_WHO_SAID_IT,
)
"""
Whether a party, a ground or a plan still holds, and procesregie: with the case all of
them end. And whether it was said like that: who never answers keeps no case open. Of a
desk that ends too, and it stays unconfirmed; a person is still asked, so that closing
hides no invented decision.
"""


class StillWork(TransitionRefused):
    """Somebody still has to do something for this case."""


class StillStuck(TransitionRefused):
    """A bottleneck is still open."""

    user_message = (
        "Je kunt nog niet afsluiten: er is nog een knelpunt open. "
        "Rond het af of accepteer het."
    )


@transaction.atomic
def close_case(
    case: Case,
    *,
    by: User,
    at: datetime,
    outcome: str,
    reason: str = "",
    seen: int | None = None,
) -> Case:
    """
    Close a case for which nobody has to do anything any more.

    Every participation ends but that of the desk procesregie, which keeps the archive.

    :raises StillWork: while work is open, whoever made it
    :raises StillStuck: while a bottleneck is open
    :raises AlreadyDone: if it is closed
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(case, seen)
    if not case.is_running:
        raise AlreadyDone("Deze casus is al afgesloten.")
    if outcome not in Case.Outcome.values:
        raise InvalidInput("Kies met welke uitkomst je afsluit.", field="outcome")
    if outcome in GOES_ON and not reason.strip():
        raise InvalidInput(TO_WHOM, field="reason")
    if case.bottlenecks.filter(state=Bottleneck.State.OPEN).exists():
        raise StillStuck
    items.close_items(case.key, by=by, at=at, kind=CLOSE)
    _drop_what_ends_with_it(case, by=by, at=at)
    waiting = in_the_way(case).count()
    if waiting:
        raise StillWork(
            "Je kunt nog niet afsluiten: er staat nog 1 ding open. "
            "Rond het af of geef het door."
            if waiting == 1
            else f"Je kunt nog niet afsluiten: er staan nog {waiting} dingen open. "
            "Rond ze af of geef ze door."
        )
    if reason.strip():
        _keep(case, reason, by=by, at=at)
    changed = put_away(case, outcome=outcome, term="retention_case", at=at)
    record(case, "case.closed", by=by, at=at, changed=changed, outcome=outcome)
    if outcome in GOES_ON:
        ask_whether_it_arrived(case, by=by, at=at)
    return case


def in_the_way(case: Case) -> WorkItemQuerySet:
    """Give the open work that must end before a case can be closed."""
    return items.open_for_case(case.pk).exclude(kind__in=(CLOSE, *NO_LONGER_ASKED))


@transaction.atomic
def reopen_case(
    case: Case, *, by: User, at: datetime, reason: str, seen: int | None = None
) -> Case:
    """
    Open a closed case again; who does it, or for whom, becomes its procesregisseur.

    :raises NotPermitted: if `by` is not of the desk procesregie
    :raises InvalidInput: without a reason
    """
    lock_case(case)
    require(by, Permission.REOPEN_CASE, case, at=at)
    require_version(case, seen)
    if case.closed_at is None:
        raise AlreadyDone("Deze casus is al open.")
    if not reason.strip():
        raise InvalidInput("Schrijf waarom je de casus heropent.", field="reason")
    regisseur = acts_for(case, by, at=at) or by
    if Role.PROCESREGISSEUR not in regisseur.roles(on=local_day(at)):
        raise NotPermitted("Een casus heropent de procesregisseur.")
    changed: list[Tracked] = [case]
    changed += end_participations(case, at=at, roles=[Participation.Role.ARCHIVE])
    items.close_items(
        transfer_key(case),
        by=by,
        at=at,
        kind=ARRIVED,
        outcome=WorkItem.Outcome.LAPSED,
    )
    case.status, case.outcome = Case.Status.OPEN, ""
    case.closed_at = case.keep_until = None
    case.opened_at = at
    case.procesregisseur = regisseur
    case.casusregisseur = None
    case.save(
        update_fields=[
            "status",
            "outcome",
            "closed_at",
            "keep_until",
            "opened_at",
            "procesregisseur",
            "casusregisseur",
        ]
    )
    changed += join_case(
        case, Participation.Role.PROCESREGISSEUR, at=at, user=regisseur
    )
    grants.follow([case.pk], at=at)
    _keep(case, reason, by=by, at=at)
    record(case, "case.reopened", by=by, at=at, changed=changed)
    ask_for_casusregisseur(case, by=by, at=at, rules=policy.at(local_day(at)))
    # What somebody calls wrong is no longer for the whole desk, which reads it no more.
    for item in items.open_for_case(case.pk).filter(kind=DISPUTED).order_by("pk"):
        items.hand_over(item, to=regisseur, by=by, at=at)
    return case


def transfer_key(case: Case) -> str:
    """Give the name, in work items, of that a case went on to somebody else."""
    return f"transfer:{case.pk}"


def ask_for_casusregisseur(
    case: Case, *, by: User, at: datetime, rules: policy.Policy
) -> None:
    """Let the procesregisseur name a casusregisseur: he makes the plan."""
    assert case.procesregisseur is not None
    items.open_item(
        "case.appoint",
        title="Wijs een casusregisseur aan",
        about=case.key,
        link=f"/casussen/{case.reference}/partijen/",
        owner=case.procesregisseur,
        due=due_after(
            rules.term("first_mdo", level=int(Level.PROCES)), at=at, rules=rules
        ),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
        rules=rules,
    )


def ask_to_close(case: Case, *, by: User, at: datetime) -> None:
    """Ask the procesregisseur to close a case for which nothing more has to happen."""
    assert case.procesregisseur is not None
    rules = policy.at(local_day(at))
    items.open_item(
        CLOSE,
        title="Kan deze casus dicht?",
        about=case.key,
        link=f"/casussen/{case.reference}/afsluiten/",
        owner=case.procesregisseur,
        due=due_after(rules.term("decision_to_tasks"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
        rules=rules,
    )


def ask_whether_it_arrived(case: Case, *, by: User, at: datetime) -> None:
    """
    Ask the desk procesregie whether another goes on with what we sent on.

    The case closes meanwhile: it is the one check that stays.
    """
    rules = policy.at(local_day(at))
    items.open_item(
        ARRIVED,
        title="Kijk of de ander het heeft overgenomen",
        about=transfer_key(case),
        link=f"/casussen/{case.reference}/beoordelen/",
        owner=triage_desks(urgent=False)[0],
        due=due_after(rules.term("handover_accept"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        rules=rules,
    )


def put_away(case: Case, *, outcome: str, term: str, at: datetime) -> list[Tracked]:
    """
    Close the row, end every place in it, and leave the archive to the desk.

    Part of a transition; returns the rows that changed, for its record.
    """
    case.status = Case.Status.ELSEWHERE if outcome in GOES_ON else Case.Status.CLOSED
    case.outcome = outcome
    case.closed_at = at
    case.keep_until = _keep_until(term, at=at)
    case.save(update_fields=["status", "outcome", "closed_at", "keep_until"])
    changed: list[Tracked] = [case, *end_participations(case, at=at)]
    desk = triage_desks(urgent=False)[0]
    changed += join_case(case, Participation.Role.ARCHIVE, at=at, desk=desk)
    changed += [row for row in settle_level(case) if row is not case]
    grants.follow([case.pk], at=at)
    return changed


@transaction.atomic
def answer_consultation(
    *,
    by: User,
    at: datetime,
    asked_by: str,
    question: str,
    advice: str,
    minutes: int,
    organisation: Organisation | None = None,
) -> Consultation:
    """
    Write down advice without a case: question, advice, minutes, and no person.

    :raises InvalidInput: if the question or the advice leads to somebody
    """
    refuse_anybody(question=question, advice=advice)
    row = Consultation.objects.create(
        asked_by=asked_by,
        organisation=organisation,
        question=question,
        advice=advice,
        minutes=minutes,
        at=at,
        by=by,
        keep_until=_keep_until("retention_consultation", at=at),
    )
    log.write("consultation.answered", by=by, at=at, about=f"consultation:{row.pk}")
    return row


def _keep_until(term: str, *, at: datetime) -> date:
    rules = policy.at(local_day(at))
    return due_after(rules.term(term), at=at, rules=rules).on


def _drop_what_ends_with_it(case: Case, *, by: User, at: datetime) -> None:
    asked = items.open_for_case(case.pk).filter(kind__in=NO_LONGER_ASKED)
    asked = asked.exclude(OUTLIVES)
    items.close_items(
        list(asked.values_list("about", flat=True)),
        by=by,
        at=at,
        kind=NO_LONGER_ASKED,
        outcome=WorkItem.Outcome.LAPSED,
    )


def _keep(case: Case, text: str, *, by: User, at: datetime) -> None:
    note = Note.objects.create(
        case=case, text=text, mark=Note.Mark.FACT, by=by, at=at, source=by.organisation
    )
    record(case, "note.written", by=by, at=at, changed=[note])
