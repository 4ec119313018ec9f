"""What the pages show of requests: where they wait, what was said and decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from ave.escalation.asking import term_at
from ave.escalation.asks import DECLINED
from ave.escalation.models import (
    Answer,
    Decision,
    DeEscalation,
    Dissent,
    Escalation,
    Voice,
)
from ave.policy.answerers import answerer as find_answerer
from casework.cases import staircase
from casework.cases.confirmations import dispute_of
from casework.cases.models import Bottleneck, Case, Event, Participation
from casework.cases.staircase import Asked, Step
from casework.levels import Level
from casework.people.absence import acting_for
from casework.people.errors import NotVisible
from casework.people.models import Organisation, User
from casework.policy import policy
from casework.work import items
from casework.work.days import local_day
from casework.work.due import Due
from casework.work.models import WorkItem

Kind = Answer.Kind
Turn = Escalation.Turn

_SAYS = {
    Kind.ASK_FIRST: "wil eerst iets weten",
    Kind.SUPPLIED: "vulde aan",
    Kind.PICK_UP: "pakt dit knelpunt op",
    Kind.DECIDE: "besloot",
    Kind.WITHDRAW: "trok de vraag in",
    Kind.READ: "heeft dit gelezen",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said in a request."""

    who: str
    says: str
    at: datetime
    text: str
    unconfirmed: bool
    disputed: str = ""
    disputed_reason: str = ""
    recorded: str = ""
    is_decision: bool = False
    facts: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Preview:
    """Who will read a request, and until when he has."""

    name: str
    level: Level
    due: Due

    @property
    def until(self) -> str:
        """Write the day on which an answer is due."""
        return staircase.until(self.due)


def request_for(user: User, pk: int, *, at: datetime) -> Escalation:
    """
    Give one request that somebody may read; check and read are one statement.

    With the voices in it that he may read.

    :raises NotVisible: if there is none for him
    """
    try:
        found = _with_people(Escalation.objects.visible_to(user, at=at)).get(pk=pk)
    except Escalation.DoesNotExist:
        raise NotVisible() from None
    voices = Voice.objects.visible_to(user, at=at).select_related(
        "user__organisation", "by", "recorded_by"
    )
    his = Prefetch("voices", queryset=voices.order_by("pk"))
    prefetch_related_objects([found], his)
    return found


def was_asked(user: User, pk: int, *, at: datetime) -> Escalation | None:
    """
    Give a request that was asked of somebody and that ended today, or None.

    The day after it is news no more; for who knows these people it never was.
    """
    asked = Participation.objects.system_scope("who was asked may hear that it is over")
    if not asked.excluding(user).filter(user=user, about=f"escalation:{pk}").exists():
        return None
    return (
        _with_people(Escalation.objects.system_scope("to say what became of it"))
        .filter(pk=pk, ended_at__date=local_day(at), case__status=Case.Status.OPEN)
        .first()
    )


def requests_of(case: Case) -> list[Escalation]:
    """Give every request of a case that somebody reads, with its answers; newest first."""
    return list(_with_people(case.requests.all()).order_by("-pk"))


def running_in(case: Case) -> list[Escalation]:
    """Give the requests of a case that wait for an ending answer; no notices."""
    found = case.requests.filter(ended_at__isnull=True).exclude(
        kind=Escalation.Kind.NOTICE
    )
    return list(found.select_related("bottleneck", "answerer").order_by("pk"))


@staircase.asks
def asked_in(case: Case) -> list[Asked]:
    """Tell the staircase which requests wait at which level."""
    return [asked_of(escalation) for escalation in running_in(case)]


def asked_of(escalation: Escalation) -> Asked:
    """Give a request as the staircase shows it."""
    return Asked(
        number=escalation.bottleneck.number,
        level=Level(escalation.to_level),
        due=escalation.due,
        held=escalation.turn == Turn.CARRY,
    )


def steps_of(escalation: Escalation) -> list[Step]:
    """Give the staircase of one request: its bottleneck, and where it waits."""
    runs = escalation.ended_at is None and escalation.kind != Escalation.Kind.NOTICE
    asked = [asked_of(escalation)] if runs else []
    return staircase.steps_about(escalation.bottleneck, asked)


def asker_of(escalation: Escalation) -> str:
    """Name who asked it, and in whose name; who steers when the clock did."""
    case = escalation.case
    if escalation.asker is not None:
        return in_whose_name(case, escalation.asker, at=escalation.asked_at)
    return case.procesregisseur.name if case.procesregisseur is not None else ""


def stop_in(case: Case) -> DeEscalation | None:
    """Give the running question to stop procesregie, if there is one."""
    found: DeEscalation | None = (
        case.deescalations.filter(ended_at__isnull=True)
        .select_related("asker", "receiver")
        .first()
    )
    return found


def refusal_in(case: Case) -> DeEscalation | None:
    """Give the question to stop that came to nothing and asks for a next step."""
    if not items.open_about(case.key, kind=DECLINED).exists():
        return None
    found: DeEscalation | None = (
        case.deescalations.filter(ended_at__isnull=False)
        .select_related("receiver")
        .order_by("-pk")
        .first()
    )
    return found


def waiting_items(case: Case) -> dict[str, WorkItem]:
    """Give the open work about requests of a case and their answers, by its subject."""
    rows = items.open_for_case(case.pk).filter(
        kind__in=[
            "escalation.review",
            "escalation.carry",
            "escalation.notice",
            "bottleneck.next",
        ],
    )
    return {row.about: row for row in rows}


