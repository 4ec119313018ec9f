"""What somebody who asked for work does meanwhile: remind now, or let it rest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.people.models import User
from casework.policy import policy
from casework.policy.ladders import NEVER_RESTS
from casework.work import inbox, recipients
from casework.work.days import at_local, local_day, working_days
from casework.work.due import Pause
from casework.work.held import hold, lock, log_work, require_open
from casework.work.letters import Opening
from casework.work.models import WorkItem
from casework.work.steps import MORNING, rung
from casework.work.tell import cancel_mail, tell_owner

LONGEST_PAUSE = timedelta(days=366)


class RemindedToday(AlreadyDone):
    """The asker has reminded of this today."""

    user_message = "Je hebt vandaag al herinnerd. Dat kan één keer per dag."


class NobodyElse(AlreadyDone):
    """Who asks is the only one who is there to do it."""

    user_message = (
        "Er is nu niemand anders die dit kan doen. Het staat bij je eigen werk."
    )


@transaction.atomic
def remind_now(item: WorkItem, *, by: User, at: datetime) -> int:
    """
    Remind who must do it, at once, because who asked for it wants to know.

    :raises NotPermitted: if he did not ask for it
    :raises RemindedToday: if he did so today already
    :raises NobodyElse: if he is the only one who hears it
    """
    inbox.item_for(by, item.pk, at=at)
    hold(item)
    if not _asked(item, by, at=at):
        raise NotPermitted("Alleen wie dit vroeg, kan herinneren.")
    if not others(item, by, at=at):
        raise NobodyElse
    key = f"asked:{local_day(at).isoformat()}"
    told = tell_owner(item, key=key, opening=Opening.ASKED, by=by, at=at)
    if not told:
        raise RemindedToday
    log_work("work.reminded", item, by=by, at=at)
    return told


def others(item: WorkItem, user: User, *, at: datetime) -> list[User]:
    """Give who must do it now, but for one who asks them."""
    told = recipients.owners(item, at=at)
    return [each.user for each in told if each.user.pk != user.pk]


@transaction.atomic
def pause(
    item: WorkItem, *, until: date, reason: str, by: User, at: datetime
) -> WorkItem:
    """
    Say nothing about open work until a day; its due day stands.

    What becomes due meanwhile is done on that day: of the reminders only the last.
    Another day takes the place of the one that was chosen before.

    :raises NotPermitted: if he did not ask for it, or it may not rest (`may_rest`)
    :raises InvalidInput: without a reason, or for today or more than a year ahead
    """
    lock(item)
    require_rest(item, by, at=at)
    require_open(item)
    if reason not in Pause.values:
        raise InvalidInput("Kies waarom je even niet herinnert.", field="reason")
    today = local_day(at)
    if not today < until <= today + LONGEST_PAUSE:
        raise InvalidInput(
            "Kies een dag die nog komt, hoogstens een jaar vooruit.", field="until"
        )
    cancel_mail(item)
    item.paused_until, item.paused_for = until, reason
    next_step = rung(item, item.step, days=working_days(policy.at(today)))
    item.next_step_at = max(next_step.at, at_local(until, MORNING))
    item.save(update_fields=["paused_until", "paused_for", "next_step_at"])
    log_work("work.paused", item, by=by, at=at, ground=reason)
    return item


def ask_instead(cases: Collection[int], *, of: int, to: int) -> None:
    """
    Let somebody else steer what a person asked for in cases in which he has no place.

    Part of a transition. One statement.
    """
    asked = WorkItem.objects.system_scope("who asked has no place there any more")
    asked.open().filter(case__in=cases, asked_by=of).update(asked_by=to)


def require_rest(item: WorkItem, by: User, *, at: datetime) -> None:
    """
    Let only who asked for it, or wrote it for himself, stop the reminders for a while.

    :raises NotVisible: if it is not there for him
    :raises NotPermitted: if it is another's to say, or it may not rest
    """
    inbox.item_for(by, item.pk, at=at)
    is_his_own = item.is_own and item.owner_user_id == by.pk
    if not is_his_own and not _asked(item, by, at=at):
        raise NotPermitted("Alleen wie dit vroeg, kan de herinneringen laten wachten.")
    if item.legal:
        raise NotPermitted(
            "Deze termijn staat in de wet. Daaraan herinneren we altijd."
        )
    if item.kind in NEVER_RESTS:
        raise NotPermitted(
            "Een ander schreef dit op. Tot het bevestigd is, herinneren we altijd."
        )
    if item.urgent:
        raise NotPermitted("Dit is spoed. Daaraan herinneren we altijd.")


def _asked(item: WorkItem, by: User, *, at: datetime) -> bool:
    return WorkItem.objects.asked_by(by, at=at).filter(pk=item.pk).exists()
