"""Who may do what with a task in which state: one table each for regisseur and desk."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from casework.people.errors import AlreadyDone, NotPermitted, TransitionRefused
from casework.plan.models import Task, TaskDesk


class Who(StrEnum):
    """How somebody stands to a task."""

    STEERER = "steerer"
    """Steers the case, or stands in for who does."""
    WORKER = "worker"
    """Runs the plan: the casusregisseur."""
    TAKER = "taker"
    """Picked it up for his desk, or stands in for who did."""
    COLLEAGUE = "colleague"
    """Belongs to the desk."""


REGISSEURS = frozenset({Who.STEERER, Who.WORKER})
TAKER = frozenset({Who.TAKER})
COLLEAGUE = frozenset({Who.COLLEAGUE})

Table = Mapping[tuple[str, str], frozenset[Who]]

_T, _D = Task.State, TaskDesk.State

MAY_TASK: Table = {
    (_T.OFFERED, "offer_again"): REGISSEURS,
    (_T.OFFERED, "record"): REGISSEURS,
    (_T.OFFERED, "withdraw"): REGISSEURS,
    (_T.PICKED_UP, "offer_again"): REGISSEURS,
    (_T.PICKED_UP, "record"): REGISSEURS,
    (_T.PICKED_UP, "withdraw"): REGISSEURS,
    (_T.DONE, "offer_again"): REGISSEURS,
    (_T.DONE, "verify"): REGISSEURS,
    (_T.DECLINED, "offer_again"): REGISSEURS,
    (_T.DECLINED, "withdraw"): REGISSEURS,
    (_T.HANDED_BACK, "offer_again"): REGISSEURS,
    (_T.HANDED_BACK, "withdraw"): REGISSEURS,
}
"""What the regisseurs do with a task; what is not here nobody may."""

MAY_DESK: Table = {
    (_D.OFFERED, "pick_up"): COLLEAGUE,
    (_D.OFFERED, "decline"): COLLEAGUE,
    (_D.PICKED_UP, "report"): TAKER,
    (_D.PICKED_UP, "decline"): TAKER,
    (_D.PICKED_UP, "hand_back"): TAKER,
}
"""What a desk does with its place in a task."""


class TaskWithdrawn(AlreadyDone):
    """The task was withdrawn."""

    user_message = (
        "Deze taak is ingetrokken. Je hoeft niets te doen. Je tekst is niet verstuurd."
    )


class NoLongerNeeded(AlreadyDone):
    """The task goes on without this desk."""

    user_message = (
        "Deze taak is niet meer nodig bij jullie. Je hoeft niets te doen. "
        "Je tekst is niet verstuurd."
    )


class TakenByColleague(AlreadyDone):
    """A colleague of the same desk picked the task up."""

    user_message = "Een collega heeft deze taak al opgepakt. Vraag het aan hem of haar."


class TaskAnswered(AlreadyDone):
    """The task was answered."""

    user_message = "Deze taak is al beantwoord. Je hoeft niets meer te doen."


class NotPickedUp(TransitionRefused):
    """The task was not picked up yet."""

    user_message = "Pak de taak eerst op. Dan zie je wat we vragen."


class NotAnswered(TransitionRefused):
    """The task was not answered yet."""

    user_message = "Er is nog geen antwoord op deze taak. Wacht daarop of bel."


class GivenBack(TransitionRefused):
    """The desk gave the task back."""

    user_message = (
        "Het bureau gaf deze taak terug. Vraag het aan een ander of trek de taak in."
    )


class DeskMust(NotPermitted):
    """Only the desk that was asked may do this."""

    user_message = "Dit doet het bureau dat de taak kreeg."


def require_task(task: Task, action: str, who: Who) -> None:
    """
    Refuse what a regisseur may not do with a task in this state.

    :raises TransitionRefused: with what is the case
    """
    if who in MAY_TASK.get((task.state, action), frozenset()):
        return
    if task.state == _T.WITHDRAWN:
        raise TaskWithdrawn
    if task.state in Task.STUCK:
        raise GivenBack
    if task.is_open:
        raise NotAnswered
    raise TaskAnswered


def require_place(place: TaskDesk, action: str, who: Who, *, withdrawn: bool) -> None:
    """
    Refuse what somebody of a desk may not do with its place in this state.

    :raises TransitionRefused: with what is the case
    """
    if who in MAY_DESK.get((place.state, action), frozenset()):
        return
    match place.state:
        case _D.ENDED:
            gone = TaskWithdrawn if withdrawn else NoLongerNeeded
            raise gone
        case _D.OFFERED:
            raise NotPickedUp
        case _D.PICKED_UP if who is Who.COLLEAGUE:
            raise TakenByColleague
        case _D.PICKED_UP:
            raise AlreadyDone("Je hebt deze taak al opgepakt. Hij staat hieronder.")
    raise TaskAnswered


def actions_on(task: Task, who: Who) -> frozenset[str]:
    """What a regisseur may do with a task as it stands now."""
    return _actions(MAY_TASK, task.state, who)


def actions_in(place: TaskDesk, who: Who) -> frozenset[str]:
    """What somebody of a desk may do with its place as it stands now."""
    return _actions(MAY_DESK, place.state, who)


def _actions(table: Table, state: str, who: Who) -> frozenset[str]:
    return frozenset(
        action
        for (known, action), allowed in table.items()
        if known == state and who in allowed
    )
