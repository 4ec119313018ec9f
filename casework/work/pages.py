"""What Mijn werk shows: groups by day, a page at a time, and how much there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from casework.people.models import User
from casework.work import inbox
from casework.work.days import local_day, short
from casework.work.forms import DONE, MINE, OTHERS, TEAM, Last
from casework.work.models import Notice, WorkItem, WorkItemQuerySet
from casework.work.models.foremost import START
from casework.work.models.waiting import People, people_of

PAGE = 25
SIDE = 5

CASES = "/casussen/"
ABSENCES = "/afwezig/"
THEIRS = ("/datalek/", "/vergissing/", "/verstrekking/")
"""Pages of one role, or of the desk that is asked: who waits for it may not come there."""

LISTS: dict[str, Callable[..., WorkItemQuerySet]] = {
    TEAM: inbox.team,
    OTHERS: inbox.waiting_for_others,
    DONE: lambda user, **_: inbox.done(user),
}
"""The lists beside what waits for somebody himself."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits, as a row of a list."""

    pk: int
    title: str
    link: str
    reference: str
    level: int | None
    due_on: date
    due_at: datetime | None
    urgent: bool
    is_own: bool
    is_new: bool
    may_rest: bool
    closed_at: datetime | None
    facts: list[str]
    who: str
    since: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    title: str
    heading_id: str
    late: bool = False
    items: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of work; `after` is where the next page goes on."""

    groups: list[Group]
    after: str

    @property
    def has_spoed(self) -> bool:
        """Whether something on it is spoed."""
        return any(row.urgent for group in self.groups for row in group.items)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is in every list."""

    mine: int
    late: int
    team: int
    others: int

    @property
    def sentence(self) -> str:
        """Say it: "Je hebt 8 dingen te doen. 2 zijn te laat."."""
        if not self.mine:
            return "Er wacht niets op je."
        much = "1 ding" if self.mine == 1 else f"{self.mine} dingen"
        said = f"Je hebt {much} te doen."
        if self.late:
            said += f" {self.late} {'is' if self.late == 1 else 'zijn'} te laat."
        return said


def counts(user: User, *, at: datetime, people: People = None) -> Counts:
    """Count every list of somebody in one statement."""
    today = timezone.localdate(at)
    late = Q(due_at__lt=at) | Q(due_at__isnull=True, due_on__lt=today)
    people = people or people_of(user, at=at)
    mine = inbox.mine(user, at=at, people=people)
    row = (
        User.objects.filter(pk=user.pk)
        .values(
            of_me=_number(mine),
            too_late=_number(mine.filter(late)),
            of_desks=_number(inbox.team(user, at=at, people=people)),
            of_others=_number(inbox.waiting_for_others(user, at=at, people=people)),
        )
        .get()
    )
    return Counts(
        mine=row["of_me"],
        late=row["too_late"],
        team=row["of_desks"],
        others=row["of_others"],
    )


def page_of(
    user: User,
    shown: str,
    *,
    after: Last | None,
    has_cases: bool,
    at: datetime,
    people: People = None,
) -> Found:
    """
    Give a page of one list, in groups by day.

    Who has no cases waits for others without a link to the case they work in, or its
    level; and what ended in a case by what he did, is not what he did.
    """
    people = people or people_of(user, at=at)
    if shown == MINE:
        start = (after.day, after.moment, after.pk) if after else START
        rows = inbox.foremost(user, PAGE + 1, at=at, people=people, after=start)
    else:
        rows = LISTS[shown](user, at=at, people=people)
        if shown == DONE and not has_cases:
            rows = rows.exclude(link__startswith=CASES)
        if after is not None:
            rows = rows.filter(_done_before(after) if shown == DONE else _beyond(after))
        rows = rows[: PAGE + 1]
    unread = Notice.objects.filter(user=user, read_at__isnull=True, item=OuterRef("pk"))
    found = list(rows.annotate(unread=Exists(unread)))
    more = len(found) > PAGE
    items = found[:PAGE]
    away = people - {user.pk}
    made = [_row(item, shown, user=user, away=away) for item in items]
    if shown == OTHERS and not has_cases:
        made = [replace(_unlinked(row, CASES), level=None) for row in made]
    last = str(_last(items[-1], shown)) if more else ""
    if shown == DONE:
        return Found([Group("Klaar", "klaar", items=made)] if made else [], last)
    return Found(_groups(made, at=at), last)


