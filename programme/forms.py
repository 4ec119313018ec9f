"""What may be filled in on the pages of the programme."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from casework.access.fields import Day, Line, Pick, PickRow, SentForm, Text
from casework.people.models import Membership, Role, User
from programme.models import Activity, ProgressUpdate
from programme.overriding import MANDATE_LATER, NEEDED, UNTIL_EARLIER

OWNERLESS = "zonder-actiehouder"
PAST = "te-laat"
NO_SUCH_PAGE = "Deze pagina is er niet. Ga terug naar pagina 1."
NO_SUCH_CHOICE = "Kies iets uit de lijst."


class PageForm(forms.Form):
    """Which page of a list somebody asks for."""

    pagina = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=9999,
        widget=forms.HiddenInput(),
        error_messages={
            "invalid": NO_SUCH_PAGE,
            "min_value": NO_SUCH_PAGE,
            "max_value": NO_SUCH_PAGE,
        },
    )

    @property
    def number(self) -> int:
        """The page; the first when nobody says."""
        return int(self.cleaned_data.get("pagina") or 1)


class FilterForm(PageForm):
    """Which activities somebody wants to see."""

    thema = forms.ChoiceField(
        label="Thema",
        required=False,
        error_messages={"invalid_choice": NO_SUCH_CHOICE},
    )
    stand = forms.ChoiceField(
        label="Stand",
        required=False,
        choices=[
            ("", "Alle standen"),
            (OWNERLESS, "Zonder actiehouder"),
            (PAST, "Voorbij de dag"),
            *Activity.Status.choices,
        ],
        error_messages={"invalid_choice": NO_SUCH_CHOICE},
    )
    uiterlijk = Day(label="Uiterlijk op of voor", required=False)

    def __init__(
        self, *args: Any, themes: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        theme = self.fields["thema"]
        assert isinstance(theme, forms.ChoiceField)
        theme.choices = [("", "Alle thema's"), *themes]


def people_here(*, on: date) -> QuerySet[User]:
    """Who can be an owner: who has an account, and a desk on a day."""
    places = Membership.objects.on(on).values("user")
    return User.objects.filter(is_active=True, pk__in=places).order_by("name", "pk")


class AssignForm(SentForm):
    """Who answers for an activity."""

    owner = PickRow(
        User.objects.none(),
        label="Actiehouder",
        help_text="Hij of zij meldt elk kwartaal hoe het gaat.",
        missing="Kies een actiehouder die hier een account heeft. "
        "Staat die er niet bij? Vraag de beheerder.",
    )
    executive = PickRow(
        User.objects.none(),
        label="Verantwoordelijk bestuurder",
        required=False,
        empty_label="Nog niet bekend",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        bestuur = Membership.objects.on(today).filter(role=Role.BESTUURDER)
        owner, executive = self.fields["owner"], self.fields["executive"]
        assert isinstance(owner, PickRow)
        assert isinstance(executive, PickRow)
        owner.queryset = people_here(on=today)
        executive.queryset = people_here(on=today).filter(pk__in=bestuur.values("user"))
        owner.error_messages["invalid_choice"] = owner.error_messages["required"]


class ProgressForm(SentForm):
    """How an activity goes."""

    status = Pick(
        label="Hoe gaat het?",
        choices=[
            choice
            for choice in Activity.Status.choices
            if choice[0] != Activity.Status.PLANNED
        ],
        missing="Kies hoe het gaat.",
    )
    reason = Pick(
        label="Waarom niet?",
        required=False,
        choices=[("", "Kies een reden"), *ProgressUpdate.Reason.choices],
        widget=forms.Select(),
        help_text="Alleen nodig als het niet of deels lukte, stilstaat of vervalt.",
    )
    text = Text(
        label="Toelichting",
        required=False,
        help_text="Schrijf geen namen van inwoners en niets over een casus.",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason, or words, where it did not succeed."""
        facts = super().clean() or self.cleaned_data
        failed = facts.get("status") in Activity.NEEDS_REASON
        if failed and not (facts.get("reason") or facts.get("text")):
            self.add_error(
                "reason",
                ValidationError(
                    "Schrijf waarom het niet lukte. Kies een reden of leg het uit."
                ),
            )
        return facts


class OverrideForm(SentForm):
    """What an AOV decides where an activity is stuck."""

    text = Text(label="Wat besluit je?", missing=NEEDED["text"])
    mandate = Line(
        label="Waarop berust je mandaat?",
        max_length=200,
        missing=NEEDED["mandate"],
        help_text="Bijvoorbeeld: Collegebesluit mandaat veiligheid.",
    )
    mandate_on = Day(
        label="Van welke dag is dat mandaat?", missing="Kies de dag van je mandaat."
    )
    ground = Text(
        label="Op welke grond zet je door, en waarom kan het niet wachten?",
        missing=NEEDED["ground"],
    )
    binding = Line(
        label="Voor wie geldt het?", max_length=200, missing=NEEDED["binding"]
    )
    heard = Text(
        label="Wie is gehoord, en wat vinden zij?",
        missing=NEEDED["heard"],
        help_text="Noem partijen en functies. Schrijf geen namen van inwoners.",
    )
    until_on = Day(
        label="Tot en met wanneer geldt het?",
        missing="Kies tot en met welke dag het geldt.",
        help_text="Uiterlijk dan meldt de actiehouder hoe het gaat.",
    )
    formal_reference = Line(
        label="Kenmerk van het formele besluit",
        max_length=60,
        required=False,
        help_text="Alleen als er ook een besluit in de zin van de Awb is.",
    )

    def clean_mandate_on(self) -> date:
        """Refuse a mandate that is still to come."""
        day: date = self.cleaned_data["mandate_on"]
        if self.today is not None and day > self.today:
            raise ValidationError(MANDATE_LATER)
        return day

    def clean_until_on(self) -> date:
        """Refuse a decision that is over when its day is."""
        day: date = self.cleaned_data["until_on"]
        if self.today is not None and day <= self.today:
            raise ValidationError(UNTIL_EARLIER)
        return day


class PeriodForm(SentForm):
    """Close a period, or open it again."""

    act = forms.ChoiceField(
        choices=[("close", "Sluit"), ("reopen", "Heropen")],
        widget=forms.HiddenInput(),
        error_messages={"required": NO_SUCH_CHOICE, "invalid_choice": NO_SUCH_CHOICE},
    )


class AnswerForm(SentForm):
    """What policy says to a signal."""

    answer = Text(
        label="Jouw antwoord",
        missing="Schrijf een antwoord.",
        help_text="Schrijf wat er met het signaal gebeurt, of waarom niet.",
    )
