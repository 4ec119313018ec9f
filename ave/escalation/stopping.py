"""Procesregie stops: somebody takes the case over, and we look back once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from ave.escalation.asks import DECLINED, ask_after_refusal
from ave.escalation.models import Acceptance, DeEscalation
from ave.escalation.models.stopping import DeEscalationQuerySet
from ave.escalation.sides import asks_it, require_another
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.bottlenecks import NotRunning
from casework.cases.confirmations import Given, ask_confirmation
from casework.cases.journal import record
from casework.cases.lifecycle import CLOSE, MAY_STOP, ask_to_close
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Bottleneck, Case, Participation
from casework.cases.models.tracked import Tracked
from casework.people.absence import acting_for
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import User
from casework.plan.ending import take_back_all
from casework.policy.terms import NUMBERS
from casework.work import items
from casework.work.days import local_day

LATEST_AFTERCARE = timedelta(days=NUMBERS["aftercare_latest_days"].value)
RESUMED: dict[str, Any] = {"state": "resumed"}
"""What an event says when procesregie goes on that had stopped."""
_Role = Participation.Role
_RECEIVES = (_Role.PROCESREGISSEUR, _Role.CASUSREGISSEUR, _Role.RECEIVER)
"""Places from which somebody can take a case over: he reads its dossier."""


class StillStuck(TransitionRefused):
    """A bottleneck is still open."""

    user_message = (
        "Je kunt nog niet stoppen: er is nog een knelpunt open. "
        "Rond het af of accepteer het."
    )


class StuckAgain(TransitionRefused):
    """A bottleneck was raised after the receiver was asked."""

    def __init__(self, case: Case) -> None:
        assert case.procesregisseur is not None
        name = case.procesregisseur.name
        super().__init__(
            "Je kunt de casus nog niet overnemen: er is een nieuw knelpunt. "
            f"{name} rondt dat eerst af. De vraag aan jou blijft staan."
        )


class ReceiverLeft(TransitionRefused):
    """Who was asked to take the case over has no place in it any more."""

    def __init__(self, receiver: User) -> None:
        super().__init__(
            f"{receiver.name} doet niet meer mee in deze casus. "
            "Trek de vraag in en vraag het aan iemand anders."
        )


@transaction.atomic
def propose_stop(
    case: Case,
    *,
    by: User,
    at: datetime,
    receiver: User,
    reason: str,
    aftercare_on: date,
) -> DeEscalation:
    """
    Ask somebody who takes part in the case to take it over.

    :raises StillStuck: while a bottleneck is open
    :raises InvalidInput: without a receiver in the case who is no asker himself, a
        reason or a day to look back
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    if case.status != Case.Status.OPEN:
        raise NotRunning(case)
    if _is_stuck(case):
        raise StillStuck
    _require_another_receiver(case, receiver, by=by, at=at)
    if not _takes_part(case, receiver, at=at):
        raise InvalidInput(
            "Deze persoon mag de casus niet zien. "
            "Wijs hem eerst aan als casusregisseur.",
            field="receiver",
        )
    today = local_day(at)
    if not today < aftercare_on <= today + LATEST_AFTERCARE:
        raise InvalidInput(
            "Kies een dag om terug te kijken, uiterlijk 3 maanden na vandaag.",
            field="aftercare_on",
        )
    if case.deescalations.filter(ended_at__isnull=True).exists():
        raise TransitionRefused("Er loopt al een vraag om te stoppen.")
    items.close_items(case.key, by=by, at=at, kind=(MAY_STOP, DECLINED))
    before = case.deescalations.order_by("-pk").first()
    stop = DeEscalation.objects.create(
        case=case,
        asker=by,
        receiver=receiver,
        reason=reason,
        aftercare_on=aftercare_on,
        asked_at=at,
        # So that a form about the question before is stale for this one.
        version=before.version + 1 if before is not None else 1,
    )
    record(case, "stop.proposed", by=by, at=at, changed=[stop], receiver=receiver.pk)
    return stop


