"""Requests, their answers and decisions; stopping; and what is not sent yet."""

from ave.escalation.models.draft import Draft
from ave.escalation.models.request import (
    Answer,
    Decision,
    Dissent,
    Escalation,
    EscalationProcess,
)
from ave.escalation.models.showing import Showing
from ave.escalation.models.stopping import (
    Acceptance,
    DeEscalation,
    DeescalationProcess,
)

__all__ = [
    "Acceptance",
    "Answer",
    "DeEscalation",
    "Decision",
    "DeescalationProcess",
    "Dissent",
    "Draft",
    "Escalation",
    "EscalationProcess",
    "Showing",
]
