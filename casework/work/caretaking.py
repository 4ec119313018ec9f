"""How the beheerder helps what got stuck: try again, or say that it may stop."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q, QuerySet

from casework.audit import log
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.people.models import Role, User
from casework.work.days import local_day
from casework.work.held import hold
from casework.work.items import close_items
from casework.work.models import Delivery, WorkItem, WorkItemQuerySet

GIVEN_UP = "given_up"

State = Delivery.State
TRIED = Q(attempts__gt=0) | ~Q(last_error="")


class GiveUpReason(models.TextChoices):
    """Why a mail need not arrive any more."""

    TOLD = "told", "De ontvanger weet het al"
    ADDRESS = "address", "Het adres bestaat niet meer"
    NOT_NEEDED = "not_needed", "De mail is niet meer nodig"


class MailNotStuck(AlreadyDone):
    """The mail is not stuck any more."""

    SAID = {
        State.PENDING: "Deze mail staat al klaar en gaat zo weg.",
        State.CLAIMED: "Deze mail wordt nu verstuurd. Kijk over een minuut nog eens.",
        State.HANDING: "Deze mail wordt nu verstuurd. Kijk over een minuut nog eens.",
        State.SENT: "Deze mail is al verstuurd.",
    }

    def __init__(self, row: Delivery) -> None:
        said = self.SAID.get(State(row.state), "Deze mail gaat niet meer weg.")
        super().__init__(f"{said} Je hoeft niets meer te doen.")


class StepNotStuck(AlreadyDone):
    """The step is done, or will be tried within seconds."""

    user_message = "Dit loopt weer, of wordt nu al geprobeerd. Je hoeft niets te doen."


def stuck_mail() -> QuerySet[Delivery]:
    """Give the mails that gave up, and those that were tried and wait to be again."""
    return Delivery.objects.filter(
        Q(state=State.FAILED) | (Q(state=State.PENDING) & TRIED)
    ).order_by("planned_at", "pk")


def stuck_steps(*, at: datetime) -> WorkItemQuerySet:
    """Give the open work of which a step was tried in vain."""
    return (
        _system()
        .open()
        .filter(next_step_at__lte=at, failures__gt=0)
        .order_by("next_step_at", "pk")
    )


@transaction.atomic
def retry_mail(row: Delivery, *, by: User, at: datetime) -> Delivery:
    """
    Let a mail go out now, as often as a new one may be tried.

    :raises NotPermitted: if `by` is no beheerder
    :raises MailNotStuck: if it is on its way, was sent or may stop
    """
    _hold_stuck(row, by=by, at=at)
    row.state, row.not_before = State.PENDING, at
    row.attempts, row.last_error = 0, ""
    row.save(update_fields=["state", "not_before", "attempts", "last_error"])
    close_items(f"delivery:{row.pk}", by=by, at=at)
    _log("mail.retried", row, by=by, at=at)
    return row


@transaction.atomic
def give_up_mail(row: Delivery, *, by: User, at: datetime, reason: str) -> Delivery:
    """
    Let a mail that does not arrive be tried no more.

    :raises NotPermitted: if `by` is no beheerder
    :raises InvalidInput: if the reason is none of `GiveUpReason`
    :raises MailNotStuck: if it is on its way, was sent or may stop
    """
    _hold_stuck(row, by=by, at=at)
    if reason not in GiveUpReason.values:
        raise InvalidInput("Kies waarom de mail niet meer weg hoeft.", field="reason")
    row.state, row.last_error = State.CANCELLED, GIVEN_UP
    row.save(update_fields=["state", "last_error"])
    close_items(f"delivery:{row.pk}", by=by, at=at)
    _log("mail.given_up", row, by=by, at=at, ground=reason)
    return row


def require_stuck(row: Delivery) -> None:
    """
    Let only a mail that is stuck be done something with.

    :raises MailNotStuck: if it is on its way, was sent or may stop
    """
    if not stuck_mail().filter(pk=row.pk).exists():
        raise MailNotStuck(row)


@transaction.atomic
def retry_step(item: WorkItem, *, by: User, at: datetime) -> WorkItem:
    """
    Let the planner try a step at its next tick, whatever it waited for.

    How often it failed stays, until it succeeds: so it stays in sight.

    :raises NotPermitted: if `by` is no beheerder
    :raises AlreadyDone: if the work is closed
    :raises StepNotStuck: if it did not fail, or is tried already
    """
    _require_caretaker(by, at=at)
    hold(item)
    if not item.failures or item.retry_at is None or item.retry_at <= at:
        raise StepNotStuck
    item.retry_at = None
    item.save(update_fields=["retry_at"])
    log.write("work.retried", by=by, at=at, case=item.case, about=f"item:{item.pk}")
    return item


def _hold_stuck(row: Delivery, *, by: User, at: datetime) -> None:
    _require_caretaker(by, at=at)
    row.refresh_from_db(
        from_queryset=Delivery.objects.select_for_update(of=("self",), no_key=True)
    )
    require_stuck(row)


def _require_caretaker(by: User, *, at: datetime) -> None:
    if Role.BEHEERDER not in by.roles(on=local_day(at)):
        raise NotPermitted("Dit doet de functioneel beheerder.")


def _log(verb: str, row: Delivery, *, by: User, at: datetime, ground: str = "") -> None:
    about = f"delivery:{row.pk}"
    item = _system().filter(pk=row.item_id).first() if row.item_id else None
    case = item.case if item is not None else None
    log.write(verb, by=by, at=at, case=case, about=about, ground=ground)


def _system() -> WorkItemQuerySet:
    return WorkItem.objects.system_scope("the beheerder helps work without reading it")
