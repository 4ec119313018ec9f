"""Who really said it: ask, confirm or dispute what another wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.cases.lock import lock_case, lock_cases
from casework.cases.models import Case, Event, Exclusion, Participation
from casework.cases.models.spoken import Spoken
from casework.people.absence import acting_for
from casework.people.errors import AlreadyDone, InvalidInput, NotVisible
from casework.people.models import Desk, Membership, Organisation, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem, WorkItemQuerySet, desks_of

CONFIRM = "confirm"
DISPUTED = "disputed"
TALKED_OVER = "confirm.talked_over"
OF_WHO_SAID_IT = (CONFIRM, TALKED_OVER)
"""Work that only who said it, or his desk, can do."""
OUTLIVES = Q(kind__in=OF_WHO_SAID_IT) & (
    Q(owner_user__isnull=False) | Q(owner_desk__kind=Desk.Kind.PRIVACY)
)
"""Of that work what a closed case leaves open: whether a person, not a desk, said it."""
INSTEAD = "de privacy officer"
"""Who is asked "Klopt dit?" where who said it may not know of the case any more."""


@dataclass(frozen=True, slots=True)
class Given:
    """How an answer reached us: from whom, when, and by telephone or in a meeting."""

    channel: str
    at: datetime
    by: User | None = None
    by_name: str = ""
    organisation: Organisation | None = None


def spoken_types() -> dict[str, type[Spoken]]:
    """Every kind of spoken row by its name in work items: {"answer": Answer}."""
    return {kind._meta.model_name or "": kind for kind in Spoken.__subclasses__()}


def key_of(row: Spoken) -> str:
    """Give the name of a spoken row in work items: "answer:5"."""
    return f"{row._meta.model_name}:{row.pk}"


def ask_confirmation(
    row: Spoken, *, case: Case, at: datetime, desk: Desk | None = None
) -> None:
    """
    Ask who said it "Klopt dit?": the person himself, or the desk of his party.

    Part of a transition. It worked at once; until he answers it reads "nog niet
    bevestigd", and the question is chased as all work.
    """
    owner = row.by or desk
    if owner is None:
        return
    rules = policy.at(local_day(at))
    items.open_item(
        CONFIRM,
        title="Klopt dit?",
        about=key_of(row),
        link=f"/klopt-dit/{key_of(row)}/",
        owner=owner,
        due=due_after(rules.term("confirmation"), at=at, rules=rules),
        by=row.recorded_by,
        at=at,
        case=case.pk,
        reference=case.reference,
        asked_by=row.recorded_by,
    )


def ask_instead_of(waiting: WorkItemQuerySet, *, by: User, at: datetime) -> None:
    """
    Ask the privacy officer "Klopt dit?" of what waits for who knows these people.

    Part of a transition. Where there is none but who wrote it down, it lapses and stays
    unconfirmed, of which `verify` tells; as what was disputed stays disputed.
    """
    for item in waiting.filter(kind=CONFIRM).order_by("pk"):
        _ask_instead(item, by=by, at=at)
    items.close_items(
        list(waiting.filter(kind__in=OF_WHO_SAID_IT).values_list("about", flat=True)),
        by=by,
        at=at,
        kind=OF_WHO_SAID_IT,
        outcome=WorkItem.Outcome.LAPSED,
    )


@transaction.atomic
def ask_instead_of_who_left(*, at: datetime) -> int:
    """
    Ask the same of what waits for somebody whose account ended, for the clock.

    Gives how many that were.
    """
    theirs = (
        WorkItem.objects.system_scope("what nobody says to be right any more")
        .open()
        .filter(kind=CONFIRM, owner_user__is_active=False)
        .order_by("pk")
    )
    lock_cases({case for case in theirs.values_list("case", flat=True) if case})
    return sum(_ask_instead(item, by=None, at=at) for item in theirs.all())


@transaction.atomic
def confirm(row: Spoken, *, by: User, at: datetime) -> Spoken:
    """
    Say that it was written down as it was said.

    :raises NotVisible: if it is not this person's to confirm
    :raises AlreadyDone: if it was confirmed or disputed before
    """
    case = _take(row, CONFIRM, by=by, at=at)
    row.confirmed_at = at
    row.save(update_fields=["confirmed_at"])
    items.close_items(key_of(row), by=by, at=at, kind=CONFIRM)
    record(case, "answer.confirmed", by=by, at=at, row=key_of(row))
    return row


@transaction.atomic
def dispute(row: Spoken, *, by: User, at: datetime, reason: str) -> Spoken:
    """
    Say that it was not said like this, or that talking did not settle that.

    Who wrote it down must act.

    :raises NotVisible: if it is not this person's to say
    :raises AlreadyDone: if it was confirmed, or his last word about it stands
    :raises InvalidInput: without a reason
    """
    case = _take(row, CONFIRM, TALKED_OVER, by=by, at=at)
    if not reason.strip():
        raise InvalidInput("Schrijf wat er niet klopt.", field="reason")
    row.disputed_at = at
    row.disputed_reason = reason
    row.save(update_fields=["disputed_at", "disputed_reason"])
    items.close_items(key_of(row), by=by, at=at, kind=OF_WHO_SAID_IT)
    rules = policy.at(local_day(at))
    items.open_item(
        DISPUTED,
        title="Wat er is opgeschreven, klopt niet",
        about=key_of(row),
        link=f"/klopt-dit/{key_of(row)}/",
        owner=_who_acts(row, case, at=at),
        due=due_after(rules.term("confirmation"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
    )
    record(case, "answer.disputed", by=by, at=at, row=key_of(row))
    return row


@transaction.atomic
def talk_over(row: Spoken, *, by: User, at: datetime) -> Spoken:
    """
    Say that the dispute was talked over; who disputed is asked whether it was.

    Where nobody is left who can say so, it stays disputed and waits for nobody.

    :raises NotVisible: if he neither wrote it down nor has the work of it
    :raises AlreadyDone: if it was talked over before, or nobody disputed it
    """
    case = lock_case(row.case)
    if not may_talk_over(row, by, at=at):
        raise NotVisible
    if not items.close_items(key_of(row), by=by, at=at, kind=DISPUTED):
        raise AlreadyDone
    owner = _who_disputed(row)
    if owner is not None:
        rules = policy.at(local_day(at))
        items.open_item(
            TALKED_OVER,
            title="Is dit besproken?",
            about=key_of(row),
            link=f"/klopt-dit/{key_of(row)}/",
            owner=owner,
            due=due_after(rules.term("confirmation"), at=at, rules=rules),
            by=by,
            at=at,
            case=case.pk,
            reference=case.reference,
            asked_by=by,
        )
    record(case, "dispute.talked_over", by=by, at=at, row=key_of(row))
    return row


@transaction.atomic
def settle_dispute(row: Spoken, *, by: User, at: datetime) -> Spoken:
    """
    Agree that what one called wrong was talked over.

    :raises NotVisible: if he is not who said it, nor stands in for him
    :raises AlreadyDone: if he was not asked, or said so before
    """
    case = _take(row, TALKED_OVER, by=by, at=at)
    items.close_items(key_of(row), by=by, at=at, kind=TALKED_OVER)
    record(case, "dispute.settled", by=by, at=at, row=key_of(row))
    return row


def dispute_of(row: Spoken) -> str:
    """Say who calls it wrong, and if he says that was talked over; else nothing."""
    if row.disputed_at is None:
        return ""
    who = row.by.name if row.by is not None else row.by_name
    if is_asked_instead(row):
        who = INSTEAD
    settled = Event.objects.system_scope("whether who disputed it settled that").filter(
        case=row.case, kind="dispute.settled", facts__row=key_of(row)
    )
    if settled.exists():
        return f"Klopt niet, zegt {who}. Dat is besproken"
    return f"Klopt niet, zegt {who}"


def is_asked_instead(row: Spoken) -> bool:
    """Whether the privacy officer is asked if it was said, and not who said it."""
    asked = items.last_about(key_of(row), kind=CONFIRM) if row.by_id else None
    return asked is not None and asked.owner_desk_id is not None


def may_confirm(row: Spoken, user: User, *, at: datetime) -> bool:
    """
    Whether this person, or his desk, is still asked to say that it is right.

    Or whom he stands in for: not who knows these people, who wrote it down, or who
    steers the case.
    Who answered on screen was never asked: he has his own page for it, and is bound by
    when that ends.
    """
    return _is_asked(row, user, CONFIRM, at=at)


def may_settle(row: Spoken, user: User, *, at: datetime) -> bool:
    """Whether he called it wrong, or stands in for who did, and is asked about it now."""
    return _is_asked(row, user, TALKED_OVER, at=at)


def may_read_back(row: Spoken, user: User, *, at: datetime) -> bool:
    """
    Whether somebody who said if it is right may read that again.

    Only as long as he, or whom he stands in for, reads the case or its bottleneck.
    """
    if _knows_them(row, user) or not _is_answered(row):
        return False
    people = {user.pk, *acting_for(user, at=at)}
    return row.by_id in people and still_reads(row, user, at=at)


def may_talk_over(row: Spoken, user: User, *, at: datetime) -> bool:
    """
    Whether he wrote it down for another, or has the work that was left of that.

    Or whom he stands in for: not who knows these people, and who wrote it down only
    as long as he may read it. Who hands the procesregie over hands this over too.
    """
    if _knows_them(row, user):
        return False
    people = {user.pk, *acting_for(user, at=at)}
    for_another = row.recorded_by_id in people and row.recorded_by_id != row.by_id
    if for_another and still_reads(row, user, at=at):
        return True
    left = items.open_about(key_of(row), kind=DISPUTED)
    of_desk = Q(owner_desk__in=desks_of(people, at=at))
    return left.filter(Q(owner_user__in=people) | of_desk).exists()


def still_reads(row: Spoken, user: User, *, at: datetime) -> bool:
    """Whether somebody may read the case in which it was said, or its bottleneck."""
    reads = {Permission.READ_DOSSIER, Permission.READ_MEMO}
    return not reads.isdisjoint(scopes(user, row.case, at=at))


def _who_acts(row: Spoken, case: Case, *, at: datetime) -> User | Desk:
    """
    Give who wrote it down; who steers, if that one reads the case no longer.

    Of a closed case the desk that can open it again.
    """
    if case.closed_at is not None:
        archive = Participation.objects.system_scope("who keeps a closed case").get(
            case=case, role=Participation.Role.ARCHIVE, ended_at__isnull=True
        )
        assert archive.desk is not None
        return archive.desk
    if case.procesregisseur is None or still_reads(row, row.recorded_by, at=at):
        return row.recorded_by
    return case.procesregisseur


def _is_asked(row: Spoken, user: User, kind: str, *, at: datetime) -> bool:
    if _knows_them(row, user):
        return False
    people = {user.pk, *acting_for(user, at=at)}
    asked = items.open_about(key_of(row), kind=kind)
    of_desk = asked.filter(owner_desk__in=desks_of(people, at=at))
    if row.by_id is None:
        return of_desk.exists()
    if row.recorded_by_id == user.pk or _steers_for_another(row, user, at=at):
        return False
    if row.by_id in people:
        of_desk |= asked.filter(owner_desk__isnull=True)
    return of_desk.exists()


def _steers_for_another(row: Spoken, user: User, *, at: datetime) -> bool:
    """Whether he could have written it down himself: he, or who stood in for him, did."""
    steers = {Permission.STEER_CASE, Permission.REOPEN_CASE}
    does = not steers.isdisjoint(scopes(user, row.case, at=at))
    return does and row.by_id != user.pk


def _who_disputed(row: Spoken) -> User | Desk | None:
    """Give who was asked "Klopt dit?", while he can still be asked something here."""
    asked = items.last_about(key_of(row), kind=CONFIRM)
    if asked is None or asked.owner_desk is not None:
        return asked.owner_desk if asked is not None else None
    said = row.by
    if said is None or not said.is_active or _knows_them(row, said):
        return None
    return said


def _ask_instead(item: WorkItem, *, by: User | None, at: datetime) -> bool:
    noun, _, pk = item.about.partition(":")
    row: Spoken = spoken_types()[noun]._base_manager.get(pk=pk)
    desk = _privacy_desk(row.case, besides=row.recorded_by, at=at)
    if desk is not None:
        items.hand_over(item, to=desk, by=by, at=at)
    return desk is not None


def _privacy_desk(case: Case, *, besides: User, at: datetime) -> Desk | None:
    """Give a desk of which somebody else is there who may know of the case."""
    there = (
        Membership.objects.on(local_day(at))
        .filter(desk__kind=Desk.Kind.PRIVACY, desk__is_active=True)
        .filter(user__is_active=True)
        .exclude(user=besides)
        .exclude(user__in=Exclusion.objects.filter(case=case).values("user"))
    )
    place = there.select_related("desk").order_by("desk", "pk").first()
    return place.desk if place is not None else None


def _is_answered(row: Spoken) -> bool:
    return row.confirmed_at is not None or row.disputed_at is not None


def _knows_them(row: Spoken, user: User) -> bool:
    return Exclusion.objects.filter(user=user, case=row.case.pk).exists()


def _take(row: Spoken, *kinds: str, by: User, at: datetime) -> Case:
    case = lock_case(row.case)
    row.refresh_from_db()
    if any(_is_asked(row, by, kind, at=at) for kind in kinds):
        return case
    if row.recorded_by_id != by.pk and may_read_back(row, by, at=at):
        raise AlreadyDone("Dit is al nagekeken. Je hoeft niets meer te doen.")
    raise NotVisible
