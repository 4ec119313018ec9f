"""The rows of a plan. Django finds an app's models here, so they are gathered."""

from casework.plan.models.plan import ActionPlan, Goal
from casework.plan.models.report import Draft, Report
from casework.plan.models.task import Task, TaskContent, TaskDesk

__all__ = [
    "ActionPlan",
    "Draft",
    "Goal",
    "Report",
    "Task",
    "TaskContent",
    "TaskDesk",
]
