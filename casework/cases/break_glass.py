"""Reading a case in an emergency: four hours, nothing but reading, and it is reviewed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.audit import log
from casework.audit.models import AuditEntry
from casework.cases import grants
from casework.cases.breaches import privacy_desk
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import BreakGlass, Case, Exclusion, Participation
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
    TransitionRefused,
)
from casework.people.models import Desk, Role, User
from casework.policy import policy
from casework.policy.ladders import NOW
from casework.work import items
from casework.work.days import due_after, local_day

LASTS = timedelta(hours=4)
SHORTEST_REASON = 20
STAFF = frozenset({Role.PROCESREGISSEUR, Role.CASUSREGISSEUR, Role.AOV})
MOST_IN_AN_HOUR = 5
_ONE_AT_A_TIME = 0x4E4F4F44  # "NOOD"

REVIEW = "break_glass.review"
TOLD_STEERER, TOLD_FG = "break_glass.steerer", "break_glass.fg"
OPENED, REFUSED = "break_glass.opened", "break_glass.refused"
THROTTLED = "break_glass.throttled"


class TooOften(TransitionRefused):
    """He asked too often in an hour."""

    user_message = (
        "Je vroeg dit uur al vijf keer noodtoegang. Bel het bureau procesregie."
    )

    def settle(self, *, by: User, at: datetime) -> None:
        """Write down that it was asked once more; that does not count for the limit."""
        _log_in_vain(THROTTLED, by=by, at=at)


class NoAccessByThis(TransitionRefused):
    """No case is opened by this: there is none, it is closed, or he knows the people."""

    status = 422
    user_message = (
        "Met dit kenmerk kun je geen casus openen. "
        "Kijk het na of bel het bureau procesregie."
    )

    def settle(self, *, by: User, at: datetime) -> None:
        """
        Write down that it was asked in vain: what is refused is rolled back.

        :raises TooOften: if he asked five times while this was refused
        """
        try:
            with transaction.atomic():
                _require_seldom(by, at=at)
                _log_in_vain(REFUSED, by=by, at=at)
        except TooOften as refusal:
            refusal.settle(by=by, at=at)
            raise


def may_break_glass(user: User, *, at: datetime) -> bool:
    """Whether he is of the staff of the municipality for whom the procedure is."""
    home = user.organisation
    return (
        home is not None
        and home.kind == "gemeente"
        and bool(STAFF & user.roles(on=local_day(at)))
    )


@transaction.atomic
def open_break_glass(
    reference: str, *, by: User, at: datetime, reason: str
) -> BreakGlass:
    """
    Let somebody read a running case for four hours; he may do nothing in it.

    The procesregisseur and the FG hear it at once; the privacy officer reviews it.

    :raises NotVisible: if the procedure is not for him
    :raises TooOften: if he asked five times in an hour
    :raises InvalidInput: for a reason of less than twenty characters
    :raises NoAccessByThis: for whatever case he can't open so, all alike
    :raises AlreadyDone: if he reads the dossier already
    """
    if not may_break_glass(by, at=at):
        raise NotVisible
    _require_seldom(by, at=at)
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(
            f"Schrijf in minstens {SHORTEST_REASON} tekens waarom dit nu moet.",
            field="reason",
        )
    case = _case_of(reference, by)
    if Permission.READ_DOSSIER in scopes(by, case, at=at):
        raise AlreadyDone("Je leest deze casus al.")
    desk = privacy_desk()
    place = Participation.objects.create(
        case=case,
        role=Participation.Role.BREAK_GLASS,
        user=by,
        organisation=by.organisation,
        from_at=at,
        until_at=at + LASTS,
    )
    opened = BreakGlass.objects.create(
        case=case,
        participation=place,
        by=by,
        at=at,
        until=at + LASTS,
        reason=reason.strip(),
    )
    grants.follow([case.pk], at=at)
    _ask_to_review(opened, desk, at=at)
    _tell(opened, at=at)
    record(
        case,
        OPENED,
        by=by,
        at=at,
        changed=[place, opened],
        about=opened,
        break_glass=True,
        user=by.pk,
    )
    return opened


@transaction.atomic
def end_break_glass(opened: BreakGlass, *, by: User, at: datetime) -> BreakGlass:
    """
    End an emergency before its four hours are over.

    :raises NotVisible: if it is not his
    :raises AlreadyDone: if it is over
    """
    case = lock_case(opened)
    if opened.by_id != by.pk:
        raise NotVisible
    if not is_running(opened, at=at):
        raise AlreadyDone("Deze noodtoegang is al voorbij.")
    _end_place(opened, at=at)
    grants.follow([case.pk], at=at)
    record(
        case,
        "break_glass.ended",
        by=by,
        at=at,
        changed=[opened.participation],
        about=opened,
        break_glass=True,
        user=by.pk,
    )
    return opened


@transaction.atomic
def review_break_glass(
    opened: BreakGlass, *, by: User, at: datetime, outcome: str, note: str
) -> BreakGlass:
    """
    Say afterwards whether an emergency was right; if not, it ends at once.

    :raises NotVisible: if `by` is no privacy officer
    :raises NotPermitted: for one's own
    :raises AlreadyDone: if it was reviewed before
    :raises InvalidInput: without an outcome, or without why it was wrong
    """
    case = lock_case(opened)
    if Role.PRIVACY_OFFICER not in by.roles(on=local_day(at)):
        raise NotVisible
    if opened.by_id == by.pk:
        raise NotPermitted("Een ander beoordeelt jouw noodtoegang.")
    if opened.reviewed_at is not None:
        raise AlreadyDone("Deze noodtoegang is al beoordeeld.")
    if not outcome or outcome not in BreakGlass.Outcome.values:
        raise InvalidInput("Kies of de noodtoegang terecht was.", field="outcome")
    if outcome == BreakGlass.Outcome.WRONG and not note.strip():
        raise InvalidInput("Schrijf waarom hij niet terecht was.", field="note")
    opened.outcome, opened.note = outcome, note.strip()
    opened.reviewed_by, opened.reviewed_at = by, at
    opened.save(update_fields=["outcome", "note", "reviewed_by", "reviewed_at"])
    if outcome == BreakGlass.Outcome.WRONG and is_running(opened, at=at):
        _end_place(opened, at=at)
        grants.follow([case.pk], at=at)
    items.close_items(opened.key, by=by, at=at, kind=REVIEW)
    record(
        case,
        "break_glass.reviewed",
        by=by,
        at=at,
        changed=[opened, opened.participation],
        break_glass=True,
        outcome=outcome,
        user=opened.by_id,
    )
    return opened


@transaction.atomic
def say_seen(opened: BreakGlass, *, by: User, at: datetime) -> BreakGlass:
    """
    Say that one read that there was an emergency.

    :raises NotVisible: if nobody told him
    :raises AlreadyDone: if it was read before
    """
    case = lock_case(opened)
    kinds = told_to(opened, by, at=at)
    if not kinds:
        raise NotVisible
    closed = [
        each
        for kind in sorted(kinds)
        for each in [items.close_items(opened.key, by=by, at=at, kind=kind)]
        if each
    ]
    if not closed:
        raise AlreadyDone("Dit is al gelezen. Je hoeft niets te doen.")
    record(case, "break_glass.seen", by=by, at=at, about=opened, break_glass=True)
    return opened


def told_to(opened: BreakGlass, user: User, *, at: datetime) -> frozenset[str]:
    """As whom somebody is told of an emergency: the FG, or who steers the case."""
    if Exclusion.objects.filter(case=opened.case_id, user=user).exists():
        return frozenset()
    kinds = set()
    if Role.FG in user.roles(on=local_day(at)):
        kinds.add(TOLD_FG)
    if Permission.STEER_CASE in scopes(user, opened.case, at=at):
        kinds.add(TOLD_STEERER)
    return frozenset(kinds)


def is_running(opened: BreakGlass, *, at: datetime) -> bool:
    """Whether he reads the case by it now."""
    return opened.until > at and opened.participation.ended_at is None


def ends_at(opened: BreakGlass) -> datetime:
    """When it ended or will: a place that ran out ends once more with its case."""
    stopped = opened.participation.ended_at
    return opened.until if stopped is None else min(stopped, opened.until)


def address_of(opened: BreakGlass) -> str:
    """Give the page on which an emergency is read about and reviewed."""
    return f"/noodtoegang/{opened.pk}/"


def _require_seldom(by: User, *, at: datetime) -> None:
    """
    Let one person ask at a time, until the transaction ends, and count how often he did.

    Not by his row: who is reported away is locked after his cases, and here a case
    follows, which may not be looked for by who asked too often.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(%s, %s)", [_ONE_AT_A_TIME, by.pk % 2**31]
        )
    asked = AuditEntry.objects.filter(
        by=by, verb__in=[OPENED, REFUSED], at__gt=at - timedelta(hours=1)
    )
    if asked.count() >= MOST_IN_AN_HOUR:
        raise TooOften


