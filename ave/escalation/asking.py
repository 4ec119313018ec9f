"""Who is asked, until when, and the place in the case that this gives."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ave.escalation.models import Answer, Escalation
from ave.policy.answerers import NobodyToAsk
from ave.policy.answerers import answerer as find_answerer
from casework.cases import grants
from casework.cases.models import Bottleneck, Participation
from casework.cases.models.tracked import Tracked
from casework.cases.participations import end_participations, join_case
from casework.levels import Level
from casework.people.errors import InvalidInput
from casework.people.models import User
from casework.policy import policy
from casework.policy.terms import NUMBERS
from casework.work.days import due_after, local_day
from casework.work.due import Counted, Due

REFUSALS_BEFORE_SKIPPING = NUMBERS["refusals_before_skipping"].value
_GIVES_TIME = (Answer.Kind.SUPPLIED, Answer.Kind.PICK_UP, Answer.Kind.HIGHER)


def target_level(
    bottleneck: Bottleneck,
    wanted: Level | None,
    *,
    asker: User,
    urgent: bool,
    jump_reason: str,
    at: datetime,
) -> Level:
    """
    Give the level to ask: the next one, or a higher one where that is allowed.

    It is with spoed and a reason, after two refusals with a reason beside theirs, and
    where nobody at the next one may answer.

    :raises InvalidInput: at the top, downwards, or when a level may not be skipped
    """
    current = Level(bottleneck.level)
    following = current.above
    if following is None:
        raise InvalidInput(
            "Dit knelpunt staat al op het hoogste niveau. Leg het op de agenda van "
            "het bestuurlijk overleg.",
            field="to_level",
        )
    if wanted is None or wanted == following:
        return following
    if wanted < following:
        raise InvalidInput("Opschalen gaat omhoog.", field="to_level")
    if urgent and jump_reason.strip():
        return wanted
    refused = bottleneck.requests.filter(
        ending=Escalation.Ending.LOWER, to_level=following
    ).count()
    if wanted == following.above and is_vacant(
        bottleneck, following, asker=asker, at=at
    ):
        return wanted
    if wanted == following.above and refused >= REFUSALS_BEFORE_SKIPPING:
        if not jump_reason.strip():
            raise InvalidInput(
                "Schrijf waarom je een niveau overslaat. Wie antwoordt, leest ook de "
                "redenen van de vorige keren.",
                field="jump_reason",
            )
        return wanted
    raise InvalidInput(
        "Een niveau overslaan kan alleen met spoed en een reden, "
        "na twee keer 'dit kan op een lager niveau', "
        "of als daar niemand mag antwoorden.",
        field="jump_reason",
    )


def is_vacant(
    bottleneck: Bottleneck, level: Level, *, asker: User, at: datetime
) -> bool:
    """Whether nobody at a level may answer about a bottleneck."""
    try:
        find_answerer(
            bottleneck.case, level, cause=bottleneck.cause, asker=asker, at=at
        )
    except NobodyToAsk:
        return True
    return False


def reason_of_jump(
    bottleneck: Bottleneck, level: Level, *, asker: User, written: str, at: datetime
) -> str:
    """Give why a level is skipped: what was written, or that nobody there may answer."""
    following = Level(bottleneck.level).above
    if written.strip() or following is None or level <= following:
        return written
    vacant = is_vacant(bottleneck, following, asker=asker, at=at)
    return f"Op {following.word} mag niemand antwoorden." if vacant else written


def ask_level(
    bottleneck: Bottleneck,
    *,
    asker: User | None,
    level: Level,
    kind: str,
    question: str,
    if_nothing: str,
    urgent: bool,
    jump_reason: str,
    at: datetime,
    from_level: Level | None = None,
) -> Escalation:
    """Make the request, with who answers it and until when."""
    rules = policy.at(local_day(at))
    due = term_at(level, urgent=urgent, rules=rules, at=at)
    return Escalation.objects.create(
        case=bottleneck.case,
        bottleneck=bottleneck,
        kind=kind,
        question=question,
        if_nothing=if_nothing,
        from_level=from_level or bottleneck.level,
        to_level=level,
        urgent=urgent,
        jump_reason=jump_reason,
        asker=asker,
        answerer=find_answerer(
            bottleneck.case,
            level,
            cause=bottleneck.cause,
            asker=asker,
            at=at,
        ),
        due_on=due.on,
        due_at=due.at,
        policy_version=rules.version,
        asked_at=at,
    )


def term_at(level: Level, *, urgent: bool, rules: policy.Policy, at: datetime) -> Due:
    """Until when a level may take to answer."""
    key = _term_key(urgent=urgent)
    return due_after(rules.term(key, level=int(level)), at=at, rules=rules)


def due_of(escalation: Escalation, *, at: datetime) -> Due:
    """
    Until when a request may take at a moment, with the term that was counted.

    Where an answer gave it another day, counted from that answer; of one that was
    written down later it is known only then.
    """
    level, urgent = Level(escalation.to_level), escalation.urgent
    due = Due(
        on=escalation.due_on,
        at=escalation.due_at,
        basis=Counted(f"{_term_key(urgent=urgent)}:{int(level)}", escalation.asked_at),
    )
    if at == escalation.asked_at:
        return due
    gave = escalation.answers.filter(kind__in=_GIVES_TIME).order_by("-at")
    rules = policy.version(escalation.policy_version)
    for since in [each.at for each in gave] + [at] * bool(gave):
        given = term_at(level, urgent=urgent, rules=rules, at=since)
        for counted in (given, anew_until(escalation, at=since)):
            if counted == due:
                return counted
    went_higher = any(each.kind == Answer.Kind.HIGHER for each in gave)
    return escalation.due if went_higher else due


def is_late(escalation: Escalation, *, at: datetime) -> bool:
    """Whether its day has come, or with spoed its moment."""
    return has_come(escalation.due, at=at)


def has_come(due: Due, *, at: datetime) -> bool:
    """Whether a day has begun, or a moment has come."""
    return at >= due.at if due.at is not None else local_day(at) >= due.on


def anew_until(escalation: Escalation, *, at: datetime) -> Due:
    """
    Until when a request may take whose turn came on its last day or later.

    As long as after a supply; with spoed its hours once more.
    """
    rules = policy.version(escalation.policy_version)
    if escalation.urgent:
        return term_at(Level(escalation.to_level), urgent=True, rules=rules, at=at)
    return due_after(rules.term("escalation_supplied"), at=at, rules=rules)


def give_time(escalation: Escalation, *, at: datetime) -> bool:
    """Give a request that is late its time anew, or leave its day; says if it moved."""
    late = is_late(escalation, at=at)
    if late:
        due = anew_until(escalation, at=at)
        escalation.due_on, escalation.due_at = due.on, due.at
    return late


def mark_asked(bottleneck: Bottleneck, *, asked: bool) -> list[Tracked]:
    """Say of a bottleneck whether a request about it runs."""
    bottleneck.asked = asked
    bottleneck.version += 1
    bottleneck.save(update_fields=["asked", "version"])
    return [bottleneck]


def let_in(escalation: Escalation, *, at: datetime) -> list[Tracked]:
    """Give the answerer his place in the case."""
    rows = join_case(
        escalation.case,
        Participation.Role.ANSWERER,
        at=at,
        user=escalation.answerer,
        about=escalation.key,
    )
    grants.follow([escalation.case_id], at=at)
    return list(rows)


def let_out(
    escalation: Escalation,
    *,
    at: datetime,
    roles: Collection[Participation.Role] | None = None,
) -> list[Tracked]:
    """End the places that a request gave; `roles` says of whom only."""
    rows = end_participations(escalation.case, at=at, about=escalation.key, roles=roles)
    grants.follow([escalation.case_id], at=at)
    return list(rows)


def let_all_out(bottleneck: Bottleneck, *, at: datetime) -> list[Tracked]:
    """
    End the places that all questions about a bottleneck gave. Part of a transition.

    Who has yet to read what is good to know, keeps his place until he did.
    """
    changed: list[Tracked] = []
    for escalation in bottleneck.requests.filter(ended_at__isnull=False):
        changed += end_participations(bottleneck.case, at=at, about=escalation.key)
    grants.follow([bottleneck.case_id], at=at)
    return changed


def _term_key(*, urgent: bool) -> str:
    return "escalation_urgent" if urgent else "escalation_decision"
