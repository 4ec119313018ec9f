"""What may be filled in beside a request: why one must know, and another view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from ave.escalation.showing import SHORTEST_REASON
from casework.access.fields import PickRow, SentForm, Text
from casework.cases.forms import NO_NAMES
from casework.people.models import Organisation


class ShowForm(SentForm):
    """Why somebody must know whom it is about."""

    reason = Text(
        label="Waarom moet je weten om wie het gaat?",
        help_text=(
            f"Minstens {SHORTEST_REASON} tekens. "
            "De procesregisseur leest dit, en het staat in het logboek."
        ),
        missing="Schrijf waarom je dit moet weten.",
        max_length=1000,
        rows=3,
    )


class DissentForm(SentForm):
    """Why somebody does not agree with a decision."""

    organisation = PickRow(
        Organisation.objects.none(),
        label="Van welke partij is deze mening?",
        help_text=(
            "Is het niet je eigen organisatie? Dan vragen we het bureau van die partij "
            "dat meedoet in deze casus of het klopt."
        ),
        missing="Kies van welke partij deze mening is.",
    )
    text = Text(
        label="Waarom zijn jullie het er niet mee eens?",
        help_text=f"Dit komt naast het besluit te staan. {NO_NAMES}",
        missing="Schrijf waarom je het er niet mee eens bent.",
        max_length=2000,
    )

    def __init__(
        self, *args: Any, parties: Sequence[Organisation] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not parties:
            del self.fields["organisation"]
            return
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        keys = [party.pk for party in parties]
        field.queryset = Organisation.objects.filter(pk__in=keys).order_by("name")
