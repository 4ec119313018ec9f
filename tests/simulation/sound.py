"""What holds at every step, and what is looked at every week and at the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from casework.people.models import Absence, Membership
from casework.work.days import at_local
from casework.work.models import Heartbeat, WorkItem, WorkItemQuerySet
from casework.work.steps import MORNING
from tests.simulation.faults import MailServer
from tests.simulation.scene import Scene
from workers import auditor
from workers.verify import STATEMENTS, verify

LATE = timedelta(minutes=5)

EVERY_STEP = (
    "a case stands at the level of its highest open bottleneck",
    "a bottleneck knows whether a request about it runs",
    "a running request has one open work item",
    "a running request has one open turn",
    "an ended request has no open turn and no open work",
    "a stop that runs has one open work item",
    "a case in triage is being assessed",
    "a closed case has no open work",
    "a closed case has no open request or bottleneck",
    "open work has a next step",
    "no step of a procedure failed",
)
"""Of `verify`, in one statement; all of it comes every week."""

THE_SERVER = ("mail_failing", "mail_unseen")
"""What the auditor may find: it is work of the beheerder by then."""
GONE = ("mail_late", "server_gone")
"""And while the mail server is away."""


def check(scene: Scene, server: MailServer, *, looked: bool) -> None:
    """Look at what must hold after every step, and at what the auditor found in it."""
    wrong = [*_broken(EVERY_STEP), *_unheard(scene.at)]
    if looked:
        wrong += _found(server)
    assert not wrong, f"{scene.at}: {wrong}"


def check_all(scene: Scene) -> None:
    """Look at every invariant, and whether the events give back the state."""
    wrong = [each for each in verify(at=scene.at) if not each.is_well]
    assert not wrong, f"{scene.at}: {wrong}"


def _broken(names: Iterable[str]) -> list[str]:
    names = list(names)
    asked = ", ".join(f"({STATEMENTS[name]})" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"select {asked}")
        counts = cursor.fetchone()
    return [name for name, count in zip(names, counts, strict=True) if count]


def _found(server: MailServer) -> list[str]:
    """What the auditor found at its last tick, but for what must be so."""
    found = Heartbeat.objects.get(name=auditor.FOUND).detail
    known = {*THE_SERVER, *(GONE if server.is_away else ())}
    return [f"{code} ({count})" for code, count in found.items() if code not in known]


def _unheard(at: datetime) -> Iterable[str]:
    """Open work that stands still, or that nobody who is there can do."""
    away = dict(Absence.objects.active(at).values_list("user_id", "deputy_id"))
    desks: dict[int, set[int]] = {}
    for desk, user in Membership.objects.values_list("desk_id", "user_id"):
        desks.setdefault(desk, set()).add(user)
    for item in open_work():
        who = {item.claimed_by_id or item.owner_user_id} - {None}
        who = who or desks.get(item.owner_desk_id, set())
        does = {away.get(user, user) for user in who}
        if not does - away.keys():
            yield f"nobody is there for {item}"
        assert item.next_step_at is not None
        if item.next_step_at < at - LATE:
            yield f"{item} stands still since {item.next_step_at:%d %b %H:%M}"
        rests = item.paused_until
        if rests is not None and item.next_step_at < at_local(rests, MORNING):
            yield f"{item} does not rest until {rests:%d %b}"


def open_work() -> WorkItemQuerySet:
    """Everything that waits for somebody."""
    people = "owner_user", "owner_desk", "claimed_by", "stand_in"
    rows = WorkItem.objects.system_scope("the simulation looks at everything").open()
    return rows.select_related(*people)
