"""What somebody may ask the log for."""

from __future__ import annotations

from typing import Any

from django import forms

from casework.access.fields import Day
from casework.audit import wording
from casework.audit.reading import LogQuery
from casework.keys.searching import SearchForm

_GRANTED = [("", "Alles"), ("yes", "Alleen wat mocht"), ("no", "Alleen geweigerd")]


class LogFilter(SearchForm):
    """The filter above the log: everything may stay empty."""

    words = "who"
    page = "after"

    from_on = Day(label="Vanaf", required=False)
    until_on = Day(label="Tot en met", required=False)
    who = forms.CharField(
        label="Wie",
        required=False,
        max_length=120,
        help_text="Een naam, een deel ervan, of een e-mailadres.",
    )
    reference = forms.RegexField(
        label="Casus",
        required=False,
        max_length=20,
        regex=r"^AVE-[0-9]{4}-[0-9]{4,8}\Z",
        error_messages={"invalid": "Vul een kenmerk in, zoals AVE-2026-0412."},
    )
    verb = forms.ChoiceField(label="Wat", required=False)
    granted = forms.ChoiceField(label="Toegestaan", required=False, choices=_GRANTED)
    after = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
        error_messages={
            "invalid": "Deze pagina van het logboek bestaat niet. Begin opnieuw.",
            "min_value": "Deze pagina van het logboek bestaat niet. Begin opnieuw.",
            "max_value": "Deze pagina van het logboek bestaat niet. Begin opnieuw.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verb = self.fields["verb"]
        assert isinstance(verb, forms.ChoiceField)
        verb.choices = [("", "Alles"), *wording.choices()]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("from_on"), cleaned.get("until_on")
        if start and end and end < start:
            self.add_error("until_on", "Kies een dag op of na de eerste dag.")
        return cleaned

    def query(self, *, case: int | None = None) -> LogQuery:
        """
        Give what is asked for; `case` is the number that `reference` stands for.

        A reference that is of no case goes in as 0: then nothing is found.
        """
        cleaned = self.cleaned_data
        if cleaned["reference"] and case is None:
            case = 0
        granted = {"yes": True, "no": False}.get(cleaned["granted"])
        return LogQuery(
            from_on=cleaned["from_on"],
            until_on=cleaned["until_on"],
            who=cleaned["who"],
            case=case,
            verb=cleaned["verb"],
            granted=granted,
        )
