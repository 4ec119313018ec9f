"""How something is said once: a notice in the product and a mail in the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db.models import QuerySet

from casework.people.models import User
from casework.policy import policy
from casework.policy.ladders import NOTICES
from casework.work import letters, recipients
from casework.work.days import WorkingDays, local_day, working_days
from casework.work.letters import Opening
from casework.work.models import (
    REPEATED,
    Delivery,
    Notice,
    Preference,
    WorkItem,
    WorkItemQuerySet,
)
from casework.work.models.waiting import people_of
from casework.work.recipients import Recipient, is_for_asker
from casework.work.steps import after_quiet, next_digest


def tell(
    item: WorkItem,
    people: Sequence[Recipient],
    *,
    key: str,
    opening: Opening,
    at: datetime,
    days: WorkingDays,
    at_once: bool,
    by_mail: bool = True,
) -> int:
    """
    Say one thing to people, each of them once; give to how many it was new.

    The caller holds the row of the item, so that two planners can't say it twice; the
    unique keys stop whoever forgets that. Mail that can wait is a line of the digest.
    """
    said = set(
        Notice.objects.filter(item=item, revision=item.revision, step=key).values_list(
            "user_id", flat=True
        )
    )
    new = _each_once(each for each in people if each.user.pk not in said)
    mailed = {each.user.pk: each.user for each in new if each.by_mail and by_mail}
    if at_once:
        mails = _letters(item, mailed, key=key, opening=opening, at=at, days=days)
    else:
        morning = next_digest(at, days=days)
        wanted = _who_wants_a_digest(item, mailed)
        mails = {
            user.pk: digest_for(user, morning=morning, at=at, days=days)
            for user in wanted
        }
        if item.legal:
            legal = Delivery.objects.filter(pk__in=[mail.pk for mail in mails.values()])
            legal.update(repeats_in_doubt=True)
    Notice.objects.bulk_create(
        Notice(
            item=item,
            revision=item.revision,
            step=key,
            user=each.user,
            at=at,
            delivery=mails.get(each.user.pk),
        )
        for each in new
    )
    return len(new)


def tell_owner(
    item: WorkItem, *, key: str, opening: Opening, by: User | None, at: datetime
) -> int:
    """Say one thing at once to whoever must do it, but not to `by` himself."""
    owners = recipients.owners(item, at=at)
    return tell(
        item,
        [each for each in owners if by is None or each.user.pk != by.pk],
        key=key,
        opening=opening,
        at=at,
        days=working_days(policy.at(local_day(at))),
        at_once=True,
    )


def cancel_mail(item: WorkItem, *, but: int | None = None) -> None:
    """Take back what was not sent yet about this; not to one person, by his key."""
    going = Delivery.objects.filter(item=item)
    _cancel(going if but is None else going.exclude(to_user=but))


def cancel_mail_of_each(items: WorkItemQuerySet) -> None:
    """Take back what was not sent yet about any of these. One statement."""
    _cancel(Delivery.objects.filter(item__in=items.values("pk")))


def digest_for(
    user: User, *, morning: datetime, at: datetime, days: WorkingDays
) -> Delivery:
    """
    Give the digest of a morning that can still take a line, and hold it.

    One that is on its way takes no more lines: then it is the next morning's.
    """
    while True:
        key = f"digest:{user.pk}:{local_day(morning).isoformat()}"
        Delivery.objects.bulk_create(
            [
                Delivery(
                    key=key,
                    kind=Delivery.Kind.DIGEST,
                    to_user=user,
                    message_id=message_id(key),
                    planned_at=at,
                    not_before=morning,
                    repeats_in_doubt=REPEATED[Delivery.Kind.DIGEST],
                )
            ],
            ignore_conflicts=True,
        )
        found = Delivery.objects.select_for_update(of=("self",)).get(key=key)
        if found.state == Delivery.State.PENDING and not found.attempts:
            return found
        morning = next_digest(morning, days=days)


def at_once(
    letter: letters.Letter, *, key: str, kind: Delivery.Kind, to: User, at: datetime
) -> Delivery:
    """Give a mail that is about no work and goes out now, not yet saved."""
    return Delivery(
        key=key,
        kind=kind,
        to_user=to,
        message_id=message_id(key),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        planned_at=at,
        not_before=at,
        repeats_in_doubt=REPEATED[kind],
    )


def message_id(key: str) -> str:
    """Give the Message-ID that belongs to a key, the same at every attempt."""
    host = settings.MAIL_FROM.rpartition("@")[2].strip("> ") or "localhost"
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{host}>"


def _cancel(mails: QuerySet[Delivery]) -> None:
    held = (Delivery.State.PENDING, Delivery.State.CLAIMED)
    mails.filter(state__in=held).update(
        state=Delivery.State.CANCELLED, token=None, lease_until=None
    )


def _each_once(recipients: Iterable[Recipient]) -> list[Recipient]:
    """Who stands in for the owner and for his stand-in too, is one person."""
    found: dict[int, Recipient] = {}
    for each in recipients:
        known = found.get(each.user.pk)
        if known is None or (each.by_mail and not known.by_mail):
            found[each.user.pk] = each
    return list(found.values())


def _letters(
    item: WorkItem,
    mailed: dict[int, User],
    *,
    key: str,
    opening: Opening,
    at: datetime,
    days: WorkingDays,
) -> dict[int, Delivery]:
    if not mailed:
        return {}
    letter = letters.about_work(item, opening=opening, waits=is_for_asker(key))
    not_before = after_quiet(item, at=at, days=days)
    made: list[Delivery] = []
    for user in mailed.values():
        silent = user.pk == item.stand_in_id and item.is_silence_for(
            people_of(user, at=at)
        )
        said = letters.about_work(item, opening=Opening.SILENT) if silent else letter
        mail_key = f"item:{item.pk}:{item.revision}:{key}:{user.pk}"
        made.append(
            Delivery(
                key=mail_key,
                kind=Delivery.Kind.REMINDER,
                to_user=user,
                message_id=message_id(mail_key),
                subject=said.subject,
                text=said.text,
                html=said.html,
                planned_at=at,
                not_before=not_before,
                repeats_in_doubt=_repeats(item),
                item=item,
            )
        )
    return {mail.to_user_id: mail for mail in Delivery.objects.bulk_create(made)}


def _repeats(item: WorkItem) -> bool:
    is_notice = item.kind in NOTICES
    return item.legal or (REPEATED[Delivery.Kind.REMINDER] and not is_notice)


def _who_wants_a_digest(item: WorkItem, mailed: dict[int, User]) -> list[User]:
    if item.legal or not mailed:
        return list(mailed.values())
    silent = Preference.objects.filter(user__in=mailed, digest=False)
    refused = set(silent.values_list("user_id", flat=True))
    # In the order of their keys, so that two planners can't wait for each other.
    return [mailed[pk] for pk in sorted(mailed) if pk not in refused]
