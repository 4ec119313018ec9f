"""What may be filled in about a plan and its tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from casework.access.fields import Day, Line, Pick, PickRow, SentForm, Text
from casework.access.widgets import Cards
from casework.cases.confirmations import Given
from casework.cases.forms import READ_BY_BOTH
from casework.cases.models import Disclosure, Note
from casework.cases.models.spoken import Spoken
from casework.people.models import Desk
from casework.plan.kinds import CHOICES, TaskKind
from casework.plan.models import Goal, TaskDesk
from casework.plan.offering import Ask
from casework.work.days import at_local, local_day

ASKABLE = (Desk.Kind.PARTNER, Desk.Kind.CASUSREGIE, Desk.Kind.AOV, Desk.Kind.PIKET)
NOON = time(12, 0)
LONGEST_KEY = 18


class DeskMixin:
    """Names a desk by its organisation."""

    def label_from_instance(self, row: Any) -> str:
        """The organisation and the desk: "GGZ Zuid, Behandeling"."""
        return f"{row.organisation.short_name}, {row.name}"


class Preset(Pick):
    """A choice that is made beforehand; nothing sent is the first of its choices."""

    def __init__(self, **kw: Any) -> None:
        kw.setdefault("widget", forms.Select())
        super().__init__(**kw)

    def validate(self, value: Any) -> None:
        """Refuse only what is not in the list."""
        if value:
            super().validate(value)


class PickDesk(DeskMixin, PickRow):
    """One desk that can be asked."""

    def __init__(self, **kw: Any) -> None:
        kw.setdefault("missing", "Kies wie het doet.")
        super().__init__(Desk.objects.none(), **kw)


class PickRows(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Some rows of a scoped queryset, as boxes to tick."""

    def __init__(self, queryset: Any, **kw: Any) -> None:
        wrong = "Kies iets uit de lijst."
        errors = {
            "required": kw.pop("missing", wrong),
            "invalid_choice": wrong,
            "invalid_pk_value": wrong,
            "invalid_list": wrong,
        }
        super().__init__(
            queryset,
            error_messages=errors,
            widget=forms.CheckboxSelectMultiple(),
            **kw,
        )

    def clean(self, value: Any) -> Any:
        """Refuse what is no key as any other wrong choice."""
        for key in value or ():
            text = str(key)
            if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_KEY:
                raise ValidationError(self.error_messages["invalid_choice"])
        return super().clean(value)


