"""How the programme moves: who owns an activity, how it goes, what policy answers."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction
from django.urls import reverse

from casework.audit import log
from casework.cases.naming import refuse_anybody
from casework.people.absence import acting_for
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
)
from casework.people.models import Desk, Role, User
from casework.policy import policy
from casework.work import items
from casework.work.days import at_local, due_after, local_day
from casework.work.models import WorkItem
from programme.asking import (
    APPOINT_OWNER,
    ASKED,
    REPORT_PROGRESS,
    ask_for_owner,
    ask_for_progress,
    ask_next_progress,
    quarter_end,
)
from programme.holding import (
    PeriodClosed,
    hold_activity,
    hold_programme,
    require_aov,
)
from programme.models import (
    Activity,
    ActivityOwner,
    PolicySignal,
    Programme,
    ProgressUpdate,
)

ANSWER_SIGNAL = "signal.answer"
READ_ANSWER = "signal.read"
WHO_REPORTS = "Voortgang meldt de actiehouder, of de AOV voor hem."
WHO_ANSWERS = "Antwoorden doet een beleidsmedewerker van het bureau dat het kreeg."


class NoAccount(InvalidInput):
    """This person can't be an owner: he has no account that is active, or no desk."""

    def __init__(self, *, field: str = "owner") -> None:
        super().__init__(
            "Kies een actiehouder die hier een account heeft. "
            "Staat die er niet bij? Vraag de beheerder.",
            field=field,
        )


class ReasonMissing(InvalidInput):
    """It did not succeed and nobody says why."""

    def __init__(self) -> None:
        super().__init__(
            "Schrijf waarom het niet lukte. Kies een reden of leg het uit.",
            field="reason",
        )


@transaction.atomic
def assign_owner(
    activity: Activity,
    *,
    owner: User,
    by: User,
    at: datetime,
    executive: User | None = None,
    seen: int | None = None,
) -> Activity:
    """
    Let somebody answer for an activity; he is asked for progress every quarter.

    :raises NotPermitted: if `by` is no AOV
    :raises NoAccount: if the owner has no active account, or no desk
    :raises Stale: if the activity changed since `seen`
    """
    require_aov(by, at=at, act="Een actiehouder aanwijzen doet de AOV.")
    hold_activity(activity, seen=seen)
    if not owner.is_active or not owner.roles(on=local_day(at)):
        raise NoAccount
    if executive is not None and Role.BESTUURDER not in executive.roles(
        on=local_day(at)
    ):
        raise InvalidInput("Kies een bestuurder uit de lijst.", field="executive")
    if owner.pk == activity.owner_id and executive in (
        None,
        activity.responsible_executive,
    ):
        raise AlreadyDone("Deze collega is al de actiehouder. Je hoeft niets te doen.")

    if owner.pk != activity.owner_id:
        _change_owner(activity, owner, by=by, at=at)
    activity.owner = owner
    activity.responsible_executive = executive or activity.responsible_executive
    activity.version += 1
    activity.save(update_fields=["owner", "responsible_executive", "version"])
    log.write("activity.assigned", by=by, at=at, about=activity.key)
    return activity


@transaction.atomic
def post_progress(
    activity: Activity,
    *,
    by: User,
    at: datetime,
    status: str,
    reason: str = "",
    text: str = "",
    seen: int | None = None,
) -> ProgressUpdate:
    """
    Tell how an activity goes; the next report is asked for, until it has an outcome.

    :raises NotPermitted: if `by` is not its owner, his deputy now, or an AOV
    :raises ReasonMissing: if it did not succeed and nobody says why
    :raises InvalidInput: if the text leads to somebody
    :raises Stale: if the activity changed since `seen`
    """
    hold_activity(activity, seen=seen)
    owner = _reporting_as(activity, by, at=at)
    if status not in Activity.Status.values:
        raise InvalidInput("Kies hoe het gaat.", field="status")
    if status in Activity.NEEDS_REASON and not (reason or text.strip()):
        raise ReasonMissing
    refuse_anybody(text=text)

    update = ProgressUpdate.objects.create(
        activity=activity,
        by=by,
        on_behalf_of=owner,
        at=at,
        status=status,
        reason=reason if status in Activity.NEEDS_REASON else "",
        text=text,
    )
    activity.status = status
    activity.version += 1
    activity.save(update_fields=["status", "version"])
    items.close_items(activity.key, by=by, at=at, kind=REPORT_PROGRESS)
    if activity.has_ended:
        lapsed = WorkItem.Outcome.LAPSED
        items.close_items(
            activity.key, by=by, at=at, kind=APPOINT_OWNER, outcome=lapsed
        )
    ask_next_progress(activity, by=by, at=at)
    log.write("progress.posted", by=by, at=at, about=activity.key, on_behalf_of=owner)
    return update


