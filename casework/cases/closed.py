"""What somebody hears who would change a case that is closed."""

from __future__ import annotations

from datetime import datetime

from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.models import Case
from casework.people.errors import NotPermitted
from casework.people.models import User

CLOSED = "Deze casus is afgesloten. Bureau procesregie kan hem heropenen."


def require_in(case: Case, user: User, need: Permission, *, at: datetime) -> None:
    """
    Refuse unless somebody has a scope; of a closed case say that it is closed.

    :raises NotVisible: if he may not know of the case
    :raises NotPermitted: if he sees it but may not do this
    """
    try:
        require(user, need, case, at=at)
    except NotPermitted:
        if case.closed_at is None:
            raise
        raise NotPermitted(CLOSED) from None
