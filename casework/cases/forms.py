"""What may be filled in about a case and its bottlenecks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from casework.access.fields import Day, Line, Pick, PickRow, SentForm, Text
from casework.access.widgets import Cards
from casework.cases.models import Bottleneck, Case
from casework.people.models import Organisation

NO_NAMES = "Noem geen namen, adressen of gezondheidsgegevens."
READ_BY_BOTH = (
    "De procesregisseur en de casusregisseur lezen dit. Schrijf hier niets medisch "
    "en niets van politie of justitie. Moet de procesregisseur dat weten? Bel dan."
)
"""Of words without a tag for where they came from: whose rule would keep them from some."""


class RewordForm(SentForm):
    """The text of a bottleneck alone."""

    TEXTS = ("description", "tried", "breaker")

    description = Text(
        label="Wat loopt vast?",
        help_text=f"Een hoger niveau leest deze tekst. {NO_NAMES}",
        missing="Schrijf op wat vastloopt.",
        max_length=2000,
    )
    tried = Text(
        label="Wat is al geprobeerd?",
        help_text=NO_NAMES,
        missing="Schrijf op wat jullie al probeerden.",
        max_length=2000,
    )
    breaker = Line(
        label="Wie kan het losmaken?",
        help_text="Een functie of een partij, geen naam.",
        max_length=200,
        required=False,
    )


class BottleneckForm(RewordForm):
    """What stops the help: written without names, for whoever reads the question."""

    kinds = forms.MultipleChoiceField(
        label="Waar loopt het op vast?",
        choices=Bottleneck.Kind.choices,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": "Kies waar het op vastloopt: inhoud, samenwerking of allebei.",
            "invalid_choice": "Kies iets uit de lijst.",
        },
    )
    theme = Pick(
        label="Waar gaat het over?",
        choices=[("", "Kies..."), *Bottleneck.Theme.choices],
        widget=forms.Select(),
        missing="Kies waar het over gaat.",
    )
    since = Day(
        label="Sinds wanneer?", missing="Kies de dag waarop het vastliep, ongeveer."
    )
    cause = PickRow(
        Organisation.objects.none(),
        label="Bij welke partij zit het vast?",
        help_text="Iemand van deze partij krijgt de vraag niet.",
        required=False,
        empty_label="Geen, of bij meer partijen",
    )

    BOTTLENECK = (
        "description",
        "kinds",
        "theme",
        "since",
        "tried",
        "breaker",
        "cause",
    )

    field_order = BOTTLENECK

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cause = self.fields["cause"]
        assert isinstance(cause, forms.ModelChoiceField)
        cause.queryset = Organisation.objects.filter(is_active=True).order_by("name")

    def clean_since(self) -> Any:
        """Refuse a day that must still come."""
        day = self.cleaned_data["since"]
        if self.today is not None and day > self.today:
            raise ValidationError("Kies een dag die al geweest is.")
        return day

    def stuck(self) -> dict[str, Any]:
        """Give the facts of the bottleneck alone."""
        return {name: self.cleaned_data[name] for name in self.BOTTLENECK}


class EndForm(SentForm):
    """How a bottleneck ended."""

    state = Pick(
        label="Hoe eindigde het?",
        missing="Kies hoe het eindigde.",
        choices=[
            (Bottleneck.State.SOLVED, "Opgelost"),
            (Bottleneck.State.ACCEPTED, "Geaccepteerd"),
            (Bottleneck.State.LAPSED, "Vervallen"),
        ],
        widget=Cards(
            explanations={
                "solved": "De hulp gaat weer verder.",
                "accepted": "Het blijft zo. We spraken af hoe we ermee omgaan.",
                "lapsed": "Het speelt niet meer, of het bleek iets anders.",
            }
        ),
    )
    reason = Text(
        label="Schrijf kort op hoe",
        help_text=NO_NAMES,
        missing="Schrijf kort op hoe het eindigde.",
        max_length=2000,
    )


class CloseForm(SentForm):
    """With which outcome a case closes."""

    needed: Mapping[str, str] = MappingProxyType(
        {"reason": "nodig als een ander verdergaat"}
    )
    OUTCOMES = (
        Case.Outcome.SOLVED,
        Case.Outcome.PARTLY,
        Case.Outcome.NOT,
        Case.Outcome.SAFETY_HOUSE,
        Case.Outcome.ELSEWHERE,
    )

    outcome = Pick(
        label="Met welke uitkomst sluit je af?",
        choices=[(each.value, each.label) for each in OUTCOMES],
        missing="Kies met welke uitkomst je afsluit.",
    )
    reason = Text(
        label="Wat wil je vasthouden voor later?",
        help_text="Dit komt als notitie in het dossier. Gaat een ander verder? Schrijf "
        "dan op wie, en hoe je die bereikt. Later vragen we of het is aangekomen.",
        required=False,
    )


class ReopenForm(SentForm):
    """Why a closed case is opened again."""

    reason = Text(
        label="Waarom heropen je deze casus?",
        help_text="Jij wordt de procesregisseur. Dit komt als notitie in het dossier.",
        missing="Schrijf waarom je de casus heropent.",
    )


class DetailsForm(SentForm):
    """The labels of a case that drive nothing."""

    mnemonic = Line(
        label="Geheugensteun",
        help_text="Alleen wie het dossier leest, ziet dit. Gebruik geen naam of adres.",
        max_length=60,
        required=False,
    )
    ave_phase = Line(
        label="AVE-fase",
        help_text="De fase die jullie zelf gebruiken. Het niveau verandert er niet door.",
        max_length=20,
        required=False,
    )
