"""The peers: the best that a competent engineer would find in a day, with the same rows.

They stand here so that anybody can see that they were not made slow on purpose. For the
lists they have an index of their own (`INDEX`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from guardian import core
from guardian.backends import ObjectPermissionBackend
from guardian.core import ObjectPermissionChecker
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import get_objects_for_user
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Process

from ave.escalation.models import Answer, Decision, Escalation
from casework.access.permissions import Permission
from casework.audit.merkle import leaf_hash
from casework.audit.models import AuditEntry, AuditSeal, canonical
from casework.cases.grants import SCOPES_OF_ROLE
from casework.cases.models import Bottleneck, Case, Event, Exclusion, Participation
from casework.people.models import Membership, User
from casework.plan.models import Report, Task, TaskDesk
from casework.work.models import WorkItem

INDEX = """
    create index bench_attention on cases_case (attention_on, id)
    where status in ('in_triage', 'open', 'aftercare')
"""
"""What somebody who filters cases in order would add; ours does without."""

RUNS = ("in_triage", "open", "aftercare")
SEES = [
    str(role)
    for role, held in SCOPES_OF_ROLE.items()
    if Permission.SEE_CASE in held and role != Participation.Role.ARCHIVE
]


GUARDIANS_ROWS = """
    insert into guardian_userobjectpermission
        (permission_id, content_type_id, object_pk, user_id)
    select g.permission_id, p.content_type_id, g.content_object_id::text, g.user_id
    from cases_caseusergrant g join auth_permission p on p.id = g.permission_id;
    insert into guardian_groupobjectpermission
        (permission_id, content_type_id, object_pk, group_id)
    select g.permission_id, p.content_type_id, g.content_object_id::text, g.group_id
    from cases_casedeskgrant g join auth_permission p on p.id = g.permission_id
"""


@contextmanager
def guardians_own_tables() -> Iterator[None]:
    """Let guardian check in its own tables: from ours nothing leads back to a right."""
    with mock.patch.multiple(
        core,
        get_user_obj_perms_model=lambda *_: UserObjectPermission,
        get_group_obj_perms_model=lambda *_: GroupObjectPermission,
    ):
        yield


def cases_by_exists(user: User, *, at: datetime) -> QuerySet[Case]:
    """Cases in which somebody takes part himself or with a desk: the natural spelling."""
    places = (
        Participation.objects.system_scope("a peer")
        .running(at)
        .filter(case=OuterRef("pk"), role__in=SEES)
        .filter(Q(user=user) | Q(desk__in=_desks(user, at=at)))
    )
    knows = Exclusion.objects.filter(user=user, case=OuterRef("pk"))
    return (
        Case.objects.system_scope("a peer")
        .filter(Exists(places), ~Exists(knows), status__in=RUNS)
        .order_by("attention_on", "pk")
    )


def cases_by_guardian(user: User) -> QuerySet[Case]:
    """Cases on which guardian knows a right of somebody, on our own tables."""
    found: QuerySet[Case] = get_objects_for_user(
        user,
        "cases.see_case",
        Case.objects.system_scope("a peer"),
        with_superuser=False,
        accept_global_perms=False,
    )
    return found.filter(status__in=RUNS).order_by("attention_on", "pk")


def levels_by_guardian(user: User) -> dict[int, int]:
    """Count the cases of guardian per level."""
    found = cases_by_guardian(user).filter(status="open").order_by()
    return dict(found.values_list("level").annotate(count=Count("pk")))


def work_by_or(user: User, *, at: datetime) -> QuerySet[WorkItem]:
    """Work in one OR, and of cases only those that guardian lets one see."""
    seen = get_objects_for_user(
        user,
        "cases.see_case",
        Case.objects.system_scope("a peer"),
        with_superuser=False,
        accept_global_perms=False,
    )
    return (
        WorkItem.objects.system_scope("a peer")
        .open()
        .filter(
            Q(owner_user=user)
            | Q(claimed_by=user)
            | Q(stand_in=user)
            | Q(owner_desk__in=_desks(user, at=at), claimed_by__isnull=True)
        )
        .filter(Q(case__isnull=True) | Q(case__in=seen.values("pk")))
        .select_related("owner_user", "owner_desk", "claimed_by", "asked_by")
        .by_urgency()
    )


def may_by_guardian(user: User, permission: Permission, case: Case) -> bool:
    """Ask guardian's own backend."""
    return ObjectPermissionBackend().has_perm(user, f"cases.{permission}", case)