@transaction.atomic
def close_period(
    programme: Programme, *, by: User, at: datetime, seen: int | None = None
) -> Programme:
    """
    Close the period: nobody writes in it any more, nobody is reminded of it.

    :raises NotPermitted: if `by` is no AOV
    :raises PeriodClosed: if it is closed already
    """
    require_aov(by, at=at, act="Een periode sluiten doet de AOV.")
    hold_programme(programme, seen=seen)
    if programme.is_closed:
        raise PeriodClosed
    programme.closed_at, programme.closed_by = at, by
    programme.version += 1
    programme.save(update_fields=["closed_at", "closed_by", "version"])
    for activity in Activity.objects.of(programme).order_by("pk"):
        items.close_items(
            activity.key,
            by=by,
            at=at,
            kind=ASKED,
            outcome=WorkItem.Outcome.LAPSED,
        )
    log.write("period.closed", by=by, at=at, about=f"programme:{programme.pk}")
    return programme


@transaction.atomic
def reopen_period(
    programme: Programme, *, by: User, at: datetime, seen: int | None = None
) -> Programme:
    """
    Open a closed period again; what waited in it is asked again.

    :raises NotPermitted: if `by` is no AOV
    :raises AlreadyDone: if it is open
    """
    require_aov(by, at=at, act="Een periode heropenen doet de AOV.")
    hold_programme(programme, seen=seen)
    if not programme.is_closed:
        raise AlreadyDone("Deze periode is al open. Je hoeft niets meer te doen.")
    programme.closed_at, programme.closed_by = None, None
    programme.version += 1
    programme.save(update_fields=["closed_at", "closed_by", "version"])
    owned = Activity.objects.of(programme).exclude(owner=None).select_related("owner")
    for activity in owned.order_by("pk"):
        ask = ask_next_progress if _told(activity, at=at) else ask_for_progress
        ask(activity, by=by, at=at)
    for activity in Activity.objects.of(programme).vacated().order_by("pk"):
        ask_for_owner(activity, by=by, at=at)
    log.write("period.reopened", by=by, at=at, about=f"programme:{programme.pk}")
    return programme


@transaction.atomic
def receive_signal(
    *,
    theme: str,
    text: str,
    desk: Desk,
    asked_by: User,
    at: datetime,
    activity: Activity | None = None,
    period: str = "",
) -> PolicySignal:
    """
    Let a policy desk have a signal; it answers within a term.

    The text has been checked for names by who sends it. Nothing here tells from which
    case it comes: no row of the log (the sending stands in the log of the case), no
    asker on the work, and days where a moment could be laid beside that log.

    :raises InvalidInput: if the text is empty or the desk is no policy desk
    """
    if not text.strip():
        raise InvalidInput("Schrijf wat je in de praktijk ziet.", field="text")
    if desk.kind != Desk.Kind.POLICY or not desk.is_active:
        raise InvalidInput("Kies een bureau dat over beleid gaat.", field="desk")
    today = local_day(at)
    rules = policy.at(today)
    midnight = at_local(today, time())
    due = due_after(rules.term("signal_policy_reply"), at=midnight, rules=rules)
    signal = PolicySignal.objects.create(
        theme=theme,
        text=text,
        period=period,
        activity=activity,
        asked_by=asked_by,
        sent_on=today,
        desk=desk,
        answer_due=due.on,
    )
    items.open_item(
        ANSWER_SIGNAL,
        title="Beantwoord een beleidssignaal",
        about=signal.key,
        link=reverse("programme:signal", args=[signal.pk]),
        owner=desk,
        due=due,
        by=None,
        at=midnight,
    )
    return signal


