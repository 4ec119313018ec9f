"""What may be filled in when it is stuck, and in the answer to that."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from casework.access.fields import Day, Pick, PickRow, SentForm, Text
from casework.access.widgets import Cards
from casework.cases.forms import NO_NAMES, READ_BY_BOTH
from casework.cases.models import Bottleneck


class StuckForm(SentForm):
    """What is stuck, without names."""

    text = Text(
        label="Wat loopt vast?",
        help_text=f"Noem geen namen of adressen. {READ_BY_BOTH}",
        missing="Schrijf wat er vastloopt.",
        max_length=2000,
    )


class ThreatForm(SentForm):
    """Why it threatens to get stuck."""

    reason = Text(
        label="Waarom dreigt het vast te lopen?",
        missing="Schrijf waarom het dreigt vast te lopen.",
        rows=2,
        max_length=1000,
    )


class PickBottleneck(PickRow):
    """One open bottleneck of the case, by its number and words."""

    def label_from_instance(self, row: Any) -> str:
        """Its number and how it begins."""
        text = " ".join(row.description.split())
        return f"Knelpunt {row.number}: {text[:80]}"


class AnswerForm(SentForm):
    """Whether the procesregisseur takes it up, and as which bottleneck."""

    answer = Pick(
        label="Wat doe je?",
        choices=[("pick_up", "Ik pak het op"), ("refuse", "Nee, omdat ...")],
        widget=Cards(
            explanations={
                "pick_up": "Het wordt een knelpunt op procesniveau. Jij bent aan zet.",
                "refuse": "Schrijf waarom. Wie het meldde, leest dat.",
            }
        ),
        missing="Kies eerst een antwoord.",
    )
    reason = Text(
        label="Wat zeg je tegen wie het meldde?",
        help_text=NO_NAMES,
        rows=3,
        max_length=2000,
        required=False,
    )
    bottleneck = PickBottleneck(
        Bottleneck.objects.none(),
        label="Hoort dit bij een knelpunt dat er al is?",
        required=False,
        empty_label="Nee, dit is een nieuw knelpunt",
    )
    kinds = forms.MultipleChoiceField(
        label="Waar loopt het op vast?",
        choices=Bottleneck.Kind.choices,
        widget=forms.CheckboxSelectMultiple(),
        required=False,
        error_messages={"invalid_choice": "Kies iets uit de lijst."},
    )
    description = Text(
        label="Wat loopt vast?",
        help_text=f"Een hoger niveau leest deze tekst. {NO_NAMES}",
        max_length=2000,
        required=False,
    )
    tried = Text(
        label="Wat is al geprobeerd?",
        help_text=NO_NAMES,
        max_length=2000,
        required=False,
    )
    since = Day(label="Sinds wanneer?", required=False)

    def __init__(self, *args: Any, bottlenecks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bottleneck"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bottlenecks

    def clean_since(self) -> date | None:
        """Refuse a day that must still come."""
        day: date | None = self.cleaned_data["since"]
        if day is not None and self.today is not None and day > self.today:
            raise ValidationError("Kies een dag die al geweest is.")
        return day

    @property
    def takes_up(self) -> bool:
        """Whether the procesregisseur takes it up."""
        return bool(self.cleaned_data["answer"] == "pick_up")

    def bottleneck_facts(self) -> dict[str, Any]:
        """Give what is taken up, as the transition wants it."""
        data = self.cleaned_data
        return {
            "bottleneck": data["bottleneck"],
            "kinds": data["kinds"],
            "description": data["description"],
            "tried": data["tried"],
            "since": data["since"],
            "answer": data["reason"],
        }
