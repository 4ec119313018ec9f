"""What may be filled in about a household, its notes, its grounds and who takes part."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet

from casework.access.fields import Day, Line, Pick, PickRow, SentForm, Text
from casework.access.widgets import Cards
from casework.cases import bases
from casework.cases.models import Breach, Note, Person, Retraction
from casework.people.models import Membership, Organisation, Role, User

ONLY_NEEDED = "Schrijf alleen op wat nodig is voor de aanpak."
EARLIER = "Kies een dag die al geweest is."
NO_PAGE = "Deze pagina is er niet. Begin opnieuw."


class PersonForm(SentForm):
    """Somebody of the household."""

    name = Line(label="Naam", missing="Schrijf hoe deze persoon heet.")
    role = Pick(
        label="Rol in het huishouden",
        choices=Person.Role.choices,
        missing="Kies een rol.",
    )
    birth_on = Day(label="Geboren op", required=False)
    address = Line(label="Adres", max_length=200, required=False)
    phone = Line(label="Telefoon", max_length=20, required=False)
    bsn = Line(
        label="BSN",
        help_text="Staat er al een BSN? Laat dit leeg om het te houden. "
        "Vul 0 in om het weg te halen.",
        max_length=12,
        required=False,
    )

    def clean_birth_on(self) -> date | None:
        """Refuse a birthday that must still come."""
        return self.day_gone_by("birth_on")

    def day_gone_by(self, name: str) -> date | None:
        """Give the day in a field, refused when it must still come."""
        day: date | None = self.cleaned_data.get(name)
        if day is not None and self.today is not None and day > self.today:
            raise ValidationError(EARLIER)
        return day


class NewPersonForm(PersonForm):
    """Somebody new, with whether he knows that we work on this."""

    bsn = Line(
        label="BSN",
        help_text="Alleen als het nodig is. Je ziet er later de laatste 3 cijfers van.",
        max_length=12,
        required=False,
    )
    informed_on = Day(
        label="Op welke dag hoorde de inwoner dat we dit vastleggen?",
        help_text="Weet de inwoner het nog niet? Laat dit leeg en schrijf waarom.",
        required=False,
    )
    not_informed_reason = Text(
        label="Waarom nog niet?",
        help_text="Je krijgt dan werk: Informeer de inwoner, met de wettelijke termijn.",
        max_length=1000,
        rows=2,
        required=False,
    )

    def clean_informed_on(self) -> date | None:
        """Refuse a day that must still come."""
        return self.day_gone_by("informed_on")


class DayForm(SentForm):
    """A day that has been."""

    on = Day(label="Op welke dag?", missing="Kies de dag waarop het was.")

    def clean_on(self) -> date:
        """Refuse a day that must still come."""
        day: date = self.cleaned_data["on"]
        if self.today is not None and day > self.today:
            raise ValidationError(EARLIER)
        return day


class LeaveForm(DayForm):
    """When somebody left the household, and where to."""

    destination = Line(
        label="Waarheen?",
        help_text="Bijvoorbeeld: beschermd wonen, de andere ouder, onbekend.",
        max_length=200,
        missing='Schrijf waarheen. Weet je het niet, schrijf dan "onbekend".',
    )


class UntoldForm(SentForm):
    """Why nobody can be informed."""

    reason = Text(
        label="Waarom is er niemand te informeren?",
        help_text="Bijvoorbeeld: we weten niet wie hier woont, het ging om een leeg pand.",
        missing="Schrijf waarom er niemand te informeren is.",
        rows=2,
    )


class NoteForm(SentForm):
    """A note, as fact or opinion, with where it comes from."""

    text = Text(label="Notitie", help_text=ONLY_NEEDED, missing="Schrijf je notitie.")
    mark = Pick(
        label="Is dit een feit of een mening?",
        choices=Note.Mark.choices,
        missing="Kies of dit een feit of een mening is.",
    )
    tag = forms.ChoiceField(
        label="Wat voor informatie is het?",
        help_text="Van politie, justitie of een arts: alleen de procesregisseur, wie "
        "het schreef en de bron lezen het. Over een kind: ook wie nu helpt in de casus.",
        choices=Note.Tag.choices,
        required=False,
    )
    source = PickRow(
        Organisation.objects.filter(is_active=True).order_by("name"),
        label="Van welke organisatie komt dit?",
        required=False,
        empty_label="Eigen waarneming",
    )


class WarningForm(SentForm):
    """What a visitor must know, with its last day."""

    text = Line(
        label="Waar moet iemand op letten?",
        help_text="Dit gaat mee met elke taak met een bezoek. Noem geen diagnose.",
        max_length=300,
        missing="Schrijf waar iemand op moet letten.",
    )
    until_on = Day(
        label="Tot en met welke dag?",
        help_text="Hoogstens een half jaar.",
        missing="Kies de laatste dag.",
    )

    def clean_until_on(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("until_on")


class GroundForm(SentForm):
    """On which ground and for what data are used."""

    code = Pick(
        label="Op welke grondslag?",
        choices=bases.choices,
        widget=Cards(explanations=bases.hints()),
        missing="Kies een grondslag.",
    )
    purpose = Line(
        label="Waarvoor?",
        help_text="Het doel in een zin. Noem geen namen.",
        max_length=200,
        missing="Schrijf waarvoor je de gegevens gebruikt.",
    )
    note = Text(
        label="Je afweging",
        help_text="Waarom is dit nodig, en kan het niet met minder?",
        required=False,
    )
    review_on = Day(
        label="Op welke dag kijk je opnieuw?", missing="Kies de dag om terug te kijken."
    )

    def clean_review_on(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("review_on")


class ReviewGroundForm(SentForm):
    """Why a ground still holds, and until when."""

    note = Text(
        label="Waarom klopt de grondslag nog?",
        missing="Schrijf waarom de grondslag nog klopt.",
    )
    review_on = Day(
        label="Op welke dag kijk je weer?", missing="Kies de dag om terug te kijken."
    )

    def clean_review_on(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("review_on")


class PartyForm(SentForm):
    """An organisation that takes part: for what, on which ground, until when."""

    organisation = PickRow(
        Organisation.objects.filter(is_active=True).order_by("name"),
        label="Welke partij?",
        missing="Kies een partij.",
    )
    scope = Line(
        label="Waarvoor doet deze partij mee?",
        max_length=200,
        missing="Schrijf waarvoor deze partij meedoet.",
    )
    ground = forms.ChoiceField(
        label="Op welke grondslag?",
        choices=lambda: [("", "Kies..."), *bases.choices()],
        error_messages={
            "required": "Kies een grondslag.",
            "invalid_choice": "Kies een grondslag uit de lijst.",
        },
    )
    until = Day(
        label="Tot en met welke dag?",
        help_text="Laat je dit leeg, dan is het tot het plan weer bekeken wordt.",
        required=False,
    )
    their_reference = Line(
        label="Hun kenmerk",
        help_text="Zo kunnen jullie over de casus praten zonder naam.",
        max_length=40,
        required=False,
    )

    def clean_until(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("until")


class ExtendForm(SentForm):
    """Until when a party takes part."""

    until = Day(label="Tot en met welke dag?", missing="Kies de laatste dag.")

    def clean_until(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("until")


class ColleagueForm(SentForm):
    """One colleague, of those who can do it."""

    user = PickRow(User.objects.none(), label="Wie?", missing="Kies een collega.")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.fields["user"]
        assert isinstance(user, forms.ModelChoiceField)
        user.queryset = people


class TakeBackForm(SentForm):
    """Why something was a mistake."""

    reason = Pick(
        label="Waarom was dit een vergissing?",
        choices=Retraction.Reason.choices,
        missing="Kies waarom dit een vergissing was.",
    )


class DecideForm(SentForm):
    """Whether a text may be destroyed."""

    decision = Pick(
        label="Mag de tekst vernietigd worden?",
        choices=[("agree", "Ja, vernietig de tekst"), ("refuse", "Nee, bewaar hem")],
        widget=Cards(
            explanations={
                "agree": "De tekst is daarna weg. Er blijft een regel staan dat hier "
                "iets stond.",
                "refuse": "De tekst blijft bewaard en niemand ziet hem.",
            }
        ),
        missing="Kies of de tekst vernietigd mag worden.",
    )
    reason = Text(
        label="Waarom niet?",
        help_text="Alleen als je nee kiest.",
        max_length=1000,
        required=False,
    )


class BreachForm(SentForm):
    """What a possible leak was."""

    conclusion = Pick(
        label="Wat is je conclusie?",
        choices=[each for each in Breach.Conclusion.choices if each[0]],
        missing="Kies een conclusie.",
    )
    text = Text(
        label="Waarom?",
        help_text="Noem geen namen van inwoners.",
        missing="Schrijf waarom je dit vindt.",
    )


class ConfirmForm(SentForm):
    """Whether what another wrote down was said like that."""

    right = Pick(
        label="Klopt dit?",
        choices=[("yes", "Ja, dit klopt"), ("no", "Nee, dit klopt niet")],
        missing="Kies of dit klopt.",
    )
    reason = Text(
        label="Wat klopt er niet?",
        help_text="Alleen als je nee kiest.",
        max_length=1000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Want to know what is not right."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("right") == "no" and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Schrijf wat er niet klopt.")
        return cleaned


class SettleForm(ConfirmForm):
    """Whether what one called wrong was talked over."""

    right = Pick(
        label="Is dit besproken?",
        choices=[("yes", "Ja, we hebben het besproken"), ("no", "Nee")],
        missing="Kies of het besproken is.",
    )
    reason = Text(
        label="Wat klopt er nog niet?",
        help_text="Alleen als je nee kiest.",
        max_length=1000,
        required=False,
    )


class PageForm(forms.Form):
    """From which row on a list goes on."""

    voor = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.HiddenInput(),
        error_messages={
            "invalid": NO_PAGE,
            "min_value": NO_PAGE,
            "max_value": NO_PAGE,
        },
    )


def people_with(role: Role, *, on: date) -> QuerySet[User]:
    """Everybody who has a role today, by name."""
    holds = Membership.objects.on(on).filter(user=OuterRef("pk"), role=role)
    return User.objects.filter(Exists(holds), is_active=True).order_by("name", "pk")
