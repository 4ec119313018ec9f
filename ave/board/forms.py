"""What may be asked of the list of cases."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from casework.access.fields import UNKEPT
from casework.access.pages import After
from casework.cases.models import Case
from casework.cases.search import SHORTEST
from casework.keys.searching import SearchForm
from casework.levels import Level

NO_SUCH_PAGE = "Deze pagina is er niet. Ga terug naar pagina 1."
NO_SUCH_CHOICE = "Kies iets uit de lijst."


class ListForm(SearchForm):
    """Which cases somebody wants to see, and from where on."""

    words = "q"
    page = "na"

    q = forms.CharField(
        label="Zoek",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={
            "max_length": "Dit is te lang. Gebruik hoogstens 100 tekens.",
            "null_characters_not_allowed": UNKEPT,
        },
    )
    niveau = forms.TypedChoiceField(
        label="Niveau",
        required=False,
        coerce=lambda value: Level(int(value)),
        empty_value=None,
        choices=[("", "Alle niveaus")]
        + [(level.value, f"{level.value} {level.label}") for level in Level],
        error_messages={"invalid_choice": NO_SUCH_CHOICE},
    )
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Alle lopende casussen"), *Case.Status.choices],
        error_messages={"invalid_choice": NO_SUCH_CHOICE},
    )
    soort = forms.ChoiceField(
        label="Soort",
        required=False,
        choices=[("", "Alle soorten"), *Case.Kind.choices],
        error_messages={"invalid_choice": NO_SUCH_CHOICE},
    )
    na = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.HiddenInput(),
        error_messages={
            "max_length": NO_SUCH_PAGE,
            "null_characters_not_allowed": NO_SUCH_PAGE,
        },
    )

    def clean_q(self) -> str:
        """Ask for three letters; fewer find everything."""
        words = self.cleaned_data["q"].strip()
        if words and len(words) < SHORTEST:
            raise ValidationError("Typ minstens 3 letters om te zoeken.")
        return str(words)

    def clean_na(self) -> After | None:
        """Read the last row of the page before: "2026-11-27_12"."""
        given = self.cleaned_data["na"]
        if not given:
            return None
        day, _, key = given.partition("_")
        try:
            return After(date.fromisoformat(day), _key(key))
        except ValueError:
            raise ValidationError(NO_SUCH_PAGE) from None

    @property
    def after(self) -> After | None:
        """Give the last row of the page before, or None on the first page."""
        found = self.cleaned_data.get("na")
        return found if isinstance(found, After) else None

    @property
    def narrows(self) -> bool:
        """Whether it asks for less than everything that runs."""
        names = ("q", "niveau", "status", "soort")
        return any(self.cleaned_data.get(name) for name in names)


def _key(text: str) -> int:
    key = int(text)
    if not 0 < key < 2**63:
        raise ValueError(text)
    return key
