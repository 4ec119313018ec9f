"""What whoever is asked about a bottleneck will read, and the names in it by now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ave.escalation.models import Escalation
from ave.policy.answerers import NobodyToAsk
from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.bottlenecks import was_shown
from casework.cases.models import Bottleneck
from casework.cases.naming import Names, quoted
from casework.people.models import User


class SomebodyNamed(NobodyToAsk):
    """What was written about a bottleneck names somebody, so nobody may be asked."""


def refuse_named(
    bottleneck: Bottleneck,
    *,
    by: User | None,
    at: datetime,
    request: Escalation | None = None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """
    Refuse to let another read what is written about a bottleneck, if it names somebody.

    What was right when it was written may name whom the dossier knows by now. What
    another read can't be changed; the refusal says what `by` can do. `request` goes
    along as a whole. `texts` are new, by the field of the form.

    :raises InvalidInput: with the words that were found in a new text
    :raises SomebodyNamed: with the words that were found in what was written before
    """
    names = Names(bottleneck.case)
    names.refuse(**(texts or {}))
    own = (bottleneck.description, bottleneck.tried, bottleneck.breaker)
    words = names.found_in(*own, *_said(bottleneck, request))
    if not words:
        return
    where = f"knelpunt {bottleneck.number}"
    if not any(word in text for word in words for text in own):
        where = f"een vraag of antwoord over {where}"
    raise SomebodyNamed(
        f"In {where} staat een naam of adres: {quoted(words)}. "
        f"{_way_out(bottleneck, by=by, at=at)}"
    )


def _said(bottleneck: Bottleneck, request: Escalation | None) -> Iterator[str]:
    """What was asked and answered before, and all that stands in one request."""
    # Each question counts as a change: at its first version there was none.
    if bottleneck.version > 1:
        asked = bottleneck.requests.exclude(kind=Escalation.Kind.NOTICE).order_by("pk")
        for question, answer in asked.values_list("question", "answers__text"):
            yield question
            yield answer or ""
    if request is not None:
        yield request.if_nothing
        yield request.jump_reason
        yield from request.voices.values_list("text", flat=True)


def _way_out(bottleneck: Bottleneck, *, by: User | None, at: datetime) -> str:
    if by is not None and Permission.STEER_CASE not in scopes(
        by, bottleneck.case, at=at
    ):
        return (
            'Kies "Ik wil eerst iets weten". '
            "Dan kan de procesregisseur de vraag zonder naam stellen."
        )
    if bottleneck.asked:
        return (
            "Trek de vraag in, maak een nieuw knelpunt zonder naam en rond dit "
            "knelpunt af."
        )
    if not was_shown(bottleneck):
        return (
            "Die tekst gaat mee. Ga naar het overzicht van de casus en kies bij het "
            'knelpunt "Verbeter de tekst".'
        )
    return (
        "Die tekst gaat mee, en je kunt hem niet veranderen. "
        "Maak een nieuw knelpunt zonder naam, en rond dit knelpunt af."
    )
