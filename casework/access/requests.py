"""The request of somebody who is logged in, with what was found out about him."""

from __future__ import annotations

from django.http import HttpRequest

from casework.people.errors import TransitionRefused
from casework.people.models import Role, User


class UserRequest(HttpRequest):
    """
    A request whose user is one of ours; what he is, is read once by `page`.

    `role_set` holds his own roles, which rules ask for; `lent_roles` those of whom he
    stands in for, which only open the way to what he may see in that name: in the menu,
    and to a page whose rule lends.
    `refusal` is why what was asked could not be done, when the page is shown again.
    """

    user: User
    role_set: frozenset[Role]
    lent_roles: frozenset[Role]
    refusal: TransitionRefused | None
