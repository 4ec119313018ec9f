"""What may be filled in about a referral, its assessment, and a question without case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ave.triage import answers
from ave.triage.models import Triage
from casework.access.fields import Day, Line, Pick, PickRow, SentForm, Text
from casework.access.widgets import Cards
from casework.cases import bases
from casework.cases.forms import BottleneckForm
from casework.cases.models import Case, Referral
from casework.people.models import Organisation

NO_REASON = "Schrijf op waarom je meldt. Een paar zinnen is genoeg."
ANONYMOUS = (
    "Een anonieme tip hoort hier niet. Geef die door aan het meldpunt ondermijning."
)
NEEDED = "Schrijf hier alleen op wat nodig is om te kiezen wie helpt."
_NOBODY = ("anoniem", "anonieme")
Outcome = Triage.Outcome

_THEN = {
    Outcome.PROCESREGIE: "De casus start. Knelpunt 1 gaat naar procesniveau.",
    Outcome.ADVICE: "Jij geeft de melder je advies. Daarna sluit de casus.",
    Outcome.BACK: "De casus sluit. Zeg zelf tegen de casusregisseur dat die verdergaat. "
    "Later vragen we of dat gebeurt.",
    Outcome.SAFETY_HOUSE: "De casus sluit. Draag zelf over aan het Zorg- en "
    "Veiligheidshuis. Later vragen we of het is aangekomen.",
    Outcome.ELSEWHERE: "De casus sluit. Draag zelf over aan die andere plek. "
    "Later vragen we of het is aangekomen.",
    Outcome.REFUSED: "We doen niets. De melder hoort dat.",
}


def _organisations() -> Any:
    return Organisation.objects.filter(is_active=True).order_by("name")


class ReferForm(SentForm):
    """Somebody with an account tells us that a household needs us."""

    needed: Mapping[str, str] = MappingProxyType(
        {"not_informed_reason": "nodig als je nee koos"}
    )

    reason = Text(
        label="Waarom meld je dit?",
        help_text=NEEDED,
        missing=NO_REASON,
        max_length=2000,
    )
    goal = Text(label="Wat wil je bereiken?", required=False, rows=2, max_length=1000)
    kind = Pick(
        label="Wat voor situatie is het?",
        choices=[("", "Kies..."), *Case.Kind.choices],
        widget=forms.Select(),
        missing="Kies wat voor situatie het is.",
    )
    informed = Pick(
        label="Weet de inwoner dat je dit meldt?",
        choices=[("yes", "Ja"), ("no", "Nee, nog niet")],
        missing="Kies of de inwoner weet dat je dit meldt.",
    )
    not_informed_reason = Text(
        label="Waarom weet de inwoner het nog niet?",
        required=False,
        rows=2,
        max_length=1000,
    )
    urgent = forms.BooleanField(
        label="Spoed: er moet vandaag iets gebeuren", required=False
    )

    def clean(self) -> dict[str, Any]:
        """Ask why the inhabitant does not know yet."""
        data = super().clean() or self.cleaned_data
        why = data.get("not_informed_reason", "").strip()
        if data.get("informed") == "no" and not why:
            self.add_error(
                "not_informed_reason", "Schrijf waarom de inwoner het nog niet weet."
            )
        return data

    def referral(self) -> dict[str, Any]:
        """Give the facts of the referral."""
        facts = self.facts()
        return facts | {
            "informed": facts["informed"] == "yes",
            "channel": Referral.Channel.FORM,
        }


class PhoneForm(SentForm):
    """A referral by telephone, in two minutes: who, why, and how fast."""

    referrer_name = Line(label="Wie meldt dit?", missing="Schrijf op wie dit meldt.")
    referrer_phone = Line(
        label="Telefoonnummer van de melder", max_length=20, required=False
    )
    reason = Text(
        label="Wat vertelt de melder?",
        help_text=f"{NEEDED} De naam van de inwoner hoeft nog niet.",
        missing=NO_REASON,
        max_length=2000,
    )
    urgent = forms.BooleanField(
        label="Spoed: er moet vandaag iets gebeuren", required=False
    )
    organisation = PickRow(
        Organisation.objects.none(),
        label="Van welke organisatie?",
        required=False,
        empty_label="Geen, of weet ik niet",
    )
    kind = Pick(
        label="Wat voor situatie is het?",
        choices=Case.Kind.choices,
        widget=forms.Select(),
        required=False,
        initial=Case.Kind.OVERIG,
    )
    channel = Pick(
        label="Hoe is het gemeld?",
        choices=[
            (Referral.Channel.TELEPHONE, "Per telefoon"),
            (Referral.Channel.MEETING, "In een overleg"),
        ],
        initial=Referral.Channel.TELEPHONE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _organisations()

    def clean_referrer_name(self) -> str:
        """Refuse a tip of nobody: it belongs elsewhere."""
        name: str = self.cleaned_data["referrer_name"]
        if name.strip().lower().split(" ")[0].strip(".,") in _NOBODY:
            raise ValidationError(ANONYMOUS)
        return name

    def referral(self) -> dict[str, Any]:
        """Give the facts of the referral."""
        facts = self.facts()
        return facts | {"kind": facts["kind"] or Case.Kind.OVERIG}


class AssessForm(BottleneckForm):
    """The four criteria, the outcome, and with procesregie the first bottleneck."""

    outcome = Pick(
        label="Wat is de uitkomst?",
        choices=Outcome.choices,
        widget=Cards(explanations={kind.value: text for kind, text in _THEN.items()}),
        missing="Kies een uitkomst.",
    )
    note = Text(
        label="Waarom kies je dit?",
        help_text="De melder leest dit niet, wel de uitkomst.",
        required=False,
        rows=3,
        max_length=2000,
    )
    receiver = Line(
        label="Wie neemt het over?",
        help_text="De naam van de plek of de collega, en een telefoonnummer.",
        required=False,
    )
    kind = Pick(
        label="Wat voor situatie is het?",
        choices=Case.Kind.choices,
        widget=forms.Select(),
    )
    ground = Pick(
        label="Op welke grondslag leg je gegevens vast?",
        choices=[("", "Kies..."), *bases.choices()],
        widget=forms.Select(),
        required=False,
    )
    purpose = Line(
        label="Waarvoor gebruik je de gegevens?", max_length=200, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in Triage.CRITERIA.items():
            self.fields[name] = Pick(
                label=question,
                choices=Triage.Answer.choices,
                missing=f"Kies een antwoord bij: {question.lower()}",
            )
            self.fields[f"{name}_reason"] = Line(
                label="Toelichting", max_length=300, required=False
            )
        self._missing = {
            name: str(self.fields[name].error_messages["required"])
            for name in ("description", "kinds", "theme", "since", "tried")
        }
        for name in self._missing:
            self.fields[name].required = False
        starts = (*self._missing, "ground", "purpose")
        self.needed = {
            **dict.fromkeys(starts, "nodig als procesregie start"),
            "note": "nodig als procesregie niet start",
            "receiver": "nodig als het teruggaat of naar een andere plek gaat",
        }

    @property
    def criteria(self) -> list[tuple[Any, Any]]:
        """Give each question with the line below it."""
        return [(self[name], self[f"{name}_reason"]) for name in Triage.CRITERIA]

    def clean_since(self) -> Any:
        """Refuse a day that must still come, if there is one."""
        return super().clean_since() if self.cleaned_data.get("since") else None

    def clean(self) -> dict[str, Any]:
        """Ask for all that the answers and the outcome need, in one round."""
        data = super().clean() or self.cleaned_data
        found = answers.missing(
            data,
            {name: data.get(f"{name}_reason", "") for name in Triage.CRITERIA},
            outcome=data.get("outcome", ""),
            note=data.get("note", ""),
            receiver=data.get("receiver", ""),
        )
        for name, message in found:
            if name not in self.errors:
                self.add_error(name, message)
        if data.get("outcome") != Outcome.PROCESREGIE:
            return data
        for name, message in self._missing.items():
            if name not in self.errors and not data.get(name):
                self.add_error(name, message)
        if not data.get("ground"):
            self.add_error(
                "ground", "Kies een grondslag. Zonder mag je niets vastleggen."
            )
        if not data.get("purpose"):
            self.add_error("purpose", "Schrijf waarvoor je de gegevens gebruikt.")
        return data

    def assessment(self) -> dict[str, Any]:
        """Give the facts of the assessment."""
        data = self.cleaned_data
        starts = data["outcome"] == Outcome.PROCESREGIE
        names = ("outcome", "note", "receiver", "kind", "ground", "purpose", "seen")
        return {name: data[name] for name in names} | {
            "criteria": {name: data[name] for name in Triage.CRITERIA},
            "reasons": {
                name: data[f"{name}_reason"]
                for name in Triage.CRITERIA
                if data[f"{name}_reason"]
            },
            "bottleneck": self.stuck() if starts else None,
        }


class ArrivedForm(SentForm):
    """When another received what we sent on, and what they call it."""

    arrived_on = Day(
        label="Sinds wanneer gaat de ander verder?",
        missing="Kies de dag waarop de ander het overnam.",
    )
    their_reference = Line(
        label="Hun kenmerk",
        help_text="Geen naam.",
        max_length=60,
        required=False,
    )

    def clean_arrived_on(self) -> date:
        """Refuse a day that must still come."""
        day: date = self.cleaned_data["arrived_on"]
        if self.today is not None and day > self.today:
            raise ValidationError("Kies een dag die al geweest is.")
        return day


class ConsultationForm(SentForm):
    """A question that did not become a case: advice, and no person in it."""

    asked_by = Line(label="Wie vroeg het?", missing="Schrijf op wie het vroeg.")
    organisation = PickRow(
        Organisation.objects.none(),
        label="Van welke organisatie?",
        required=False,
        empty_label="Geen, of weet ik niet",
    )
    question = Text(
        label="Wat was de vraag?",
        help_text="Schrijf niets op waaraan je een inwoner herkent.",
        missing="Schrijf op wat de vraag was.",
        max_length=2000,
    )
    advice = Text(
        label="Wat was je advies?",
        missing="Schrijf op wat je advies was.",
        max_length=2000,
    )
    minutes = forms.IntegerField(
        label="Hoeveel minuten kostte het?",
        min_value=1,
        max_value=600,
        error_messages={
            "required": "Vul het aantal minuten in: 1 tot 600.",
            "invalid": "Vul het aantal minuten in: 1 tot 600.",
            "min_value": "Vul het aantal minuten in: 1 tot 600.",
            "max_value": "Vul het aantal minuten in: 1 tot 600.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _organisations()
