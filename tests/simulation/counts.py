"""What a quarter cost each person in mail, and whether any of it was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from casework.people.models import Role
from casework.work.days import local_day
from casework.work.models import Delivery, WorkItem
from tests.simulation.faults import MailServer

State, Kind = Delivery.State, Delivery.Kind

MOST_MAILS_A_TASK = 3


def most_digests_a_day(server: MailServer) -> int:
    """The most overviews that one person got on one day, each counted once."""
    days: Counter[tuple[int, date]] = Counter()
    seen: set[str] = set()
    digests = {row.message_id: row for row in Delivery.objects.filter(kind=Kind.DIGEST)}
    for taken in server.taken:
        row = digests.get(taken.message_id)
        if row is not None and taken.message_id not in seen:
            seen.add(taken.message_id)
            days[row.to_user_id, local_day(taken.at)] += 1
    return max(days.values(), default=0)


def most_mails_a_task(server: MailServer) -> int:
    """The most mails that one ketenpartner got about one task of the ladder."""
    taken = {each.message_id for each in server.taken}
    told: Counter[tuple[int, int]] = Counter()
    rows = Delivery.objects.filter(
        lines__item__kind="task", to_user__memberships__role=Role.KETENPARTNER
    ).exclude(lines__step__startswith="asked:")
    pairs = rows.values_list("message_id", "to_user_id", "lines__item_id").distinct()
    for message, user, item in pairs:
        told[user, item] += message in taken
    return max(told.values(), default=0)


def lost(server: MailServer, *, at: datetime) -> Iterator[str]:
    """Every mail that was planned and of which nobody can say what became."""
    taken = {each.message_id for each in server.taken}
    for row in Delivery.objects.select_related("item"):
        if row.state in (State.CLAIMED, State.HANDING):
            yield f"{row} is held by nobody"
        elif row.state == State.PENDING and row.not_before <= at:
            yield f"{row} still waits"
        elif row.state == State.DROPPED and not row.last_error:
            yield f"{row} was dropped without a reason"
        elif row.state == State.SENT and row.message_id not in taken:
            yield f"{row} was never sent"
        elif row.message_id in taken and row.state != State.SENT and not row.in_doubt:
            yield f"{row} was taken, and nobody knows that"


def given_up_unseen() -> int:
    """How many mails failed without being work of anybody."""
    asked = WorkItem.objects.system_scope("the beheerder's").filter(
        Q(about__startswith="delivery:") | Q(about="clock:mail_unseen")
    )
    known = set(asked.values_list("about", flat=True))
    failed = Delivery.objects.filter(state=State.FAILED)
    return sum(
        f"delivery:{row.pk}" not in known and "clock:mail_unseen" not in known
        for row in failed
    )


def legal_skipped() -> int:
    """How many mails about a legal term were dropped because of a doubt."""
    legal = WorkItem.objects.system_scope("the legal ones").filter(
        legal=True, notices__delivery=OuterRef("pk")
    )
    return Delivery.objects.filter(
        Exists(legal), state=State.DROPPED, last_error="in_doubt"
    ).count()


def twice_without_doubt(server: MailServer) -> list[str]:
    """Mails that the server took twice although no doubt was counted."""
    times = Counter(each.message_id for each in server.taken)
    return [
        row.key
        for row in Delivery.objects.filter(in_doubt=0)
        if times[row.message_id] > 1
    ]


def about_what_was_closed(server: MailServer) -> list[str]:
    """Mails that were sent although there was nothing left to do."""
    return [each.message_id for each in server.taken if not each.waits]
