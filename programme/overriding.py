"""How an AOV breaks through where an activity is stuck: a doorzettingsbesluit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from casework.audit import log
from casework.cases.naming import refuse_anybody
from casework.people.errors import InvalidInput, TransitionRefused
from casework.people.models import User
from casework.work import items
from casework.work.days import local_day
from casework.work.models import WorkItem
from programme.asking import REPORT_PROGRESS, ask_for_progress
from programme.holding import PeriodClosed, hold_activity, require_aov
from programme.models import Activity, OverrideDecision, ProgressUpdate

NEEDED = {
    "text": "Schrijf wat je besluit.",
    "mandate": "Schrijf waarop je mandaat berust.",
    "ground": "Schrijf op welke grond je doorzet, en waarom het niet kan wachten.",
    "binding": "Schrijf voor wie het geldt.",
    "heard": "Schrijf wie is gehoord, en wat zij vinden.",
}
"""What a decision can't do without, and what is said where it is missing."""

MANDATE_LATER = "Kies de dag van je mandaat: vandaag of eerder."
UNTIL_EARLIER = "Kies een dag na vandaag."


class NotStuck(TransitionRefused):
    """This activity is not stuck, nor does it threaten to be."""

    user_message = (
        "Een doorzettingsbesluit kan pas als een activiteit vastloopt of dreigt vast te "
        "lopen. Meld eerst hoe het gaat."
    )


class NoOwner(TransitionRefused):
    """Nobody answers for this activity, so nobody would carry a decision out."""

    user_message = "Wijs eerst een actiehouder aan. Die voert het besluit uit en meldt hoe het gaat."


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What an AOV decides: by which mandate, why, for whom, and until when."""

    text: str
    mandate: str
    mandate_on: date
    ground: str
    binding: str
    heard: str
    until_on: date
    formal_reference: str = ""


@transaction.atomic
def override(
    activity: Activity,
    decision: Override,
    *,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> OverrideDecision:
    """
    Break through where an activity is stuck; its owner is asked how it goes on.

    What failed or half succeeded goes on, at risk.

    :raises NotPermitted: if `by` is no AOV
    :raises PeriodClosed: if nobody may write in its period any more
    :raises NotStuck: if it is not stuck, nor threatens to be
    :raises NoOwner: if nobody answers for it
    :raises InvalidInput: if something is missing, a day can't be, or a text leads to
        somebody
    :raises Stale: if the activity changed since `seen`
    """
    hold_activity(activity, seen=seen)
    require_aov(by, at=at, act="Een doorzettingsbesluit neemt de AOV.")
    in_the_way = obstacle(activity, on=local_day(at))
    if in_the_way is not None:
        raise in_the_way
    _require_sound(decision, on=local_day(at))

    made = OverrideDecision.objects.create(
        activity=activity, by=by, at=at, **asdict(decision)
    )
    if activity.has_ended:
        _go_on(activity, by=by, at=at)
    activity.version += 1
    activity.save(update_fields=["status", "version"])
    items.close_items(
        activity.key,
        by=by,
        at=at,
        kind=REPORT_PROGRESS,
        outcome=WorkItem.Outcome.WITHDRAWN,
    )
    ask_for_progress(activity, by=by, at=at)
    log.write("activity.overridden", by=by, at=at, about=activity.key)
    return made


def obstacle(activity: Activity, *, on: date) -> TransitionRefused | None:
    """Give why nobody can break through here on a day; None if an AOV can."""
    if activity.programme.is_closed:
        return PeriodClosed()
    if not activity.is_stuck(on=on):
        return NotStuck()
    if activity.owner is None or not activity.owner.is_active:
        return NoOwner()
    return None


def _require_sound(decision: Override, *, on: date) -> None:
    facts = asdict(decision)
    for field, said in NEEDED.items():
        if not facts[field].strip():
            raise InvalidInput(said, field=field)
    if decision.mandate_on > on:
        raise InvalidInput(MANDATE_LATER, field="mandate_on")
    if decision.until_on <= on:
        raise InvalidInput(UNTIL_EARLIER, field="until_on")
    texts = (*NEEDED, "formal_reference")
    refuse_anybody(**{field: facts[field] for field in texts})


def _go_on(activity: Activity, *, by: User, at: datetime) -> None:
    activity.status = Activity.Status.AT_RISK
    ProgressUpdate.objects.create(
        activity=activity,
        by=by,
        at=at,
        status=activity.status,
        text="Gaat verder door een doorzettingsbesluit.",
    )
