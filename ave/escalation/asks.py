"""What the open step of a request asks of whom: its work item."""

from __future__ import annotations

from datetime import datetime

from ave.escalation import asking
from ave.escalation.models import Answer, DeEscalation, Escalation, Voice
from casework.cases.models import Bottleneck, Case
from casework.levels import Level
from casework.people.models import User
from casework.policy import policy
from casework.policy.policy import Policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.due import Chosen, Due

REVIEW, NOTICE = "escalation.review", "escalation.notice"
CARRY = "escalation.carry"
VOICE = "escalation.voice"
SKIPPED = "escalation.skipped"
DECLINED = "stop.declined"
NEXT = "bottleneck.next"
_TITLES = {
    REVIEW: "Beantwoord de vraag over knelpunt {0}",
    NOTICE: "Goed om te weten",
    CARRY: "Los knelpunt {0} op, of besluit",
}
_NOBODY = {
    REVIEW: "Niemand kan de vraag over knelpunt {0} beantwoorden. Hoe nu verder?",
    NOTICE: "Niemand kan lezen wat er speelt bij knelpunt {0}. Hoe nu verder?",
    CARRY: "Niemand kan over knelpunt {0} besluiten. Hoe nu verder?",
}
_VOICES = {
    Voice.Kind.ADVICE: "Geef advies over knelpunt {0}",
    Voice.Kind.SECOND: "Ben je het eens over knelpunt {0}?",
    Voice.Kind.POSITION: "Geef het standpunt van jullie organisatie over knelpunt {0}",
}


def ask_review(escalation: Escalation, *, by: User | None, at: datetime) -> None:
    """Ask the answerer for an answer, or to read what is good to know."""
    is_notice = escalation.kind == Escalation.Kind.NOTICE
    _ask(escalation, NOTICE if is_notice else REVIEW, by=by, at=at)


def ask_carry(escalation: Escalation, *, by: User | None, at: datetime) -> None:
    """Ask who picked the bottleneck up to bring it to a decision."""
    _ask(escalation, CARRY, by=by, at=at)


def title_of(kind: str, escalation: Escalation, *, of_answerer: bool) -> str:
    """Say what is asked of who answers a request, or of who steers if nobody may."""
    titles = _TITLES if of_answerer else _NOBODY
    return titles[kind].format(escalation.bottleneck.number)


def ask_supply(escalation: Escalation, *, by: User | None, at: datetime) -> None:
    """Ask the procesregisseur for what the answerer wants to know first."""
    case = escalation.case
    assert case.procesregisseur is not None
    items.open_item(
        "escalation.supply",
        title=f"Vul de vraag over knelpunt {escalation.bottleneck.number} aan",
        about=escalation.key,
        link=f"/besluiten/{escalation.pk}/",
        owner=case.procesregisseur,
        due=_still_to_come(escalation, at=at),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
        asked_by=escalation.answerer,
        urgent=escalation.urgent,
        terms=escalation.policy_version,
    )


def ask_voice(voice: Voice, *, by: User, at: datetime) -> None:
    """Ask a colleague for his word beside the answerer, until the same day."""
    escalation, case = voice.escalation, voice.case
    number = escalation.bottleneck.number
    items.open_item(
        VOICE,
        title=_VOICES[Voice.Kind(voice.kind)].format(number),
        about=voice.key,
        link=f"/besluiten/{escalation.pk}/advies/",
        owner=voice.user,
        due=_still_to_come(escalation, at=at),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=escalation.to_level,
        asked_by=by,
        urgent=escalation.urgent,
        terms=escalation.policy_version,
    )


def ask_next_move(
    bottleneck: Bottleneck, *, after: Answer.Kind, by: User | None, at: datetime
) -> None:
    """Ask the procesregisseur to go on with a bottleneck after an answer."""
    case = bottleneck.case
    verb = (
        "Verwerk het besluit over" if after is Answer.Kind.DECIDE else "Ga verder met"
    )
    _ask_who_steers(
        case,
        NEXT,
        f"{verb} knelpunt {bottleneck.number}",
        about=bottleneck.key,
        link=f"/casussen/{case.reference}/opschalen/",
        by=by,
        at=at,
        rules=policy.at(local_day(at)),
    )


