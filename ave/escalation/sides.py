"""Whose question it is: who asks something does not answer it as well."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from ave.escalation.models import DeEscalation, Escalation
from casework.cases.models import Participation
from casework.people.absence import acting_for
from casework.people.errors import NotPermitted
from casework.people.models import User

OWN = "Je kunt je eigen vraag niet beantwoorden."
OF_HIS_CASE = (
    "Je voert de procesregie van deze casus, of je vervangt wie dat doet. "
    "Een ander beantwoordt deze vraag."
)


def asks_it(user: User, question: Escalation | DeEscalation, *, at: datetime) -> bool:
    """
    Whether somebody stands on the side of who asked, so that another must answer.

    Who asked it, in whose name, and who steers the case now; also who stands in for
    one of them, unless it is asked of himself. What is only to be read, is asked by
    nobody but who wrote it. Two queries at most.
    """
    if user.pk == question.asker_id:
        return True
    if isinstance(question, Escalation):
        if question.kind == Escalation.Kind.NOTICE:
            return False
        asked = question.answerer_id
    else:
        asked = question.receiver_id
    asking = _asking_side(question)
    if user.pk in asking:
        return True
    return user.pk != asked and not asking.isdisjoint(acting_for(user, at=at))


def require_another(
    user: User, question: Escalation | DeEscalation, *, at: datetime
) -> None:
    """
    Refuse an answer of who stands on the side of who asked.

    :raises NotPermitted: if he does
    """
    if asks_it(user, question, at=at):
        raise NotPermitted(OWN if user.pk == question.asker_id else OF_HIS_CASE)


def _asking_side(question: Escalation | DeEscalation) -> set[int]:
    """Who may not answer: a deputy's place at that moment says in whose name he asked."""
    lent = (
        Participation.objects.system_scope("in whose name it was asked")
        .filter(
            Q(ended_at__isnull=True) | Q(ended_at__gte=question.asked_at),
            case=question.case_id,
            role=Participation.Role.PROCESREGISSEUR,
            user=question.asker_id,
            on_behalf_of__isnull=False,
            from_at__lte=question.asked_at,
        )
        .values_list("on_behalf_of", flat=True)
    )
    side = {question.asker_id, question.case.procesregisseur_id, *lent}
    return {each for each in side if each is not None}