def may_of_by_guardian(
    user: User, permission: Permission, cases: Sequence[Case]
) -> set[int]:
    """Let guardian fetch the rights on some cases at once, and ask each."""
    checker = ObjectPermissionChecker(user)
    checker.prefetch_perms(list(cases))
    return {case.pk for case in cases if checker.has_perm(str(permission), case)}


def move_day(case: int) -> int:
    """Set the day of attention of a case with two statements of the ORM."""
    open_work = WorkItem.objects.system_scope("a peer").open().filter(case=case)
    earliest = open_work.aggregate(day=Min("due_on"))["day"]
    return Case._base_manager.filter(pk=case).update(attention_on=earliest)


@transaction.atomic
def hand_over_by_loop(
    cases: Sequence[Case], *, old: User, new: User, at: datetime
) -> int:
    """Take and give the five scopes on every case, and write down that it was done."""
    given = 0
    for case in cases:
        case.procesregisseur = new
        case.save(update_fields=["procesregisseur"])
        Participation.objects.system_scope("a peer").filter(
            case=case, user=old, ended_at__isnull=True
        ).update(user=new)
        for scope in SCOPES_OF_ROLE[Participation.Role.PROCESREGISSEUR]:
            UserObjectPermission.objects.remove_perm(str(scope), old, case)
            UserObjectPermission.objects.assign_perm(str(scope), new, case)
            given += 1
        _write_down(case, "procesregie.handed_over", by=old, at=at)
    return given


class TaskFlow(flow.Flow):  # type: ignore[misc]  # viewflow has no types
    """A stock procedure: somebody is given a task, does it, and it ends."""

    process_class = Process

    start = flow.StartHandle().Next(this.answer)
    answer = flow.View(lambda _: None).Next(this.end)
    end = flow.End()


def begin_task() -> Any:
    """Start the stock procedure up to the task that somebody must do."""
    process = TaskFlow.start.run()
    return process.task_set.get(flow_task=TaskFlow.answer)


@transaction.atomic
def answer_by_viewflow(
    step: Any, place: TaskDesk, *, by: User, at: datetime, answer: str
) -> None:
    """Assign, start and execute a step, save the answer and log it."""
    task = place.task
    with step.activation() as activation:
        activation.assign(by)
        activation.start(None)
        Report.objects.create(
            case=task.case,
            task=task,
            place=place,
            answer=answer,
            by=by,
            recorded_by=by,
            channel=Report.Channel.HERE,
            at=at,
        )
        place.state, place.ended_at = TaskDesk.State.DONE, at
        place.save()
        task.state, task.settled_at = Task.State.DONE, at
        task.save()
        WorkItem._base_manager.filter(about=task.key, state="open").update(
            state="done", closed_at=at, closed_by=by, next_step_at=None
        )
        move_day(task.case_id)
        _write_down(task.case, "task.done", by=by, at=at)
        activation.execute()


@transaction.atomic
def ask_by_loop(
    bottleneck: Bottleneck, *, by: User, answerer: User, at: datetime, question: str
) -> Escalation:
    """Ask a higher level, with `assign_perm` for every scope of everybody in the case."""
    case = bottleneck.case
    escalation = Escalation.objects.create(
        case=case,
        bottleneck=bottleneck,
        question=question,
        from_level=bottleneck.level,
        to_level=bottleneck.level + 1,
        asker=by,
        answerer=answerer,
        due_on=at.date(),
        policy_version="2026-01-01.0",
        asked_at=at,
    )
    bottleneck.asked = True
    bottleneck.save()
    Participation.objects.create(
        case=case,
        role=Participation.Role.ANSWERER,
        user=answerer,
        about=escalation.key,
        from_at=at,
    )
    _assign_all(case, at=at)
    _open_item(escalation.key, owner=answerer, case=case, by=by, at=at)
    _write_down(case, "escalation.requested", by=by, at=at)
    return escalation