@transaction.atomic
def answer_stop(
    stop: DeEscalation,
    *,
    by: User,
    at: datetime,
    accepts: bool,
    text: str = "",
    given: Given | None = None,
    seen: int | None = None,
) -> DeEscalation:
    """
    Take the case over, or decline with a reason; `given` says if it was spoken.

    Taken over, the tasks of parties that were not answered are taken back.

    :raises NotPermitted: if it is not asked of this person, or his side asked it
    :raises StillStuck: if a bottleneck was raised since, for who writes it down
    :raises StuckAgain: the same, for the receiver
    :raises ReceiverLeft: if the receiver has no place in the case any more
    :raises InvalidInput: if a refusal has no reason
    """
    case = lock_case(stop)
    if given is not None:
        require(by, Permission.STEER_CASE, case, at=at)
    elif not _is_asked(stop, by, at=at):
        raise NotPermitted("Dit doet degene aan wie het gevraagd is.")
    require_another(stop.receiver if given is not None else by, stop, at=at)
    require_version(stop, seen)
    if accepts and _is_stuck(case):
        raise StillStuck if given is not None else StuckAgain(case)
    if accepts and not _takes_part(case, stop.receiver, at=at):
        raise ReceiverLeft(stop.receiver)
    if not accepts and not text.strip():
        who = stop.receiver.name if given is not None else "je"
        raise InvalidInput(f"Schrijf waarom {who} het nu niet overneemt.", field="text")
    stop.answer = text
    stop.answered_at = at
    changed: list[Tracked] = [stop]
    if accepts:
        stop.state = DeEscalation.State.AFTERCARE
        case.status = Case.Status.AFTERCARE
        case.save(update_fields=["status"])
        changed.append(case)
    else:
        stop.state = DeEscalation.State.DECLINED
        stop.ended_at = at
    _save(stop)
    kind = "stop.accepted" if accepts else "stop.declined"
    record(
        case,
        kind,
        by=by,
        at=at,
        changed=changed,
        about=stop,
        recorded_for=stop.receiver_id if given is not None else None,
    )
    _write_acceptance(stop, accepts=accepts, by=by, given=given, at=at)
    if accepts:
        take_back_all(case, by=by, at=at)
    else:
        ask_after_refusal(stop, by=by, at=at)
    return stop


def may_receive(stop: DeEscalation, user: User, *, at: datetime) -> bool:
    """Whether somebody may answer it himself: it is asked of him, and not by his side."""
    return _is_asked(stop, user, at=at) and not asks_it(user, stop, at=at)


@transaction.atomic
def withdraw_stop(stop: DeEscalation, *, by: User, at: datetime) -> DeEscalation:
    """Take the question back; procesregie goes on."""
    case = lock_case(stop)
    require(by, Permission.STEER_CASE, case, at=at)
    changed: list[Tracked] = [stop]
    facts: dict[str, Any] = {}
    if case.status == Case.Status.AFTERCARE:
        facts = RESUMED
        case.status = Case.Status.OPEN
        case.save(update_fields=["status"])
        changed.append(case)
    stop.state = DeEscalation.State.WITHDRAWN
    stop.ended_at = at
    _save(stop)
    record(case, "stop.withdrawn", by=by, at=at, changed=changed, **facts)
    return stop


def asked_in_vain(*, at: datetime) -> DeEscalationQuerySet:
    """Give the questions to take a case over of whom has no place in it any more."""
    places = (
        Participation.objects.system_scope("may he still receive the case")
        .running(at)
        .filter(case=OuterRef("case"), user=OuterRef("receiver"), role__in=_RECEIVES)
    )
    asked = DeEscalation.objects.system_scope("who can't take the case over any more")
    return asked.filter(~Exists(places), state=DeEscalation.State.ASKED).order_by("pk")


