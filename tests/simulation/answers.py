"""How people finish what waits for them: one act for every kind of work."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F

from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from ave.escalation.models import DeEscalation, Escalation
from ave.escalation.reading import receivers_in
from ave.escalation.rules import open_answers
from ave.escalation.sides import asks_it
from ave.escalation.silence import settle_silence, settle_skipped
from ave.escalation.stopping import may_receive
from ave.escalation.transitions import take_back
from ave.stagnation.models import StuckReport
from ave.stagnation.transitions import (
    look_into_stillness,
    pick_up_stuck,
    read_answer,
    refuse_stuck,
)
from ave.triage.flow import IntakeFlow
from ave.triage.models import Triage
from ave.triage.reading import OUTCOME_READ
from ave.triage.transitions import confirm_arrival
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.confirmations import (
    confirm,
    dispute,
    settle_dispute,
    spoken_types,
    talk_over,
)
from casework.cases.dossier import review_ground
from casework.cases.household import add_person, inform_person
from casework.cases.lifecycle import close_case
from casework.cases.log_review import RESULTS, finish_log_review
from casework.cases.models import Bottleneck, LegalBasis, Participation, Person
from casework.cases.parties import end_party, extend_party
from casework.cases.reading_in import finish_reading_in
from casework.levels import Level
from casework.people.models import Role, User
from casework.plan.models import ActionPlan
from casework.plan.reviewing import review_plan
from casework.work import items, own
from casework.work.caretaking import GiveUpReason, give_up_mail, retry_mail, stuck_mail
from casework.work.models import WorkItem
from tests.simulation import tasks
from tests.simulation.scene import Idle, Scene
from tests.world import ALL_YES

Act = Callable[[Scene, User, WorkItem], object]

OTHER_OUTCOMES = [each for each in Triage.Outcome if each != "procesregie"]


def assess(scene: Scene, by: User, item: WorkItem) -> None:
    """Only a procesregisseur starts procesregie; three of four times he does."""
    at = scene.at
    starts = Role.PROCESREGISSEUR in by.roles(on=scene.today)
    if starts and scene.chance.random() < 0.75:
        facts = {
            "outcome": Triage.Outcome.PROCESREGIE,
            "ground": "avg-6-1-e",
            "purpose": "Hulp en veiligheid weer op gang brengen",
            "bottleneck": scene.stuck(),
        }
    else:
        facts = {
            "outcome": scene.chance.choice(OTHER_OUTCOMES),
            "note": "Dit past daar beter.",
            "receiver": "Wijkteam Noord",
        }
    case = scene.case_of(item)
    IntakeFlow.assess.complete(
        case, by=by, at=at, criteria=ALL_YES, reasons={}, **facts
    )


def tell(scene: Scene, by: User, item: WorkItem) -> None:
    IntakeFlow.tell.complete(scene.case_of(item), by=by, at=scene.at)


def hear_of_arrival(scene: Scene, by: User, item: WorkItem) -> None:
    confirm_arrival(scene.case_of(item), by=by, at=scene.at, arrived_on=scene.today)


def read_outcome(scene: Scene, by: User, item: WorkItem) -> None:
    items.close_items(item.about, by=by, at=scene.at, kind=OUTCOME_READ)


def appoint(scene: Scene, by: User, item: WorkItem) -> None:
    user = scene.acts_for(scene.town.world.casusregisseur)
    if Role.CASUSREGISSEUR in user.roles(on=scene.today):
        appoint_casusregisseur(scene.case_of(item), by=by, at=scene.at, user=user)


def read_in(scene: Scene, by: User, item: WorkItem) -> None:
    finish_reading_in(scene.case_of(item), by=by, at=scene.at)


def inform(scene: Scene, by: User, item: WorkItem) -> None:
    """Write down who lives there; half of the time he was not informed yet."""
    heard = scene.chance.random() < 0.5
    case = scene.case_of(item)
    if Person._base_manager.filter(case=case).exists():
        return
    add_person(
        case,
        by=by,
        at=scene.at,
        name="Mevrouw De Bewoner",
        role="main",
        informed_on=scene.today if heard else None,
        not_informed_reason="" if heard else "Nog niet bereikt.",
    )


def inform_one(scene: Scene, by: User, item: WorkItem) -> None:
    person = scene.subject(Person, item)
    inform_person(person, by=by, at=scene.at, informed_on=scene.today)


def answer_request(scene: Scene, by: User, item: WorkItem) -> None:
    """Who asked it and stands in for who must answer, leaves it to the silence."""
    request = scene.subject(Escalation, item)
    if asks_it(by, request, at=scene.at):
        raise Idle
    kind = scene.chance.choice(open_answers(request))
    answer(request, by=by, at=scene.at, answer=kind, text="Omdat het zo beter gaat.")


def supply(scene: Scene, by: User, item: WorkItem) -> None:
    request = scene.subject(Escalation, item)
    EscalationFlow.supply.complete(request, by=by, at=scene.at, text="Al een maand.")


def say_silent(scene: Scene, by: User, item: WorkItem) -> None:
    request = scene.subject(Escalation, item)
    told = scene.chance.random() < 0.7
    if told and Level(request.to_level).above is not None:
        EscalationFlow.known.begin(request, by=by, at=scene.at)
    settle_silence(request, by=by, at=scene.at, told=told, agenda_on=scene.today)


def say_skipped(scene: Scene, by: User, item: WorkItem) -> None:
    """Any request about it that jumped: the clock asks again for another."""
    bottleneck = scene.subject(Bottleneck, item)
    jumped = bottleneck.requests.filter(urgent=True, skipped_reviewed=False)
    request = jumped.filter(to_level__gt=F("from_level") + 1).order_by("pk").first()
    assert request is not None
    settle_skipped(request, by=by, at=scene.at, reason="meeting")


def go_on(scene: Scene, by: User, item: WorkItem) -> None:
    """After an answer: bring the bottleneck down, ask again, or end it."""
    bottleneck = scene.subject(Bottleneck, item)
    what = scene.chance.random()
    if bottleneck.level > Level.PROCES and what < 0.5:
        take_back(bottleneck, by=by, at=scene.at)
    elif bottleneck.level < Level.BESTUURLIJK and what < 0.6:
        EscalationFlow.start.begin(bottleneck, by=by, at=scene.at, question="En nu?")
    else:
        end(scene, by, bottleneck)


def end(scene: Scene, by: User, bottleneck: Bottleneck) -> None:
    state = scene.chance.choice(["solved", "accepted", "lapsed"])
    end_bottleneck(
        bottleneck,
        by=by,
        at=scene.at,
        state=Bottleneck.State(state),
        reason="Het is afgesproken.",
    )


def receive(scene: Scene, by: User, item: WorkItem) -> None:
    """Who asked it and stands in for the receiver, leaves it to another."""
    stop = scene.subject(DeEscalation, item)
    if not may_receive(stop, by, at=scene.at):
        raise Idle
    DeescalationFlow.receive.complete(
        stop,
        by=by,
        at=scene.at,
        accepts=scene.chance.random() < 0.7,
        text="Nu even niet.",
    )


def look_back(scene: Scene, by: User, item: WorkItem) -> None:
    if item.due_on > scene.today and scene.chance.random() < 0.8:
        return
    stop = scene.subject(DeEscalation, item)
    DeescalationFlow.aftercare.complete(stop, by=by, at=scene.at, text="Goed.")
    close_case(stop.case, by=by, at=scene.at, outcome="solved")


def may_stop(scene: Scene, by: User, item: WorkItem) -> None:
    case = scene.case_of(item)
    receiver = case.casusregisseur
    if receiver in receivers_in(case, but=by, at=scene.at):
        DeescalationFlow.start.begin(
            case,
            by=by,
            at=scene.at,
            receiver=receiver,
            reason="Het loopt al weken.",
            aftercare_on=scene.in_days(7, 40),
        )
    elif not items.open_for_case(case.pk).exclude(pk=item.pk).exists():
        items.close_items(item.about, by=by, at=scene.at, kind=item.kind)
        close_case(case, by=by, at=scene.at, outcome="solved")


def close_down(scene: Scene, by: User, item: WorkItem) -> None:
    if not items.open_for_case(item.case).exclude(pk=item.pk).exists():
        close_case(scene.case_of(item), by=by, at=scene.at, outcome="solved")


def confirm_spoken(scene: Scene, by: User, item: WorkItem) -> None:
    row = _spoken(item)
    if scene.chance.random() < 0.8:
        confirm(row, by=by, at=scene.at)
    else:
        dispute(row, by=by, at=scene.at, reason="Zo heb ik het niet gezegd.")


def talk_it_over(scene: Scene, by: User, item: WorkItem) -> None:
    talk_over(_spoken(item), by=by, at=scene.at)


def say_it_was_talked_over(scene: Scene, by: User, item: WorkItem) -> None:
    row = _spoken(item)
    if scene.chance.random() < 0.8:
        settle_dispute(row, by=by, at=scene.at)
    else:
        dispute(row, by=by, at=scene.at, reason="We spraken elkaar nog niet.")


def _spoken(item: WorkItem):
    name, _, key = item.about.partition(":")
    return spoken_types()[name]._base_manager.get(pk=int(key))


def hear_stuck(scene: Scene, by: User, item: WorkItem) -> None:
    report = scene.subject(StuckReport, item)
    if scene.chance.random() < 0.6:
        pick_up_stuck(report, by=by, at=scene.at, **scene.stuck())
    else:
        refuse_stuck(report, by=by, at=scene.at, reason="Dit loopt al anders.")


def read_stuck(scene: Scene, by: User, item: WorkItem) -> None:
    read_answer(scene.subject(StuckReport, item), by=by, at=scene.at)


def look_into(scene: Scene, by: User, item: WorkItem) -> None:
    look_into_stillness(scene.case_of(item), by=by, at=scene.at)


def still_grounded(scene: Scene, by: User, item: WorkItem) -> None:
    review_ground(
        scene.subject(LegalBasis, item),
        by=by,
        at=scene.at,
        review_on=scene.in_days(30, 90),
        note="Het doel staat nog.",
    )


def still_party(scene: Scene, by: User, item: WorkItem) -> None:
    party = scene.subject(Participation, item)
    waiting = items.open_for_case(party.case_id).filter(
        owner_desk__organisation=party.organisation_id
    )
    if scene.chance.random() < 0.6 or waiting.exists():
        extend_party(party, by=by, at=scene.at, until=scene.in_days(30, 90))
    else:
        end_party(party, by=by, at=scene.at)


def look_at_plan(scene: Scene, by: User, item: WorkItem) -> None:
    plan = scene.subject(ActionPlan, item)
    review_plan(plan, by=by, at=scene.at, review_on=scene.in_days(20, 60))


def look_at_log(scene: Scene, by: User, item: WorkItem) -> None:
    finish_log_review(by=by, at=scene.at, result=scene.chance.choice(RESULTS)[0])


def help_mail(scene: Scene, by: User, item: WorkItem) -> None:
    """Try a mail again that does not go, or say that it may stop."""
    row = stuck_mail().first()
    if row is None:
        items.close_items(item.about, by=by, at=scene.at, kind=item.kind)
    elif scene.chance.random() < 0.6:
        retry_mail(row, by=by, at=scene.at)
    else:
        give_up_mail(row, by=by, at=scene.at, reason=GiveUpReason.TOLD)


def tick_off(scene: Scene, by: User, item: WorkItem) -> None:
    if item.owner_user_id == by.pk:
        own.finish_own(item, by=by, at=scene.at)


ANSWERS: dict[str, Act] = {
    "triage": assess,
    "triage.tell": tell,
    "transfer.arrived": hear_of_arrival,
    OUTCOME_READ: read_outcome,
    "case.appoint": appoint,
    "case.close": close_down,
    "case.read_in": read_in,
    "case.inform": inform,
    "person.inform": inform_one,
    "case.still": look_into,
    "case.stop": may_stop,
    "escalation.review": answer_request,
    "escalation.carry": answer_request,
    "escalation.notice": answer_request,
    "escalation.supply": supply,
    "escalation.tell": say_silent,
    "escalation.skipped": say_skipped,
    "bottleneck.next": go_on,
    "stop.receive": receive,
    "stop.declined": may_stop,
    "stop.aftercare": look_back,
    "task": tasks.do_task,
    "task_join": tasks.do_task,
    "task_stuck": tasks.find_another,
    "task_verify": tasks.look_at_answer,
    "confirm": confirm_spoken,
    "confirm.talked_over": say_it_was_talked_over,
    "disputed": talk_it_over,
    "stuck": hear_stuck,
    "stuck.answer": read_stuck,
    "ground.review": still_grounded,
    "party.review": still_party,
    "plan.review": look_at_plan,
    "log.review": look_at_log,
    "mail.failed": help_mail,
    "mail.server": help_mail,
    "clock.mail_failing": help_mail,
    "clock.mail_unseen": help_mail,
    "own": tick_off,
}
"""What is done about each kind of work; a kind that is missing fails the quarter."""
