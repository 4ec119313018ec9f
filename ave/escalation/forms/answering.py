"""What may be filled in to answer a request, or to write an answer down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ave.escalation.forms.spoken import SpokenForm
from ave.escalation.models import Answer, Escalation
from ave.escalation.reading import lower_word
from ave.escalation.rules import TEXT_MISSING, open_answers
from casework.access.fields import Day, Line, Pick, SentForm, Text
from casework.access.widgets import Cards
from casework.cases.forms import NO_NAMES
from casework.levels import Level
from casework.people.models import User

Kind = Answer.Kind

_EXPLANATIONS = {
    Kind.PICK_UP: "Jij bent aan zet. De procesregisseur houdt de casus.",
    Kind.DECIDE: "Schrijf je besluit. Daarna gaat het knelpunt terug.",
    Kind.ASK_FIRST: "De procesregisseur vult aan. Je dag blijft staan.",
    Kind.HIGHER: "De bestuurder krijgt de vraag met jouw advies erbij.",
}


class AnswerForm(SentForm):
    """The answer to a request: one of a few, with a text."""

    answer = Pick(label="Jouw antwoord", missing="Kies eerst een antwoord.")
    text = Text(
        label="Toelichting",
        help_text="Noem geen namen of gezondheidsgegevens.",
        required=False,
    )
    binding = Line(
        label="Voor wie geldt je besluit?",
        help_text="Alleen als je besluit. Een functie of een partij, geen naam.",
        max_length=200,
        required=False,
    )
    until_on = Day(
        label="Tot wanneer geldt je besluit?",
        help_text="Alleen als je besluit.",
        required=False,
    )
    formal_reference = Line(
        label="Hoort er een formeel besluit bij?",
        help_text="Alleen als je besluit. Het nummer of kenmerk daarvan, geen naam.",
        max_length=60,
        required=False,
    )

    def __init__(self, *args: Any, escalation: Escalation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.escalation = escalation
        self.open = open_answers(escalation)
        free = [kind for kind in self.open if kind not in TEXT_MISSING]
        may = " of ".join(f'"{self._label(kind)}"' for kind in free)
        self.needed = {"text": f"mag leeg blijven bij {may}" if free else "nodig"}
        field = self.fields["answer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, self._label(kind)) for kind in self.open]
        field.widget = Cards(
            choices=field.choices,
            explanations={kind.value: self.explain(kind) for kind in self.open},
        )

    def clean_until_on(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("until_on")

    def clean(self) -> dict[str, Any]:
        """Ask for the text that this answer needs, by the name of the level."""
        data = super().clean() or self.cleaned_data
        kind = data.get("answer")
        if not kind or "text" in self.errors or data.get("text", "").strip():
            return data
        if kind == Kind.LOWER:
            where = lower_word(Level(self.escalation.to_level))
            self.add_error(
                "text",
                f"Schrijf waarom dit op {where} kan. "
                "De procesregisseur kan er dan mee verder.",
            )
        elif kind in TEXT_MISSING:
            self.add_error("text", TEXT_MISSING[Kind(kind)])
        return data

    def given(self) -> dict[str, Any]:
        """Give the facts of the answer; a decision says more."""
        facts = {
            "answer": self.cleaned_data["answer"],
            "text": self.cleaned_data["text"],
            "seen": self.cleaned_data["seen"],
        }
        if facts["answer"] == Kind.DECIDE:
            for name in ("binding", "until_on", "formal_reference"):
                facts[name] = self.cleaned_data[name]
        return facts

    def _label(self, kind: Answer.Kind) -> str:
        if kind == Kind.LOWER:
            return f"Dit kan op {lower_word(Level(self.escalation.to_level))}"
        return str(kind.label)

    def explain(self, kind: Answer.Kind) -> str:
        """Say what happens when this answer is given."""
        if kind != Kind.LOWER:
            return _EXPLANATIONS.get(kind, "")
        bottleneck = self.escalation.bottleneck
        below = Level(self.escalation.to_level).below
        if below is not None and bottleneck.level >= below > Level.PROCES:
            where = f"bij {below.label.lower()}"
        else:
            where = "bij de procesregisseur"
        verb = "gaat terug en blijft" if self._returns(below) else "blijft"
        return f"Het knelpunt {verb} {where}. Schrijf waarom."

    def _returns(self, below: Level | None) -> bool:
        return below is not None and self.escalation.bottleneck.level > below


class RecordForm(SpokenForm, AnswerForm):
    """What the answerer said by telephone or in a meeting, written down for him."""

    def __init__(
        self, *args: Any, givers: Sequence[User], now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.givers = {str(each.pk): each for each in givers}
        self.offer([(key, each.name) for key, each in self.givers.items()])
        self.fields["answer"].label = "Wat was het antwoord?"

    def explain(self, kind: Answer.Kind) -> str:
        """Say nothing: it is the answer of another."""
        return ""

    def clean(self) -> dict[str, Any]:
        """Refuse a moment that must still come, or from before the question."""
        data = super().clean() or self.cleaned_data
        self.refuse_moment(
            asked=self.escalation.asked_at, now=self.now, words="stelde je de vraag"
        )
        return data

    def said_by(self) -> User:
        """Give who said it."""
        return self.givers[self.cleaned_data["giver"]]


class SupplyForm(SentForm):
    """What the procesregisseur adds to his question."""

    text = Text(
        label="Wat wil je aanvullen?",
        help_text=NO_NAMES,
        missing="Schrijf wat je aanvult.",
    )


class SilenceForm(SentForm):
    """Whether the next level must know that an answer stays out."""

    REASONS = (
        ("calling", "Ik bel eerst zelf"),
        ("coming", "Het antwoord komt eraan"),
        ("settled", "De vraag is bijna opgelost"),
    )

    tell = Pick(
        label="Moet het hogere niveau dit weten?",
        missing="Kies ja of nee.",
        choices=[("yes", "Ja"), ("no", "Nee, nu niet")],
    )
    reason = Pick(
        label="Waarom niet?",
        choices=REASONS,
        required=False,
    )
    needed: Mapping[str, str] = MappingProxyType({"reason": "nodig bij nee"})

    def clean(self) -> dict[str, Any]:
        """Ask for a reason when the answer is no."""
        data = super().clean() or self.cleaned_data
        if data.get("tell") == "no" and not data.get("reason"):
            self.add_error("reason", "Kies waarom je het nu niet laat weten.")
        return data


class UntoldForm(SentForm):
    """What who steers does where nobody above can be told that an answer stays out."""

    tell = forms.CharField(required=False, widget=forms.HiddenInput(), initial="no")
    reason = Pick(
        label="Wat doe je nu?",
        missing="Kies wat je nu doet.",
        choices=(*SilenceForm.REASONS, ("other_way", "Ik zoek een andere weg")),
    )

    def clean_tell(self) -> str:
        """Refuse the yes of a page on which it could be chosen."""
        if self.cleaned_data["tell"] == "yes":
            raise ValidationError("Dit kan daar nu niemand weten. Kies wat je nu doet.")
        return "no"


class AgendaForm(SentForm):
    """On which day the bestuurlijk overleg has a silence at the top on its agenda."""

    agenda_on = Day(
        label="Op welke dag is dat overleg?",
        missing="Kies de dag van het bestuurlijk overleg: vandaag of later.",
    )


class SkippedForm(SentForm):
    """What who steers does where the level that spoed skipped can't look back."""

    reason = Pick(
        label="Wat doe je nu?",
        missing="Kies wat je nu doet.",
        choices=(
            ("telling", "Ik vertel het zelf, zonder namen"),
            ("meeting", "Ik leg het voor in een overleg"),
            ("not_needed", "Terugkijken is niet meer nodig"),
        ),
    )
