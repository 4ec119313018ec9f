"""What may be asked of Mijn werk, and what somebody writes down for himself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from casework.access.fields import Day, Line, Pick, SentForm
from casework.work.due import Pause

NO_SUCH_PAGE = "Deze pagina is er niet. Ga terug naar pagina 1."

FARTHEST = timedelta(days=731)
MINE, TEAM, OTHERS, DONE = "mij", "team", "anderen", "klaar"


@dataclass(frozen=True, slots=True)
class Last:
    """The last row of the page before: its day, its moment if it has one, its key."""

    day: date
    moment: datetime | None
    pk: int

    def __str__(self) -> str:
        moment = self.moment.isoformat() if self.moment else ""
        return f"{self.day.isoformat()}_{moment}_{self.pk}"


class ListForm(forms.Form):
    """Which work somebody wants to see, and from where on."""

    toon = forms.ChoiceField(
        required=False,
        choices=[(MINE, "Van mij"), (TEAM, ""), (OTHERS, ""), (DONE, "")],
        error_messages={"invalid_choice": NO_SUCH_PAGE},
    )
    na = forms.CharField(
        required=False,
        max_length=90,
        error_messages={
            "max_length": NO_SUCH_PAGE,
            "null_characters_not_allowed": NO_SUCH_PAGE,
        },
    )

    def clean_na(self) -> Last | None:
        """Read the last row of the page before."""
        given = self.cleaned_data["na"]
        if not given:
            return None
        try:
            day, moment, key = given.split("_")
            found = Last(date.fromisoformat(day), _moment(moment), int(key))
        except ValueError:
            raise ValidationError(NO_SUCH_PAGE) from None
        if not 0 < found.pk < 2**63:
            raise ValidationError(NO_SUCH_PAGE)
        return found

    @property
    def shown(self) -> str:
        """Give which list is asked for."""
        return str(self.cleaned_data.get("toon") or MINE)


class OwnForm(SentForm):
    """Something that somebody has to do and writes down for himself."""

    title = Line(
        label="Wat wil je doen?",
        help_text="Alleen jij leest dit. Noem geen namen of gezondheidsgegevens.",
        missing="Schrijf op wat je wilt doen.",
        max_length=200,
    )
    due_on = Day(label="Uiterlijk op", missing="Kies een dag die nog komt.")

    def clean_due_on(self) -> Any:
        """Refuse a day that is over, or so far off that nobody plans it."""
        day = self.day_to_come("due_on")
        if day is not None and self.today is not None and day > self.today + FARTHEST:
            raise ValidationError("Kies een dag binnen twee jaar.")
        return day


class PauseForm(SentForm):
    """Until when nobody is reminded of something, and why."""

    reason = Pick(
        label="Waarom herinner je even niet?",
        choices=Pause.choices,
        missing="Kies waarom je even niet herinnert.",
    )
    until = Day(
        label="Wanneer herinneren we weer?",
        help_text="De dag waarop het klaar moet zijn, verandert niet.",
        missing="Kies een dag die nog komt, hoogstens een jaar vooruit.",
    )


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
