"""What ends outside the case itself when somebody may not see it any more."""

from __future__ import annotations

from datetime import datetime

from casework.cases.models import Case
from casework.people.models import User
from casework.work import items
from casework.work.models import WorkItem


def lapse_named(case: Case, user: User, *, by: User, at: datetime) -> None:
    """
    Let lapse what waits for somebody and only names the case, such as an answer to read.

    Part of a transition.
    """
    named = (
        WorkItem.objects.system_scope("work that is not about the case but names it")
        .open()
        .filter(owner_user=user, case__isnull=True, reference=case.reference)
    )
    found = dict(named.values_list("about", "kind"))
    items.close_items(
        found.keys(),
        by=by,
        at=at,
        kind=found.values(),
        outcome=WorkItem.Outcome.LAPSED,
    )
