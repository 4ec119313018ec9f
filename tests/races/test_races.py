"""Races, most of fifty rounds each: one winner, a clear sentence, a sound database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client

from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from ave.escalation.models import DeEscalation, Escalation
from casework.audit.models import AuditEntry
from casework.cases.absence import end_absence, set_deputy, start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from casework.cases.break_glass import MOST_IN_AN_HOUR, TooOften, open_break_glass
from casework.cases.confirmations import Given
from casework.cases.grants import follow
from casework.cases.lifecycle import close_case
from casework.cases.models import Bottleneck, BreakGlass, Case, Note, Participation
from casework.cases.participations import end_participations
from casework.cases.reading_in import finish_reading_in
from casework.people.models import User
from casework.plan.answering import pick_up_task, report_task
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from casework.work import items
from tests.races.harness import ROUNDS, Race, one_winner, racers
from tests.world import AT, STUCK, World, asked, bottleneck_of, make_world, opened
from workers.verify import verify

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

REASON = "Er wordt gebeld dat er nu brand is."


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def race() -> Iterator[Race]:
    """Two people, who race again and again."""
    with racers(2) as two:
        yield two


def fresh_request(request: Escalation) -> Escalation:
    """The request as another person loads it."""
    return Escalation.objects.system_scope("test").get(pk=request.pk)


def fresh_case(case: Case) -> Case:
    """The case as another person loads it."""
    return Case.objects.system_scope("test").get(pk=case.pk)


def is_sound() -> bool:
    """Whether no invariant is broken; the log is sealed elsewhere."""
    found = [each for each in verify(at=AT) if not each.is_well]
    return [each for each in found if not each.name.startswith("log:")] == []


def rounds(play: Callable[[int], str]) -> set[str]:
    """Play fifty rounds; give the different sentences that losers read."""
    sentences = {play(number) for number in range(ROUNDS)}
    assert all(len(sentence) > 20 for sentence in sentences), sentences
    assert is_sound()
    return sentences


def test_two_answers_to_one_request(world: World, race: Race) -> None:
    """Catches a request that is answered twice."""
    case = opened(world)

    def play(_: int) -> str:
        request = asked(world, case)
        said = one_winner(
            race(
                *(
                    lambda kind=kind: answer(
                        fresh_request(request),
                        by=world.manager,
                        at=AT,
                        answer=kind,
                        text="Dit zeg ik.",
                    )
                    for kind in ("lower", "lower")
                )
            )
        )
        assert request.answers.filter(ends=True).count() == 1
        return said

    sentences = rounds(play)
    assert any("Je hebt al geantwoord" in sentence for sentence in sentences)


def test_her_answer_against_one_that_was_spoken(world: World, race: Race) -> None:
    """Catches a request that a manager answers while her spoken answer is written down."""
    case = opened(world)
    told = Given(channel="telephone", at=AT, by=world.manager)

    def play(_: int) -> str:
        request = asked(world, case)
        said = one_winner(
            race(
                *(
                    lambda facts=facts: answer(
                        fresh_request(request),
                        at=AT,
                        answer="lower",
                        text="Dit zeg ik.",
                        **facts,
                    )
                    for facts in (
                        {"by": world.manager},
                        {"by": world.procesregisseur, "given": told},
                    )
                )
            )
        )
        assert request.answers.filter(ends=True).count() == 1
        return said

    clear = {
        f"{world.procesregisseur.name} schreef net op wat jij zei",
        f"{world.manager.name} antwoordde net voor je",
    }
    assert {sentence.partition(", om ")[0] for sentence in rounds(play)} <= clear


def test_answer_against_withdraw(world: World, race: Race) -> None:
    """Catches an answer to a question that was taken back."""
    case = opened(world)

    def play(_: int) -> str:
        request = asked(world, case)
        return one_winner(
            race(
                lambda: answer(
                    fresh_request(request),
                    by=world.manager,
                    at=AT,
                    answer="lower",
                    text="Zelf.",
                ),
                lambda: EscalationFlow.interrupt(
                    EscalationFlow.withdraw,
                    fresh_request(request),
                    by=world.procesregisseur,
                    at=AT,
                ),
            )
        )

    rounds(play)


def test_up_against_down(world: World, race: Race) -> None:
    """Catches a bottleneck that is asked about after it ended."""
    case = opened(world)

    def play(number: int) -> str:
        bottleneck = bottleneck_of(case, number + 1)
        said = one_winner(
            race(
                lambda: EscalationFlow.start.begin(
                    bottleneck_of(fresh_case(case), number + 1),
                    by=world.procesregisseur,
                    at=AT,
                    question="Wie regelt het?",
                ),
                lambda: end_bottleneck(
                    bottleneck_of(fresh_case(case), number + 1),
                    by=world.procesregisseur,
                    at=AT,
                    state=Bottleneck.State.SOLVED,
                    reason="Opgelost.",
                ),
            )
        )
        bottleneck.refresh_from_db()
        assert bottleneck.is_open is bottleneck.asked
        _next_bottleneck(world, fresh_case(case))
        return said

    rounds(play)


def test_a_task_done_twice(world: World, race: Race) -> None:
    """Catches two reports of one task."""
    case = opened(world)

    def play(_: int) -> str:
        task = offer_task(
            case,
            Ask(
                kind="rent_file",
                question="Stuur het dossier.",
                desk=world.housing_desk,
                due_on=AT.date() + timedelta(days=7),
            ),
            by=world.procesregisseur,
            at=AT,
        )
        pick_up_task(task, by=world.housing_worker, at=AT)

        def report() -> object:
            again = Task.objects.system_scope("test").get(pk=task.pk)
            return report_task(again, by=world.housing_worker, at=AT, answer="Hierbij.")

        return one_winner(race(report, report))

    rounds(play)


def test_close_against_escalate(world: World, race: Race) -> None:
    """Catches a closed case with a running request."""

    def play(_: int) -> str:
        case = opened(world)
        for kind in ("case.appoint", "case.inform", "triage.tell"):
            items.close_items(case.key, by=world.procesregisseur, at=AT, kind=kind)
        end_bottleneck(
            bottleneck_of(case),
            by=world.procesregisseur,
            at=AT,
            state=Bottleneck.State.SOLVED,
            reason="Opgelost.",
        )
        receiver = _casusregisseur(world, case)
        return one_winner(
            race(
                lambda: close_case(
                    fresh_case(case),
                    by=world.procesregisseur,
                    at=AT,
                    outcome=Case.Outcome.SOLVED,
                ),
                lambda: DeescalationFlow.start.begin(
                    fresh_case(case),
                    by=world.procesregisseur,
                    at=AT,
                    receiver=receiver,
                    reason="Het loopt.",
                    aftercare_on=AT.date() + timedelta(days=30),
                ),
            )
        )

    def sound(_: int) -> str:
        said = play(_)
        open_stops = DeEscalation.objects.system_scope("test").filter(
            ended_at__isnull=True, case__closed_at__isnull=False
        )
        assert not open_stops.exists()
        return said

    rounds(sound)


def test_absence_ends_while_the_deputy_answers(world: World, race: Race) -> None:
    """Catches an answer of a deputy after the absence."""
    case = opened(world)
    set_deputy(world.manager, deputy=world.other_manager, by=world.manager, at=AT)

    def play(number: int) -> str:
        at = AT + timedelta(minutes=number)
        request = asked(world, case, at=at)
        absence = start_absence(world.manager, by=world.manager, at=at, reason="Weg")
        later = at + timedelta(seconds=30)
        ended = race(
            lambda: end_absence(absence, by=world.manager, at=later),
            lambda: answer(
                fresh_request(request),
                by=world.other_manager,
                at=later,
                answer="lower",
                text="Zelf.",
            ),
        )
        assert ended[0] is None
        request.refresh_from_db()
        answered = ended[1] is None
        assert answered is (request.ended_at is not None)
        if answered:
            event = request.case.events.filter(kind="escalation.answered").last()
            assert event is not None
            assert event.on_behalf_of == world.manager
            return "De vervanger was eerst, namens de manager."
        EscalationFlow.interrupt(
            EscalationFlow.withdraw, request, by=world.procesregisseur, at=later
        )
        return ended[1].user_message  # type: ignore[union-attr]

    rounds(play)


def test_grant_withdrawn_between_check_and_read(world: World, race: Race) -> None:
    """Catches a note that was written after the access had gone, and yet is shown."""
    case = opened(world)
    shown: list[str] = []

    def play(number: int) -> str:
        place = Participation.objects.create(
            case=case,
            role=Participation.Role.CASUSREGISSEUR,
            user=world.casusregisseur,
            from_at=AT,
        )
        follow([case.pk], at=AT)

        def withdraw_and_write() -> None:
            end_participations(
                fresh_case(case), at=AT, roles=[Participation.Role.CASUSREGISSEUR]
            )
            follow([case.pk], at=AT)
            Note.objects.create(
                case=case,
                text=f"secret {number}",
                mark="fact",
                by=world.procesregisseur,
                at=AT,
            )

        def read() -> None:
            notes = Note.objects.visible_to(world.casusregisseur, at=AT)
            shown.extend(note.text for note in notes.filter(case=case))

        race(withdraw_and_write, read)
        place.refresh_from_db()
        assert place.ended_at is not None
        return "Niets van na het intrekken is getoond."

    for number in range(ROUNDS):
        before = len(shown)
        play(number)
        assert f"secret {number}" not in shown[before:]


def test_emergencies_asked_for_at_once(world: World) -> None:
    """Catches the limit of five in an hour that twelve at once were let past."""
    cases = [opened(world) for _ in range(12)]
    by = world.casusregisseur

    with racers(12) as race:
        ended = race(
            *[
                partial(open_break_glass, case.reference, by=by, at=AT, reason=REASON)
                for case in cases
            ]
        )

    refused = [error for error in ended if error is not None]
    assert {type(error) for error in refused} == {TooOften}
    assert len(refused) == 12 - MOST_IN_AN_HOUR
    assert BreakGlass._base_manager.count() == MOST_IN_AN_HOUR
    assert is_sound()


def test_emergencies_asked_for_in_vain_at_once(world: World, as_user) -> None:
    """Catches twelve references that were tried before the first was written down, and
    one over the limit of which nothing is."""
    browsers = [as_user(world.casusregisseur) for _ in range(12)]
    answers: list[int] = []

    def ask(browser: Client, number: int) -> None:
        sent = {"reference": f"AVE-2026-00000{number}", "reason": REASON}
        answers.append(browser.post("/noodtoegang/", sent).status_code)

    with racers(12) as race:
        race(*[partial(ask, each, number) for number, each in enumerate(browsers)])

    assert sorted(answers) == [409] * 7 + [422] * MOST_IN_AN_HOUR
    asked = AuditEntry.objects.filter(verb="break_glass.refused")
    assert asked.count() == MOST_IN_AN_HOUR
    too_many = AuditEntry.objects.filter(verb="break_glass.throttled")
    assert too_many.count() == 7


def _next_bottleneck(world: World, case: Case) -> None:
    latest = case.bottlenecks.order_by("-number").first()
    assert latest is not None
    if latest.asked:
        EscalationFlow.interrupt(
            EscalationFlow.withdraw,
            latest.requests.get(ended_at__isnull=True),
            by=world.procesregisseur,
            at=AT,
        )
    raise_bottleneck(case, by=world.procesregisseur, at=AT, **STUCK)


def _casusregisseur(world: World, case: Case) -> User:
    """The casusregisseur, who takes part by the real transition."""
    user = world.casusregisseur
    appoint_casusregisseur(case, by=world.procesregisseur, at=AT, user=user)
    finish_reading_in(case, by=user, at=AT)
    return user
