"""The rows of work. Django finds an app's models here, so they are gathered."""

from casework.work.models.clock import CalendarDay, Heartbeat
from casework.work.models.delivery import REPEATED, Delivery, Notice, Preference
from casework.work.models.item import OWN, WorkItem, WorkItemQuerySet, desks_of

__all__ = [
    "OWN",
    "REPEATED",
    "CalendarDay",
    "Delivery",
    "Heartbeat",
    "Notice",
    "Preference",
    "WorkItem",
    "WorkItemQuerySet",
    "desks_of",
]