@transaction.atomic
def decide_by_loop(
    escalation: Escalation, *, by: User, at: datetime, text: str
) -> None:
    """Decide, and move the bottleneck and the case to the level of who decided."""
    case, bottleneck = escalation.case, escalation.bottleneck
    answer = Answer.objects.create(
        escalation=escalation,
        kind=Answer.Kind.DECIDE,
        ends=True,
        level=escalation.to_level,
        text=text,
        by=by,
        recorded_by=by,
        channel=Answer.Channel.HERE,
        at=at,
    )
    Decision.objects.create(answer=answer, case=case, text=text, role=by.job_title[:40])
    escalation.turn, escalation.ending = "ended", "decided"
    escalation.ended_at = at
    escalation.save()
    bottleneck.asked, bottleneck.level = False, escalation.to_level
    bottleneck.save()
    case.level = escalation.to_level
    case.save()
    WorkItem._base_manager.filter(about=escalation.key, state="open").update(
        state="done", closed_at=at, closed_by=by, next_step_at=None
    )
    _open_item(bottleneck.key, owner=case.procesregisseur, case=case, by=by, at=at)
    _assign_all(case, at=at)
    _write_down(case, "escalation.answered", by=by, at=at)


CHAIN = """
    create table bench_chain (
        id bigint generated by default as identity primary key,
        at timestamptz not null, verb text not null, by_id bigint, case_id bigint,
        about text not null, hash bytea not null)
"""


def chained_row(*, by: int, case: int, at: datetime) -> None:
    """Write a log row that holds the hash of the one before it: one writer at a time."""
    about = f"case:{case}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(42)")
        cursor.execute("select hash from bench_chain order by id desc limit 1")
        last = cursor.fetchone()
        text = f"{at.isoformat()}|case.read|{by}|{case}|{about}".encode()
        digest = hashlib.sha256((bytes(last[0]) if last else b"") + text).digest()
        cursor.execute(
            "insert into bench_chain (at, verb, by_id, case_id, about, hash) "
            "values (%s, 'case.read', %s, %s, %s, %s)",
            [at, by, case, about, digest],
        )


def verify_by_rows(size: int) -> int:
    """Compare every sealed row with its seal, an object at a time."""
    seals = (
        AuditSeal.objects.select_related("entry")
        .filter(position__lt=size)
        .order_by("position")
    )
    return sum(
        leaf_hash(canonical(seal.entry)) == bytes(seal.leaf)
        for seal in seals.iterator(chunk_size=5000)
    )


def _desks(user: User, *, at: datetime) -> QuerySet[Any, Any]:
    return Membership.objects.on(at.date()).filter(user=user).values("desk_id")


def _assign_all(case: Case, *, at: datetime) -> None:
    places = Participation.objects.system_scope("a peer").running(at).filter(case=case)
    for place in places.exclude(user=None).select_related("user"):
        for scope in SCOPES_OF_ROLE[place.role]:
            UserObjectPermission.objects.assign_perm(str(scope), place.user, case)


def _open_item(
    about: str, *, owner: User | None, case: Case, by: User, at: datetime
) -> None:
    WorkItem.objects.create(
        kind="peer",
        title="Beantwoord de vraag",
        about=about,
        link="/",
        owner_user=owner,
        due_on=at.date(),
        case=case.pk,
        reference=case.reference,
        opened_by=by,
        opened_at=at,
        next_step_at=at,
    )
    move_day(case.pk)


def _write_down(case: Case, kind: str, *, by: User, at: datetime) -> None:
    Event.objects.create(case=case, kind=kind, at=at, by=by, facts={"about": case.key})
    AuditEntry.objects.create(
        at=at, verb=kind, action="U", by=by, case=case.pk, about=case.key, channel="web"
    )
