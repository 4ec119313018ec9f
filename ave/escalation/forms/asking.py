"""What may be filled in to ask the next level something, and to take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django import forms

from ave.escalation.memo import SomebodyNamed, refuse_named
from ave.escalation.models import Escalation
from casework.access.fields import Pick, SentForm, Text
from casework.cases.forms import NO_NAMES, BottleneckForm
from casework.cases.models import Bottleneck, Case
from casework.cases.naming import refuse_names
from casework.levels import Level
from casework.people.errors import InvalidInput
from casework.people.models import User
from casework.work.sending import refuse


class QuestionForm(SentForm):
    """One question about one bottleneck to the next level."""

    bottleneck = Pick(
        label="Over welk knelpunt gaat het?", missing="Kies een knelpunt."
    )
    question = Text(
        label="Welke beslissing wil je?",
        help_text=f"Eén vraag, waarop een antwoord mogelijk is. {NO_NAMES}",
        missing=(
            "Schrijf welke beslissing je wilt. Zonder vraag kan niemand antwoorden."
        ),
        max_length=1000,
    )
    if_nothing = Text(
        label="Wat gebeurt er als we niets doen?",
        required=False,
        rows=3,
        max_length=1000,
    )
    kind = Pick(
        label="Wat wil je terug?",
        choices=[
            (Escalation.Kind.DECISION, "Een besluit"),
            (Escalation.Kind.TALK, "Een gesprek"),
            (Escalation.Kind.NOTICE, "Niets, alleen ter kennisname"),
        ],
        initial=Escalation.Kind.DECISION,
    )
    urgent = forms.BooleanField(
        label="Spoed: antwoord is nodig binnen 24 uur", required=False
    )
    jump = forms.BooleanField(label="Sla een niveau over", required=False)
    jump_reason = Text(
        label="Waarom sla je een niveau over?",
        help_text=(
            "Dit kan alleen met spoed, na twee keer 'dit kan lager', "
            "of als daar niemand mag antwoorden."
        ),
        required=False,
        rows=2,
        max_length=1000,
    )
    needed: Mapping[str, str] = MappingProxyType(
        {"jump_reason": "nodig als je met spoed een niveau overslaat"}
    )

    def __init__(
        self, *args: Any, bottlenecks: Sequence[Bottleneck] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bottlenecks = {str(each.number): each for each in bottlenecks}
        self._shape()

    def _shape(self) -> None:
        """Offer the bottlenecks; one alone is no choice."""
        field = self.fields["bottleneck"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (number, f"Knelpunt {number}: {_shortened(each.description)}")
            for number, each in self.bottlenecks.items()
        ]
        if len(self.bottlenecks) == 1:
            field.widget = forms.HiddenInput()
            field.initial = next(iter(self.bottlenecks))

    @property
    def is_new(self) -> bool:
        """Whether it makes the bottleneck too."""
        return False

    @property
    def chosen(self) -> Bottleneck | None:
        """Give the bottleneck that it is about, when that is known."""
        number = self["bottleneck"].value() if "bottleneck" in self.fields else None
        return self.bottlenecks.get(str(number))

    @property
    def level(self) -> Level | None:
        """Give the level that gets the question, when that is known."""
        now = self._level_now()
        following = now.above if now is not None else None
        if following is not None and self.is_bound and self.data.get("jump"):
            return following.above or following
        return following

    def words(self) -> dict[str, str]:
        """Give what the other reads, to look for names in it."""
        names = ("question", "if_nothing", "jump_reason")
        return {name: self.cleaned_data.get(name, "") for name in names}

    def refuse_names(self, case: Case, *, by: User, at: datetime) -> bool:
        """Say which names stand in it, or in what goes along; True if there are none."""
        try:
            if self.chosen is not None:
                refuse_named(self.chosen, by=by, at=at, texts=self.words())
            else:
                refuse_names(case, **self.words())
        except (InvalidInput, SomebodyNamed) as refusal:
            refuse(self, refusal)
        return not self.errors

    def request(self) -> dict[str, Any]:
        """Give the facts of the question alone."""
        names = ("question", "if_nothing", "kind", "urgent", "jump_reason")
        facts = {name: self.cleaned_data[name] for name in names}
        return facts | {"to_level": self.level if self.cleaned_data["jump"] else None}

    def _level_now(self) -> Level | None:
        if self.chosen is not None:
            return Level(self.chosen.level)
        levels = {Level(each.level) for each in self.bottlenecks.values()}
        return levels.pop() if len(levels) == 1 else None


class NewQuestionForm(QuestionForm, BottleneckForm):
    """A question about a bottleneck that is not written down yet: makes both."""

    def _shape(self) -> None:
        del self.fields["bottleneck"]

    @property
    def is_new(self) -> bool:
        """Whether it makes the bottleneck too."""
        return True

    def words(self) -> dict[str, str]:
        """Give what the other reads, with the bottleneck."""
        names = ("description", "tried", "breaker")
        return super().words() | {
            name: self.cleaned_data.get(name, "") for name in names
        }

    def _level_now(self) -> Level | None:
        return Level.PROCES


class WithdrawForm(SentForm):
    """Why a question is taken back."""

    reason = Text(
        label="Waarom trek je de vraag in?",
        help_text=NO_NAMES,
        rows=2,
        max_length=1000,
        required=False,
    )


class TakeBackForm(SentForm):
    """To which level a bottleneck comes back."""

    to_level = forms.TypedChoiceField(
        label="Naar welk niveau gaat het terug?",
        coerce=lambda value: Level(int(value)),
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Kies naar welk niveau het knelpunt teruggaat.",
            "invalid_choice": "Kies iets uit de lijst.",
        },
    )

    def __init__(self, *args: Any, bottleneck: Bottleneck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lower = [
            level
            for level in (Level.PROCES, Level.MANAGEMENT)
            if level < bottleneck.level
        ]
        field = self.fields["to_level"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (level.value, f"{level.value} {level.label}") for level in lower
        ]
        if len(lower) == 1:
            field.initial = lower[0].value


def to_take_back(
    bottlenecks: Sequence[Bottleneck],
) -> list[tuple[Bottleneck, TakeBackForm]]:
    """Give each bottleneck that may come back, with its form."""
    return [
        (each, TakeBackForm(bottleneck=each, initial={"seen": each.version}))
        for each in bottlenecks
        if each.level > Level.PROCES and not each.asked
    ]


def _shortened(text: str, length: int = 80) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"
