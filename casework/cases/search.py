"""Which of somebody's cases hold some words: in reference, kind or party."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from casework.cases.models import Case, Participation
from casework.cases.models.case import CaseQuerySet
from casework.people.models import User

SHORTEST = 3
MOST_WORDS = 6


def search(user: User, words: str, *, at: datetime) -> CaseQuerySet:
    """
    Give the cases that somebody may see and in which every word is found.

    Check and search are one statement; the caller logs the words.
    """
    found = Case.objects.visible_to(user, at=at)
    for word in words.split()[:MOST_WORDS]:
        found = found.filter(_holds(word, at=at))
    return found


def _holds(word: str, *, at: datetime) -> Q:
    kinds = [
        value for value, label in Case.Kind.choices if word.lower() in label.lower()
    ]
    parties = (
        Participation.objects.system_scope("parties of cases that he may see")
        .running(at)
        .filter(case=OuterRef("pk"))
        .filter(
            Q(organisation__name__icontains=word)
            | Q(organisation__short_name__icontains=word)
            | Q(desk__name__icontains=word)
        )
    )
    return Q(reference__icontains=word) | Q(kind__in=kinds) | Q(Exists(parties))
