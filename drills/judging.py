"""What came of the journeys: what visitors heard, laid beside the database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connections
from django.db.models import Model
from django.utils import timezone

from ave.escalation.models import DeEscalation, Escalation
from casework.audit import sealer
from casework.cases.models import Bottleneck, Case, Event, Person
from casework.meetings.models import AgreementRound
from casework.people.models import Submission
from casework.plan.models import ActionPlan, Goal, Task
from drills.browser import Diary
from workers.walkthrough.outcome import count

LEAVES: dict[type[Model], int] = {
    Bottleneck: 2,
    Escalation: 2,
    DeEscalation: 1,
    Person: 1,
    ActionPlan: 1,
    Goal: 1,
    Task: 4,
    AgreementRound: 1,
}
"""How much of each one story leaves in its case: no more, and finished no less."""

TOLD = ("case.referred", "case.triaged", "case.closed")
"""What happens once in a case."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    The last line of the drill.

    `journeys`: stories that were played to their end. `steps`: forms of which the
    visitor heard that they were taken. `repeated`: requests that were tried again.
    `lost`: steps that were heard of and do not stand in the database, or stand there
    with another end; and things that a finished story should have left. `twice`: more
    than a story leaves. `wrong`: scenes that could not be played on.
    """

    journeys: int
    steps: int
    repeated: int
    lost: int
    twice: int
    wrong: int
    restarts: int
    kills: int
    verify_ok: bool
    replay_ok: bool
    log_ok: bool

    @property
    def is_well(self) -> bool:
        """Whether every promise was kept, and there was something to keep."""
        broken = self.lost or self.twice or self.wrong
        holds = self.verify_ok and self.replay_ok and self.log_ok
        return bool(self.journeys and holds and not broken)

    def as_json(self) -> str:
        """Write it in one line."""
        return json.dumps(asdict(self))


def judge(
    journeys: Iterable[Any],
    diary: Diary,
    *,
    restarts: int,
    kills: int,
    say: Callable[[str], None],
) -> Verdict:
    """Lay what was heard beside what stands, when nothing runs any more."""
    connections.close_all()
    journeys = list(journeys)
    finished = [reference for each in journeys for reference in each.finished]
    at = timezone.now()
    while sealer.seal(at=at):
        pass
    outcomes = [count(reference, at=at, write=say) for reference in finished]
    lost, twice = [*_unheard(diary), *_missing(finished)], _too_many()
    for words in (*lost, *twice):
        say(words)
    return Verdict(
        journeys=len(finished),
        steps=len(diary.steps),
        repeated=diary.repeated,
        lost=len(lost),
        twice=len(twice),
        wrong=sum(len(each.wrong) for each in journeys),
        restarts=restarts,
        kills=kills,
        verify_ok=all(each.verify_ok for each in outcomes),
        replay_ok=all(each.replay_ok for each in outcomes),
        log_ok=all(each.log_ok for each in outcomes),
    )


def _unheard(diary: Diary) -> list[str]:
    """Steps that were taken, as the page said, and do not stand."""
    rows = Submission.objects.values_list("user_id", "key", "result")
    stands = {(user, str(key)): result for user, key, result in rows}
    return [
        f"lost: {step}"
        for step in diary.steps
        if stands.get((step.user, step.submit_id)) != step.led_to
    ]


def _missing(finished: list[str]) -> list[str]:
    cases = Case._base_manager.filter(reference__in=finished)
    return [
        f"lost: {case.reference} has {left} of {model.__name__}"
        for case in cases
        for model, wanted in LEAVES.items()
        if (left := _left(model, case)) < wanted
    ]


def _too_many() -> list[str]:
    found = [
        f"twice: {case.reference} has {left} of {model.__name__}"
        for case in Case._base_manager.all()
        for model, wanted in LEAVES.items()
        if (left := _left(model, case)) > wanted
    ]
    told = Event._base_manager.filter(kind__in=TOLD).values_list("case", "kind")
    return found + [
        f"twice: {key}" for key, times in Counter(told).items() if times > 1
    ]


def _left(model: type[Model], case: Case) -> int:
    rows = model._base_manager.filter(case=case)
    if model is Escalation:
        rows = rows.exclude(kind=Escalation.Kind.NOTICE)
    return rows.count()
