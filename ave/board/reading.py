"""What the overview and the list of cases show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, prefetch_related_objects

from ave.board.forms import ListForm
from ave.escalation import reading as requests
from ave.escalation.models import Escalation
from ave.escalation.reading import Line
from casework.access.pages import count_per_level, page_for
from casework.cases import staircase
from casework.cases.models import Bottleneck, Case
from casework.cases.models.case import CaseQuerySet
from casework.cases.search import search
from casework.levels import Level
from casework.people.models import User
from casework.work.days import local_day

PAGE = 25


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many of somebody's open cases stand at a level."""

    level: Level
    count: int

    @property
    def text(self) -> str:
        """Say how many: "1 casus", "6 casussen"."""
        return "1 casus" if self.count == 1 else f"{self.count} casussen"


@dataclass(frozen=True, slots=True)
class Found:
    """One page of cases; `after` is where the next page goes on."""

    rows: list[Case]
    after: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """A bottleneck with what was asked about it and said last."""

    bottleneck: Bottleneck
    days: int
    times_asked: int
    running: Escalation | None
    last: Line | None
    decision: Line | None
    may_go_up: bool = False
    may_come_back: bool = False
    may_reword: bool = False
    asked: str = ""
    kinds: list[str] = field(default_factory=list)


def levels_of(user: User, *, at: datetime) -> list[LevelCount]:
    """Count somebody's open cases per level. One query."""
    counted = count_per_level(Case, user, at=at)
    return [LevelCount(level, counted.get(level.value, 0)) for level in Level]


def cases_for(user: User, form: ListForm, *, at: datetime) -> Found:
    """
    Give a page of somebody's cases, by day of attention.

    What runs comes from the index of the grants, a page at a time; what is narrowed
    is filtered within `visible_to`. Both go on after the last row.
    """
    if form.narrows:
        rows = list(_narrowed(user, form, at=at)[: PAGE + 1])
    else:
        rows = page_for(Case, user, at=at, after=form.after, limit=PAGE + 1)
        prefetch_related_objects(rows, "procesregisseur", "casusregisseur")
    more = len(rows) > PAGE
    shown = rows[:PAGE]
    last = shown[-1] if more else None
    after = f"{last.attention_on.isoformat()}_{last.pk}" if last else ""
    return Found(shown, after)


def stuck_in(
    case: Case, requests_of_case: Sequence[Escalation], *, at: datetime
) -> list[Stuck]:
    """Give the bottlenecks of a case, the open ones first, with their requests."""
    bottlenecks = case.bottlenecks.select_related("cause").order_by("number")
    found = [_stuck(each, requests_of_case, at=at) for each in bottlenecks]
    return sorted(found, key=lambda each: not each.bottleneck.is_open)


def _narrowed(user: User, form: ListForm, *, at: datetime) -> CaseQuerySet:
    asked = form.cleaned_data
    rows = search(user, asked["q"], at=at)
    if asked["niveau"]:
        rows = rows.filter(level=asked["niveau"], status=Case.Status.OPEN)
    if asked["status"]:
        rows = rows.filter(status=asked["status"])
    elif not asked["q"]:
        rows = rows.filter(closed_at__isnull=True)
    if asked["soort"]:
        rows = rows.filter(kind=asked["soort"])
    if form.after:
        day, key = form.after
        rows = rows.filter(Q(attention_on__gt=day) | Q(attention_on=day, pk__gt=key))
    return rows.select_related("procesregisseur", "casusregisseur").order_by(
        "attention_on", "pk"
    )


def _stuck(
    bottleneck: Bottleneck, all_requests: Sequence[Escalation], *, at: datetime
) -> Stuck:
    shown = [each for each in all_requests if each.bottleneck_id == bottleneck.pk]
    about = [each for each in shown if each.kind != Escalation.Kind.NOTICE]
    running = next((each for each in about if each.ended_at is None), None)
    lines = [line for each in about for line in requests.conversation(each)]
    decided = [line for line in lines if line.facts]
    newest = max(reversed(lines), key=lambda line: line.at, default=None)
    can_move = bottleneck.is_open and not bottleneck.asked
    return Stuck(
        bottleneck=bottleneck,
        days=max(0, (local_day(at) - bottleneck.since).days),
        times_asked=len(about),
        running=running,
        last=None if newest in decided else newest,
        decision=max(decided, key=lambda line: line.at, default=None),
        may_go_up=can_move and bottleneck.level in (Level.PROCES, Level.MANAGEMENT),
        may_come_back=can_move and bottleneck.level > Level.PROCES,
        may_reword=can_move and not shown,
        asked=_asked(running, at=at),
        kinds=[Bottleneck.Kind(kind).label.split(":")[0] for kind in bottleneck.kinds],
    )


def _asked(running: Escalation | None, *, at: datetime) -> str:
    if running is None:
        return ""
    who = running.answerer.name
    number = running.bottleneck.number
    if running.turn == Escalation.Turn.SUPPLY:
        return f"{who} wil eerst iets weten over knelpunt {number}."
    due = running.due
    until, is_late = staircase.until(due), due.is_over(at)
    if running.turn == Escalation.Turn.CARRY:
        if is_late:
            return (
                f"{who} pakte knelpunt {number} op. Het zou uiterlijk {until} "
                "opgelost zijn."
            )
        return f"{who} pakt knelpunt {number} op, uiterlijk {until}."
    if is_late:
        return (
            f"{who} zou uiterlijk {until} antwoorden op knelpunt {number}. "
            "Er is nog geen antwoord."
        )
    return (
        f"{who} antwoordt uiterlijk {until} op knelpunt {number}. "
        "Het plan gaat gewoon door."
    )
