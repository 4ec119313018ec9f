"""What is filled in and not sent yet, and the clock that looks for names in it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from ave.escalation.models import Draft
from casework.access.grants import require
from casework.access.permissions import Permission
from casework.audit import log
from casework.cases.finder import FinderFailed, find
from casework.cases.lock import lock_case
from casework.cases.models import Case
from casework.people.models import Organisation, User

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)
AT_ONCE = 20


@transaction.atomic
def keep_draft(
    case: Case,
    *,
    by: User,
    at: datetime,
    sent: Mapping[str, Sequence[str]],
    texts: Mapping[str, str],
) -> Draft:
    """
    Keep what somebody filled in, one for each person and case.

    What was looked at before, and is the same, is not looked at again.

    :raises NotPermitted: if `by` does not steer the case
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    mine = Draft.objects.visible_to(by, at=at).filter(case=case)
    draft = mine.first() or Draft(case=case, by=by)
    if draft.texts != texts:
        draft.found = None
    draft.sent, draft.texts, draft.at = dict(sent), dict(texts), at
    draft.save()
    log.write("draft.kept", by=by, at=at, case=case.pk, about=f"draft:{draft.pk}")
    return draft


def draft_of(case: Case, user: User, *, at: datetime) -> Draft | None:
    """Give what somebody filled in about a case and did not send, if anything."""
    return Draft.objects.visible_to(user, at=at).filter(case=case).first()


def drop_draft(case: Case, *, by: User) -> None:
    """Forget what somebody filled in: it was sent. Part of a transition."""
    Draft.objects.system_scope("it was sent").filter(case=case, by=by).delete()


def check_drafts(*, at: datetime, stop: Callable[[], bool] | None = None) -> int:
    """
    Look for names in what is not sent yet, and forget what is too old.

    For the clock. Gives how many were looked at. A draft that changed meanwhile is
    looked at the next time.
    """
    every = Draft.objects.system_scope("the clock looks for names")
    every.filter(at__lt=at - KEPT).delete()
    waiting = list(every.filter(found__isnull=True).order_by("at")[:AT_ONCE])
    if not waiting or (stop is not None and stop()):
        return 0
    texts = [(draft, name) for draft in waiting for name in draft.texts]
    try:
        found = find([draft.texts[name] for draft, name in texts], known=_nobody())
    except FinderFailed:
        logger.warning("names not looked for in %s drafts", len(waiting))
        return 0
    places: dict[int, list[list[object]]] = {draft.pk: [] for draft in waiting}
    for (draft, name), spans in zip(texts, found, strict=True):
        places[draft.pk] += [[name, span.start, span.end] for span in spans]
    return sum(
        every.filter(pk=draft.pk, texts=draft.texts).update(found=places[draft.pk])
        for draft in waiting
    )


def _nobody() -> list[str]:
    """Names that are of no person: the municipality and the organisations."""
    rows = Organisation.objects.values_list("name", "short_name")
    names = {name for row in rows for name in row if name}
    return sorted(names | {settings.MUNICIPALITY})
