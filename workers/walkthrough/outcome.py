"""What the play left in the database, counted, and whether that is enough."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from ave.escalation.models import Escalation
from casework.audit.models import AuditEntry
from casework.audit.sealer import unsealed
from casework.audit.verify import verify_log
from casework.cases.journal import Contradiction, replay, state_of
from casework.cases.models import Case, Event
from casework.levels import Level
from casework.plan.models import Task
from casework.work.models import Delivery, Notice
from workers.verify import verify

LEVELS = ["casus", "proces", "management", "bestuurlijk", "proces", "casus"]
Row = tuple[int | None, str]
LEAST = {"escalations": 2, "tasks": 4, "reminders": 2, "refusals": 2}


@dataclass(frozen=True)
class Outcome:
    """The last line of the walkthrough."""

    levels: list[str]
    escalations: int
    tasks: int
    reminders: int
    refusals: int
    log_ok: bool
    verify_ok: bool
    replay_ok: bool

    @property
    def is_well(self) -> bool:
        """Whether the story went over all levels, and everything about it holds."""
        counted = all(getattr(self, name) >= least for name, least in LEAST.items())
        holds = self.log_ok and self.verify_ok and self.replay_ok
        return self.levels == LEVELS and counted and holds

    def as_json(self) -> str:
        """Write it as one line."""
        return json.dumps(asdict(self))


def count(reference: str, *, at: datetime, write: Callable[[str], None]) -> Outcome:
    """Count what happened in a case; write a line for everything that does not hold."""
    cases = Case.objects.system_scope("the walkthrough counts")
    case = cases.filter(reference=reference).first()
    key = case.pk if case else 0
    asked = Escalation.objects.system_scope("the walkthrough counts")
    tasks = Task.objects.system_scope("the walkthrough counts")
    return Outcome(
        levels=_levels(key),
        escalations=asked.filter(case=key).exclude(kind=Escalation.Kind.NOTICE).count(),
        tasks=tasks.filter(case=key).count(),
        reminders=_reminders(key),
        refusals=AuditEntry.objects.filter(granted=False).count(),
        log_ok=_log_holds(at=at, write=write),
        verify_ok=_invariants_hold(at=at, write=write),
        replay_ok=_events_give_the_state(key, write=write),
    )


def _levels(case: int) -> list[str]:
    """Give the levels at which the case stood, as its events tell them."""
    events = Event.objects.system_scope("the walkthrough counts").filter(case=case)
    return [
        Level(after).label.lower()
        for changes in events.order_by("pk").values_list("changes", flat=True)
        for key, name, _, after in changes
        if (key, name) == (f"case:{case}", "level")
    ]


def _reminders(case: int) -> int:
    """Count the mails that went out to remind of work for a case, not to announce it."""
    said = Notice.objects.filter(item__case=case, step__startswith="remind:").exclude(
        step__startswith="remind:now:"
    )
    sent = Delivery.objects.filter(state=Delivery.State.SENT, lines__in=said)
    return sent.distinct().count()


def _log_holds(*, at: datetime, write: Callable[[str], None]) -> bool:
    """Whether the log is whole and sealed, and holds a row for every event."""
    breaches = [found.detail for found in verify_log(at=at)]
    if unsealed().exists():
        breaches.append("rows that are not sealed")
    events = Event.objects.system_scope("every event stands in the log")
    happened: Counter[Row] = Counter(events.values_list("case", "kind"))
    written: Counter[Row] = Counter(AuditEntry.objects.values_list("case", "verb"))
    breaches += [f"{kind} is not in the log" for _, kind in happened - written]
    for breach in breaches:
        write(f"Logboek: {breach}")
    return not breaches


def _invariants_hold(*, at: datetime, write: Callable[[str], None]) -> bool:
    broken = [found for found in verify(at=at) if not found.is_well]
    for found in broken:
        write(f"Klopt niet: {found.name} ({found.count})")
    return not broken


def _events_give_the_state(case: int, *, write: Callable[[str], None]) -> bool:
    try:
        same = replay([case]) == state_of([case])
    except Contradiction as contradiction:
        write(f"Klopt niet: gebeurtenis {contradiction}")
        return False
    if not same:
        write("Klopt niet: de gebeurtenissen geven de stand niet terug")
    return same and case > 0
