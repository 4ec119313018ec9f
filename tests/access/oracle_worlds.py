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

from ave.escalation.models import Answer, Decision, Dissent, Escalation, Voice
from casework.cases import grants
from casework.cases.models import (
    Bottleneck,
    Case,
    Exclusion,
    Participation,
)
from casework.cases.participations import stand_in
from casework.people.models import (
    Absence,
    Desk,
    Membership,
    Organisation,
    Role,
    User,
)
from casework.people.transitions import open_desk
from tests.access.oracle_contents import fill_dossiers, hand_out_tasks, leave_work
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
    fill_dossiers(maker, cases)
    hand_out_tasks(maker, cases)
    leave_work(maker, cases, many=CASES * 2)
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
    if ending == "decided":
        _decided(row, by=answerer)
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


def _decided(row: Escalation, *, by: User) -> None:
    """What was answered and decided, and who did not agree."""
    said = {"escalation": row, "text": "x", "by": by, "recorded_by": by, "at": AT}
    answer = Answer.objects.create(**said, kind="decide", ends=True, level=3)
    Decision.objects.create(answer=answer, case=row.case, text="x", role="x")
    Dissent.objects.create(**said, organisation=by.organisation)


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
