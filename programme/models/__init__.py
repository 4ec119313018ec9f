"""The rows of the programme. Django finds an app's models here, so they are gathered."""

from programme.models.activity import (
    Activity,
    ActivityOwner,
    ActivityParty,
    ProgressUpdate,
)
from programme.models.override import OverrideDecision
from programme.models.programme import (
    Achievement,
    CapacityProposal,
    Priority,
    Programme,
    Theme,
)
from programme.models.signal import PolicySignal

__all__ = [
    "Achievement",
    "Activity",
    "ActivityOwner",
    "ActivityParty",
    "CapacityProposal",
    "OverrideDecision",
    "PolicySignal",
    "Priority",
    "Programme",
    "ProgressUpdate",
    "Theme",
]
