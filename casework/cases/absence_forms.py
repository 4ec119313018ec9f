"""What may be filled in about being away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from casework.access.fields import Day, Line, PickRow, SentForm
from casework.people.models import Membership, Role, User

NOT_LENT = frozenset({Role.AOV, Role.PRIVACY_OFFICER, Role.FG, Role.BEHEERDER})
"""Whose pages ask for a role of one's own: a deputy without it can't do that work."""


class DeputyForm(SentForm):
    """Who stands in: somebody of one's own organisation."""

    deputy = PickRow(
        User.objects.none(),
        label="Wie is de vervanger?",
        help_text="Je vervanger ziet niets, tot je afwezig bent.",
        missing="Kies een vervanger.",
    )

    def __init__(self, *args: Any, person: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, forms.ModelChoiceField)
        self.people = (
            User.objects.filter(
                Exists(Membership.objects.on(today).filter(user=OuterRef("pk"))),
                is_active=True,
                organisation=person.organisation_id,
            )
            .exclude(pk=person.pk)
            .exclude(organisation=None)
            .order_by("name", "pk")
        )
        field.queryset = self.people
        own = NOT_LENT & person.roles(on=today)
        if own:
            named = " of ".join(f"een {role.label.lower()}" for role in sorted(own))
            field.help_text += (
                f" Sommige pagina's zijn alleen voor {named}. "
                "Kies iemand met dezelfde rol, als die er is."
            )

    @property
    def offers_nobody(self) -> bool:
        """Whether there is no colleague to choose. One query."""
        return not self.people.exists()


class AwayForm(SentForm):
    """Until when, and why another may do somebody's work."""

    until = Day(
        label="Tot en met welke dag?",
        help_text="Weet je het nog niet? Laat dit leeg.",
        required=False,
    )
    reason = Line(
        label="Reden",
        help_text="Schrijf niet op wat iemand heeft. Kort is genoeg.",
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, for_another: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_another:
            reason = self.fields["reason"]
            reason.required = True
            reason.error_messages["required"] = "Schrijf waarom je dit nu doet."

    def clean_until(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("until")
