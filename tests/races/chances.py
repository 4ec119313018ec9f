"""Who loses his access how, and what is written right after that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from ave.escalation.models import DeEscalation, Escalation
from ave.escalation.stopping import withdraw_stop
from ave.escalation.transitions import withdraw_escalation
from ave.escalation.voices import take_back_voice
from casework.cases.absence import end_absence, start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.break_glass import end_break_glass
from casework.cases.details import change_details
from casework.cases.dossier import add_note
from casework.cases.excluding import exclude_colleague, exclude_myself
from casework.cases.handover import hand_over_procesregie
from casework.cases.household import add_person, set_warning
from casework.cases.lifecycle import reopen_case
from casework.cases.models import BreakGlass, Case
from casework.people.models import Absence, User
from casework.people.transitions import leave_desk
from casework.plan.answering import report_task
from casework.plan.models import ActionPlan, Task
from casework.plan.transitions import add_goal, offer_task_again, withdraw_task
from tests.access.relations import Stand
from tests.access.town import NOW, SOON, Town, other, things
from tests.world import AT, DAY, STUCK

AFTER = "NADIEN-GESCHREVEN"
"""What is written after the withdrawal; nobody who lost his access may read it."""

Act = Callable[[], object]


@dataclass(frozen=True)
class Chance:
    """Somebody who looks, how he loses his access, and what is written after that."""

    name: str
    stand: Stand
    happens: Act


def standing(town: Town) -> Iterator[Chance]:
    """Everybody who reads something, as people stand on an ordinary day."""
    world, people = town.world, town.people
    case = _fresh(town.case)
    now = {"at": NOW}
    runs = things(town)
    worker, steerer = world.casusregisseur, world.procesregisseur

    def replaced() -> None:
        appoint_casusregisseur(case(), by=steerer, user=people["carla"], **now)

    def known() -> None:
        exclude_colleague(case(), by=steerer, user=worker, **now)

    def given_away() -> None:
        hand_over_procesregie(
            [case()], by=steerer, user=world.other_procesregisseur, **now
        )

    works = Stand("casusregisseur", "regisseur-nu", worker, runs)
    steers = Stand("procesregisseur", "regisseur-nu", steerer, runs)
    for name, write in _writings(town).items():
        yield Chance(f"opgevolgd, {name}", works, _both(replaced, write, steerer))
        yield Chance(f"kent ze, {name}", works, _both(known, write, steerer))
        yield Chance(
            f"overgedragen, {name}",
            steers,
            _both(given_away, write, world.other_procesregisseur),
        )
    yield from _of_the_desk(town)
    yield from _partners(town, world.officer, "zelfde-bureau-na-oppakken")
    yield from _answerers(town, "beantwoorder", world.manager, world.burgemeester)
    yield from _asked_along(town)
    yield from _receiver(town)
    yield from _in_an_emergency(town)


def go_away(town: Town) -> None:
    """Everybody is away from now on; his deputy does his work."""
    world = town.world
    for user in (
        world.procesregisseur,
        world.casusregisseur,
        world.officer,
        world.manager,
        world.burgemeester,
    ):
        start_absence(user, by=user, at=AT, reason="Vakantie")


def standing_in(town: Town) -> Iterator[Chance]:
    """The deputies, when whom they stand in for comes back."""
    world, people = town.world, town.people
    relation = "vervanger-waarnemend"

    def back(deputy: User) -> Act:
        absence = Absence.objects.get(deputy=deputy)

        def act() -> None:
            again = Absence.objects.get(pk=absence.pk)
            end_absence(again, by=absence.user, at=NOW)

        return act

    for subject, deputy in (
        ("aov", world.aov),
        ("casusregisseur", people["dirk"]),
    ):
        absence = Absence.objects.get(deputy=deputy).pk
        stand = Stand(subject, relation, deputy, things(town, absence=absence))
        for name, write in _writings(town).items():
            happens = _both(back(deputy), write, _who_writes(town, deputy))
            yield Chance(f"terug, {name}", stand, happens)
    yield from _partners(town, people["vera"], relation)
    yield from _answerers(town, relation, people["mo"], people["bea"])


def _who_writes(town: Town, deputy: User) -> User:
    """The procesregisseur; until he is back his deputy."""
    world = town.world
    return world.procesregisseur if deputy == world.aov else world.aov


def _writings(town: Town) -> dict[str, Callable[[User], None]]:
    world = town.world
    case = _fresh(town.case)
    task, request = town.tasks["taken"], town.requests["management"]
    plan = ActionPlan._base_manager.get(case=town.case, ended_at__isnull=True)

    def in_the_dossier(by: User) -> None:
        add_note(case(), by=by, at=NOW, text=AFTER, mark="fact")
        add_person(case(), by=by, at=NOW, name=AFTER, role="family", informed_on=DAY)
        change_details(case(), by=by, at=NOW, mnemonic=AFTER, ave_phase="rood")
        set_warning(case(), by=by, at=NOW, text=AFTER, until_on=SOON)

    def in_the_work(by: User) -> None:
        facts = {**STUCK, "description": AFTER, "tried": AFTER}
        raise_bottleneck(case(), by=by, at=NOW, **facts)
        add_goal(
            ActionPlan._base_manager.get(pk=plan.pk),
            by=by,
            at=NOW,
            text=AFTER,
            life_domain="housing",
        )
        taken = Task._base_manager.get(pk=task.pk)
        taker = _present(world.officer)
        report_task(taken, by=taker, at=NOW, answer=AFTER)
        asked = Escalation._base_manager.get(pk=request.pk)
        answerer = _present(world.manager)
        answer(asked, by=answerer, at=NOW, answer="ask_first", text=AFTER)

    return {"dossier": in_the_dossier, "werk": in_the_work}


def _present(user: User) -> User:
    absence = Absence.objects.active(NOW).filter(user=user).first()
    return absence.deputy if absence is not None else user


def _of_the_desk(town: Town) -> Iterator[Chance]:
    """The desk procesregie, which assesses a referral and keeps the archive."""
    nel, colleague = town.people["nel"], town.world.other_procesregisseur
    referred, closed = _fresh(town.in_triage), _fresh(town.closed)

    def written(case: Callable[[], Case]) -> None:
        add_note(case(), by=colleague, at=NOW, text=AFTER, mark="fact")

    def left() -> None:
        leave_desk(nel.memberships.get(), on=DAY)
        written(referred)

    def known() -> None:
        exclude_myself(referred(), by=nel, at=NOW)
        written(referred)

    def reopened() -> None:
        reopen_case(closed(), by=colleague, at=NOW, reason="Het begint opnieuw.")
        written(closed)

    assesses = Stand("procesregisseur", "beoordelaar", nel, other(town, town.in_triage))
    keeps = Stand("procesregisseur", "archief", nel, other(town, town.closed))
    yield Chance("van bureau", assesses, left)
    yield Chance("kent ze", assesses, known)
    yield Chance("heropend", keeps, reopened)


def _partners(town: Town, user: User, relation: str) -> Iterator[Chance]:
    """Who picked a task up, or stands in for him."""
    world = town.world
    case, key = _fresh(town.case), town.tasks["taken"].pk
    found = {"task": key}
    absence = Absence.objects.active(NOW).filter(deputy=user).first()
    if absence is not None:
        found["absence"] = absence.pk
    stand = Stand("ketenpartner", relation, user, things(town, **found))

    def write() -> None:
        by = _present(world.procesregisseur)
        set_warning(case(), by=by, at=NOW, text=AFTER, until_on=SOON)

    def task() -> Task:
        return Task._base_manager.get(pk=key)

    def taken_away() -> None:
        withdraw_task(task(), by=_present(world.procesregisseur), at=NOW)
        write()

    def asked_elsewhere() -> None:
        by = _present(world.procesregisseur)
        offer_task_again(task(), by=by, at=NOW, desk=world.health_desk, due_on=SOON)
        write()

    def knows_them() -> None:
        by = _present(world.procesregisseur)
        exclude_colleague(case(), by=by, at=NOW, user=user)
        write()

    def left() -> None:
        leave_desk(user.memberships.get(), on=DAY)
        write()

    yield Chance("taak ingetrokken", stand, taken_away)
    yield Chance("aan een ander gevraagd", stand, asked_elsewhere)
    yield Chance("kent ze", stand, knows_them)
    yield Chance("van bureau", stand, left)


def _answerers(
    town: Town, relation: str, manager: User, executive: User
) -> Iterator[Chance]:
    """Of whom a question is asked, when it is taken back."""
    for subject, user, level in (
        ("manager", manager, "management"),
        ("bestuurder", executive, "bestuurlijk"),
    ):
        key = town.requests[level].pk
        found = {"request": key}
        absence = Absence.objects.active(NOW).filter(deputy=user).first()
        if absence is not None:
            found["absence"] = absence.pk

        def withdrawn(key: Any = key) -> None:
            EscalationFlow.interrupt(
                withdraw_escalation,
                Escalation._base_manager.get(pk=key),
                by=_present(town.world.procesregisseur),
                at=NOW,
                reason=AFTER,
            )

        stand = Stand(subject, relation, user, things(town, **found))
        yield Chance("vraag ingetrokken", stand, withdrawn)


def _asked_along(town: Town) -> Iterator[Chance]:
    """Who is asked for advice, and the second executive, when it is needed no longer."""
    steerer = town.world.procesregisseur
    for subject, relation, name, level, answerer in (
        ("manager", "adviseur", "ada", "management", town.world.manager),
        (
            "bestuurder",
            "tweede-bestuurder",
            "ron",
            "bestuurlijk",
            town.world.burgemeester,
        ),
    ):
        user, key = town.people[name], town.requests[level].pk
        stand = Stand(subject, relation, user, things(town, request=key))

        def silenced(key: Any = key, user: User = user) -> None:
            request = Escalation._base_manager.get(pk=key)
            take_back_voice(request.voices.get(user=user), by=steerer, at=NOW)

        def write(by: User, key: Any = key) -> None:
            request = Escalation._base_manager.get(pk=key)
            answer(request, by=by, at=NOW, answer="ask_first", text=AFTER)

        yield Chance("niet meer nodig", stand, _both(silenced, write, answerer))


def _receiver(town: Town) -> Iterator[Chance]:
    """Who is asked to take a case over, when another does it."""
    world = town.world
    case, by = _fresh(town.stopping), world.other_procesregisseur
    stand = Stand(
        "casusregisseur", "ontvanger", world.casusregisseur, other(town, town.stopping)
    )

    def asked_no_longer() -> None:
        stop = DeEscalation._base_manager.get(case=town.stopping)
        DeescalationFlow.interrupt(withdraw_stop, stop, by=by, at=NOW)
        appoint_casusregisseur(case(), by=by, user=town.people["carla"], at=NOW)

    def write(by: User) -> None:
        add_note(case(), by=by, at=NOW, text=AFTER, mark="fact")

    yield Chance("niet meer nodig", stand, _both(asked_no_longer, write, by))


def _in_an_emergency(town: Town) -> Iterator[Chance]:
    """Who broke the glass, when he ends it or knows the people."""
    steerer, user = town.world.procesregisseur, town.people["eva"]
    stand = Stand("casusregisseur", "noodtoegang-actief", user, things(town))

    def ended() -> None:
        opened = BreakGlass._base_manager.get(case=town.case, by=user)
        end_break_glass(opened, by=user, at=NOW)

    def knows_them() -> None:
        exclude_colleague(_fresh(town.case)(), by=steerer, at=NOW, user=user)

    for name, write in _writings(town).items():
        for how, act in (("voorbij", ended), ("kent ze", knows_them)):
            yield Chance(f"{how}, {name}", stand, _both(act, write, steerer))


def _fresh(case: Case) -> Callable[[], Case]:
    return lambda: Case._base_manager.get(pk=case.pk)


def _both(first: Act, then: Callable[[User], None], by: User) -> Act:
    def act() -> None:
        first()
        then(by)

    return act
