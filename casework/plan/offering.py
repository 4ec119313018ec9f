"""What is asked of a desk and what goes along: whether it fits, and writing it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.cases.models import Case, Disclosure, LegalBasis, Note, Participation
from casework.cases.models.tracked import Tracked
from casework.cases.participations import join_case
from casework.cases.parties import end_what_ran_out, until_review
from casework.people.errors import AlreadyDone, InvalidInput, TransitionRefused
from casework.people.models import Desk, Organisation, User
from casework.plan.kinds import kind_of
from casework.plan.models import Goal, Task
from casework.work.days import end_of, local_day

FOR_TASKS = "Taken uit het plan"


class NoGround(InvalidInput):
    """The case has no ground on which anything can be shared."""

    def __init__(self) -> None:
        super().__init__(
            "Leg eerst de grondslag van deze casus vast. "
            "Zonder grondslag kun je niets vragen aan een partij."
        )


class TakenBack(TransitionRefused):
    """What went along with the task was taken back as a mistake."""

    user_message = (
        "Wat met deze taak meeging, is teruggehaald als vergissing. "
        "Geef een nieuwe taak."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lending:
    """What goes along: its kind, its words, and the notes that these came from."""

    package: str
    text: str = ""
    note_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """
    What is asked of a desk, by when, and what goes along.

    `notes` go along with the package "gekozen stukken" only.
    """

    kind: str
    question: str
    desk: Desk
    due_on: date
    joining: Sequence[Desk] = ()
    goal: Goal | None = None
    verify_wanted: bool = False
    package: str = Disclosure.Package.QUESTION
    notes: Sequence[Note] = ()


def check_ask(case: Case, ask: Ask, *, at: datetime) -> None:
    """
    Refuse what can't be asked in this case.

    :raises InvalidInput: with the field that is wrong
    """
    kind_of(ask.kind)
    if not ask.question.strip():
        raise InvalidInput("Schrijf wat je vraagt.", field="question")
    check_day(ask.due_on, at=at)
    for desk in (ask.desk, *ask.joining):
        check_desk(desk)
    if ask.desk in ask.joining or len(set(ask.joining)) < len(ask.joining):
        raise InvalidInput(
            "Een bureau is trekker of doet mee, niet allebei.", field="joining"
        )
    if ask.goal is not None and ask.goal.case_id != case.pk:
        raise InvalidInput("Kies een doel van dit plan.", field="goal")
    if not _may_lend(case, ask.notes):
        raise InvalidInput("Deze notitie kan niet mee.", field="notes")
    if ask.package == Disclosure.Package.CHOSEN and not ask.notes:
        raise InvalidInput("Kies welke stukken meegaan.", field="notes")


def check_desk(desk: Desk) -> None:
    """Refuse a desk that no longer takes part."""
    if not desk.is_active:
        raise InvalidInput(
            "Dit bureau doet niet meer mee. Kies een ander.", field="desk"
        )


def check_day(due_on: date, *, at: datetime) -> None:
    """Refuse a day that is over."""
    if due_on < local_day(at):
        raise InvalidInput("Kies een dag die nog komt.", field="due_on")


def lending_of(case: Case, ask: Ask) -> Lending:
    """Give what goes along, as it is now: later changes do not go along."""
    if ask.package == Disclosure.Package.CHOSEN:
        words = "\n\n".join(note.text for note in ask.notes)
        notes = [note.pk for note in ask.notes]
        return Lending(package=ask.package, text=words, note_ids=notes)
    text = ""
    if ask.package == Disclosure.Package.OUTLINE:
        goals = (
            Goal.objects.system_scope("the plan in outline goes along")
            .filter(case=case, plan__ended_at__isnull=True)
            .order_by("pk")
        )
        text = "\n".join(
            f"{goal.get_life_domain_display()}: {goal.text}" for goal in goals
        )
    return Lending(package=ask.package, text=text)


def lending_again(task: Task) -> Lending:
    """
    Give what went along with a task, for another desk.

    :raises TakenBack: if any of it was a mistake, to whichever desk it went
    """
    lent = list(
        Disclosure.objects.system_scope("goes along once more")
        .filter(about=task.key)
        .order_by("pk")
    )
    if any(each.taken_back_at for each in lent):
        raise TakenBack
    if not lent:
        return Lending(package=Disclosure.Package.QUESTION)
    last = lent[-1]
    return Lending(package=last.package, text=last.text, note_ids=last.note_ids or ())


def lend(
    task: Task, desk: Desk, what: Lending, *, by: User, at: datetime
) -> Disclosure:
    """
    Write down what is lent to a desk, on the ground of the case.

    :raises NoGround: if the case has none
    """
    return Disclosure.objects.create(
        case=task.case,
        about=task.key,
        desk=desk,
        package=what.package,
        text=what.text,
        note_ids=list(what.note_ids),
        ground=_ground_of(task.case),
        at=at,
        by=by,
    )


def let_in(case: Case, desk: Desk, *, at: datetime) -> list[Tracked]:
    """
    Let the organisation of a desk take part until the plan is reviewed.

    Not if it does so already. On the ground of the case, since a task goes with it.

    :raises NoGround: if the case has none
    """
    if desk.organisation.kind == Organisation.Kind.GEMEENTE:
        return []
    try:
        ended = end_what_ran_out(case, desk.organisation, at=at)
    except AlreadyDone:
        return []
    joined = join_case(
        case,
        Participation.Role.PARTY,
        at=at,
        desk=desk,
        until=end_of(until_review(at)),
        scope=FOR_TASKS,
        ground=_ground_of(case),
    )
    return [*ended, *joined]


def _may_lend(case: Case, notes: Sequence[Note]) -> bool:
    """Whether notes may go along: none has a rule of its own, or was taken back."""
    if not notes:
        return True
    # Read again: somebody may have taken it back before the case was locked.
    fit = Note.objects.system_scope("what may go along").standing()
    chosen = {note.pk for note in notes}
    return fit.filter(case=case, tag=Note.Tag.NONE, pk__in=chosen).count() == len(
        chosen
    )


def _ground_of(case: Case) -> str:
    ground = (
        LegalBasis.objects.system_scope("the ground goes with what is lent")
        .filter(case=case)
        .order_by("-at", "-pk")
        .first()
    )
    if ground is None:
        raise NoGround
    return ground.code
