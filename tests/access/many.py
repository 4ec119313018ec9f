"""Many cases at once, with places, grants, bottlenecks and work, in a few statements."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from ave.escalation.models import Escalation
from casework.cases import grants
from casework.cases.models import Bottleneck, Case, Participation, Referral
from casework.levels import Level
from casework.people.models import Desk, User
from casework.work.models import WorkItem
from programme.models import (
    Activity,
    OverrideDecision,
    PolicySignal,
    ProgressUpdate,
)
from tests.world import AT, DAY, STUCK, World


def many_cases(world: World, number: int, *, others: int = 0) -> list[Case]:
    """
    Make open cases of the procesregisseur, and some of somebody else.

    Each has a bottleneck with a request, a referral, and work for each of the lists.
    """
    before = Case.objects.system_scope("test").count()
    theirs = [world.procesregisseur] * number + [world.other_procesregisseur] * others
    cases = Case.objects.bulk_create(
        Case(
            reference=f"AVE-2026-{600000 + before + place}",
            kind=list(Case.Kind)[place % 8],
            status=Case.Status.OPEN,
            level=Level.PROCES,
            municipality="Zuiderveen",
            procesregisseur=user,
            casusregisseur=world.casusregisseur,
            attention_on=DAY + timedelta(days=place % 90),
        )
        for place, user in enumerate(theirs)
    )
    _referrals(world, cases)
    _places(world, cases)
    _bottlenecks(world, cases)
    _work(world, cases)
    analyse()
    grants.follow([case.pk for case in cases], at=AT)
    return cases


def much_policy(world: World, number: int) -> None:
    """Give each activity of the programme reports and decisions, and policy signals."""
    desk = Desk.objects.get(kind=Desk.Kind.POLICY)
    activities = list(Activity.objects.order_by("pk"))
    told = [activities[place % len(activities)] for place in range(number)]
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(
            activity=each,
            by=world.manager,
            on_behalf_of=world.other_manager,
            at=AT,
            status=each.status,
            text="Het gaat door.",
        )
        for each in told
    )
    OverrideDecision.objects.bulk_create(
        OverrideDecision(
            activity=each,
            by=world.aov,
            at=AT,
            text="Twee mensen erbij.",
            mandate="Collegebesluit",
            mandate_on=DAY,
            ground="Het kan niet wachten.",
            binding="Team Vergunningen",
            heard="De manager",
            until_on=DAY + timedelta(days=90),
        )
        for each in told
    )
    PolicySignal.objects.bulk_create(
        PolicySignal(
            theme="no_place",
            text="Er is te weinig plek.",
            activity=each,
            asked_by=world.procesregisseur,
            sent_on=DAY,
            desk=desk,
            answer_due=DAY + timedelta(days=30),
            **(answered if place % 2 else {}),
        )
        for answered in [
            {
                "answer": "We praten erover.",
                "answered_by": world.beleidsmedewerker,
                "answered_at": AT,
            }
        ]
        for place, each in enumerate(told)
    )
    analyse()


def analyse() -> None:
    """Let the planner know what is in the tables, as it does by itself in production."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        (role,) = cursor.fetchone()
        cursor.execute("reset role")
        cursor.execute("analyze")
        cursor.execute(f'set role "{role}"')


def _referrals(world: World, cases: list[Case]) -> None:
    Referral.objects.bulk_create(
        Referral(
            case=case,
            referrer=world.officer,
            referrer_name="Wijkagent",
            recorded_by=world.procesregisseur,
            channel="form",
            reason="Overlast",
            received_at=AT,
        )
        for case in cases
    )


def _places(world: World, cases: list[Case]) -> None:
    Participation.objects.bulk_create(
        Participation(case=case, role=role, user=user, from_at=AT)
        for case in cases
        for role, user in (
            ("procesregisseur", case.procesregisseur),
            ("casusregisseur", world.casusregisseur),
        )
    )
    Participation.objects.bulk_create(
        Participation(
            case=case, role="party", organisation=world.police, from_at=AT, scope="x"
        )
        for case in cases
    )
    Participation.objects.bulk_create(
        Participation(case=case, role="triage", desk=world.procesregie, from_at=AT)
        for case in cases[::10]
    )


def _bottlenecks(world: World, cases: list[Case]) -> None:
    made = Bottleneck.objects.bulk_create(
        Bottleneck(
            case=case,
            number=1,
            level=Level.PROCES,
            raised_at=AT,
            asked=True,
            **STUCK,
        )
        for case in cases
    )
    requests = Escalation.objects.bulk_create(
        Escalation(
            case=each.case,
            bottleneck=each,
            question="Wie begint?",
            from_level=Level.PROCES,
            to_level=Level.MANAGEMENT,
            asker=each.case.procesregisseur,
            answerer=world.manager,
            due_on=DAY,
            policy_version="default",
            asked_at=AT,
        )
        for each in made
    )
    Participation.objects.bulk_create(
        Participation(
            case=each.case,
            role="answerer",
            user=world.manager,
            about=f"escalation:{each.pk}",
            from_at=AT,
        )
        for each in requests
    )


def _work(world: World, cases: list[Case]) -> None:
    def item(case: Case, kind: str, owner: User, asker: User | None) -> WorkItem:
        return WorkItem(
            kind=kind,
            title="Informeer de inwoner",
            about=f"case:{case.pk}",
            link=f"/casussen/{case.reference}/",
            case=case.pk,
            reference=case.reference,
            owner_user=owner,
            asked_by=asker,
            due_on=DAY,
            opened_at=AT,
            next_step_at=AT,
        )

    WorkItem.objects.bulk_create(
        item(case, *facts)
        for case in cases
        for facts in (
            ("case.inform", case.procesregisseur, None),
            ("escalation.review", world.manager, case.procesregisseur),
            ("referral.outcome", world.officer, None),
        )
    )
    WorkItem.objects.bulk_create(
        WorkItem(
            kind="task",
            title="Ga op huisbezoek",
            about=f"task_desk:{case.pk}",
            link="/taken/1/",
            case=case.pk,
            reference=case.reference,
            owner_desk=world.police_desk,
            due_on=DAY,
            opened_at=AT,
            next_step_at=AT,
        )
        for case in cases
    )
