"""What a mail says: fixed words, the kind of work, the reference, the day, a link."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.conf import settings
from django.template.loader import render_to_string

from casework.people.models import Absence, User
from casework.work.days import end_of, last_day, local_day, short
from casework.work.due import ZONE
from casework.work.models import WorkItem


class Opening(StrEnum):
    """The first words of a mail about one piece of work."""

    NEW = "Nieuw te doen"
    REMINDER = "Herinnering"
    TODAY = "Uiterlijk vandaag"
    LATE = "Te laat"
    SILENT = "Nog geen antwoord"
    ASKED = "Vraag om antwoord"
    HANDED = "Nu bij jou"
    MOVED = "Nieuwe dag"


EXPLAINED = {
    Opening.NEW: "Er staat nieuw werk voor je klaar.",
    Opening.REMINDER: "Dit staat nog op je lijst.",
    Opening.TODAY: "Vandaag is de laatste dag hiervoor.",
    Opening.LATE: "De dag hiervoor is voorbij. Het staat nog open.",
    Opening.SILENT: "Een collega heeft hier nog niet op gereageerd. Wil jij kijken?",
    Opening.ASKED: "Een collega wacht hierop en vraagt of je wilt antwoorden.",
    Opening.HANDED: "Dit werk is nu van jou.",
    Opening.MOVED: "De dag hiervoor is veranderd.",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in text and in HTML without style."""

    subject: str
    text: str
    html: str


def opening_for(item: WorkItem, *, at: datetime) -> Opening:
    """Give the words that fit how much time is left."""
    if item.is_overdue(at=at):
        return Opening.LATE
    if item.is_due_today(at=at):
        return Opening.TODAY
    return Opening.REMINDER


def about_work(item: WorkItem, *, opening: Opening, waits: bool = False) -> Letter:
    """
    Write a mail about one piece of work; `waits` if its reader asked another for it.

    About another's silence it leads to Mijn werk: that says what can be done. Only who
    hears that his own desk is silent may open it.
    """
    silent = opening is Opening.SILENT and (waits or item.owner_user_id is not None)
    words = words_of(item)
    parts = [f"{opening}: {words}", item.reference, f"uiterlijk {until_of(item)}"]
    return _letter(
        "reminder",
        subject=", ".join(part for part in parts if part),
        facts={
            "explained": EXPLAINED[opening],
            "words": words,
            "reference": item.reference,
            "until": until_of(item),
            "urgent": item.urgent,
            "link": address("/" if silent else item.link),
        },
    )


def overview(
    items: Sequence[WorkItem],
    *,
    at: datetime,
    unsubscribe: str,
    of_others: Set[int] = frozenset(),
) -> Letter:
    """Write the digest of one morning; `of_others` are the keys of what others do."""
    count = len(items)
    subject = "1 ding te doen" if count == 1 else f"{count} dingen te doen"
    rows = [
        {
            "words": silence_of(item) if item.pk in of_others else words_of(item),
            "reference": item.reference,
            "until": until_of(item),
            "late": item.is_overdue(at=at),
            "link": address("/" if item.pk in of_others else item.link),
        }
        for item in items
    ]
    return _letter(
        "digest",
        subject=f"{subject}, {short(local_day(at))}",
        facts={"rows": rows, "link": address("/"), "unsubscribe": unsubscribe},
    )


def absence_begins(absence: Absence, *, for_deputy: bool) -> Letter:
    """Write that somebody is away and who does his work."""
    until = short(last_day(absence.ends_at)) if absence.ends_at else ""
    return _letter(
        "absence_begins",
        subject=f"Vervanging begint, {short(local_day(absence.starts_at))}",
        facts={
            "away": absence.user.name,
            "deputy": absence.deputy.name,
            "for_deputy": for_deputy,
            "until": until,
            "link": address("/"),
        },
    )


def absence_ends(absence: Absence, *, at: datetime, is_replaced: bool) -> Letter:
    """Write that a deputy stops: somebody is back, another goes on, or nobody does."""
    return _letter(
        "absence_ends",
        subject=f"Vervanging is klaar, {short(local_day(absence.ends_at or at))}",
        facts={
            "away": absence.user.name,
            "deputy": absence.deputy.name,
            "is_replaced": is_replaced,
            "is_back": _is_back(absence),
            "link": address("/"),
        },
    )


def anchor_of_log(note: str, *, day: date) -> Letter:
    """Write the mail that keeps the day's checkpoint of the log with the FG."""
    return _letter(
        "anchor", subject=f"IJkpunt van het logboek, {short(day)}", facts={"note": note}
    )


def second_step_reset(
    user: User, *, by: User, second: User, for_himself: bool
) -> Letter:
    """Write that somebody's second step was taken away, and who answers for it."""
    return _letter(
        "second_step_reset",
        subject="Een tweede stap bij het inloggen is weggehaald",
        facts={
            "whose": user.name,
            "by": by.name,
            "second": second.name,
            "for_himself": for_himself,
            "link": address("/"),
        },
    )


def words_of(item: WorkItem) -> str:
    """Say what kind of work it is, outside the product."""
    # Somebody's own words may hold a name, so they never leave in a mail.
    return "Iets dat je voor jezelf opschreef" if item.is_own else item.title


def silence_of(item: WorkItem) -> str:
    """Say of what another must do, that nobody did it yet."""
    return f"{Opening.SILENT}: {words_of(item)}"


def until_of(item: WorkItem) -> str:
    """Say until when it may take: "vr 27 november om 16.55 uur"."""
    if item.due_at is None:
        return short(item.due_on)
    clock = item.due_at.astimezone(ZONE)
    return f"{short(item.due_on)} om {clock:%H.%M} uur"


def address(path: str) -> str:
    """Give the whole address of a page."""
    return f"{settings.BASE_URL}{path}"


def _is_back(absence: Absence) -> bool:
    """Whether somebody said that he is back, or the last day of it is over."""
    if absence.ended_by_id is not None or absence.ends_at is None:
        return True
    return end_of(last_day(absence.ends_at)) == absence.ends_at


def _letter(name: str, *, subject: str, facts: dict[str, object]) -> Letter:
    subject = " ".join(subject.split())[:200]
    facts = {**facts, "subject": subject}
    return Letter(
        subject=subject,
        text=render_to_string(f"mail/{name}.txt", facts),
        html=render_to_string(f"mail/{name}.html", facts),
    )
