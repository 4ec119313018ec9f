"""Form fields and the base form: clear Dutch errors, the typed text kept."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

UNKEPT = "Er staat een teken in dat we niet kunnen bewaren. Typ de tekst opnieuw."
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)
OUT_OF_REACH = "Kies een dag tussen 1900 en 2100."

# Control signs (but no tab or line end), and what turns the direction of the text.
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*")


class Text(forms.CharField):
    """A text in a few lines or more, of signs that show, at most `max_length`."""

    def __init__(
        self, *, max_length: int = 4000, rows: int = 4, missing: str = "", **kw: Any
    ) -> None:
        kw.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        errors = {
            "max_length": f"Dit is te lang. Gebruik hoogstens {max_length} tekens.",
            "required": missing or "Vul dit in.",
        }
        super().__init__(max_length=max_length, error_messages=errors, **kw)

    def clean(self, value: Any) -> Any:
        """Refuse signs that show nothing or lie; nothing that shows is empty."""
        if isinstance(value, str):
            if _UNKEPT.search(value):
                raise ValidationError(UNKEPT)
            if _INVISIBLE.fullmatch(value):
                value = ""
            value = unicodedata.normalize("NFC", value)
        return super().clean(value)


class Line(Text):
    """A text on one line."""

    def __init__(self, *, max_length: int = 120, **kw: Any) -> None:
        kw.setdefault("widget", forms.TextInput())
        super().__init__(max_length=max_length, **kw)


class Day(forms.DateField):
    """A day, typed as the browser's date field or as dag-maand-jaar."""

    def __init__(self, *, missing: str = "", **kw: Any) -> None:
        kw.setdefault(
            "widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )
        errors = {
            "invalid": "Deze dag bestaat niet. Kies een dag uit de kalender.",
            "required": missing or "Kies een dag.",
        }
        super().__init__(
            input_formats=["%Y-%m-%d", "%d-%m-%Y"], error_messages=errors, **kw
        )

    def clean(self, value: Any) -> Any:
        """Name the day that does not exist: "31 november bestaat niet"."""
        try:
            day = super().clean(value)
        except ValidationError as error:
            if error.code == "invalid" and (named := _named(str(value))):
                said = f"Kies een dag die bestaat. {named} bestaat niet."
                raise ValidationError(said) from None
            raise
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(OUT_OF_REACH)
        return day


_MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]


def _named(value: str) -> str:
    parts = value.strip().split("-")
    if len(parts) != 3 or not all(
        part.isdecimal() and part.isascii() for part in parts
    ):
        return ""
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    if len(year) != 4 or not 1 <= int(month) <= 12 or len(day) > 2:
        return ""
    return f"{int(day)} {_MONTHS[int(month) - 1]}"


class Pick(forms.ChoiceField):
    """One of a few, shown as radio buttons; nothing is chosen beforehand."""

    def __init__(self, *, missing: str = "", **kw: Any) -> None:
        kw.setdefault("widget", forms.RadioSelect())
        errors = {
            "required": missing or "Maak een keuze.",
            "invalid_choice": "Kies iets uit de lijst.",
        }
        super().__init__(error_messages=errors, **kw)


class PickRow(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """One row of a scoped queryset."""

    def __init__(self, queryset: Any, *, missing: str = "", **kw: Any) -> None:
        errors = {
            "required": missing or "Kies iets uit de lijst.",
            "invalid_choice": "Kies iets uit de lijst.",
        }
        kw.setdefault("empty_label", "Kies...")
        super().__init__(queryset, error_messages=errors, **kw)

    def to_python(self, value: Any) -> Any:
        """Refuse what is no key, such as NUL bytes, as any other wrong choice."""
        if isinstance(value, str) and value and not value.isascii():
            raise ValidationError(self.error_messages["invalid_choice"])
        if isinstance(value, str) and (len(value) > 18 or "\x00" in value):
            raise ValidationError(self.error_messages["invalid_choice"])
        return super().to_python(value)


class SentForm(forms.Form):
    """
    A form that is sent once; `seen` is the version of what it is about.

    `today` bounds days that must still come. `needed` says when a field that may be
    empty must be filled in: the name of the field -> "nodig bij nee".
    """

    needed: Mapping[str, str] = MappingProxyType({})
    submit_id = forms.UUIDField(
        widget=forms.HiddenInput(), required=False, initial=uuid.uuid4
    )
    seen = forms.IntegerField(
        widget=forms.HiddenInput(), required=False, min_value=0, max_value=2**31 - 1
    )

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def facts(self) -> dict[str, Any]:
        """Give the cleaned data without the technical fields."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"submit_id", "seen"}
        }

    def day_to_come(self, name: str) -> date | None:
        """Give the day in a field, refused when it is over."""
        day: date | None = self.cleaned_data.get(name)
        if day is not None and self.today is not None and day < self.today:
            raise ValidationError("Kies een dag die nog komt.")
        return day
