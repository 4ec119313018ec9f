"""What the pages show of those who are asked beside the answerer of a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from ave.escalation.models import Escalation, Voice
from casework.cases.confirmations import dispute_of
from casework.people.absence import acting_for
from casework.people.models import User
from casework.work.days import local_day


@dataclass(frozen=True, slots=True)
class Heard:
    """One who was asked, and what he said."""

    name: str
    function: str
    asked_for: str
    says: str
    text: str
    at: datetime | None
    unconfirmed: bool
    disputed: str
    disputed_reason: str
    recorded: str


def heard_in(escalation: Escalation) -> list[Heard]:
    """
    Give who was asked in a request and what they said, in the order of asking.

    As far as whoever reads this request may read it (`reading.request_for`).
    """
    return [heard_of(voice) for voice in escalation.voices.all()]


def heard_of(voice: Voice) -> Heard:
    """Write one voice as the page shows it."""
    by, writer = voice.by, voice.recorded_by
    name = voice.user.name
    if by is not None and by.pk != voice.user_id:
        name = f"{by.name}, namens {voice.user.name}"
    recorded = ""
    if by is not None and writer is not None and writer.pk != by.pk:
        recorded = f"{voice.get_channel_display()}, opgeschreven door {writer.name}"
    return Heard(
        name=name,
        function=_function(voice),
        asked_for=voice.get_kind_display().lower(),
        says=says(voice),
        text=voice.text,
        at=voice.at,
        unconfirmed=voice.at is not None and voice.is_unconfirmed,
        disputed=dispute_of(voice),
        disputed_reason=voice.disputed_reason,
        recorded=recorded,
    )


def says(voice: Voice) -> str:
    """Say in Dutch how far it is, or what he chose."""
    if voice.lapsed_at is not None:
        return "Reactie is niet meer nodig."
    if voice.at is None:
        return "Heeft nog niet gereageerd."
    return f"{voice.chosen}." if voice.stance else ""


def voice_of(
    escalation: Escalation, user: User, *, at: datetime, name: str = ""
) -> Voice | None:
    """
    Give what was asked of somebody in a request, or of whom he stands in for.

    What is still open comes first, then his own, and last what was taken back. With a
    name that one alone, as long as it is asked of him.
    """
    people = {user.pk, *acting_for(user, at=at)}
    mine = [each for each in escalation.voices.all() if each.user_id in people]
    mine.sort(
        key=lambda each: (
            not each.is_open,
            each.user_id != user.pk,
            each.lapsed_at is not None,
        )
    )
    return next((each for each in mine if name in {"", str(each.pk)}), None)


def was_needed(user: User, pk: int, *, at: datetime) -> bool:
    """
    Whether somebody was asked for his word, and is asked no longer since today.

    The day after it is news no more; for who knows these people it never was.
    """
    people = {user.pk, *acting_for(user, at=at)}
    voices = Voice.objects.system_scope("who was asked may hear that it is over")
    asked = voices.excluding(user).filter(escalation=pk, user__in=people)
    today = local_day(at)
    over = Q(escalation__ended_at__date=today) | Q(lapsed_at__date=today)
    return asked.filter(over).exists()


def open_in(escalation: Escalation) -> list[Voice]:
    """Give the voices that are still waited for."""
    return [each for each in escalation.voices.all() if each.is_open]


def _function(voice: Voice) -> str:
    home = voice.user.organisation
    where = f", {home.short_name}" if home is not None else ""
    return f"{voice.user.job_title.lower()}{where}"
