"""How somebody who lost his telephone and his codes can log in again."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from casework.audit import log
from casework.people.errors import InvalidInput, NotPermitted
from casework.people.models import Role, User
from casework.people.transitions import end_sessions
from casework.work import letters
from casework.work.models import Delivery
from casework.work.tell import at_once

SECONDS = frozenset({Role.BEHEERDER, Role.PRIVACY_OFFICER})
"""Who may be the second person, beside the team lead."""


@transaction.atomic
def reset_second_step(user: User, *, by: User, second: User, at: datetime) -> None:
    """
    Take away every second step of somebody; he sets up a new one when he logs in.

    Nobody alone opens the account of another: two answer for it, and who is named as
    the second hears of it by mail, as he does whose account it is.

    :raises NotPermitted: if it is his own, if `by` is no functioneel beheerder, or if
        `second` is the same person or has no say in it
    :raises InvalidInput: if his account is over or he has no second step
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    _check(user, by=by, second=second, at=at)
    if not user.is_active:
        raise InvalidInput("Dit account is gestopt.", field="email")
    taken, _ = Authenticator.objects.filter(user=user).delete()
    if not taken:
        raise InvalidInput(
            "Deze collega heeft geen tweede stap. Er is niets veranderd.", field="email"
        )
    end_sessions(user)
    log.write(
        "second_step.reset",
        by=by,
        at=at,
        about=f"user:{user.pk}",
        ground=f"second:{second.pk}",
        role=Role.BEHEERDER.value,
    )
    Delivery.objects.bulk_create(
        _mail(reader, user, by=by, second=second, at=at) for reader in (user, second)
    )


def _check(user: User, *, by: User, second: User, at: datetime) -> None:
    today = timezone.localdate(at)
    if user in (by, second):
        raise NotPermitted("Niemand kan dit voor zichzelf doen. Noem twee anderen.")
    if not by.is_active or Role.BEHEERDER not in by.roles(on=today):
        raise NotPermitted("Noem met --by een functioneel beheerder.")
    if second == by:
        raise NotPermitted("Noem met --second een ander dan met --by.")
    has_a_say = user.team_lead_id == second.pk or SECONDS & second.roles(on=today)
    if not second.is_active or not has_a_say:
        raise NotPermitted(
            "Noem met --second een andere functioneel beheerder, een privacy officer "
            "of zijn leidinggevende."
        )


def _mail(
    reader: User, user: User, *, by: User, second: User, at: datetime
) -> Delivery:
    letter = letters.second_step_reset(
        user, by=by, second=second, for_himself=reader == user
    )
    key = f"account:second_step:{user.pk}:{reader.pk}:{at.isoformat()}"
    return at_once(letter, key=key, kind=Delivery.Kind.ACCOUNT, to=reader, at=at)
