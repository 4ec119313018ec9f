"""When somebody is reminded of a kind of work, and what happens when he is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from casework.policy.terms import EXAMPLE

StepUnit = Literal["now", "wd", "d", "h"]
StepAction = Literal["remind", "deputy", "open", "call"]
Recipient = Literal["owner", "asked_by"]

UNITS = ("now", "wd", "d", "h")
ACTIONS = ("remind", "deputy", "open", "call")


@dataclass(frozen=True, slots=True)
class Step:
    """
    One rung of a ladder.

    `when` counts from the due day in working days or days, from the due moment in
    clock hours; `now` is the moment of opening. `facts` says more: `at_once` (mail
    does not wait for the digest), `mail` (False: only in the product), `every` (the
    last rung repeats, in its own unit), `term` (whose length counts instead of `when`),
    `name` (which call), or what to open.
    """

    when: int
    unit: StepUnit = "wd"
    action: StepAction = "remind"
    to: Recipient = "owner"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells this rung from the others of its ladder: "remind:-2wd:owner"."""
        when = "now" if self.unit == "now" else f"{self.when:+d}{self.unit}"
        parts = [self.action, when, self.to, str(self.facts.get("name", ""))]
        return ":".join(part for part in parts if part)

    @property
    def repeats_every(self) -> int:
        """After how many units it comes again; 0 is never."""
        return int(self.facts.get("every", 0))

    def as_json(self) -> dict[str, Any]:
        """Give the form in which a work item keeps it."""
        return {
            "when": self.when,
            "unit": self.unit,
            "action": self.action,
            "to": self.to,
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Step:
        """Read what a work item kept."""
        return cls(
            when=int(kept["when"]),
            unit=kept["unit"],
            action=kept["action"],
            to=kept["to"],
            facts=kept["facts"],
        )


NOTICES = frozenset({"escalation.notice"})
"""Work that asks nothing but to be read: a mail about it rather misses than doubles."""


NEVER_RESTS = frozenset({"confirm", "confirm.talked_over"})
"""Work of which nobody may put the reminders off: least of all who wrote down for another
what he asked for himself."""


MOST_MAILS = {"task": 3}
"""How many mails of its ladder somebody gets about one piece of work of a kind."""


def read_ladder(kept: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Read a whole ladder as it was kept."""
    return tuple(Step.from_json(step) for step in kept)


AGAIN = Step(5, "wd", facts={"every": 5, "digest": True})
"""What follows a ladder without a repeating end: once a week, in the digest."""

NOW = Step(0, "now")
DECISION = Step(0, "now", facts={"at_once": True})
ASKED = (DECISION, Step(-2), Step(0), Step(1, action="deputy"))
ASKED_URGENTLY = (
    DECISION,
    Step(-4, "h"),
    Step(-1, "h"),
    Step(0, "h", action="deputy"),
)
SILENCE = Step(
    3,
    action="call",
    facts={"name": "escalation.silence", "term": "escalation_overdue_next:3"},
)
SILENCE_URGENT = Step(0, "h", action="call", facts={"name": "escalation.silence"})
ASKER = Step(4, "h", to="asked_by", facts={"every": 12})

LADDERS: dict[str, tuple[Step, ...]] = {
    "default": (
        NOW,
        Step(-2),
        Step(0),
        Step(2),
        Step(5, action="deputy"),
    ),
    "default:urgent": (*ASKED_URGENTLY, ASKER),
    "escalation": ASKED,
    # Who is asked to decide and stays silent, loses the question to the next level.
    "escalation.review": (*ASKED, SILENCE),
    "escalation.carry": (*ASKED, SILENCE),
    "escalation.review:urgent": (*ASKED_URGENTLY, SILENCE_URGENT, ASKER),
    "escalation.carry:urgent": (*ASKED_URGENTLY, SILENCE_URGENT, ASKER),
    # Who is asked for his word beside it, is only reminded: nothing waits for that.
    "escalation.voice": ASKED,
    # Now, on the day, two days after; once picked up the same for the day of the task.
    "task": (
        NOW,
        Step(-2, facts={"mail": False}),
        Step(0),
        Step(2),
        Step(5, action="call", facts={"name": "task.silence"}),
        Step(5, to="asked_by", facts={"every": 5, "digest": True}),
    ),
    "own": (Step(0, facts={"digest": True}),),
    "mail": (
        DECISION,
        Step(0),
        Step(2, facts={"every": 5, "digest": True}),
    ),
}

SOURCES: dict[str, str] = {
    "default": EXAMPLE,
    "default:urgent": EXAMPLE,
    "escalation": "voorbeeldwaarde: herinnering, dan de vervanger",
    "escalation.review": "voorbeeldwaarde: na de vervanger het volgende niveau",
    "escalation.carry": "voorbeeldwaarde: na de vervanger het volgende niveau",
    "escalation.review:urgent": "voorbeeldwaarde: bij spoed meteen het volgende niveau",
    "escalation.carry:urgent": "voorbeeldwaarde: bij spoed meteen het volgende niveau",
    "escalation.voice": "voorbeeldwaarde: niets wacht op een advies",
    "task": "voorbeeldwaarde: twee werkdagen ervoor, de dag zelf, en daarna",
    "own": "iemand schreef het voor zichzelf op",
    "mail": EXAMPLE,
}
"""Who says when we remind of it, as each term has its source."""
