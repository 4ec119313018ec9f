"""What may be filled in to ask somebody beside the answerer, and to give one's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms

from ave.escalation.forms.spoken import SpokenForm
from ave.escalation.models import Voice
from casework.access.fields import Pick, SentForm, Text
from casework.cases.confirmations import Given
from casework.cases.forms import NO_NAMES
from casework.people.models import User

Kind = Voice.Kind

_GROUPS = {
    Kind.ADVICE: "Voor advies",
    Kind.SECOND: "Als tweede bestuurder",
    Kind.POSITION: "Voor het standpunt van een partij",
}
EXPLANATIONS = {
    Kind.ADVICE: "Een collega zegt hoe hij of zij dit ziet.",
    Kind.SECOND: "Een andere bestuurder zegt of hij of zij het ermee eens is.",
    Kind.POSITION: "De manager van een partij zegt hoe de partij erin staat.",
}
"""What each kind of voice is, for who chooses."""

_LABELS = {
    Kind.ADVICE: "Wat is je advies?",
    Kind.SECOND: "Omdat",
    Kind.POSITION: "Wat is het standpunt van jullie organisatie?",
}


class AskVoiceForm(SentForm):
    """Who is asked for his word, and for what: one choice, as "advice:12"."""

    whom = forms.ChoiceField(
        label="Wie vraag je erbij?",
        error_messages={
            "required": "Kies wie je erbij vraagt.",
            "invalid_choice": "Kies iemand uit de lijst.",
        },
    )

    def __init__(
        self, *args: Any, people: Mapping[Voice.Kind, Sequence[User]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        groups = [
            (_GROUPS[kind], [(f"{kind}:{each.pk}", _named(each)) for each in found])
            for kind, found in people.items()
            if found
        ]
        field = self.fields["whom"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Kies..."), *groups]

    def facts(self) -> dict[str, Any]:
        """Give for what and who, as the transition takes it."""
        kind, _, pk = self.cleaned_data["whom"].partition(":")
        chosen = {str(each.pk): each for each in self.people[Kind(kind)]}
        return {"kind": Kind(kind), "user": chosen[pk]}


class TakeBackForm(SentForm):
    """Whose word is needed no longer."""

    voice = Pick(label="Wie hoeft niet meer te reageren?", missing="Kies wie.")

    def __init__(self, *args: Any, voices: Sequence[Voice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voices = {str(each.pk): each for each in voices}
        field = self.fields["voice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, _asked(each)) for key, each in self.voices.items()]

    @property
    def chosen(self) -> Voice:
        """The voice that is asked no longer."""
        return self.voices[self.cleaned_data["voice"]]


class VoiceForm(SentForm):
    """One's word about a request, with whether one agrees where that is asked."""

    stance = Pick(
        label="Wat vind je van wat er gevraagd wordt?",
        missing="Kies of je het ermee eens bent.",
    )
    text = Text(help_text=NO_NAMES, max_length=2000)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _LABELS[Kind(kind)]
        if kind not in Voice.STANCES:
            del self.fields["stance"]
            return
        field = self.fields["stance"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(Voice.STANCES[kind].items())


class SpokenVoiceForm(SpokenForm):
    """What somebody said by telephone or in a meeting, written down for him."""

    stance = Pick(
        label="Is hij of zij het eens met wat er gevraagd wordt?",
        choices=list(Voice.Stance.choices),
        help_text="Alleen bij een tweede bestuurder of een standpunt van een partij.",
        required=False,
    )
    text = Text(
        label="Wat werd er gezegd?",
        help_text=NO_NAMES,
        missing="Schrijf op wat er gezegd is.",
        max_length=2000,
    )

    def __init__(
        self, *args: Any, voices: Sequence[Voice], now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.voices = {str(each.pk): each for each in voices}
        self.offer([(key, _asked(each)) for key, each in self.voices.items()])

    @property
    def voice(self) -> Voice:
        """Whose word it is."""
        return self.voices[self.cleaned_data["giver"]]

    def clean(self) -> dict[str, Any]:
        """Refuse a moment that can't be, and a stance that is missing."""
        data = super().clean() or self.cleaned_data
        if not isinstance(data.get("said_on"), date) or "giver" not in data:
            return data
        self.refuse_moment(
            asked=self.voice.asked_at, now=self.now, words="is dit gevraagd"
        )
        if self.voice.has_stance and not data.get("stance"):
            self.add_error("stance", "Kies of hij of zij het ermee eens is.")
        return data

    def facts(self) -> dict[str, Any]:
        """Give what was said, and how it reached us."""
        data = self.cleaned_data
        given = Given(channel=data["channel"], at=self.moment(), by=self.voice.user)
        return {"text": data["text"], "stance": data["stance"], "given": given}


def _named(user: User) -> str:
    home = f", {user.organisation.name}" if user.organisation is not None else ""
    return f"{user.name}, {user.job_title.lower()}{home}"


def _asked(voice: Voice) -> str:
    return f"{voice.user.name}, {voice.get_kind_display().lower()}"
