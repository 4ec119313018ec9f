"""The labels of a case that drive nothing: a mnemonic, and the phase it is in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.access.grants import require
from casework.access.permissions import Permission
from casework.cases.journal import record
from casework.cases.lock import lock_case, require_version
from casework.cases.models import Case
from casework.people.errors import TransitionRefused
from casework.people.models import User


@transaction.atomic
def change_details(
    case: Case,
    *,
    by: User,
    at: datetime,
    mnemonic: str,
    ave_phase: str,
    seen: int | None = None,
) -> Case:
    """
    Give a case another mnemonic or phase.

    :raises NotPermitted: if `by` does not steer the case
    :raises Stale: if the case changed since `seen`
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    require_version(case, seen)
    if not case.is_running:
        raise TransitionRefused("Deze casus is afgesloten.")
    case.mnemonic = mnemonic
    case.ave_phase = ave_phase
    case.save(update_fields=["mnemonic", "ave_phase"])
    record(case, "case.changed", by=by, at=at, changed=[case])
    return case