@transaction.atomic
def lapse_stop(stop: DeEscalation, *, by: User | None, at: datetime) -> DeEscalation:
    """Take the question back from who left the case, and ask who steers what now."""
    case = lock_case(stop)
    stop.state = DeEscalation.State.WITHDRAWN
    stop.ended_at = at
    _save(stop)
    record(
        case,
        "stop.withdrawn",
        by=by,
        at=at,
        changed=[stop],
        state="lapsed",
        receiver=stop.receiver_id,
    )
    ask_after_refusal(stop, by=by, at=at)
    return stop


@transaction.atomic
def settle_refusal(case: Case, *, by: User, at: datetime) -> Case:
    """
    Let procesregie go on after nobody took the case over, or asked if it may stop.

    :raises AlreadyDone: if neither waits for this
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    if not items.close_items(case.key, by=by, at=at, kind=(DECLINED, MAY_STOP)):
        raise AlreadyDone
    return case


@transaction.atomic
def resume_procesregie(case: Case, *, by: User, at: datetime) -> Case:
    """
    Let procesregie go on after the look back: it goes wrong after all.

    :raises AlreadyDone: if no aftercare was finished, or procesregie runs again
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    stop = case.deescalations.order_by("-pk").first()
    if case.status != Case.Status.AFTERCARE or stop is None or stop.ended_at is None:
        raise AlreadyDone
    case.status = Case.Status.OPEN
    case.save(update_fields=["status"])
    items.close_items(case.key, by=by, at=at, kind=CLOSE)
    record(case, "stop.withdrawn", by=by, at=at, changed=[case], about=stop, **RESUMED)
    return case


@transaction.atomic
def finish_aftercare(
    stop: DeEscalation, *, by: User, at: datetime, text: str, seen: int | None = None
) -> DeEscalation:
    """Write down how it goes now, and ask who steers to close the case after it."""
    case = lock_case(stop)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(stop, seen)
    if not text.strip():
        raise InvalidInput("Schrijf hoe het nu gaat.", field="text")
    stop.aftercare_result = text
    stop.state = DeEscalation.State.DONE
    stop.ended_at = at
    _save(stop)
    record(case, "aftercare.finished", by=by, at=at, changed=[stop])
    ask_to_close(case, by=by, at=at)
    return stop


def _write_acceptance(
    stop: DeEscalation, *, accepts: bool, by: User, given: Given | None, at: datetime
) -> None:
    said = Acceptance.objects.create(
        stop=stop,
        accepted=accepts,
        by=stop.receiver if given is not None else by,
        recorded_by=by,
        channel=given.channel if given is not None else Acceptance.Channel.HERE,
        at=given.at if given is not None else at,
    )
    if given is not None:
        ask_confirmation(said, case=stop.case, at=at)


def _require_another_receiver(
    case: Case, receiver: User, *, by: User, at: datetime
) -> None:
    if receiver.pk == by.pk:
        raise InvalidInput("Kies een ander om het over te nemen.", field="receiver")
    name = receiver.name
    if receiver.pk == case.procesregisseur_id:
        raise InvalidInput(
            f"{name} voert de procesregie. Kies wie het overneemt.", field="receiver"
        )
    if receiver.pk in acting_for(by, at=at):
        raise InvalidInput(
            f"Je vervangt {name} nu. Kies een ander, of vraag het als {name} terug is.",
            field="receiver",
        )


def _is_asked(stop: DeEscalation, user: User, *, at: datetime) -> bool:
    return stop.receiver_id in {user.pk, *acting_for(user, at=at)}


def _is_stuck(case: Case) -> bool:
    return case.bottlenecks.filter(state=Bottleneck.State.OPEN).exists()


def _takes_part(case: Case, user: User, *, at: datetime) -> bool:
    return (
        Participation.objects.system_scope("may he receive the case")
        .running(at)
        .filter(case=case, user=user, role__in=_RECEIVES)
        .exists()
    )


def _save(stop: DeEscalation) -> None:
    stop.version += 1
    stop.save(
        update_fields=[
            "state",
            "answer",
            "answered_at",
            "aftercare_result",
            "ended_at",
            "version",
        ]
    )
