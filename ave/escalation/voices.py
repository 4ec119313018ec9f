"""
Others are asked for their word beside the one who answers a request.

The answerer alone decides. A voice holds nothing up and moves no level: it is asked,
given, or it lapses when nobody needs it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ave.escalation import asking, asks
from ave.escalation.colleagues import whom
from ave.escalation.memo import refuse_named
from ave.escalation.models import Escalation, Voice
from casework.access.grants import require, scopes
from casework.access.permissions import Permission
from casework.cases import grants, letting_go
from casework.cases.confirmations import Given, ask_confirmation
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import Case, Participation
from casework.cases.models.tracked import Tracked
from casework.cases.naming import refuse_names
from casework.cases.participations import end_participations, join_case
from casework.people.absence import acting_for
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from casework.people.models import User
from casework.work import items
from casework.work.models import WorkItem

Kind = Voice.Kind
Role = Participation.Role

PLACES: dict[str, Participation.Role] = {
    Kind.ADVICE: Role.ADVISER,
    Kind.SECOND: Role.EXECUTIVE,
    Kind.POSITION: Role.ADVISER,
}
"""The place that each kind of voice gives: both read the memo and nothing else."""

TEXT_MISSING: dict[str, str] = {
    Kind.ADVICE: "Schrijf je advies.",
    Kind.SECOND: "Schrijf waarom je het ermee eens of niet eens bent.",
    Kind.POSITION: "Schrijf het standpunt van jullie organisatie.",
}


@transaction.atomic
def ask_voice(
    escalation: Escalation, *, by: User, at: datetime, kind: str, user: User
) -> Voice:
    """
    Ask a colleague for his word; he reads the memo until the request ends.

    :raises NotVisible: if `by` does not read this request
    :raises NotPermitted: if he neither steers the case nor has the turn
    :raises AlreadyDone: if the request ended
    :raises InvalidInput: if this colleague can't be asked for this
    :raises SomebodyNamed: if what he would read names somebody by now
    """
    case = lock_case(escalation)
    require_asking(escalation, by, at=at)
    if user.pk == by.pk or not whom(escalation, Kind(kind), at=at).contains(user):
        raise InvalidInput(_why_not(escalation, user), field="whom")
    refuse_named(escalation.bottleneck, by=by, at=at, request=escalation)
    voice = Voice.objects.create(
        escalation=escalation, kind=kind, user=user, asked_by=by, asked_at=at
    )
    places = join_case(case, PLACES[kind], at=at, user=user, about=escalation.key)
    grants.follow([case.pk], at=at)
    asks.ask_voice(voice, by=by, at=at)
    _record("voice.asked", voice, by=by, at=at, changed=[voice, *places])
    return voice


@transaction.atomic
def give_voice(
    voice: Voice,
    *,
    by: User,
    at: datetime,
    text: str,
    stance: str = "",
    given: Given | None = None,
) -> Voice:
    """
    Give one's word about a request; `given` says if it was spoken.

    What the procesregisseur writes down works at once, and is confirmed afterwards.

    :raises NotVisible: if he does not read this request
    :raises NotPermitted: if it was not asked of him, or he answers the request himself
    :raises AlreadyDone: if it was given before, or is needed no longer
    :raises InvalidInput: without a text or a stance, or if it names somebody
    """
    case = lock_case(voice.escalation)
    escalation = voice.escalation
    voice.refresh_from_db()
    voice.escalation = escalation
    _require_giving(voice, by, spoken=given is not None, at=at)
    _require_open(voice)
    if voice.has_stance and stance not in Voice.Stance.values:
        raise InvalidInput("Kies of je het ermee eens bent.", field="stance")
    if not text.strip():
        raise InvalidInput(TEXT_MISSING[voice.kind], field="text")
    refuse_names(case, text=text)
    voice.by = voice.user if given is not None else by
    voice.recorded_by = by
    voice.at = given.at if given is not None else at
    voice.channel = given.channel if given is not None else Voice.Channel.HERE
    voice.stance = stance if voice.has_stance else ""
    voice.text = text.strip()
    voice.save(
        update_fields=["by", "recorded_by", "at", "channel", "stance", "text"],
    )
    items.close_items(voice.key, by=by, at=at, kind=asks.VOICE)
    spoken = voice.user_id if given is not None else None
    _record("voice.given", voice, by=by, at=at, changed=[voice], recorded_for=spoken)
    if given is not None:
        ask_confirmation(voice, case=case, at=at)
    return voice


@transaction.atomic
def take_back_voice(voice: Voice, *, by: User, at: datetime) -> Voice:
    """
    Ask somebody no longer for his word; at once he reads the memo no longer.

    For whoever chose the wrong colleague, or needs the word no longer. Who answers may
    not silence whom another asked.

    :raises NotVisible: if `by` does not read this request
    :raises NotPermitted: if he neither steers the case nor asked for this word
    :raises AlreadyDone: if it was given, or is asked no longer
    """
    case = lock_case(voice.escalation)
    escalation = voice.escalation
    voice.refresh_from_db()
    voice.escalation = escalation
    _require_reading(escalation, by, at=at)
    if voice not in asked_by(by, [voice], at=at):
        raise NotPermitted("Dit doet wie om de reactie vroeg, of de procesregisseur.")
    if not voice.is_open:
        raise AlreadyDone("Deze reactie staat er al, of is al niet meer nodig.")
    places = end_participations(
        case,
        at=at,
        about=escalation.key,
        roles={PLACES[voice.kind]},
        user=voice.user,
    )
    grants.follow([case.pk], at=at)
    lapse(voice, by=by, at=at, places=places)
    return voice


def asked_by(user: User, voices: Sequence[Voice], *, at: datetime) -> list[Voice]:
    """Give those of one request that somebody may take back: of who steers, all."""
    if not voices:
        return []
    if Permission.STEER_CASE in scopes(user, voices[0].case, at=at):
        return list(voices)
    people = {user.pk, *acting_for(user, at=at)}
    return [each for each in voices if each.asked_by_id in people]


def require_asking(escalation: Escalation, by: User, *, at: datetime) -> None:
    """
    Refuse who may not ask anybody beside the answerer, or when it is too late.

    :raises NotVisible: if he does not read this request
    :raises NotPermitted: if he neither steers nor has the turn, or nothing is asked
    :raises AlreadyDone: if the request ended
    """
    _require_reading(escalation, by, at=at)
    if not may_ask(escalation, by, at=at):
        raise NotPermitted(
            "Wie erbij komt, kiest de procesregisseur of wie de vraag beantwoordt."
        )
    if escalation.kind == Escalation.Kind.NOTICE:
        raise NotPermitted("Dit is ter kennisname. Er wordt niets gevraagd.")
    if escalation.ended_at is not None:
        raise AlreadyDone("Deze vraag is afgelopen. Je kunt niemand meer erbij vragen.")


def may_ask(escalation: Escalation, user: User, *, at: datetime) -> bool:
    """Whether somebody steers the case, or must answer this request."""
    return Permission.STEER_CASE in scopes(
        user, escalation.case, at=at
    ) or escalation.has_turn(user, at=at)


def follow_voices(
    escalation: Escalation, *, by: User | None, at: datetime
) -> list[Tracked]:
    """
    Let the voices follow what became of a request. Part of a transition.

    It ended: what is not given lapses, and nobody reads the memo any longer. It goes
    on, also with "Dit moet hogerop": the question is still the same, so what was said
    goes along, and who was asked is still asked, until the new day. Only who must
    answer it now is asked for his word no longer. Returns the places that ended.
    """
    voices = list(escalation.voices.select_related("user"))
    if not voices:
        return []
    ended = escalation.ended_at is not None
    places = end_participations(
        escalation.case,
        at=at,
        about=escalation.key,
        roles=set(PLACES.values()),
        user=None if ended else escalation.answerer,
    )
    grants.follow([escalation.case_id], at=at)
    for voice in voices:
        voice.escalation = escalation
        if not voice.is_open:
            continue
        if ended or voice.user_id == escalation.answerer_id:
            lapse(voice, by=by, at=at)
        else:
            _move(voice, by=by, at=at)
    return list(places)


@letting_go.leaving
def lapse_of(case: Case, user: User, *, by: User | None, at: datetime) -> None:
    """Ask somebody no longer for his word: he knows these people, or has left."""
    voices = Voice.objects.system_scope("what is asked of who sees it no longer")
    asked = voices.open().filter(escalation__case=case, user=user)
    for voice in asked.select_related("escalation__bottleneck").order_by("pk"):
        voice.escalation.case = case
        lapse(voice, by=by, at=at)


def lapse(
    voice: Voice, *, by: User | None, at: datetime, places: Sequence[Tracked] = ()
) -> None:
    """Need a word no longer, with the places that end by it. Part of a transition."""
    voice.lapsed_at = at
    voice.save(update_fields=["lapsed_at"])
    items.close_items(
        voice.key,
        by=by,
        at=at,
        kind=asks.VOICE,
        outcome=WorkItem.Outcome.LAPSED,
    )
    _record("voice.lapsed", voice, by=by, at=at, changed=[voice, *places])


def _require_reading(escalation: Escalation, by: User, *, at: datetime) -> None:
    readable = Escalation.objects.visible_to(by, at=at)
    if not readable.filter(pk=escalation.pk).exists():
        raise NotVisible


def _require_giving(voice: Voice, by: User, *, spoken: bool, at: datetime) -> None:
    escalation = voice.escalation
    _require_reading(escalation, by, at=at)
    if spoken:
        require(by, Permission.STEER_CASE, escalation.case, at=at)
        return
    if voice.user_id not in {by.pk, *acting_for(by, at=at)}:
        raise NotPermitted("Dit doet wie erbij is gevraagd.")
    in_anothers_name = by.pk != voice.user_id
    if in_anothers_name and (
        by.pk == escalation.asker_id or escalation.has_turn(by, at=at)
    ):
        raise NotPermitted(
            "Je stelde deze vraag zelf, of je beantwoordt haar. "
            "Dan kun je niet ook namens een ander reageren."
        )


def _require_open(voice: Voice) -> None:
    if voice.at is not None:
        raise AlreadyDone("Je reactie staat er al.")
    if voice.lapsed_at is not None:
        raise AlreadyDone("Je reactie is niet meer nodig. Je hoeft niets te doen.")


def _why_not(escalation: Escalation, user: User) -> str:
    if escalation.voices.standing().filter(user=user).exists():
        return "Deze collega is al gevraagd. Kies een ander."
    return "Deze collega kan hier niet bij gevraagd worden. Kies een ander."


def _move(voice: Voice, *, by: User | None, at: datetime) -> None:
    due = asking.due_of(voice.escalation, at=at)
    for item in items.open_about(voice.key, kind=asks.VOICE):
        if item.due != due:
            items.move_due(item, due=due, by=by, at=at)


def _record(
    kind: str,
    voice: Voice,
    *,
    by: User | None,
    at: datetime,
    changed: list[Tracked],
    recorded_for: int | None = None,
) -> None:
    record(
        voice.case,
        kind,
        by=by,
        at=at,
        changed=changed,
        about=voice,
        voice=str(voice.kind),
        user=voice.user_id,
        bottleneck=voice.escalation.bottleneck.number,
        recorded_for=recorded_for,
    )