class PickDesks(DeskMixin, PickRows):
    """Desks that join."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(Desk.objects.none(), required=False, **kw)


class TextMixin:
    """Names a row by how its text begins."""

    def label_from_instance(self, row: Any) -> str:
        """How the text begins."""
        text = " ".join(row.text.split())
        return f"{text[:80]}..." if len(text) > 80 else text


class PickNotes(TextMixin, PickRows):
    """Notes that go along, each by how it begins."""


class PickGoal(TextMixin, PickRow):
    """A goal of the plan, by how it begins."""


class PlanForm(SentForm):
    """Whether the plan was discussed with the inhabitant."""

    discussed = Pick(
        label="Is het plan besproken met de inwoner?",
        choices=[("yes", "Ja"), ("no", "Nog niet")],
        missing="Kies of het plan is besproken.",
    )
    why_not = Text(label="Waarom nog niet?", rows=2, max_length=2000, required=False)

    def plan(self) -> dict[str, Any]:
        """Give the facts as the transitions want them."""
        return {
            "discussed": self.cleaned_data["discussed"] == "yes",
            "why_not": self.cleaned_data["why_not"],
        }


class ReviewForm(SentForm):
    """When a plan that was looked at is looked at again."""

    review_on = Day(
        label="Wanneer kijk je weer?", missing="Kies wanneer je weer kijkt."
    )

    def clean_review_on(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("review_on")


class GoalForm(SentForm):
    """What the plan wants to reach."""

    life_domain = Pick(
        label="Waar gaat het over?",
        choices=[("", "Kies..."), *Goal.LifeDomain.choices],
        widget=forms.Select(),
        missing="Kies waar het doel over gaat.",
    )
    text = Text(
        label="Wat willen jullie bereiken?",
        help_text="Schrijf het zo dat je later kunt zien of het gelukt is.",
        missing="Schrijf wat jullie willen bereiken.",
        rows=2,
        max_length=1000,
    )


class TaskForm(SentForm):
    """What is asked of a desk."""

    kind = Pick(
        label="Wat vraag je?",
        help_text="Dit is de titel van de taak. Daarom staat er nooit een naam in.",
        choices=[("", "Kies..."), *CHOICES],
        widget=forms.Select(),
        missing="Kies wat je vraagt.",
    )
    question = Text(
        label="Leg uit wat je vraagt",
        help_text="Wie de taak oppakt, leest dit. Schrijf alleen wat nodig is.",
        missing="Schrijf wat je vraagt.",
    )
    desk = PickDesk(
        label="Wie doet het?", help_text="De trekker. Hij heeft de termijn."
    )
    joining = PickDesks(label="Wie doet mee?")
    due_on = Day(label="Uiterlijk", missing="Kies uiterlijk wanneer.")
    goal = PickGoal(
        Goal.objects.none(),
        label="Bij welk doel?",
        required=False,
        empty_label="Geen doel",
    )
    package = Pick(
        label="Wat gaat er mee?",
        choices=Disclosure.Package.choices,
        widget=Cards(
            explanations={
                "question": "Alleen wat je hierboven uitlegt.",
                "outline": "Ook de doelen van het plan.",
                "chosen": "Ook de notities die je hieronder kiest.",
            }
        ),
        initial=Disclosure.Package.QUESTION,
        missing="Kies wat er meegaat.",
    )
    notes = PickNotes(Note.objects.none(), label="Welke notities?", required=False)
    verify_wanted = forms.BooleanField(
        label="Ik wil het antwoord nakijken", required=False, initial=True
    )

    def __init__(
        self,
        *args: Any,
        goals: Iterable[Goal] | None = None,
        notes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_desks(self, "desk", "joining")
        _narrow(self, "goal", goals)
        _narrow(self, "notes", notes)
        if notes is not None and not notes.exists():
            self._lend_no_notes()

    def clean_due_on(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("due_on")

    def ask(self) -> Ask:
        """Give what is asked, as the transition wants it."""
        data = self.cleaned_data
        return Ask(
            kind=data["kind"],
            question=data["question"],
            desk=data["desk"],
            joining=tuple(data["joining"]),
            due_on=data["due_on"],
            goal=data.get("goal"),
            package=data.get("package") or Disclosure.Package.QUESTION,
            notes=tuple(data.get("notes") or ()),
            verify_wanted=bool(data.get("verify_wanted")),
        )

    def _lend_no_notes(self) -> None:
        """Offer nothing to choose from where there is nothing."""
        del self.fields["notes"]
        package = self.fields["package"]
        assert isinstance(package, forms.ChoiceField)
        package.choices = [
            choice
            for choice in Disclosure.Package.choices
            if choice[0] != Disclosure.Package.CHOSEN
        ]


class AgainForm(SentForm):
    """Which desk is asked once more."""

    desk = PickDesk(label="Wie vraag je nu?")
    due_on = Day(label="Uiterlijk", missing="Kies uiterlijk wanneer.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_desks(self, "desk")

    def clean_due_on(self) -> date | None:
        """Refuse a day that is over."""
        return self.day_to_come("due_on")


class AnswerForm(SentForm):
    """The answer of a desk."""

    choice = Pick(label="Ons antwoord", choices=(), missing="Kies een antwoord.")
    answer = Text(
        label="Uitleg",
        help_text="Deel alleen wat nodig is voor dit antwoord.",
        missing="Vul een uitleg in.",
        rows=5,
    )
    tag = Preset(label="Wat voor informatie is dit?", choices=Note.Tag.choices)

    def __init__(self, *args: Any, kind: TaskKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.answers:
            choice = self.fields["choice"]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = kind.answers
        else:
            del self.fields["choice"]


class RecordForm(AnswerForm):
    """An answer that a desk gave by telephone, in a meeting or on paper."""

    by_name = Line(
        label="Wie zei het?",
        help_text="Naam van de medewerker, bijvoorbeeld mw. Smit.",
        missing="Schrijf op wie dit zei.",
    )
    channel = Pick(
        label="Hoe?",
        choices=[choice for choice in Spoken.Channel.choices if choice[0] != "here"],
        missing="Kies hoe het antwoord kwam.",
    )
    given_on = Day(label="Wanneer?", missing="Kies wanneer dit gezegd is.")
    place = Preset(label="Namens wie?", choices=())

    field_order = ("place", "by_name", "channel", "given_on", "choice", "answer", "tag")

    def __init__(self, *args: Any, places: Iterable[TaskDesk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {str(place.pk): place for place in places if place.is_open}
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [
            (key, place.desk.organisation.name) for key, place in self._places.items()
        ]

    def clean_given_on(self) -> date:
        """Refuse a day that must still come."""
        day: date = self.cleaned_data["given_on"]
        if self.today is not None and day > self.today:
            raise ValidationError("Kies een dag die al geweest is.")
        return day

    def report(self, *, at: datetime) -> dict[str, Any]:
        """Give the answer and how it came, as the transition wants them."""
        data = self.cleaned_data
        on = data["given_on"]
        return {
            "given": Given(
                channel=data["channel"],
                at=at if on == local_day(at) else at_local(on, NOON),
                by_name=data["by_name"],
            ),
            "answer": data["answer"],
            "choice": data.get("choice", ""),
            "tag": data["tag"],
            "place": self._places.get(data["place"]),
            "seen": data["seen"],
        }


class ReasonForm(SentForm):
    """Why a desk gives a task back; what happens then depends on whether it leads it."""

    reason = Text(
        label="Waarom past deze taak niet bij jullie?",
        missing="Schrijf kort waarom deze taak niet bij jullie past.",
        rows=3,
        max_length=1000,
    )

    def __init__(self, *args: Any, leads: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        then = (
            "Dan zoekt de procesregisseur een ander."
            if leads
            else "Dan gaat de trekker zonder jullie verder. Bel de procesregisseur als "
            "dat niet kan."
        )
        self.fields["reason"].help_text = f"{then} {READ_BY_BOTH}"


class DraftForm(forms.Form):
    """What is kept for later; nothing has to be right yet."""

    answer = Text(required=False)


def offer_desks(form: forms.Form, *names: str) -> None:
    """Let desks that can be asked be chosen in these fields. One query for all."""
    desks = (
        Desk.objects.filter(
            kind__in=ASKABLE, is_active=True, organisation__is_active=True
        )
        .select_related("organisation")
        .order_by("organisation__short_name", "name")
    )
    for name in names:
        _narrow(form, name, desks)


def _narrow(form: forms.Form, name: str, rows: Any) -> None:
    if rows is None:
        return
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
