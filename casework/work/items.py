"""How work comes into being, changes hands, gets another day and ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q

from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.people.models import Absence, Desk, Membership, User
from casework.policy import policy
from casework.policy.ladders import Step
from casework.work import inbox
from casework.work.days import end_of, local_day, working_days
from casework.work.due import Due
from casework.work.held import hold, lock, log_work, require_open
from casework.work.letters import Opening
from casework.work.making import new_item
from casework.work.models import WorkItem, WorkItemQuerySet, exclusions
from casework.work.moved import tell
from casework.work.steps import plan_anew
from casework.work.tell import cancel_mail, cancel_mail_of_each, tell_owner


class AlreadyOpen(AlreadyDone):
    """The same work is open already."""

    user_message = "Dit staat al op de lijst. Je hoeft niets meer te doen."


class ClaimedByAnother(AlreadyDone):
    """A colleague has picked this up."""

    user_message = "Een collega heeft dit al opgepakt. Vraag het aan hem of haar."


@dataclass(frozen=True, slots=True)
class Subject:
    """What the same kind of work is about in one of many cases, and where it stands."""

    about: str
    link: str
    case: int
    reference: str
    level: int | None = None


def open_item(
    kind: str,
    *,
    title: str,
    about: str,
    link: str,
    owner: User | Desk,
    due: Due,
    by: User | None,
    at: datetime,
    case: int | None = None,
    reference: str = "",
    level: int | None = None,
    asked_by: User | None = None,
    ladder: Sequence[Step] | None = None,
    urgent: bool = False,
    legal: bool = False,
    terms: str = "",
    rules: policy.Policy | None = None,
) -> WorkItem:
    """
    Let something wait for somebody; the planner says so within seconds.

    `terms` is the version of the policy with which it was asked: its ladder is used
    and kept, whatever is decided later. `rules` is that policy, or that of the day,
    where the caller has read it.

    :raises AlreadyOpen: if this kind of work about this is open already
    """
    if rules is None:
        rules = policy.version(terms) if terms else policy.at(local_day(at))
    item = new_item(
        kind,
        rules=rules,
        owner=owner,
        due=due,
        at=at,
        ladder=ladder,
        title=title,
        about=about,
        link=link,
        case=case,
        reference=reference,
        level=level,
        urgent=urgent,
        legal=legal,
        asked_by=asked_by,
        opened_by=by,
    )
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError as error:
        if "work_open_once" not in str(error):
            raise
        raise AlreadyOpen() from error
    _tell_cases([item])
    return item


def open_in_each(
    kind: str,
    subjects: Iterable[Subject],
    *,
    title: str,
    owner: User | Desk,
    due: Due,
    by: User | None,
    at: datetime,
    asked_by: User | None = None,
) -> None:
    """
    Let one kind of thing wait for somebody in many cases, in as many statements as one.

    What is open already stays as it is.
    """
    rules = policy.at(local_day(at))
    open_all(
        new_item(
            kind,
            rules=rules,
            owner=owner,
            due=due,
            at=at,
            title=title,
            asked_by=asked_by,
            opened_by=by,
            **asdict(subject),
        )
        for subject in subjects
    )


def open_all(waiting: Iterable[WorkItem]) -> None:
    """
    Let many new things wait, each for its own owner, in as many statements as one.

    What is open already stays as it is.
    """
    rows = WorkItem.objects.bulk_create(waiting, ignore_conflicts=True)
    _tell_cases(rows)


def close_items(
    about: str | Collection[str],
    *,
    by: User | None,
    at: datetime,
    outcome: WorkItem.Outcome = WorkItem.Outcome.DONE,
    kind: str | Collection[str] | None = None,
) -> int:
    """
    Let what is open about something wait no longer; give how many that were.

    As many statements for several subjects or kinds as for one.
    """
    rows = _system().open().filter(about__in=_each(about))
    if kind is not None:
        rows = rows.filter(kind__in=_each(kind))
    closed = rows.update(
        state=outcome.value,
        closed_at=at,
        closed_by=by,
        next_step_at=None,
        paused_until=None,
        paused_for="",
        retry_at=None,
    )
    if closed:
        tell(_each(about))
    return closed


def open_for_case(case: int) -> WorkItemQuerySet:
    """Give what is open for a case, whoever made it."""
    return _system().open().filter(case=case)


def open_about(about: str, *, kind: str | None = None) -> WorkItemQuerySet:
    """Give what is open about one thing."""
    rows = _system().open().filter(about=about)
    return rows if kind is None else rows.filter(kind=kind)


def last_about(about: str, *, kind: str) -> WorkItem | None:
    """Give the last work of a kind about one thing, also when it is done."""
    rows = _system().filter(about=about, kind=kind).order_by("-pk")
    return rows.select_related("owner_user", "owner_desk").first()


def still_waits(item: WorkItem) -> bool:
    """
    Whether work is as somebody read it before: open, and with the same day.

    For a rung of its ladder that calls, once it has locked the case: whoever ended or
    moved the work meanwhile had that lock.
    """
    return _system().open().filter(pk=item.pk, revision=item.revision).exists()


def open_of_kind(kind: str) -> list[str]:
    """Give what open work of a kind is about, the oldest first."""
    rows = _system().open().filter(kind=kind).order_by("pk")
    return list(rows.values_list("about", flat=True))


def claimed_in_vain(*, at: datetime) -> WorkItemQuerySet:
    """
    Give what somebody picked up for a desk and can't do at a moment.

    Neither he nor whom he stands in for belongs to that desk, he has no account any
    more, or he knows the people of the case.
    """
    lent = Absence.objects.active(at).filter(deputy=OuterRef(OuterRef("claimed_by")))
    desk = Membership.objects.on(local_day(at)).filter(desk=OuterRef("owner_desk"))
    belongs = desk.filter(
        Q(user=OuterRef("claimed_by")) | Q(user__in=lent.values("user"))
    )
    knows = exclusions().filter(user=OuterRef("claimed_by"), case_id=OuterRef("case"))
    return (
        _system()
        .open()
        .filter(claimed_by__isnull=False)
        .filter(Q(claimed_by__is_active=False) | ~Exists(belongs) | Exists(knows))
        .order_by("pk")
    )


def asked_before(kind: str, about: str) -> bool:
    """Whether this was ever asked, also when it is done."""
    return _system().filter(kind=kind, about=about).exists()


def last_done(kind: str, about: Collection[str]) -> dict[str, datetime]:
    """Give when somebody last finished a kind of work about each of these things."""
    rows = _system().filter(kind=kind, about__in=about, state=WorkItem.State.DONE)
    found = rows.values_list("about").annotate(last=Max("closed_at"))
    return dict(found)


@transaction.atomic
def hand_over(
    item: WorkItem,
    *,
    to: User | Desk,
    by: User | None,
    at: datetime,
    title: str = "",
) -> WorkItem:
    """
    Give open work to somebody else, who hears it at once.

    Who may do so is asked by the caller, who knows what it is about; `title` where the
    other must do something else with it. If the other is away, whoever stands in for
    him hears it.

    :raises AlreadyDone: if it is closed
    """
    hold(item)
    cancel_mail(item)
    item.owner_user = to if isinstance(to, User) else None
    item.owner_desk = to if isinstance(to, Desk) else None
    item.claimed_by = None
    item.stand_in = None
    item.title = title or item.title
    owner = ["owner_user", "owner_desk", "claimed_by", "stand_in"]
    item.save(update_fields=[*owner, "title"])
    key = f"handed:{at.isoformat(timespec='seconds')}"
    tell_owner(item, key=key, opening=Opening.HANDED, by=by, at=at)
    log_work("work.handed_over", item, by=by, at=at)
    return item


def hand_over_all(cases: Collection[int], *, of: int, to: User) -> None:
    """
    Give another what waits for a person in many cases, and what he asked for there.

    Mail about it is taken back. Part of a transition; as many statements as for one.
    """
    waiting = _system().open().filter(case__in=cases)
    waiting.filter(asked_by=of).update(asked_by=to)
    moved = waiting.filter(owner_user=of)
    cancel_mail_of_each(moved)
    moved.update(owner_user=to, claimed_by=None, stand_in=None)


@transaction.atomic
def claim(item: WorkItem, *, by: User, at: datetime) -> WorkItem:
    """
    Pick up work of one's desk; his colleagues hear of it no longer.

    :raises NotVisible: if it is not there for him
    :raises ClaimedByAnother: if a colleague was first
    """
    lock(item)
    inbox.item_for(by, item.pk, at=at)
    require_open(item)
    if item.claimed_by_id not in (None, by.pk):
        raise ClaimedByAnother
    if item.owner_desk_id is None:
        raise NotPermitted
    item.claimed_by = by
    item.save(update_fields=["claimed_by"])
    cancel_mail(item, but=item.asked_by_id)
    log_work("work.claimed", item, by=by, at=at)
    return item


@transaction.atomic
def move_due(
    item: WorkItem, *, due: Due, by: User | None, at: datetime, reason: str = ""
) -> WorkItem:
    """
    Give open work another day and plan anew; nothing said is said again.

    `reason` is a code for the log. Mail about the old day is taken back.

    :raises InvalidInput: if the day is over
    """
    hold(item)
    if (due.at or end_of(due.on)) <= at:
        raise InvalidInput("Kies een dag die nog komt.", field="due_on")
    cancel_mail(item)
    moved = item.take(due)
    item.revision += 1
    item.stand_in = None
    plan_anew(item, after=at, days=working_days(policy.at(local_day(at))))
    item.save(
        update_fields=[
            *moved,
            "revision",
            "stand_in",
            "step",
            "next_step_at",
            "failures",
            "retry_at",
        ]
    )
    _tell_cases([item])
    log_work("work.moved", item, by=by, at=at, ground=reason)
    return item


def end_silence(of: User, *, but: User) -> int:
    """
    Tell nobody any more that somebody is silent: another does his work from now on.

    What the deputy heard stays his. Gives of how much work it was told.
    """
    silent = _system().open().filter(Q(owner_user=of) | Q(claimed_by=of))
    told = silent.filter(stand_in__isnull=False).exclude(stand_in=but)
    return told.update(stand_in=None)


def _tell_cases(rows: Iterable[WorkItem]) -> None:
    tell(row.about for row in rows if row.case is not None)


def _system() -> WorkItemQuerySet:
    return WorkItem.objects.system_scope("transitions decide over all open work")


def _each(names: str | Collection[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)
