"""What is filled in about a word that somebody spoke, whatever it was about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django import forms
from django.utils import timezone

from casework.access.fields import Day, Pick, SentForm
from casework.cases.models.spoken import Spoken
from casework.work.days import at_local, short


class ChannelForm(SentForm):
    """How a word reached who writes it down."""

    channel = Pick(
        label="Hoe hoorde je het?",
        missing="Kies hoe je het hoorde.",
        choices=[
            (Spoken.Channel.TELEPHONE, "Per telefoon"),
            (Spoken.Channel.MEETING, "In een overleg"),
            (Spoken.Channel.PAPER, "Op papier"),
        ],
    )


class SpokenForm(ChannelForm):
    """Who said it, how it was heard, and when."""

    giver = Pick(label="Wie zei het?", missing="Kies wie het zei.")
    said_on = Day(label="Op welke dag?", missing="Kies de dag waarop het gezegd is.")
    said_at = forms.TimeField(
        label="Hoe laat?",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        error_messages={
            "invalid": "Vul een tijd in, bijvoorbeeld 14:30.",
            "required": "Vul in hoe laat het gezegd is.",
        },
    )
    field_order = ("giver", "channel", "said_on", "said_at")

    def offer(self, givers: Sequence[tuple[str, str]]) -> None:
        """Let somebody be chosen: keys and names. Who is the only one stands there."""
        field = self.fields["giver"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(givers)
        if len(givers) == 1:
            field.initial = givers[0][0]

    def refuse_moment(self, *, asked: datetime, now: datetime, words: str) -> None:
        """Refuse a moment that must still come, or from before it was asked."""
        day, clock = self.cleaned_data.get("said_on"), self.cleaned_data.get("said_at")
        if not isinstance(day, date):
            return
        first = timezone.localdate(asked)
        if day < first:
            self.add_error(
                "said_on", f"Kies een dag vanaf {short(first)}: toen {words}."
            )
        elif day > timezone.localdate(now) or (
            isinstance(clock, time) and at_local(day, clock) > now
        ):
            self.add_error("said_on", "Kies een moment dat al geweest is.")

    def moment(self) -> datetime:
        """Give the moment at which it was said."""
        return at_local(self.cleaned_data["said_on"], self.cleaned_data["said_at"])
