"""What may be filled in to ask, to answer, and to stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from ave.escalation.models import Answer, Escalation
from ave.escalation.reading import lower_word
from ave.escalation.rules import TEXT_MISSING, open_answers
from casework.access.fields import Day, Line, Pick, PickRow, SentForm, Text
from casework.access.widgets import Cards
from casework.cases.forms import NO_NAMES, BottleneckForm
from casework.cases.models import Bottleneck, Case
from casework.cases.models.spoken import Spoken
from casework.cases.naming import refuse_names
from casework.levels import Level
from casework.people.errors import InvalidInput
from casework.people.models import User
from casework.work.days import at_local, short
from casework.work.sending import refuse

Kind = Answer.Kind

_EXPLANATIONS = {
    Kind.PICK_UP: "Jij bent aan zet. De procesregisseur houdt de casus.",
    Kind.DECIDE: "Schrijf je besluit. Daarna gaat het knelpunt terug.",
    Kind.ASK_FIRST: "De procesregisseur vult aan. Je dag blijft staan.",
    Kind.HIGHER: "De bestuurder krijgt de vraag met jouw advies erbij.",
}


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
        help_text="Dit kan alleen met spoed, of na twee keer 'dit kan lager'.",
        required=False,
        rows=2,
        max_length=1000,
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

    def refuse_names(self, case: Case) -> bool:
        """Say which names stand in it; True if there are none."""
        try:
            refuse_names(case, **self.words())
        except InvalidInput as refusal:
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


class AnswerForm(SentForm):
    """The answer to a request: one of a few, with a text."""

    answer = Pick(label="Jouw antwoord", missing="Kies eerst een antwoord.")
    text = Text(
        label="Toelichting",
        help_text="Noem geen namen of gezondheidsgegevens.",
        required=False,
    )
    binding = Line(
        label="Voor wie geldt je besluit?",
        help_text="Alleen als je besluit. Een functie of een partij, geen naam.",
        max_length=200,
        required=False,
    )
    until_on = Day(
        label="Tot wanneer geldt je besluit?",
        help_text="Alleen als je besluit.",
        required=False,
    )

    def __init__(self, *args: Any, escalation: Escalation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.escalation = escalation
        self.open = open_answers(escalation)
        field = self.fields["answer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, self._label(kind)) for kind in self.open]
        field.widget = Cards(
            choices=field.choices,
            explanations={kind.value: self.explain(kind) for kind in self.open},
        )

    def clean_until_on(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("until_on")

    def clean(self) -> dict[str, Any]:
        """Ask for the text that this answer needs, by the name of the level."""
        data = super().clean() or self.cleaned_data
        kind = data.get("answer")
        if not kind or "text" in self.errors or data.get("text", "").strip():
            return data
        if kind == Kind.LOWER:
            where = lower_word(Level(self.escalation.to_level))
            self.add_error(
                "text",
                f"Schrijf waarom dit op {where} kan. "
                "De procesregisseur kan er dan mee verder.",
            )
        elif kind in TEXT_MISSING:
            self.add_error("text", TEXT_MISSING[Kind(kind)])
        return data

    def given(self) -> dict[str, Any]:
        """Give the facts of the answer; a decision says more."""
        facts = {
            "answer": self.cleaned_data["answer"],
            "text": self.cleaned_data["text"],
            "seen": self.cleaned_data["seen"],
        }
        if facts["answer"] == Kind.DECIDE:
            facts["binding"] = self.cleaned_data["binding"]
            facts["until_on"] = self.cleaned_data["until_on"]
        return facts

    def _label(self, kind: Answer.Kind) -> str:
        if kind == Kind.LOWER:
            return f"Dit kan op {lower_word(Level(self.escalation.to_level))}"
        return str(kind.label)

    def explain(self, kind: Answer.Kind) -> str:
        """Say what happens when this answer is given."""
        if kind != Kind.LOWER:
            return _EXPLANATIONS.get(kind, "")
        bottleneck = self.escalation.bottleneck
        below = Level(self.escalation.to_level).below
        if below is not None and bottleneck.level >= below > Level.PROCES:
            where = f"bij {below.label.lower()}"
        else:
            where = "bij de procesregisseur"
        verb = "gaat terug en blijft" if self._returns(below) else "blijft"
        return f"Het knelpunt {verb} {where}. Schrijf waarom."

    def _returns(self, below: Level | None) -> bool:
        return below is not None and self.escalation.bottleneck.level > below


class RecordForm(AnswerForm):
    """What the answerer said by telephone or in a meeting, written down for him."""

    giver = Pick(label="Wie zei het?", missing="Kies wie het zei.")
    channel = Pick(
        label="Hoe hoorde je het?",
        missing="Kies hoe je het hoorde.",
        choices=[
            (Spoken.Channel.TELEPHONE, "Per telefoon"),
            (Spoken.Channel.MEETING, "In een overleg"),
            (Spoken.Channel.PAPER, "Op papier"),
        ],
    )
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

    def __init__(
        self, *args: Any, givers: Sequence[User], now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.givers = {str(each.pk): each for each in givers}
        field = self.fields["giver"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, each.name) for key, each in self.givers.items()]
        if len(self.givers) == 1:
            field.initial = next(iter(self.givers))
        self.fields["answer"].label = "Wat was het antwoord?"

    def explain(self, kind: Answer.Kind) -> str:
        """Say nothing: it is the answer of another."""
        return ""

    def clean(self) -> dict[str, Any]:
        """Refuse a moment that must still come, or from before the question."""
        data = super().clean()
        day, clock = data.get("said_on"), data.get("said_at")
        if isinstance(day, date) and isinstance(clock, time):
            moment = at_local(day, clock)
            if moment > self.now:
                self.add_error("said_on", "Kies een moment dat al geweest is.")
            elif day < timezone.localdate(self.escalation.asked_at):
                asked = short(timezone.localdate(self.escalation.asked_at))
                self.add_error("said_on", f"Je stelde de vraag op {asked}.")
        return data

    def moment(self) -> datetime:
        """Give the moment at which it was said."""
        return at_local(self.cleaned_data["said_on"], self.cleaned_data["said_at"])

    def said_by(self) -> User:
        """Give who said it."""
        return self.givers[self.cleaned_data["giver"]]


class SupplyForm(SentForm):
    """What the procesregisseur adds to his question."""

    text = Text(
        label="Wat wil je aanvullen?",
        help_text=NO_NAMES,
        missing="Schrijf wat je aanvult.",
    )


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


class SilenceForm(SentForm):
    """Whether the next level must know that an answer stays out."""

    REASONS = (
        ("calling", "Ik bel eerst zelf"),
        ("coming", "Het antwoord komt eraan"),
        ("settled", "De vraag is bijna opgelost"),
    )

    tell = Pick(
        label="Moet het hogere niveau dit weten?",
        missing="Kies ja of nee.",
        choices=[("yes", "Ja"), ("no", "Nee, nu niet")],
    )
    reason = Pick(
        label="Waarom niet?",
        choices=REASONS,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason when the answer is no."""
        data = super().clean() or self.cleaned_data
        if data.get("tell") == "no" and not data.get("reason"):
            self.add_error("reason", "Kies waarom je het nu niet laat weten.")
        return data


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
        field = self.fields["receiver"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=[each.pk for each in receivers])
        if len(receivers) == 1:
            field.initial = receivers[0].pk


class ReceiveForm(SentForm):
    """Whether the receiver takes the case over."""

    text = Text(
        label="Waarom neem je het nu niet over?",
        help_text="Alleen nodig als je het niet overneemt.",
        rows=3,
        required=False,
    )


class AftercareForm(SentForm):
    """How it goes, on the day that was chosen to look back."""

    text = Text(label="Hoe gaat het nu?", missing="Schrijf hoe het nu gaat.")


def to_take_back(
    bottlenecks: Sequence[Bottleneck],
) -> list[tuple[Bottleneck, TakeBackForm]]:
    """Give each bottleneck that may come back, with its form."""
    return [
        (each, TakeBackForm(bottleneck=each, initial={"seen": each.version}))
        for each in bottlenecks
        if each.level > Level.PROCES and not each.asked
    ]


def default_look_back(today: date) -> date:
    """Give the day to look back that is proposed: six weeks from now."""
    return today + timedelta(days=42)


def _shortened(text: str, length: int = 80) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"
