"""Who can be a regisseur of a case now, and the appointing of its casusregisseur."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.cases import grants
from casework.cases.bottlenecks import NotRunning
from casework.cases.journal import record
from casework.cases.letting_go import lapse_asked, pass_on, pass_on_asked
from casework.cases.lock import lock_case
from casework.cases.models import Case, Exclusion, Participation
from casework.cases.models.tracked import Tracked
from casework.cases.participations import end_participations, join_case
from casework.cases.reading_in import ask_to_read_in, close_asked_to_appoint, reader_key
from casework.people.errors import AlreadyDone, InvalidInput
from casework.people.models import Absence, Role, User
from casework.work import items
from casework.work.days import last_day, local_day, short


@transaction.atomic
def appoint_casusregisseur(
    case: Case, *, by: User, at: datetime, user: User
) -> Participation:
    """
    Let somebody be the casusregisseur, through all levels; he gets access at once.

    What waits for the one before him is his from now on.

    :raises AlreadyDone: if he is it
    :raises InvalidInput: if he is no casusregisseur, away, or knows these people
    """
    lock_case(case)
    require(by, Permission.STEER_CASE, case, at=at)
    if not case.is_running:
        raise NotRunning(case)
    if case.casusregisseur_id == user.pk:
        raise AlreadyDone("Deze collega is al casusregisseur.")
    require_fit(user, Role.CASUSREGISSEUR, cases=[case.pk], at=at)
    changed: list[Tracked] = [case]
    ended = end_participations(case, at=at, roles=[Participation.Role.CASUSREGISSEUR])
    changed += ended
    items.close_items(reader_key(case, case.casusregisseur_id), by=by, at=at)
    former = case.casusregisseur
    if former is not None and former.pk != case.procesregisseur_id:
        pass_on(case, former, to=user, by=by, at=at)
    case.casusregisseur = user
    case.save(update_fields=["casusregisseur"])
    rows = join_case(case, Participation.Role.CASUSREGISSEUR, at=at, user=user)
    pass_on_asked(ended, at=at)
    grants.follow([case.pk], at=at)
    close_asked_to_appoint(case, by=by, at=at)
    ask_to_read_in(case, user, by=by, at=at)
    record(
        case,
        "casusregisseur.appointed",
        by=by,
        at=at,
        changed=[*changed, *rows],
        user=user.pk,
    )
    if former is not None and not scopes(former, case, at=at):
        lapse_asked(case, former, by=by, at=at)
    return rows[0]


def require_fit(user: User, role: Role, *, cases: Sequence[int], at: datetime) -> None:
    """
    Refuse somebody who can't do this in these cases now.

    :raises InvalidInput: if he lacks the role, is away, or knows these people
    """
    if not user.is_active or role not in user.roles(on=local_day(at)):
        raise InvalidInput(
            f"Kies iemand met de rol {role.label.lower()}.", field="user"
        )
    absence = Absence.objects.active(at).filter(user=user).first()
    if absence is not None:
        end = absence.ends_at
        until = f" tot en met {short(last_day(end))}" if end else ""
        raise InvalidInput(
            f"Deze collega is er niet{until}. Kies iemand anders of de vervanger.",
            field="user",
        )
    if Exclusion.objects.filter(user=user, case__in=cases).exists():
        raise InvalidInput(
            "Deze collega kent deze mensen. Kies iemand anders.", field="user"
        )
