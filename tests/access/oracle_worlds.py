"""
Worlds of rows at random, as the transitions would leave them.

Every relation occurs: places that ended, did not begin or are another's; desks that
somebody left or will join; deputies asleep, at work and back; people who know the
household; who left; cases in triage, closed and elsewhere; requests that run, were
decided, taken back or withdrawn; tasks before, while and after somebody took them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Model

from ave.escalation.models import DeEscalation, Draft, Escalation, Voice
from ave.stagnation.models import StuckReport, Threat
from ave.triage.models import Triage
from casework.cases import grants
from casework.cases.models import (
    Bottleneck,
    Breach,
    Case,
    Disclosure,
    Event,
    Exclusion,
    LegalBasis,
    Note,
    Participation,
    Person,
    Retraction,
)
from casework.cases.models import Warning as VisitWarning
from casework.cases.participations import stand_in
from casework.meetings.models import Agreement, AgreementRound, Objection
from casework.people.models import (
    Absence,
    Desk,
    Membership,
    Organisation,
    Role,
    User,
)
from casework.people.transitions import open_desk
from casework.plan.models import ActionPlan, Goal, Report, Task, TaskContent, TaskDesk
from casework.work.models import WorkItem
from tests.world import AT, DAY

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")
Place = Participation.Role

MOMENTS = tuple(
    AT + later
    for later in (
        timedelta(0),
        timedelta(hours=4),
        timedelta(days=2, hours=14, minutes=30),
        timedelta(days=3),
        timedelta(days=11),
    )
)
"""Also on the second that places end, and at half past midnight in the Netherlands."""

USERS, CASES = 12, 55

MEMBERSHIPS = ((-100, None), (-100, None), (-100, 0), (-9, 3), (0, None), (3, None))
ABSENCES = ((-20, -3), (-20, None), (-20, 3), (1, 3), (1, None))
"""From and until, in days from now: over, running, ending, and still to come."""


@dataclass
class Maker:
    """Throws dice and keeps what was made."""

    dice: random.Random
    seed: int
    home: Organisation
    desks: list[Desk] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    places: list[Participation] = field(default_factory=list)

    def one(self, of: Sequence[Item]) -> Item:
        return self.dice.choice(of)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def who(self) -> User:
        return self.one(self.people)

    def place(self, case: Case, role: Place, **facts: Any) -> None:
        """A place that runs, ended, has not begun, or ends by the clock."""
        begun = AT - timedelta(days=self.dice.randrange(1, 50))
        later = AT + timedelta(days=30)
        given = {
            "from_at": self.one((begun, begun, begun, begun, later)),
            "until_at": self.one(
                (None, None, AT - timedelta(hours=1), AT + timedelta(days=3))
            ),
            "ended_at": self.one((None, None, None, AT - timedelta(days=1))),
        }
        self.places.append(Participation(case=case, role=role, **(given | facts)))


def make(seed: int, *, size: int = CASES) -> list[User]:
    """Make a world, let the grants follow, and give its people."""
    home = Organisation.objects.create(
        name=f"Gemeente {seed}", short_name=str(seed), kind="gemeente"
    )
    maker = Maker(random.Random(seed), seed, home)
    kinds = (
        Desk.Kind.PROCESREGIE,
        Desk.Kind.PIKET,
        Desk.Kind.PARTNER,
        Desk.Kind.PARTNER,
    )
    maker.desks = [
        open_desk(home, name=f"Bureau {number}", kind=kind)
        for number, kind in enumerate(kinds)
    ]
    maker.people = _people(maker)
    absences = _absences(maker)
    cases = _cases(maker, size)
    for case in cases:
        _steering(maker, case)
        _others_in(maker, case)
    _requests(maker, cases)
    Participation.objects.bulk_create(maker.places)
    _stand_ins(maker, absences)
    _dossier(maker, cases)
    _tasks(maker, cases)
    _work(maker, cases)
    pairs = {(maker.who(), maker.one(cases)) for _ in range(size // 2)}
    Exclusion.objects.bulk_create(
        Exclusion(user=user, case=case, at=AT, by=user) for user, case in pairs
    )
    grants.follow([case.pk for case in cases], at=AT)
    return maker.people


def _people(maker: Maker) -> list[User]:
    people = User.objects.bulk_create(
        User(
            email=f"u{number}.{maker.seed}@zuiderveen.example",
            name=f"Collega {number}",
            organisation=maker.home,
            is_active=maker.chance(0.9),
            is_superuser=maker.chance(0.1),
        )
        for number in range(USERS)
    )
    Membership.objects.bulk_create(
        Membership(
            user=user,
            desk=desk,
            role=Role.PROCESREGISSEUR,
            from_on=DAY + timedelta(days=begin),
            until_on=None if end is None else DAY + timedelta(days=end),
        )
        for user in people
        for desk in maker.dice.sample(maker.desks, maker.dice.randrange(4))
        for begin, end in [maker.one(MEMBERSHIPS)]
    )
    return people


def _absences(maker: Maker) -> list[Absence]:
    found = []
    for user in maker.dice.sample(maker.people, 7):
        deputy = maker.one([each for each in maker.people if each != user])
        begin, end = maker.one(ABSENCES)
        found.append(
            Absence(
                user=user,
                deputy=deputy,
                starts_at=AT + timedelta(days=begin),
                ends_at=None if end is None else AT + timedelta(days=end),
                started_by=user,
                reason="Vakantie",
            )
        )
    return Absence.objects.bulk_create(found)


def _cases(maker: Maker, size: int) -> list[Case]:
    states = Case.Status
    found = []
    for number in range(size):
        status = maker.one(
            (*[states.IN_TRIAGE] * 2, *[states.OPEN] * 4, *states.values[2:])
        )
        over = status in {states.CLOSED, states.ELSEWHERE}
        found.append(
            Case(
                reference=f"AVE-2026-{maker.seed % 10000:04}{number:03}",
                kind=Case.Kind.JEUGD,
                status=status,
                municipality="Zuiderveen",
                procesregisseur=None if status == states.IN_TRIAGE else maker.who(),
                casusregisseur=maker.one((None, maker.who(), maker.who())),
                attention_on=DAY + timedelta(days=maker.dice.randrange(5)),
                closed_at=AT - timedelta(days=2) if over else None,
                outcome=Case.Outcome.SOLVED if over else "",
            )
        )
    return Case.objects.bulk_create(found)


def _steering(maker: Maker, case: Case) -> None:
    """Who steers it, who did, and the desk that assesses or keeps it."""
    gone = {"ended_at": AT - timedelta(days=2)}
    if case.status == Case.Status.IN_TRIAGE:
        for desk in maker.dice.sample(maker.desks[:2], maker.dice.randrange(1, 3)):
            maker.place(case, Place.TRIAGE, desk=desk)
        return
    over = gone if case.closed_at else {}
    if over:
        maker.place(case, Place.ARCHIVE, desk=maker.desks[0])
    maker.place(case, Place.TRIAGE, desk=maker.desks[0], **gone)
    maker.place(case, Place.PROCESREGISSEUR, user=maker.who(), **gone)
    maker.place(case, Place.PROCESREGISSEUR, user=case.procesregisseur, **over)
    if case.casusregisseur is not None:
        maker.place(case, Place.CASUSREGISSEUR, user=case.casusregisseur, **over)
    maker.place(case, Place.CASUSREGISSEUR, user=maker.who(), **gone)


def _others_in(maker: Maker, case: Case) -> None:
    over = {"ended_at": AT - timedelta(days=2)} if case.closed_at else {}
    if case.status == Case.Status.IN_TRIAGE:
        return
    if maker.chance(0.4):
        maker.place(case, Place.RECEIVER, user=maker.who(), **over)
    if maker.chance(0.4):
        maker.place(case, Place.PARTY, organisation=maker.home, **over)
    if maker.chance(0.4):
        begun = AT - timedelta(hours=maker.one((0, 0, 4, 5)))
        hours = {"from_at": begun, "until_at": begun + timedelta(hours=4)}
        maker.place(case, Place.BREAK_GLASS, user=maker.who(), **(hours | over))


def _requests(maker: Maker, cases: list[Case]) -> None:
    """Requests that run, were decided, taken back after it, or withdrawn."""
    for case in cases:
        if case.status == Case.Status.IN_TRIAGE:
            continue
        for which in range(1, maker.dice.randrange(1, 4)):
            story = maker.one(("runs", "decided", "returned", "solved", "withdrawn"))
            if case.closed_at:
                story = maker.one(("solved", "withdrawn"))
            level = 3 if story in {"runs", "decided"} else 2
            solved = story == "solved"
            bottleneck = Bottleneck.objects.create(
                case=case,
                number=which,
                kinds=["substance"],
                description="x",
                tried="x",
                since=DAY,
                level=level,
                raised_at=AT,
                state="solved" if solved else "open",
                ended_at=AT if solved else None,
            )
            _request(maker, bottleneck, story)


def _request(maker: Maker, bottleneck: Bottleneck, story: str) -> None:
    asker, answerer, adviser, executive = maker.dice.sample(maker.people, 4)
    runs = story == "runs"
    ending = {"runs": "", "withdrawn": "withdrawn"}.get(story, "decided")
    row = Escalation.objects.create(
        case=bottleneck.case,
        bottleneck=bottleneck,
        from_level=2,
        to_level=3,
        question="x",
        asker=asker,
        answerer=answerer,
        turn="review" if runs else "ended",
        ending=ending,
        ended_at=None if runs else AT,
        due_on=DAY,
        policy_version="1",
        asked_at=AT - timedelta(days=1),
    )
    over = {} if story in {"runs", "decided"} else {"ended_at": AT}
    holders = (
        (Place.ANSWERER, answerer),
        (Place.ADVISER, adviser),
        (Place.EXECUTIVE, executive),
    )
    for role, user in holders[: maker.dice.randrange(1, 4)]:
        maker.place(bottleneck.case, role, user=user, about=row.key, **over)
    for user in (adviser, executive):
        Voice.objects.create(
            escalation=row, kind="advice", user=user, asked_by=answerer, asked_at=AT
        )


def _stand_ins(maker: Maker, absences: list[Absence]) -> None:
    """What deputies hold now, and what they held while somebody was away."""
    copies = []
    for absence in absences:
        if absence.starts_at > AT:
            continue
        back = absence.ends_at is not None and absence.ends_at <= AT
        for place in maker.places:
            over = place.until_at is not None and place.until_at <= AT
            if place.user_id == absence.user_id and place.from_at <= AT and not over:
                copy = stand_in(place, absence, at=absence.starts_at)
                copy.ended_at = place.ended_at or (absence.ends_at if back else None)
                copies.append(copy)
    Participation.objects.bulk_create(
        copy for copy in copies if copy.role != Place.BREAK_GLASS
    )


def _dossier(maker: Maker, cases: list[Case]) -> None:
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
        for row in maker.dice.sample([*rows, plan], 8):
            row.save(force_insert=True)
        if plan.pk is not None:
            facts = {"text": "x", "life_domain": "money", "added_at": AT}
            Goal(**about, plan=plan, added_by=who, **facts).save(force_insert=True)


def _tasks(maker: Maker, cases: list[Case]) -> None:
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
            said = {"by": part.taker, "recorded_by": who, "at": AT}
            Report.objects.create(case=case, task=task, place=part, answer="x", **said)
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
    """Somebody who is or was of the desk, sometimes another."""
    known = [row.user for row in desk.memberships.select_related("user")]
    return maker.one(known) if known and maker.chance(0.9) else maker.who()


def _work(maker: Maker, cases: list[Case]) -> None:
    """Work of persons and desks, taken, asked for, done, and of one's own."""
    found = []
    for number in range(CASES * 2):
        own = maker.chance(0.1)
        by_desk = not own and maker.chance(0.5)
        is_open = maker.chance(0.7)
        owner = maker.who()
        found.append(
            WorkItem(
                kind="own" if own else "test.work",
                title="x",
                about=f"thing:{maker.seed}:{number}",
                link="/",
                case=None if own or maker.chance(0.2) else maker.one(cases).pk,
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
