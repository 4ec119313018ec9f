"""What happens when somebody does something: everything that is written, committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from ave.escalation.flow import EscalationFlow
from ave.escalation.flow import answer as answer_escalation
from bench import peers, writing
from bench.context import Bench
from bench.measure import (
    Contender,
    Operation,
    at_most,
    faster_than,
    statements,
)
from casework.cases.models import Bottleneck
from casework.people.models import Role, User
from casework.plan.answering import report_task
from casework.plan.models import Task, TaskDesk

ANSWER = "De huur is tot en met oktober betaald."
QUESTION, DECISION = "Wie regelt de plek?", "De corporatie regelt de plek."
LOOP = "assign_perm in een lus"
LONG = 200


class Taken(NamedTuple):
    """A task that somebody is busy with."""

    task: Task
    place: TaskDesk
    by: User


class Stuck(NamedTuple):
    """A bottleneck that nobody asked about, and who may ask."""

    bottleneck: Bottleneck
    by: User


def operations(bench: Bench) -> Iterator[Operation]:
    """Give the steps."""
    tasks = _tasks()
    yield a_task_answered(bench, tasks)
    yield a_long_history(bench, tasks)
    yield an_escalation(bench)


def a_task_answered(bench: Bench, tasks: Iterator[Taken]) -> Operation:
    """State, work, event, log and day, in one transaction."""

    def bare(given: Taken) -> None:
        writing.answer_task(bench.raw, given.place, by=given.by, at=bench.at)

    def stock(given: tuple[Taken, Any]) -> None:
        taken, step = given
        peers.answer_by_viewflow(
            step, taken.place, by=taken.by, at=bench.at, answer=ANSWER
        )

    return Operation(
        "Een taak beantwoord",
        ours=_answering(bench, lambda: next(tasks)),
        bound=Contender(
            "psycopg",
            bare,
            prepare=lambda: next(tasks),
            result=lambda given, _: _state_of(bench, given),
        ),
        peers=(
            Contender(
                "viewflow-stap",
                stock,
                prepare=lambda: (next(tasks), peers.begin_task()),
                result=lambda given, _: _state_of(bench, given[0]),
            ),
        ),
        targets=(at_most(3),),
        reads=False,
    )


def a_long_history(bench: Bench, tasks: Iterator[Taken]) -> Operation:
    """The same in a case in which much has happened: it must cost the same."""

    def old() -> Taken:
        given = next(tasks)
        writing.add_history(bench.raw, given.task.case_id, LONG, at=bench.at)
        return given

    young = _answering(bench, lambda: next(tasks))
    return Operation(
        f"Een taak beantwoord, na {LONG} gebeurtenissen",
        ours=_answering(bench, old),
        bound=replace(young, name="zonder geschiedenis"),
        targets=(at_most(1.3),),
        reads=False,
        same=False,
        note="de ondergrens is dezelfde handeling in een jonge casus",
    )


def an_escalation(bench: Bench) -> Operation:
    """A question to the next level, and its decision: two transactions."""
    stuck = _stuck()
    manager = bench.town.folk.people[Role.MANAGER][0]

    def ours(given: Stuck) -> None:
        escalation = EscalationFlow.start.begin(
            given.bottleneck, by=given.by, at=bench.at, question=QUESTION
        )
        answer_escalation(
            escalation, by=manager, at=bench.at, answer="decide", text=DECISION
        )

    def bare(given: Stuck) -> None:
        asked = writing.ask(
            bench.raw,
            given.bottleneck,
            by=given.by,
            answerer=manager,
            scopes=bench.scopes,
            at=bench.at,
        )
        writing.decide(bench.raw, given.bottleneck, asked, by=manager, at=bench.at)

    def loop(given: Stuck) -> None:
        escalation = peers.ask_by_loop(
            given.bottleneck,
            by=given.by,
            answerer=manager,
            at=bench.at,
            question=QUESTION,
        )
        peers.decide_by_loop(escalation, by=manager, at=bench.at, text=DECISION)

    def contender(name: str, run: Callable[[Stuck], None]) -> Contender:
        return Contender(
            name,
            run,
            prepare=lambda: next(stuck),
            result=lambda given, _: _levels_of(bench, given),
        )

    return Operation(
        "Opschaling gevraagd en besloten",
        ours=contender("EscalationFlow", ours),
        bound=contender("psycopg", bare),
        peers=(contender(LOOP, loop),),
        targets=(statements(60), faster_than(LOOP, 5)),
        reads=False,
        note="twee transacties, met viewflow, rechten, tijdlijn, log en werk",
    )


def _answering(bench: Bench, prepare: Callable[[], Taken]) -> Contender:
    return Contender(
        "report_task",
        lambda given: report_task(given.task, by=given.by, at=bench.at, answer=ANSWER),
        prepare=prepare,
        result=lambda given, _: _state_of(bench, given),
    )


def _tasks() -> Iterator[Taken]:
    places = (
        TaskDesk.objects.system_scope("to be answered")
        .filter(state=TaskDesk.State.PICKED_UP)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return (_taken(pk) for pk in list(places))


def _taken(pk: int) -> Taken:
    place = TaskDesk._base_manager.select_related("task__case", "taker").get(pk=pk)
    assert place.taker is not None
    return Taken(place.task, place, place.taker)


def _stuck() -> Iterator[Stuck]:
    keys = (
        Bottleneck.objects.system_scope("to be asked about")
        .filter(level=2, asked=False, state=Bottleneck.State.OPEN)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    found = (
        Bottleneck._base_manager.select_related("case__procesregisseur").get(pk=pk)
        for pk in list(keys)
    )
    return (Stuck(each, each.case.procesregisseur) for each in found)


def _state_of(bench: Bench, given: Taken) -> list[tuple[Any, ...]]:
    """Look at what must be there after an answer, however it was given."""
    return bench.rows(
        """select t.state, d.state, d.ended_at is not null,
            (select count(*) from plan_report r where r.task_id = t.id),
            (select count(*) from work_workitem w
             where w.about = 'task:' || t.id and w.state = 'open'),
            (select count(*) from cases_event e
             where e.case_id = t.case_id and e.kind = 'task.done'),
            (select count(*) from audit_auditentry a
             where a."case" = t.case_id and a.verb = 'task.done')
        from plan_task t join plan_taskdesk d on d.task_id = t.id
        where t.id = %(task)s""",
        task=given.task.pk,
    )


def _levels_of(bench: Bench, given: Stuck) -> list[tuple[Any, ...]]:
    """Look at what must be there after a decision, however it was asked."""
    return bench.rows(
        """select b.level, b.asked, c.level, e.turn, e.ending, e.to_level,
            (select count(*) from escalation_decision d where d.case_id = c.id),
            (select count(*) from cases_event v
             where v.case_id = c.id and v.kind like 'escalation.%%'),
            (select count(*) from audit_auditentry a
             where a."case" = c.id and a.verb like 'escalation.%%'),
            (select count(*) from work_workitem w where w."case" = c.id
             and w.state = 'open' and w.about = 'bottleneck:' || b.id)
        from cases_bottleneck b join cases_case c on c.id = b.case_id
        join escalation_escalation e on e.bottleneck_id = b.id
        where b.id = %(bottleneck)s""",
        bottleneck=given.bottleneck.pk,
    )
