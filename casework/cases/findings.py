"""What the beheerder must arrange: a procesregisseur without a deputy."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from casework.cases.models import Case
from casework.people.absence import may_stand_in
from casework.people.models import Desk, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day

MISSING = "deputy.missing"


def ask_for_deputies(*, at: datetime, **_: object) -> int:
    """
    Ask the beheerder for a deputy of each procesregisseur who has none who is there.

    A finding and no breach. For the clock; asked once, and closed when there is a
    deputy. Gives how many were asked.
    """
    desk = Desk.objects.filter(kind=Desk.Kind.BEHEER, is_active=True).first()
    if desk is None:
        return 0
    running = Case.objects.system_scope("who steers a running case").filter(
        status=Case.Status.OPEN, procesregisseur=OuterRef("pk")
    )
    steering = User.objects.filter(Exists(running), is_active=True).order_by("pk")
    steering = steering.select_related("deputy")
    asked = 0
    for user in steering:
        about = f"deputy:{user.pk}"
        if user.deputy is not None and may_stand_in(user.deputy, user, at=at):
            items.close_items(about, by=None, at=at, kind=MISSING)
        elif not items.open_about(about, kind=MISSING).exists():
            _ask(about, desk, at=at)
            asked += 1
    return asked


def _ask(about: str, desk: Desk, *, at: datetime) -> None:
    rules = policy.at(local_day(at))
    items.open_item(
        MISSING,
        title="Een procesregisseur heeft geen vervanger",
        about=about,
        link="/beheer/",
        owner=desk,
        due=due_after(rules.term("confirmation"), at=at, rules=rules),
        by=None,
        at=at,
    )