def waiting_few(user: User, *, at: datetime, people: People = None) -> list[Row]:
    """Give the first few things that somebody waits for."""
    found = inbox.waiting_for_others(user, at=at, people=people)[:SIDE]
    return [_row(item, OTHERS, user=user, away=frozenset()) for item in found]


def _number(rows: WorkItemQuerySet) -> Any:
    counted = (
        rows.select_related(None)
        .order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _beyond(last: Last) -> Q:
    """Tell what comes after a row in the order of `by_urgency`: no moment comes last."""
    if last.moment is None:
        same_day = Q(due_at__isnull=True, pk__gt=last.pk)
    else:
        same_day = (
            Q(due_at__gt=last.moment)
            | Q(due_at=last.moment, pk__gt=last.pk)
            | Q(due_at__isnull=True)
        )
    return Q(due_on__gt=last.day) | (Q(due_on=last.day) & same_day)


def _done_before(last: Last) -> Q:
    return Q(closed_at__lt=last.moment) | Q(closed_at=last.moment, pk__lt=last.pk)


def _last(item: WorkItem, shown: str) -> Last:
    return Last(item.due_on, item.closed_at if shown == DONE else item.due_at, item.pk)


def _row(item: WorkItem, shown: str, *, user: User, away: frozenset[int]) -> Row:
    person = item.claimed_by or item.owner_user
    who = person or item.owner_desk
    since = short(local_day(item.opened_at))
    facts = []
    if shown == OTHERS:
        facts.append(f"wacht op {who} sinds {since}")
    elif shown == TEAM:
        facts.append(f"opgepakt door {who}" if item.claimed_by else f"bij {who}")
    elif item.owner_desk is not None and item.claimed_by is None:
        facts.append(f"bij {item.owner_desk}")
    elif person is not None and person.pk in away:
        facts.append(f"namens {person}")
    title, link = item.title, item.link
    if shown == MINE and item.is_silence_for({user.pk} | away):
        assert item.owner_user is not None
        title, link = _silence_of(item.owner_user, user)
        facts = [item.title, *facts]
        if item.owner_user.phone:
            facts.append(f"telefoon {item.owner_user.phone}")
    if item.paused_until is not None:
        facts.append(f"geen herinnering tot {short(item.paused_until)}")
    row = Row(
        pk=item.pk,
        title=title,
        link=link,
        reference=item.reference,
        level=item.level,
        due_on=item.due_on,
        due_at=item.due_at,
        urgent=item.urgent,
        is_own=item.is_own and item.is_open and item.owner_user_id == user.pk,
        may_rest=item.may_rest,
        is_new=bool(getattr(item, "unread", False)) and item.is_open,
        closed_at=item.closed_at,
        facts=facts,
        who=str(who),
        since=since,
    )
    return _unlinked(row, THEIRS) if shown == OTHERS else row


def _silence_of(owner: User, user: User) -> tuple[str, str]:
    """Say what somebody can do about another's silence, and where, if he can."""
    if user.pk == owner.deputy_id:
        return f"{owner.name} antwoordt niet. Bel, of neem waar", ABSENCES
    if user.pk == owner.team_lead_id:
        return (
            f"{owner.name} antwoordt niet. Bel, of laat een ander waarnemen",
            ABSENCES,
        )
    return f"{owner.name} antwoordt niet. Bel, en zoek een vervanger", ""


def _unlinked(row: Row, shut: str | tuple[str, ...]) -> Row:
    return replace(row, link="") if row.link.startswith(shut) else row


def _groups(rows: Iterable[Row], *, at: datetime) -> list[Group]:
    today = timezone.localdate(at)
    sunday = today + timedelta(days=6 - today.weekday())
    groups = [
        Group("Te laat", "te-laat", late=True),
        Group("Vandaag en morgen", "vandaag"),
        Group("Deze week", "deze-week"),
        Group("Later", "later"),
    ]
    for row in rows:
        groups[_place(row, at=at, today=today, sunday=sunday)].items.append(row)
    return [group for group in groups if group.items]


def _place(row: Row, *, at: datetime, today: date, sunday: date) -> int:
    is_late = row.due_at < at if row.due_at else row.due_on < today
    if is_late:
        return 0
    if row.due_on <= today + timedelta(days=1):
        return 1
    return 2 if row.due_on <= sunday else 3
