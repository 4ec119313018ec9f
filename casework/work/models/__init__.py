"""The rows of work. Django finds an app's models here, so they are gathered."""

from casework.work.models.clock import CalendarDay, ClosedWeekday, Heartbeat
from casework.work.models.delivery import REPEATED, Delivery, Notice, Preference
from casework.work.models.feed import CalendarFeed
from casework.work.models.item import WorkItem, WorkItemQuerySet
from casework.work.models.waiting import OWN, desks_of, exclusions

__all__ = [
    "OWN",
    "REPEATED",
    "CalendarDay",
    "CalendarFeed",
    "ClosedWeekday",
    "Delivery",
    "Heartbeat",
    "Notice",
    "Preference",
    "WorkItem",
    "WorkItemQuerySet",
    "desks_of",
    "exclusions",
]
