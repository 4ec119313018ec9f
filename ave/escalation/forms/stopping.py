"""What may be filled in to let procesregie stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms

from ave.escalation.forms.spoken import ChannelForm
from casework.access.fields import Day, PickRow, SentForm, Text
from casework.people.models import User
from casework.policy import policy
from casework.work.days import days_or_months_later, working_days


class StopForm(SentForm):
    """Who takes the case over, and when we look back."""

    receiver = PickRow(
        User.objects.none(),
        label="Wie neemt het over?",
        missing="Kies wie het overneemt. Zonder ontvanger kun je niet afschalen.",
    )
    aftercare_on = Day(
        label="Wanneer kijk je terug?",
        help_text="Uiterlijk 3 maanden na vandaag.",
        missing="Kies een dag om terug te kijken, uiterlijk 3 maanden na vandaag.",
    )
    reason = Text(
        label="Waarom kan procesregie nu stoppen?",
        missing="Schrijf waarom procesregie nu kan stoppen.",
    )

    def __init__(self, *args: Any, receivers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receivers = receivers
        field = self.fields["receiver"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=[each.pk for each in receivers])
        if len(receivers) == 1:
            field.initial = receivers[0].pk


class ReceiveForm(SentForm):
    """Whether the receiver takes the case over."""

    text = Text(
        label="Waarom neem je het nu niet over?",
        rows=3,
        required=False,
    )
    needed: Mapping[str, str] = MappingProxyType(
        {"text": "nodig als je het niet overneemt"}
    )


class RecordReceiveForm(ChannelForm, ReceiveForm):
    """What the receiver said, written down by the procesregisseur."""

    def __init__(self, *args: Any, receiver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        text.label = f"Waarom neemt {receiver.name} het nu niet over?"
        self.needed = {"text": f"nodig als {receiver.name} het niet overneemt"}


class AftercareForm(SentForm):
    """How it goes, on the day that was chosen to look back."""

    text = Text(label="Hoe gaat het nu?", missing="Schrijf hoe het nu gaat.")


def default_look_back(today: date) -> date:
    """Give the day to look back that is proposed: the first working day after its term."""
    rules = policy.at(today)
    ends = days_or_months_later(rules.term("aftercare_check"), today)
    return working_days(rules).first_from(ends)
