"""Requests, their answers, decisions and voices; stopping; what is not sent yet."""

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
from ave.escalation.models.voice import Voice

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
    "Voice",
]