def _log_in_vain(verb: str, *, by: User, at: datetime) -> None:
    log.write(verb, by=by, at=at, about="reference", granted=False, break_glass=True)


def _case_of(reference: str, by: User) -> Case:
    case: Case | None = (
        Case.objects.system_scope("the procedure opens a case by its reference")
        .excluding(by)
        .filter(reference=reference.strip().upper(), closed_at__isnull=True)
        .first()
    )
    if case is None:
        raise NoAccessByThis
    lock_case(case)
    known = Exclusion.objects.filter(case=case, user=by).exists()
    if known or case.closed_at is not None:
        raise NoAccessByThis
    return case


def _ask_to_review(opened: BreakGlass, desk: Desk, *, at: datetime) -> None:
    rules = policy.at(local_day(at))
    items.open_item(
        REVIEW,
        title="Was deze noodtoegang terecht?",
        about=opened.key,
        link=address_of(opened),
        owner=desk,
        due=due_after(rules.term("break_glass_review"), at=at, rules=rules),
        by=opened.by,
        at=at,
        case=opened.case_id,
        reference=opened.case.reference,
    )


def _tell(opened: BreakGlass, *, at: datetime) -> None:
    """Let who steers the case and the FG know at once."""
    rules = policy.at(local_day(at))
    fg = Desk.objects.filter(kind=Desk.Kind.FG, is_active=True).order_by("pk").first()
    for kind, owner in (
        (TOLD_STEERER, opened.case.procesregisseur),
        (TOLD_FG, fg),
    ):
        if owner is None:
            continue
        items.open_item(
            kind,
            title="Een collega las een casus met noodtoegang",
            about=opened.key,
            link=address_of(opened),
            owner=owner,
            due=due_after(rules.term("confirmation"), at=at, rules=rules),
            by=opened.by,
            at=at,
            case=opened.case_id,
            reference=opened.case.reference,
            ladder=(NOW,),
            rules=rules,
        )


def _end_place(opened: BreakGlass, *, at: datetime) -> None:
    opened.participation.ended_at = at
    opened.participation.save(update_fields=["ended_at"])
