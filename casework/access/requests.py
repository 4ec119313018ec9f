"""The request of somebody who is logged in, with what was found out about him."""

from __future__ import annotations

from django.http import HttpRequest

from casework.people.errors import TransitionRefused
from casework.people.models import Role, User


class UserRequest(HttpRequest):
    """
    A request whose user is one of ours; `role_set` is read once by `page`.

    `refusal` is why what was asked could not be done, when the page is shown again.
    """

    user: User
    role_set: frozenset[Role]
    refusal: TransitionRefused | None
