"""The only glue to viewflow: a procedure about one case, whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from viewflow.workflow import flow
from viewflow.workflow.base import Node
from viewflow.workflow.models import Process, Task
from viewflow.workflow.nodes.mixins import NextNodeMixin
from viewflow.workflow.nodes.start import StartHandleActivation
from viewflow.workflow.status import PROCESS, STATUS

from casework.cases.lock import lock_case, lock_cases
from casework.cases.models import Case
from casework.people.errors import AlreadyDone, TransitionRefused
from casework.people.models import User
from casework.work import items
from casework.work.models import WorkItem
from casework.work.moved import told_once

Transition = Callable[..., Any]
Asks = Callable[..., None]
Gone = Callable[[Any, User], TransitionRefused]


class NotAsked(AlreadyDone):
    """The step is not open."""

    user_message = "Deze stap is al gedaan of niet meer nodig. Vernieuw de pagina."


class Procedure(Process):
    """
    A short procedure, one to one with its subject.

    A concrete procedure names its subject: a OneToOneField called `subject`. `by` and
    `at` are of the step that is being done; they are not stored.
    """

    by: User | None = None
    at: datetime | None = None
    CASE_PATH: ClassVar[str] = "subject__case_id"

    class Meta:
        abstract = True


class CaseLock:
    """viewflow's lock: the row of the case, so that one order holds everywhere."""

    @contextmanager
    def __call__(self, flow_class: type[CaseFlow], process_pk: int) -> Iterator[None]:
        """Hold the lock for as long as the block takes."""
        path = flow_class.process_class.CASE_PATH
        processes = flow_class.process_class._base_manager
        with transaction.atomic():
            Case._base_manager.select_for_update(no_key=True).values_list("pk").get(
                pk__in=processes.filter(pk=process_pk).values(path)
            )
            yield


class CaseFlow(flow.Flow):
    """A procedure about a case: every flow of ours has our lock."""

    lock_impl = CaseLock()

    @classmethod
    def interrupt(
        cls,
        transition: Transition,
        subject: Any,
        *,
        by: User | None,
        at: datetime,
        **facts: Any,
    ) -> Any:
        """
        End a procedure from outside its steps: withdrawn, or no longer needed.

        :raises NotAsked: if the procedure has ended already
        """
        with transaction.atomic():
            lock_case(subject)
            process = cls._running(subject)
            transition(subject, by=by, at=at, **facts)
            items.close_items(
                subject.key, by=by, at=at, outcome=WorkItem.Outcome.WITHDRAWN
            )
            for task in process.task_set.filter(status=STATUS.NEW):
                task.process = process
                task.flow_task.activation_class(task).cancel()
            process.status, process.finished = PROCESS.CANCELED, at
            process.save(update_fields=["status", "finished"])
        return subject

    @classmethod
    def _running(cls, subject: Any) -> Any:
        process = cls.process_class._base_manager.filter(
            subject=subject, finished__isnull=True
        ).first()
        if process is None:
            raise NotAsked
        process.subject = subject
        return process


class Begin(NextNodeMixin, Node):
    """
    The first node: makes the subject by its transition and starts the procedure.

    The transition locks the case, as each does; this node has no state to guard.
    """

    task_type = "START"
    activation_class = StartHandleActivation
    shape: ClassVar[dict[str, Any]] = flow.StartHandle.shape
    bpmn_element = "startEvent"

    def __init__(self, begins: Transition) -> None:
        super().__init__()
        self._begins = begins

    def begin(self, about: Any, *, by: User | None, at: datetime, **facts: Any) -> Any:
        """Make the subject, which locks the case, and open the first step."""
        with transaction.atomic():
            subject = self._begins(about, by=by, at=at, **facts)
            activation = self.activation_class.create(self, None, None)
            process = activation.process
            process.subject, process.by, process.at = subject, by, at
            activation.execute()
        return subject


class Step(flow.Handle):
    """
    Somebody has to act.

    Becomes active: `asks` opens the work item. `complete` closes the kinds of work
    that it `closes`, does the transition that ends it, and moves on.
    """

    task_type = "HUMAN"
    bpmn_element = "userTask"

    def __init__(
        self,
        ends: Transition,
        *,
        asks: Asks,
        closes: tuple[str, ...],
        gone: Gone | None = None,
    ) -> None:
        super().__init__(ends)
        self._asks = asks
        self._closes = closes
        self._gone = gone

    def _create(
        self, prev_activation: Any, token: Any, data: Any = None, seed: Any = None
    ) -> Any:
        activation = super()._create(prev_activation, token, data, seed)
        process = prev_activation.process
        activation.process = process
        self._asks(process.subject, by=process.by, at=process.at)
        return activation

    def complete(self, subject: Any, *, by: User, at: datetime, **facts: Any) -> Any:
        """
        Do what this step waits for; returns the subject.

        :raises NotAsked: or what `gone` says, if the step is not open
        """
        with transaction.atomic(), told_once():
            lock_cases([_case_key(subject)])  # the transition reads the rows again
            task = self._waiting(subject)
            if task is None:
                lock_case(subject)
                raise self._gone(subject, by) if self._gone else NotAsked()
            task.process.by, task.process.at = by, at
            items.close_items(subject.key, by=by, at=at, kind=self._closes)
            activation = self.activation_class(task)
            activation.run(lambda _: self._func(subject, by=by, at=at, **facts))
            activation.execute()
        return subject

    def is_open(self, subject: Any) -> bool:
        """Whether this step waits for somebody now. One query."""
        return bool(
            self.flow_class.process_class._base_manager.filter(
                subject=subject,
                task__flow_task=self,
                task__status=STATUS.NEW,
            ).exists()
        )

    def _waiting(self, subject: Any) -> Task | None:
        """Give the open task of this step, with the procedure of the subject."""
        name = self.flow_class.process_class._meta.model_name
        task = (
            Task.objects.filter(flow_task=self, status=STATUS.NEW)
            .filter(**{f"process__{name}__subject": subject})
            .select_related(f"process__{name}")
            .first()
        )
        if task is not None:
            task.process = getattr(task.process, name)
            task.process.subject = subject
        return task


def lost_steps() -> int:
    """Count open steps whose node no longer exists: a rename without a migration."""
    open_tasks = Task.objects.filter(finished__isnull=True)
    return sum(
        task.flow_task is None or task.flow_task.task_type == "OBSOLETE"
        for task in open_tasks
    )


def failed_steps() -> int:
    """Count the steps of procedures that broke, so that nobody is asked any more."""
    return int(Task.objects.filter(status=STATUS.ERROR).count())


def _case_key(subject: Any) -> int:
    return int(subject.pk if isinstance(subject, Case) else subject.case_id)