@transaction.atomic
def answer_signal(
    signal: PolicySignal, *, by: User, at: datetime, answer: str
) -> PolicySignal:
    """
    Answer a signal; who sent it is asked to read the answer.

    :raises NotPermitted: if `by` makes no policy at the desk that received it
    :raises AlreadyDone: if it has an answer
    :raises InvalidInput: if the answer is empty, or leads to somebody
    """
    _hold_signal(signal)
    mine = PolicySignal.objects.received_by(by, at=at)
    if not mine.filter(pk=signal.pk).exists():
        raise NotPermitted(WHO_ANSWERS)
    if signal.is_answered:
        raise AlreadyDone(
            "Een collega heeft dit signaal al beantwoord. Je hoeft niets meer te doen."
        )
    if not answer.strip():
        raise InvalidInput("Schrijf een antwoord.", field="answer")
    refuse_anybody(answer=answer)
    signal.answer, signal.answered_by, signal.answered_at = answer, by, at
    signal.save(update_fields=["answer", "answered_by", "answered_at"])
    items.close_items(signal.key, by=by, at=at, kind=ANSWER_SIGNAL)
    rules = policy.at(local_day(at))
    items.open_item(
        READ_ANSWER,
        title="Lees het antwoord op je beleidssignaal",
        about=signal.key,
        link=reverse("programme:signal", args=[signal.pk]),
        owner=signal.asked_by,
        due=due_after(rules.term("read_answer"), at=at, rules=rules),
        by=by,
        at=at,
    )
    log.write("signal.answered", by=by, at=at, about=signal.key)
    return signal


@transaction.atomic
def read_answer(signal: PolicySignal, *, by: User, at: datetime) -> PolicySignal:
    """
    Say that the sender read the answer: nothing waits any more.

    :raises NotPermitted: if `by` did not send it
    :raises AlreadyDone: if it was read, or there is no answer yet
    """
    _hold_signal(signal)
    if not PolicySignal.objects.sent_by(by, at=at).filter(pk=signal.pk).exists():
        raise NotPermitted("Dit doet wie het signaal stuurde.")
    if not signal.is_answered:
        raise AlreadyDone("Er is nog geen antwoord. Je hoeft niets te doen.")
    if signal.read_at is not None:
        raise AlreadyDone("Je las dit antwoord al. Je hoeft niets meer te doen.")
    signal.read_at = at
    signal.save(update_fields=["read_at"])
    items.close_items(signal.key, by=by, at=at, kind=READ_ANSWER)
    log.write("signal.read", by=by, at=at, about=signal.key)
    return signal


def _hold_signal(signal: PolicySignal) -> None:
    locked = PolicySignal.objects.select_for_update(no_key=True)
    signal.refresh_from_db(from_queryset=locked)


def _reporting_as(activity: Activity, by: User, *, at: datetime) -> User | None:
    """In whose name somebody reports: the owner for whom he stands in, if anybody."""
    if by.pk == activity.owner_id:
        return None
    if activity.owner_id in acting_for(by, at=at):
        return activity.owner
    if Role.AOV not in by.roles(on=local_day(at)):
        raise NotPermitted(WHO_REPORTS)
    return None


def _told(activity: Activity, *, at: datetime) -> bool:
    """Whether it was told in this quarter how it goes, since this owner answers for it."""
    begun = ActivityOwner.objects.filter(activity=activity, ended_at__isnull=True)
    last = activity.updates.filter(at__gte=begun.values("at")[:1]).order_by("at").last()
    if last is None:
        return False
    return quarter_end(local_day(last.at)) == quarter_end(local_day(at))


def _change_owner(activity: Activity, owner: User, *, by: User, at: datetime) -> None:
    running = ActivityOwner.objects.filter(activity=activity, ended_at__isnull=True)
    running.update(ended_at=at)
    ActivityOwner.objects.create(activity=activity, owner=owner, by=by, at=at)
    items.close_items(
        activity.key,
        by=by,
        at=at,
        kind=REPORT_PROGRESS,
        outcome=WorkItem.Outcome.WITHDRAWN,
    )
    items.close_items(activity.key, by=by, at=at, kind=APPOINT_OWNER)
    activity.owner = owner
    ask_for_progress(activity, by=by, at=at)
