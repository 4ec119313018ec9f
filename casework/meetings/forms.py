"""What may be filled in about a meeting: seven agreements on one page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from casework.access.fields import Day, Pick, SentForm, Text
from casework.access.templatetags.face import anchor
from casework.meetings.transitions import MOST_ROWS, RowRefused
from casework.people.errors import InvalidInput
from casework.people.models import Desk, Organisation
from casework.plan.forms import ASKABLE, PickRows
from casework.plan.kinds import CHOICES
from casework.plan.offering import Ask

ROWS = 7
NOBODY = ("", "Niemand")
CHOOSE = ("", "Kies...")


class RowForm(forms.Form):
    """One agreement; left empty it counts for nothing."""

    kind = Pick(
        label="Wat",
        choices=[CHOOSE, *CHOICES],
        widget=forms.Select(),
        missing="Kies wat er gebeurt.",
    )
    question = Text(
        label="Vraag",
        rows=2,
        max_length=2000,
        missing="Schrijf wat je vraagt.",
    )
    desk = Pick(label="Wie", widget=forms.Select(), missing="Kies wie het doet.")
    joining = Pick(label="Doet mee", widget=forms.Select(), required=False)
    due_on = Day(label="Uiterlijk", missing="Kies uiterlijk wanneer.")

    def __init__(
        self, *args: Any, desks: Mapping[str, Desk], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._desks, self._today = desks, today
        named = [
            (key, f"{desk.organisation.short_name}, {desk.name}")
            for key, desk in desks.items()
        ]
        for name, none in (("desk", CHOOSE), ("joining", NOBODY)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [none, *named]

    def clean_due_on(self) -> date:
        """Refuse a day that is over."""
        day: date = self.cleaned_data["due_on"]
        if day < self._today:
            raise ValidationError("Kies een dag die nog komt.")
        return day

    def ask(self) -> Ask:
        """Give what is asked; who steers is asked to read the answer."""
        data = self.cleaned_data
        also = data["joining"]
        return Ask(
            kind=data["kind"],
            question=data["question"],
            desk=self._desks[data["desk"]],
            joining=(self._desks[also],) if also else (),
            due_on=data["due_on"],
            verify_wanted=True,
        )


class BaseRows(forms.BaseFormSet):  # type: ignore[type-arg]  # no generic at run time
    """The agreements of one meeting."""

    default_error_messages = {
        "missing_management_form": "Het formulier kwam niet heel aan. Vul het opnieuw in.",
        "too_many_forms": f"Leg hoogstens {MOST_ROWS} afspraken tegelijk vast.",
    }

    @property
    def filled(self) -> list[RowForm]:
        """The rows in which something stands."""
        return [row for row in self.forms if row.has_changed()]

    def sentences(self) -> list[str]:
        """What is wrong in which row, for the list above the page."""
        said = [str(error) for error in self.non_form_errors()]
        for row in self.forms:
            for name, errors in row.errors.items():
                said += [self._sentence(row, name, error) for error in errors]
        return said

    def refuse(self, refusal: RowRefused) -> InvalidInput:
        """Say at its field what was refused; give it for the list above the page."""
        row = self.filled[refusal.row]
        if refusal.field not in row.fields:
            return refusal
        row.add_error(refusal.field, refusal.user_message)
        said = self._named(row, refusal.user_message)
        return InvalidInput(said, field=refusal.field)

    def _sentence(self, row: RowForm, name: str, error: str) -> str:
        said = self._named(row, error)
        if name not in row.fields:
            return said
        return format_html('<a href="#{}">{}</a>', anchor(row[name]), said)

    def _named(self, row: RowForm, error: str) -> str:
        return f"Afspraak {self.forms.index(row) + 1}: {error}"


Rows = forms.formset_factory(
    RowForm, formset=BaseRows, extra=ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


class RoundForm(SentForm):
    """When the meeting was and who was there; its rows are checked with it."""

    held_on = Day(label="Wanneer was het overleg?", missing="Kies de dag.")
    present = PickRows(
        Organisation.objects.none(),
        label="Wie was erbij?",
        missing="Kies wie er bij het overleg was.",
    )

    def __init__(self, *args: Any, rows: BaseRows, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        present = self.fields["present"]
        assert isinstance(present, forms.ModelMultipleChoiceField)
        present.queryset = Organisation.objects.filter(is_active=True).order_by("name")

    def clean_held_on(self) -> date:
        """Refuse a day that must still come."""
        day: date = self.cleaned_data["held_on"]
        if self.today is not None and day > self.today:
            raise ValidationError("Kies een dag die al geweest is.")
        return day

    def clean(self) -> None:
        """Refuse rows that are not right, and a meeting without any."""
        super().clean()
        if not self.rows.is_valid():
            raise ValidationError(self.rows.sentences())
        if not self.rows.filled:
            raise ValidationError("Vul ten minste één afspraak in.")


class ObjectionForm(SentForm):
    """What is not right about an agreement."""

    text = Text(
        label="Wat klopt er niet?",
        help_text="Je mening komt naast de afspraak te staan. Voor de anderen geldt hij.",
        missing="Schrijf wat er niet klopt.",
        max_length=2000,
    )


def desks_to_ask() -> dict[str, Desk]:
    """Give the desks that can be asked, by key. One query for all rows."""
    desks = (
        Desk.objects.filter(
            kind__in=ASKABLE, is_active=True, organisation__is_active=True
        )
        .select_related("organisation")
        .order_by("organisation__short_name", "name")
    )
    return {str(desk.pk): desk for desk in desks}
