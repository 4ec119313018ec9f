"""What people begin by themselves: refer, go up, ask a desk, go on holiday."""

from __future__ import annotations

from collections.abc import Callable

from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from ave.escalation.models import DeEscalation, Escalation
from ave.escalation.rules import open_answers
from ave.escalation.stopping import withdraw_stop
from ave.escalation.transitions import take_back
from ave.stagnation.transitions import report_stuck
from ave.triage.flow import IntakeFlow
from casework.cases.absence import end_absence, start_absence
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.confirmations import Given
from casework.cases.dossier import state_ground
from casework.cases.handover import hand_over_procesregie
from casework.cases.lifecycle import close_case, reopen_case
from casework.cases.models import Bottleneck, Case
from casework.levels import Level
from casework.people.models import Absence, User
from casework.plan.models import ActionPlan, Task
from casework.plan.transitions import make_plan, withdraw_task
from casework.work import chasing, inbox, own
from casework.work.due import Due
from tests.simulation import tasks
from tests.simulation.answers import end
from tests.simulation.scene import Idle, Scene

MOST_AWAY = 3

Begin = Callable[[Scene], object]


def refer(scene: Scene) -> None:
    """By a partner with an account, or by telephone."""
    running = Case._base_manager.filter(closed_at__isnull=True).count()
    if running >= scene.most_cases:
        raise Idle
    urgent = scene.chance.random() < 0.2
    kind = scene.chance.choice(Case.Kind.values)
    facts = {"reason": "Buren melden overlast.", "kind": kind, "urgent": urgent}
    if scene.chance.random() < 0.5:
        officer = scene.acts_for(scene.town.world.officer)
        IntakeFlow.start.begin(None, by=officer, at=scene.at, referrer=officer, **facts)
        return
    by = scene.acts_for(scene.town.world.procesregisseur)
    IntakeFlow.start.begin(
        None, by=by, at=scene.at, referrer_name="Buurtbewoner", **facts
    )


def find_bottleneck(scene: Scene) -> None:
    case = scene.some(Case, status=Case.Status.OPEN)
    by = _steers(scene, case)
    cause = scene.chance.choice([None, None, scene.town.world.municipality])
    raise_bottleneck(case, by=by, at=scene.at, cause=cause, **scene.stuck())


def go_up(scene: Scene) -> None:
    """Ask the next level; with spoed sometimes a higher one."""
    bottleneck = scene.some(
        Bottleneck, state="open", asked=False, level__lt=Level.BESTUURLIJK
    )
    urgent = scene.chance.random() < 0.25
    jumps = urgent and bottleneck.level <= Level.PROCES and scene.chance.random() < 0.5
    EscalationFlow.start.begin(
        bottleneck,
        by=_steers(scene, bottleneck.case),
        at=scene.at,
        question="Wie regelt de plek?",
        urgent=urgent,
        to_level=Level.BESTUURLIJK if jumps else None,
        jump_reason="Het kan niet wachten." if jumps else "",
        kind="notice" if scene.chance.random() < 0.1 else "decision",
    )


def come_down(scene: Scene) -> None:
    bottleneck = scene.some(
        Bottleneck, state="open", asked=False, level__gt=Level.PROCES
    )
    take_back(bottleneck, by=_steers(scene, bottleneck.case), at=scene.at)


def withdraw(scene: Scene) -> None:
    request = scene.some(Escalation, ended_at__isnull=True)
    EscalationFlow.interrupt(
        EscalationFlow.withdraw,
        request,
        by=_steers(scene, request.case),
        at=scene.at,
        reason="Het is al geregeld.",
    )


def write_down_answer(scene: Scene) -> None:
    """The answerer says it by telephone and the procesregisseur writes it down."""
    turns = Escalation.Turn.REVIEW, Escalation.Turn.CARRY
    request = scene.some(Escalation, turn__in=turns, kind="decision")
    by = _steers(scene, request.case)
    if by == request.answerer:
        raise Idle
    answer(
        request,
        by=by,
        at=scene.at,
        answer=scene.chance.choice(open_answers(request)),
        text="Dat zei hij.",
        given=Given(channel="telephone", at=scene.at, by=request.answerer),
    )


def settle(scene: Scene) -> None:
    bottleneck = scene.some(Bottleneck, state="open", asked=False)
    end(scene, _steers(scene, bottleneck.case), bottleneck)


def plan(scene: Scene) -> None:
    case = scene.some(Case, status=Case.Status.OPEN)
    if ActionPlan._base_manager.filter(case=case).exists():
        raise Idle
    make_plan(case, by=_steers(scene, case), at=scene.at, discussed=True)


def ask_desk(scene: Scene) -> None:
    case = scene.some(Case, status__in=[Case.Status.OPEN, Case.Status.AFTERCARE])
    tasks.offer(scene, _works(scene, case), case)


def ground(scene: Scene) -> None:
    """What was reopened after a refusal has none yet."""
    case = scene.some(Case, status=Case.Status.OPEN, grounds__isnull=True)
    state_ground(
        case,
        by=_steers(scene, case),
        at=scene.at,
        code="avg-6-1-e",
        purpose="Hulp en veiligheid weer op gang brengen",
        review_on=scene.in_days(20, 90),
    )