def ask_to_tell(escalation: Escalation, *, at: datetime) -> None:
    """Ask the procesregisseur whether the next level must know of the silence."""
    case = escalation.case
    above = Level(escalation.to_level).above
    title = (
        "Zet dit op de agenda van het bestuurlijk overleg"
        if above is None
        else f"Moet {above.label.lower()} dit weten?"
    )
    _ask_who_steers(
        case,
        "escalation.tell",
        title,
        about=escalation.key,
        link=f"/besluiten/{escalation.pk}/stil/",
        by=None,
        at=at,
        rules=policy.version(escalation.policy_version),
    )


def ask_to_look_back(escalation: Escalation, level: Level, *, at: datetime) -> None:
    """
    Ask the procesregisseur what now, as a level can't look back at what skipped it.

    About the bottleneck: it stands also when the request has ended.
    """
    bottleneck = escalation.bottleneck
    if items.open_about(bottleneck.key, kind=SKIPPED).exists():
        return
    _ask_who_steers(
        escalation.case,
        SKIPPED,
        f"{level.label} kan niet terugkijken op knelpunt {bottleneck.number}. "
        "Hoe nu verder?",
        about=bottleneck.key,
        link=f"/besluiten/{escalation.pk}/overgeslagen/",
        by=None,
        at=at,
        rules=policy.version(escalation.policy_version),
    )


def ask_receiver(stop: DeEscalation, *, by: User | None, at: datetime) -> None:
    """Ask the receiver whether he takes the case over."""
    rules = policy.at(local_day(at))
    items.open_item(
        "stop.receive",
        title="Neem je deze casus over?",
        about=stop.key,
        link=f"/casussen/{stop.case.reference}/afschalen/",
        owner=stop.receiver,
        due=due_after(rules.term("handover_accept"), at=at, rules=rules),
        by=by,
        at=at,
        case=stop.case_id,
        reference=stop.case.reference,
        level=stop.case.level,
        asked_by=stop.asker,
        rules=rules,
    )


def ask_after_refusal(stop: DeEscalation, *, by: User | None, at: datetime) -> None:
    """Ask the procesregisseur what now, when nobody takes the case over."""
    case = stop.case
    _ask_who_steers(
        case,
        DECLINED,
        "De casus wordt niet overgenomen. Hoe nu verder?",
        about=case.key,
        link=f"/casussen/{case.reference}/afschalen/",
        by=by,
        at=at,
        rules=policy.at(local_day(at)),
    )


def _ask_who_steers(
    case: Case,
    kind: str,
    title: str,
    *,
    about: str,
    link: str,
    by: User | None,
    at: datetime,
    rules: Policy,
) -> None:
    """Open work for the procesregisseur, with the term of what follows a decision."""
    assert case.procesregisseur is not None
    items.open_item(
        kind,
        title=title,
        about=about,
        link=link,
        owner=case.procesregisseur,
        due=due_after(rules.term("decision_to_tasks"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
        rules=rules,
    )


def ask_aftercare(stop: DeEscalation, *, by: User | None, at: datetime) -> None:
    """Ask the procesregisseur to look back on the day that was chosen."""
    assert stop.case.procesregisseur is not None
    items.open_item(
        "stop.aftercare",
        title="Kijk terug: hoe gaat het nu?",
        about=stop.key,
        link=f"/casussen/{stop.case.reference}/afschalen/",
        owner=stop.case.procesregisseur,
        due=Due.day(max(stop.aftercare_on, local_day(at)), Chosen.CASE),
        by=by,
        at=at,
        case=stop.case_id,
        reference=stop.case.reference,
        level=stop.case.level,
    )


def _still_to_come(escalation: Escalation, *, at: datetime) -> Due:
    """Until when a request may take: today when its day is over, or spoed's hours."""
    due = asking.due_of(escalation, at=at)
    if due.at is not None and due.at <= at:
        return asking.anew_until(escalation, at=at)
    today = local_day(at)
    return due if due.on >= today else Due(on=today)


def _ask(escalation: Escalation, kind: str, *, by: User | None, at: datetime) -> None:
    case = escalation.case
    items.open_item(
        kind,
        title=title_of(kind, escalation, of_answerer=True),
        about=escalation.key,
        link=f"/besluiten/{escalation.pk}/",
        owner=escalation.answerer,
        due=asking.due_of(escalation, at=at),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=escalation.to_level,
        asked_by=escalation.asker or case.procesregisseur,
        urgent=escalation.urgent,
        terms=escalation.policy_version,
    )
