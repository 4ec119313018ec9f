"""What is in the cases of a world at random: dossiers, tasks, and work beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Model

from ave.escalation.models import Acceptance, DeEscalation, Draft
from ave.stagnation.models import StuckReport, Threat
from ave.triage.models import Triage
from casework.cases.models import (
    Breach,
    Case,
    Disclosure,
    Event,
    LegalBasis,
    Note,
    Person,
    Referral,
    Retraction,
)
from casework.cases.models import Warning as VisitWarning
from casework.meetings.models import Agreement, AgreementRound, Objection
from casework.people.models import (
    Absence,
    Desk,
    User,
)
from casework.plan.models import ActionPlan, Goal, Report, Task, TaskContent, TaskDesk
from casework.work.models import WorkItem
from tests.world import AT, DAY

if TYPE_CHECKING:
    from tests.access.oracle_worlds import Maker


def fill_dossiers(maker: Maker, cases: list[Case]) -> None:
    """One of everything that a dossier may hold, in some of the cases."""
    who = maker.people[0]
    by, signed = {"by": who}, {"by": who, "at": AT}
    soon = {"review_on": DAY}
    criteria = dict.fromkeys(("problems", "safety", "bottleneck", "chain"), "yes")
    for case in cases:
        about = {"case": case}
        for writer in {case.procesregisseur, case.casusregisseur, who} - {None}:
            Draft.objects.create(**about, by=writer, sent={}, texts={}, at=AT)
        rows: list[Model] = [
            Note(**about, text="x", mark="fact", **signed),
            Note(
                **about,
                text="x",
                mark="fact",
                tag=maker.one(("police", "judicial", "medical", "minor")),
                source=maker.one((None, None, maker.home)),
                **signed,
            ),
            Person(**about, role="main", name="x", from_on=DAY),
            LegalBasis(**about, code="x", purpose="x", **signed, **soon),
            Referral(
                **about,
                referrer_name="x",
                recorded_by=who,
                reason="x",
                received_at=AT,
            ),
            VisitWarning(**about, text="x", until_on=DAY, **signed),
            Event(**about, kind="note.written", at=AT, **by),
            Retraction(**about, about=f"note:{case.pk}", reason="incorrect", **signed),
            Breach(**about, about="note:1", noticed_at=AT, report_by=AT, **by),
            Triage(
                **about,
                **criteria,
                outcome="procesregie",
                decided_by=who,
                decided_at=AT,
            ),
            Threat(**about, reason="x", set_by=who, set_at=AT),
            StuckReport(**about, text="x", by=maker.who(), at=AT),
            DeEscalation(
                **about,
                asker=who,
                receiver=maker.people[1],
                reason="x",
                aftercare_on=DAY,
                asked_at=AT,
            ),
        ]
        plan = ActionPlan(
            **about, discussed_with_inhabitant=True, made_at=AT, made_by=who, **soon
        )
        for row in maker.dice.sample([*rows, plan], 9):
            row.save(force_insert=True)
            if isinstance(row, DeEscalation):
                said = {"by": who, "recorded_by": who, "at": AT}
                Acceptance.objects.create(stop=row, accepted=True, **said)
        if plan.pk is not None:
            facts = {"text": "x", "life_domain": "money", "added_at": AT}
            Goal(**about, plan=plan, added_by=who, **facts).save(force_insert=True)


def hand_out_tasks(maker: Maker, cases: list[Case]) -> None:
    """Tasks before, while and after somebody of a desk took them."""
    for case in cases:
        if case.status == Case.Status.IN_TRIAGE or maker.chance(0.2):
            continue
        for _ in range(2):
            _task(maker, case)


def _task(maker: Maker, case: Case) -> None:
    who = maker.people[0]
    task = Task.objects.create(
        case=case, kind="visit", due_on=DAY, offered_at=AT, offered_by=who
    )
    TaskContent.objects.create(task=task, question="x")
    desks = maker.dice.sample(maker.desks, maker.dice.randrange(1, 3))
    for number, desk in enumerate(desks):
        state = (
            "done" if case.closed_at else maker.one(("offered", "picked_up", "done"))
        )
        done = AT - timedelta(days=maker.one((1, 87, 89, 90)))
        part = TaskDesk.objects.create(
            case=case,
            task=task,
            desk=desk,
            is_lead=number == 0,
            state=state,
            taker=None if state == "offered" else _taker(maker, desk),
            picked_up_at=None if state == "offered" else AT,
            ended_at=done if state == "done" else None,
        )
        if state == "done":
            Report.objects.create(
                case=case,
                task=task,
                place=part,
                answer="x",
                tag=maker.one(("", "police", "judicial", "medical", "minor")),
                by=maker.one((part.taker, part.taker, None)),
                by_name="x",
                by_organisation=maker.one((None, maker.home, desk.organisation)),
                recorded_by=maker.one((part.taker, maker.who())),
                at=AT,
            )
        Disclosure.objects.create(
            case=case,
            about=task.key,
            desk=desk,
            package="chosen",
            text="x",
            ground="x",
            at=AT,
            by=who,
            taken_back_at=maker.one((None, None, AT)),
        )
    held = AgreementRound.objects.create(
        case=case, held_on=DAY, by=who, at=AT, object_until=DAY
    )
    agreed = Agreement.objects.create(case=case, round=held, number=1, task=task)
    Objection.objects.create(
        case=case,
        agreement=agreed,
        organisation=maker.home,
        text="x",
        by=who,
        at=AT,
    )


def _taker(maker: Maker, desk: Desk) -> User:
    """Somebody who is or was of the desk, or stood in for one, sometimes another."""
    known = [row.user for row in desk.memberships.select_related("user")]
    away = Absence.objects.filter(user__in=known).select_related("deputy")
    known += [row.deputy for row in away.order_by("pk")]
    return maker.one(known) if known and maker.chance(0.9) else maker.who()


def leave_work(maker: Maker, cases: list[Case], *, many: int) -> None:
    """Work of persons and desks, taken, asked for, done, and of one's own."""
    found = []
    for number in range(many):
        own = maker.chance(0.1)
        by_desk = not own and maker.chance(0.5)
        is_open = maker.chance(0.7)
        owner = maker.who()
        named, case = not own and maker.chance(0.2), maker.one(cases)
        found.append(
            WorkItem(
                kind="own" if own else "test.work",
                title="x",
                about=f"thing:{maker.seed}:{number}",
                link="/",
                case=None if own or named else case.pk,
                reference=case.reference if named else "",
                owner_user=None if by_desk else owner,
                owner_desk=maker.one(maker.desks) if by_desk else None,
                claimed_by=maker.who() if by_desk and maker.chance(0.5) else None,
                stand_in=maker.who() if not own and maker.chance(0.2) else None,
                asked_by=maker.who() if not own and maker.chance(0.3) else None,
                due_on=DAY,
                opened_at=AT,
                state="open" if is_open else "done",
                closed_at=None if is_open else AT,
                closed_by=None if is_open else (owner if own else maker.who()),
                next_step_at=AT if is_open else None,
            )
        )
    WorkItem.objects.bulk_create(found)
