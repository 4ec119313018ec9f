"""Every state that two bottlenecks can reach is sound, and the code agrees."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.models import Escalation
from ave.escalation.transitions import take_back
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from casework.cases.models import Bottleneck, Case
from casework.cases.stillness import STILL, ask_about_stillness
from casework.people.models import Absence
from casework.work import items, recipients
from casework.work.models import WorkItem
from tests.engine.protocol import Knot, level_of, moves, silence
from tests.replay import replays
from tests.world import AT, STUCK, asked, bottleneck_of

pytestmark = pytest.mark.engine

START = (Knot(), Knot())
WALKS, STEPS = 6, 14


@pytest.fixture
def world(begun):
    return begun[0]


def reachable() -> set[tuple[Knot, Knot]]:
    """Every state, by exhaustive exploration."""
    seen, front = {START}, [START]
    while front:
        for _, after in moves(front.pop()):
            if after not in seen:
                seen.add(after)
                front.append(after)
    return seen


class TestProtocol:
    """The model alone."""

    def test_no_invariant_is_broken_anywhere(self) -> None:
        """Catches a level that no open bottleneck says, or a request that goes down."""
        states = reachable()

        assert len(states) == 18 * 18
        for case in states:
            assert level_of(case) == max([k.level for k in case if k.is_open] or [1])
            for knot in case:
                assert not (knot.asked and not knot.is_open)
                assert not knot.asked or knot.to >= knot.level
                assert not knot.asked or knot.to > 2

    def test_everything_can_end_from_everywhere(self) -> None:
        """Catches a state from which a case can never be closed."""
        for case in reachable():
            assert _can_end(case)

    def test_silence_always_reaches_the_next_rung(self) -> None:
        """Catches what is open and waits for ever without anybody being told."""
        for case in reachable():
            for knot in case:
                told = knot
                for _ in range(5):
                    told = silence(told)
                assert told.told == (4 if knot.is_open else knot.told)


def _can_end(case) -> bool:
    seen, front = {case}, [case]
    while front:
        now = front.pop()
        if not any(knot.is_open for knot in now):
            return True
        for _, after in moves(now):
            if after not in seen:
                seen.add(after)
                front.append(after)
    return False


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_code_walks_as_the_model_does(world, case, seed: int) -> None:
    """Catches a transition that does something else than the protocol says."""
    chance = random.Random(seed)
    raise_bottleneck(case, by=world.procesregisseur, at=AT, **STUCK)
    model, trail = START, []
    for _ in range(STEPS):
        choices = [move for move in moves(model) if _is_useful(move, chance)]
        if not choices:
            break
        (place, name), model = chance.choice(choices)
        with replays(case), transaction.atomic():
            _do(world, case, place + 1, name)
        trail.append((place, name))
        _agree(case, model, trail)
        _somebody_hears(case, model)


def _is_useful(move, chance: random.Random) -> bool:
    (_, name), _after = move
    return name != "end" or chance.random() < 0.2


def _do(world, case: Case, number: int, name: str) -> None:
    bottleneck = bottleneck_of(case, number)
    regisseur = world.procesregisseur
    running = bottleneck.requests.filter(ended_at__isnull=True).first()
    if name == "ask":
        EscalationFlow.start.begin(bottleneck, by=regisseur, at=AT, question="Wie?")
    elif name == "take_back":
        take_back(bottleneck, by=regisseur, at=AT)
    elif name == "end":
        solved = Bottleneck.State.SOLVED
        end_bottleneck(bottleneck, by=regisseur, at=AT, state=solved, reason="Klaar.")
    elif name == "withdraw":
        EscalationFlow.interrupt(EscalationFlow.withdraw, running, by=regisseur, at=AT)
    elif name == "supply":
        EscalationFlow.supply.complete(running, by=regisseur, at=AT, text="Hier.")
    else:
        by = running.answerer
        answer(running, by=by, at=AT, answer=name, text="Daarom.")


def _agree(case: Case, model, trail) -> None:
    case.refresh_from_db()
    assert case.level == level_of(model), str(trail[-9:])
    for number, knot in enumerate(model, start=1):
        bottleneck = bottleneck_of(case, number)
        assert bottleneck.is_open is knot.is_open
        assert bottleneck.asked is knot.asked
        assert not knot.is_open or bottleneck.level == knot.level
        running = Escalation.objects.system_scope("test").filter(
            bottleneck=bottleneck, ended_at__isnull=True
        )
        assert [request.turn for request in running] == (
            [knot.turn] if knot.asked else []
        )


def _somebody_hears(case: Case, model) -> None:
    """With nobody acting from here on: every open bottleneck is work of somebody."""
    point = transaction.savepoint()
    ask_about_stillness(at=AT + timedelta(days=21))
    open_work = items.open_for_case(case.pk)
    told = {each.kind for each in open_work if each.owner_user_id}
    for knot in model:
        if silence(knot).told:
            asked_of = f"escalation.{knot.turn}" if knot.asked else STILL
            assert asked_of in told
    transaction.savepoint_rollback(point)


def test_whoever_is_away_somebody_present_hears_it(world, case) -> None:
    """Catches work that reaches nobody: every set of absent people is tried."""
    request = asked(world, case)
    world.manager.deputy = world.other_manager
    world.manager.team_lead = world.burgemeester
    world.manager.save(update_fields=["deputy", "team_lead"])
    item = WorkItem.objects.system_scope("test").get(
        about=request.key, kind="escalation.review"
    )
    people = (
        world.manager,
        world.other_manager,
        world.burgemeester,
        world.procesregisseur,
    )
    for away in product((False, True), repeat=len(people)):
        point = transaction.savepoint()
        absent = [user for user, gone in zip(people, away, strict=True) if gone]
        for user in absent:
            Absence.objects.create(
                user=user,
                deputy=world.deputy,
                starts_at=AT,
                started_by=user,
                reason="Weg",
            )
        for told in (
            recipients.owners(item, at=AT),
            recipients.deputies(item, at=AT),
            recipients.asker(item, at=AT),
        ):
            assert told
            assert not {each.user.pk for each in told} & {user.pk for user in absent}
        transaction.savepoint_rollback(point)