def conversation(escalation: Escalation) -> list[Line]:
    """Give what was said in a request, in order."""
    return [line_of(answer, escalation) for answer in escalation.answers.all()]


def line_of(answer: Answer, escalation: Escalation) -> Line:
    """Write one answer as the page shows it."""
    recorded = ""
    if answer.recorded_by_id != answer.by_id:
        recorded = (
            f"{answer.get_channel_display()}, opgeschreven door "
            f"{answer.recorded_by.name}"
        )
    return Line(
        who=_who(answer, escalation),
        says=says(answer),
        at=answer.at,
        text=answer.text,
        unconfirmed=answer.is_unconfirmed,
        disputed=dispute_of(answer),
        disputed_reason=answer.disputed_reason,
        recorded=recorded,
        is_decision=answer.kind == Kind.DECIDE,
        facts=_facts(answer),
    )


def in_whose_name(case: Case, by: User, *, at: datetime) -> str:
    """Name who did something in a case at a moment, and whom he stood in for."""
    if by.pk == case.procesregisseur_id:
        return by.name
    event = (
        Event.objects.system_scope("what a deputy does says in whose name")
        .filter(case=case, by=by, at=at, on_behalf_of__isnull=False)
        .select_related("on_behalf_of")
        .first()
    )
    if event is None or event.on_behalf_of is None:
        return by.name
    return f"{by.name}, namens {event.on_behalf_of.name}"


def says(answer: Answer) -> str:
    """Say in Dutch what an answer is: the part after the name."""
    level = Level(answer.level)
    if answer.kind == Kind.LOWER:
        return f"vindt: dit kan op {lower_word(level)}"
    if answer.kind == Kind.HIGHER:
        return f"stuurde dit door naar {(level.above or level).label.lower()}"
    return _SAYS[Kind(answer.kind)]


def lower_word(level: Level) -> str:
    """Name the level below one, inside a sentence: "procesniveau"."""
    below = level.below
    return below.word if below is not None else level.word


def earlier_on(escalation: Escalation) -> list[Escalation]:
    """
    Give the requests that were made before about the same bottleneck.

    Part of the memo: whoever reads a request reads what was answered before.
    """
    before = Escalation.objects.system_scope("earlier answers belong to the memo")
    return list(
        _with_people(before)
        .filter(bottleneck_id=escalation.bottleneck_id, pk__lt=escalation.pk)
        .exclude(kind=Escalation.Kind.NOTICE)
        .order_by("pk")
    )


def preview_of(
    case: Case,
    level: Level,
    *,
    cause: Organisation | None,
    asker: User,
    urgent: bool,
    at: datetime,
) -> Preview:
    """
    Say who will get a question about a case, and until when he has.

    :raises NobodyToAsk: if nobody at that level may answer
    """
    rules = policy.at(local_day(at))
    return Preview(
        name=find_answerer(case, level, cause=cause, asker=asker, at=at).name,
        level=level,
        due=term_at(level, urgent=urgent, rules=rules, at=at),
    )


def times_asked(requests: Iterable[Escalation], bottleneck: Bottleneck) -> int:
    """Count the questions about one bottleneck; a notice is no question."""
    return sum(
        1
        for each in requests
        if each.bottleneck_id == bottleneck.pk and each.kind != Escalation.Kind.NOTICE
    )


def receivers_in(case: Case, *, but: User, at: datetime) -> Sequence[User]:
    """
    Give whom somebody may ask to take a case over: people who read its dossier now.

    Not who steers it, and not whom he stands in for: he would answer himself.
    """
    roles = (Participation.Role.CASUSREGISSEUR, Participation.Role.RECEIVER)
    asking = {but.pk, case.procesregisseur_id, *acting_for(but, at=at)}
    places = (
        Participation.objects.system_scope("who may receive the case")
        .running(at)
        .filter(case=case, role__in=roles, user__is_active=True)
        .filter(on_behalf_of__isnull=True)
        .exclude(user__in=[key for key in asking if key is not None])
        .select_related("user")
        .order_by("pk")
    )
    return list({place.user_id: place.user for place in places if place.user}.values())


def _who(answer: Answer, escalation: Escalation) -> str:
    if answer.by is None:
        return answer.by_name
    if answer.kind in {Kind.SUPPLIED, Kind.WITHDRAW}:
        return in_whose_name(escalation.case, answer.by, at=answer.at)
    same_level = answer.level == escalation.to_level
    if same_level and answer.by_id != escalation.answerer_id:
        return f"{answer.by.name}, namens {escalation.answerer.name}"
    return answer.by.name


def _facts(answer: Answer) -> list[tuple[str, str]]:
    decision: Decision | None = getattr(answer, "decision", None)
    return decision.facts if decision is not None else []


def _with_people(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    answers = Answer.objects.select_related(
        "by", "recorded_by", "decision", "escalation"
    ).order_by("pk")
    dissents = Dissent.objects.select_related(
        "organisation", "by", "recorded_by"
    ).order_by("pk")
    return rows.select_related(
        "case__procesregisseur", "bottleneck", "asker", "answerer"
    ).prefetch_related(
        Prefetch("answers", queryset=answers),
        Prefetch("dissents", queryset=dissents),
    )
