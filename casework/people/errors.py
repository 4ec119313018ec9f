"""Why something could not be done, in words for the caller and for the user."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casework.people.models import User


class TransitionRefused(Exception):
    """A transition was refused."""

    status = 409
    heading = "Dit kan nu niet"
    user_message = "Dit kan nu niet. Vernieuw de pagina en kijk wat er veranderd is."

    def __init__(self, user_message: str = "") -> None:
        if user_message:
            self.user_message = user_message
        super().__init__(type(self).__doc__)

    def settle(self, *, by: User, at: datetime) -> None:
        """
        Write down what a refusal leaves, once all that it refused is undone.

        `by` is who was refused.

        :raises TransitionRefused: if it is refused for another reason by then
        """


class NotVisible(TransitionRefused):
    """Who asks may not know that it exists."""

    status = 404
    user_message = (
        "Deze pagina bestaat niet, of je mag hem niet zien. "
        "Hoort dit bij je werk? Bel de procesregisseur."
    )


class NotPermitted(TransitionRefused):
    """Who asks may see it but not do this."""

    status = 403
    user_message = "Dit mag je niet doen. Vraag het aan de procesregisseur."


class Stale(TransitionRefused):
    """It changed since this person looked at it."""

    heading = "Er is net iets veranderd"
    user_message = (
        "Iemand anders heeft dit net veranderd. Je tekst staat hieronder nog. "
        "Kijk na en verstuur opnieuw."
    )


class AlreadyDone(TransitionRefused):
    """It was done before."""

    heading = "Er is net iets veranderd"
    user_message = "Dit is al gedaan. Je hoeft niets meer te doen."


class InvalidInput(TransitionRefused):
    """What was filled in cannot be accepted."""

    status = 422
    user_message = "Dit klopt nog niet. Kijk na wat je invulde."

    def __init__(self, user_message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(user_message)