def take_task_back(scene: Scene) -> None:
    task = scene.some(Task, state__in=Task.OPEN)
    withdraw_task(task, by=_steers(scene, task.case), at=scene.at)


def write_task_down(scene: Scene) -> None:
    task = scene.some(Task, state__in=Task.OPEN)
    tasks.write_down(scene, _steers(scene, task.case), task)


def say_stuck(scene: Scene) -> None:
    case = scene.some(
        Case, status=Case.Status.OPEN, casusregisseur=scene.town.world.casusregisseur
    )
    by = scene.acts_for(scene.town.world.casusregisseur)
    if by == _steers(scene, case):
        raise Idle
    report_stuck(case, by=by, at=scene.at, text="De partijen wachten.")


def stop(scene: Scene) -> None:
    case = scene.some(
        Case, status=Case.Status.OPEN, level=Level.CASUS, casusregisseur__isnull=False
    )
    DeescalationFlow.start.begin(
        case,
        by=_steers(scene, case),
        at=scene.at,
        receiver=case.casusregisseur,
        reason="Het loopt al weken.",
        aftercare_on=scene.in_days(7, 40),
    )


def take_stop_back(scene: Scene) -> None:
    row = scene.some(DeEscalation, ended_at__isnull=True)
    by = _steers(scene, row.case)
    DeescalationFlow.interrupt(withdraw_stop, row, by=by, at=scene.at)


def close(scene: Scene) -> None:
    case = scene.some(Case, status__in=[Case.Status.OPEN, Case.Status.AFTERCARE])
    close_case(case, by=_steers(scene, case), at=scene.at, outcome="solved")


def reopen(scene: Scene) -> None:
    case = scene.some(Case, status=Case.Status.CLOSED)
    by = scene.chance.choice(scene.town.regisseurs)
    if by.pk in scene.away():  # that is of the desk, and who stands in is not of it
        raise Idle
    reopen_case(case, by=by, at=scene.at, reason="Het begint opnieuw.")


def hand_over(scene: Scene) -> None:
    case = scene.some(Case, status=Case.Status.OPEN)
    others = [u for u in scene.town.regisseurs if u.pk != case.procesregisseur_id]
    hand_over_procesregie([case], by=_steers(scene, case), at=scene.at, user=others[0])


def go_away(scene: Scene) -> None:
    """On holiday until a day, or ill until he says so; or his lead says it."""
    away = scene.away()
    if len(away) >= MOST_AWAY:
        raise Idle
    there = [u for u in scene.town.people if u.deputy_id and u.pk not in away]
    user = scene.chance.choice(there)
    by = user
    if user.team_lead is not None and scene.chance.random() < 0.3:
        by = user.team_lead
    until = scene.in_days(0, 14) if scene.chance.random() < 0.7 else None
    start_absence(user, by=by, at=scene.at, reason="Weg", until=until)


def come_back(scene: Scene) -> None:
    away = Absence.objects.active(scene.at).values("pk")
    absence = scene.some(Absence, pk__in=away)
    end_absence(absence, by=absence.user, at=scene.at)


def write_own(scene: Scene) -> None:
    by = _present(scene)
    own.write_own("Bel terug", due=Due.day(scene.in_days(1, 10)), by=by, at=scene.at)


def remind(scene: Scene) -> None:
    """Who asked for something wants to know now."""
    by = _present(scene)
    item = inbox.waiting_for_others(by, at=scene.at).first()
    if item is None:
        raise Idle
    chasing.remind_now(item, by=by, at=scene.at)


def rest(scene: Scene) -> None:
    """Who asked for something wants nobody to be reminded of it for a while."""
    by = _present(scene)
    asked = inbox.waiting_for_others(by, at=scene.at)
    item = next((each for each in asked if each.may_rest), None)
    if item is None:
        raise Idle
    chasing.pause(item, until=scene.in_days(1, 12), reason="first", by=by, at=scene.at)


def _present(scene: Scene) -> User:
    away = scene.away()
    return scene.chance.choice([u for u in scene.town.people if u.pk not in away])


def _steers(scene: Scene, case: Case) -> User:
    assert case.procesregisseur is not None
    return scene.acts_for(case.procesregisseur)


def _works(scene: Scene, case: Case) -> User:
    if case.casusregisseur is not None and scene.chance.random() < 0.5:
        return scene.acts_for(case.casusregisseur)
    return _steers(scene, case)


INITIATIVES: dict[Begin, int] = {
    refer: 12,
    find_bottleneck: 3,
    go_up: 10,
    come_down: 2,
    withdraw: 2,
    write_down_answer: 2,
    settle: 3,
    plan: 3,
    ground: 3,
    ask_desk: 10,
    take_task_back: 1,
    write_task_down: 1,
    say_stuck: 2,
    stop: 4,
    take_stop_back: 1,
    close: 6,
    reopen: 1,
    hand_over: 1,
    go_away: 4,
    come_back: 3,
    write_own: 1,
    remind: 1,
    rest: 2,
}
"""What may begin, and how often beside the others."""
