"""Why a case stands still, or threatens to: counted for many cases at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Max, Q

from ave.stagnation.models import StuckReport, Threat
from casework.cases.models import Case, Event
from casework.plan.models import Task
from casework.policy import policy
from casework.policy.policy import Policy
from casework.work.days import WorkingDays, local_day, working_days

LATE = 5
"""After how many working days a task that is late makes a case stand still."""


class Cause(StrEnum):
    """What shows that a case stands still."""

    OVERDUE = "overdue"
    DECLINED = "declined"
    REPORTED = "reported"
    INACTIVE = "inactive"
    FEARED = "feared"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, since a day; `threatens` when it does not stand still yet."""

    cause: Cause
    since: date
    about: str
    task: Task | None = None
    threatens: bool = False

    @property
    def words(self) -> str:
        """The reason in Dutch, without names."""
        title = f'"{self.task.title}"' if self.task is not None else ""
        match self.cause:
            case Cause.OVERDUE:
                return f"De taak {title} is meer dan een week te laat."
            case Cause.DECLINED:
                return f"De taak {title} kwam terug en ligt bij niemand."
            case Cause.REPORTED:
                return "Iemand meldde dat het vastloopt."
            case Cause.FEARED:
                return "Een regisseur denkt dat het dreigt vast te lopen."
        if self.threatens:
            return "Er gebeurde al twee weken niets."
        return "Er gebeurde al drie weken niets."

    @property
    def link(self) -> str:
        """Where to act, after the address of the case."""
        return f"taak/{self.task.pk}/" if self.task is not None else "vast/"


def stagnation_of(case: Case, *, at: datetime) -> list[Reason]:
    """Why one case stands still or threatens to, the oldest reason first."""
    return reasons_for([case.pk], at=at).get(case.pk, [])


def reasons_for(cases: Iterable[int], *, at: datetime) -> dict[int, list[Reason]]:
    """
    The reasons of many running cases; the number of queries does not grow.

    Asks nothing about who reads it: give it cases that the reader may see.
    """
    keys = list(cases)
    today = local_day(at)
    rules = policy.at(today)
    days = working_days(rules)
    found: dict[int, list[Reason]] = {}
    for key, reason in (
        *_of_tasks(keys, days, today),
        *_said(keys),
        *_silent(keys, days, rules, today),
    ):
        found.setdefault(key, []).append(reason)
    for reasons in found.values():
        reasons.sort(key=lambda reason: (reason.threatens, reason.since, reason.about))
    return found


def _of_tasks(
    keys: list[int], days: WorkingDays, today: date
) -> Iterator[tuple[int, Reason]]:
    late = Q(state__in=Task.OPEN, due_on__lt=today)
    tasks = (
        Task.objects.system_scope("why cases stand still")
        .filter(late | Q(state__in=Task.STUCK), case__in=keys)
        .order_by("due_on", "pk")
    )
    for task in tasks:
        if task.state in Task.STUCK:
            assert task.settled_at is not None
            since = local_day(task.settled_at)
            yield task.case_id, Reason(Cause.DECLINED, since, task.key, task)
        elif days.between(task.due_on, today) >= LATE:
            yield task.case_id, Reason(Cause.OVERDUE, task.due_on, task.key, task)


def _said(keys: list[int]) -> Iterator[tuple[int, Reason]]:
    reports = StuckReport.objects.system_scope("why cases stand still").waiting()
    for report in reports.filter(case__in=keys).defer("text"):
        since = local_day(report.at)
        yield report.case_id, Reason(Cause.REPORTED, since, report.key)
    threats = Threat.objects.system_scope("why cases stand still").standing()
    for threat in threats.filter(case__in=keys).defer("reason"):
        since = local_day(threat.set_at)
        yield (
            threat.case_id,
            Reason(Cause.FEARED, since, threat.key, threatens=True),
        )


def _silent(
    keys: list[int], days: WorkingDays, rules: Policy, today: date
) -> Iterator[tuple[int, Reason]]:
    stands = rules.term("inactivity_stagnation").number
    threatens = rules.term("inactivity_threatened").number
    last = (
        Event.objects.system_scope("why cases stand still")
        .filter(case__in=keys, case__status=Case.Status.OPEN, by__isnull=False)
        .values_list("case")
        .annotate(last=Max("at"))
        .order_by("case")
    )
    for key, moment in last:
        since = local_day(moment)
        idle = days.between(since, today)
        if idle >= threatens:
            yield (
                key,
                Reason(Cause.INACTIVE, since, f"case:{key}", threatens=idle < stands),
            )
