"""Which answer may be given when, and by whom: one table for the whole protocol."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from ave.escalation.models import Answer, Escalation
from ave.escalation.sides import require_another
from casework.levels import Level
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.people.models import User

Turn = Escalation.Turn
Kind = Answer.Kind

ANSWERS_IN_TURN: dict[str, tuple[Answer.Kind, ...]] = {
    Turn.REVIEW: (Kind.PICK_UP, Kind.DECIDE, Kind.ASK_FIRST, Kind.HIGHER, Kind.LOWER),
    Turn.CARRY: (Kind.DECIDE, Kind.ASK_FIRST, Kind.HIGHER, Kind.LOWER),
    Turn.SUPPLY: (),
    Turn.ENDED: (),
}
"""One set of answers everywhere; who carries a bottleneck cannot pick it up again."""

TEXT_MISSING = {
    Kind.DECIDE: "Schrijf je besluit.",
    Kind.ASK_FIRST: "Schrijf wat je eerst wilt weten.",
    Kind.HIGHER: "Schrijf je advies voor wie de vraag nu krijgt.",
    Kind.LOWER: (
        "Schrijf waarom dit op een lager niveau kan. "
        "De procesregisseur kan er dan mee verder."
    ),
    Kind.SUPPLIED: "Schrijf wat je aanvult.",
}


class AnsweredBefore(AlreadyDone):
    """Somebody answered this request just before."""


def open_answers(escalation: Escalation) -> tuple[Answer.Kind, ...]:
    """Give the answers that this request takes now, in the order of the screen."""
    if escalation.kind == Escalation.Kind.NOTICE:
        return (Kind.READ,) if escalation.turn == Turn.REVIEW else ()
    held = ANSWERS_IN_TURN[escalation.turn]
    at_the_top = escalation.to_level == Level.BESTUURLIJK
    picked_up = escalation.bottleneck.level == escalation.to_level
    return tuple(
        kind
        for kind in held
        if not (kind is Kind.HIGHER and at_the_top)
        and not (kind is Kind.PICK_UP and picked_up)
    )


def require_answer(
    escalation: Escalation,
    kind: Answer.Kind,
    *,
    by: User,
    giver: User,
    text: str,
    at: datetime,
) -> None:
    """
    Refuse an answer that this request does not take, or not from this person.

    :raises NotPermitted: if he stands on the side of who asked, or it is not asked of him
    :raises AnsweredBefore: if the request does not wait for this answer now
    :raises InvalidInput: if the text is missing
    """
    require_another(giver, escalation, at=at)
    if not escalation.has_turn(giver, at=at):
        raise NotPermitted("Dit doet degene aan wie het gevraagd is.")
    if kind not in open_answers(escalation):
        raise AnsweredBefore(what_happened(escalation, by))
    if not text.strip() and kind in TEXT_MISSING:
        raise InvalidInput(TEXT_MISSING[kind], field="text")


def what_happened(escalation: Escalation, reader: User) -> str:
    """In one sentence who was first, for whoever comes too late."""
    answers = escalation.answers.select_related("by", "recorded_by")
    last = answers.order_by("-pk").first()
    if last is None:
        return "Deze vraag wacht nu op iemand anders. Vernieuw de pagina."
    who = last.by.name if last.by else last.by_name
    when = timezone.localtime(last.at).strftime("%H.%M")
    if last.kind == Kind.WITHDRAW:
        return (
            f"{who} trok de vraag in om {when} uur. Niemand hoeft meer te antwoorden."
        )
    if last.kind == Kind.SUPPLIED:
        return f"{who} vulde net aan, om {when} uur. Vernieuw de pagina."
    if last.by_id == reader.pk != last.recorded_by_id:
        return (
            f"{last.recorded_by.name} schreef net op wat jij zei, om {when} uur. Klopt "
            'dat niet? Zeg het bij "Klopt dit?" in Mijn werk.'
        )
    if last.by_id == reader.pk:
        return f"Je hebt al geantwoord, om {when} uur. Je hoeft niets meer te doen."
    if escalation.answers.filter(by=reader).exists():
        return (
            f"Je hebt al geantwoord. Daarna antwoordde {who}, om {when} uur. "
            "Dat antwoord geldt."
        )
    return f"{who} antwoordde net voor je, om {when} uur. Dat antwoord geldt."
