"""Some forty invented cases, each brought to its state by the real transitions."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from ave.escalation.dissenting import write_dissent
from ave.escalation.flow import DeescalationFlow, answer
from ave.escalation.transitions import take_back
from ave.stagnation.transitions import report_stuck, report_stuck_task
from ave.triage.transitions import confirm_arrival
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.confirmations import Given
from casework.cases.lifecycle import close_case, reopen_case
from casework.cases.models import Case
from casework.meetings.transitions import object_to_agreement
from casework.plan.answering import decline_task, pick_up_task, report_task
from config.demo.teller import Teller, regisseur_of


def new_referral(teller: Teller) -> None:
    """A referral of yesterday, not assessed yet."""
    teller.refer(1)


def referral_of_police(teller: Teller) -> None:
    """A referral by the police, of today."""
    kemal = teller.town.people["ketenpartner-politie"]
    teller.refer(
        0, referrer=kemal, informed=False, not_informed_reason="Nog geen contact."
    )


def urgent_referral(teller: Teller) -> None:
    """Spoed, for piket."""
    teller.refer(0, urgent=True)


def late_referral(teller: Teller) -> None:
    """A referral that waits too long."""
    teller.refer(12)


def advised(teller: Teller) -> None:
    """Advice given: no procesregie."""
    case = teller.refer(9)
    teller.assess(
        case, 7, "advice", note="De casusregisseur kan verder met ons advies."
    )


def elsewhere(teller: Teller) -> None:
    """Gone to the Zorg- en Veiligheidshuis."""
    case = teller.refer(20)
    teller.assess(
        case,
        18,
        "safety_house",
        note="Te zwaar voor de gemeente alleen.",
        receiver="Zorg- en Veiligheidshuis, frontoffice",
    )
    arrived_on = timezone.localdate(teller.ago(15))
    confirm_arrival(case, by=teller.regisseur, at=teller.ago(14), arrived_on=arrived_on)


def at_proces(teller: Teller) -> None:
    """Procesregie runs; partners have tasks in every state."""
    case = teller.open(16)
    tasks = teller.plan(case, 6)
    joost = teller.town.people["ketenpartner-wonen"]
    if teller.told % 2:
        pick_up_task(tasks[0], by=joost, at=teller.ago(4))
    if teller.told % 4 == 1:
        report_task(
            tasks[0],
            by=joost,
            at=teller.ago(2),
            choice="yes_with_help",
            answer="De woning kan behouden blijven als de zorg meekomt.",
        )
    elif teller.told % 4 == 2:
        decline_task(
            tasks[0], by=joost, at=teller.ago(3), reason="Deze woning is niet van ons."
        )


def asked_of_management(teller: Teller) -> None:
    """A question waits for the manager."""
    teller.ask(teller.open(24), 2)


def asked_with_advice(teller: Teller) -> None:
    """A question at the manager; one colleague gave advice and one has to yet."""
    request = teller.ask(teller.open(23), 3)
    advice = "Begin met de behandeling. De corporatie kan een maand wachten."
    teller.beside(request, 2, "Jan de Boer", "advice", advice)
    teller.beside(request, 1, "aov", "advice")


def asked_too_long(teller: Teller) -> None:
    """A question that the manager left unanswered beyond its day."""
    teller.ask(teller.open(40), 15)


def asked_with_spoed(teller: Teller) -> None:
    """A question with spoed, of today."""
    teller.ask(teller.open(10), 0, urgent=True)


def wants_to_know_more(teller: Teller) -> None:
    """The manager asked something; the procesregisseur must supply."""
    request = teller.ask(teller.open(22), 3)
    teller.say(request, 1, "ask_first", "Wat zegt de corporatie er zelf van?")


def picked_up(teller: Teller) -> None:
    """A manager carries the bottleneck."""
    case = teller.open(30)
    teller.plan(case, 12)
    teller.say(teller.ask(case, 6), 4, "pick_up")


def decided(teller: Teller) -> None:
    """Decided at management; waits to be taken back."""
    request = teller.ask(teller.open(33), 7)
    teller.say(
        request, 1, "decide", "De ggz begint op 1 december. De corporatie wacht."
    )


def at_the_top(teller: Teller) -> None:
    """Sent higher: the burgemeester or wethouder must answer."""
    request = teller.ask(teller.open(45, kind=_public_order(teller)), 9)
    teller.say(
        request, 3, "higher", "Ik kan de andere partij niet binden. Doe het wel."
    )


def at_the_top_with_a_second(teller: Teller) -> None:
    """The wethouder must answer; the burgemeester is asked whether she agrees."""
    request = teller.ask(teller.open(44, kind=Case.Kind.JEUGD), 8)
    teller.say(request, 4, "higher", "Dit raakt ook de veiligheid. Beslis het samen.")
    teller.beside(request, 2, "bestuurder", "second")


def _public_order(teller: Teller) -> Case.Kind:
    """Two in three for the burgemeester, the rest for the wethouder."""
    care = teller.told % 3 == 0
    return Case.Kind.JEUGD if care else Case.Kind.WOONOVERLAST


def decided_at_the_top(teller: Teller) -> None:
    """Decided at the top, by telephone, and not confirmed yet."""
    request = teller.ask(teller.open(50), 14)
    teller.say(request, 8, "higher", "Dit gaat over openbare orde.")
    at = teller.ago(1, 17)
    answer(
        request,
        by=regisseur_of(request.case),
        at=at,
        answer="decide",
        text="De partijen beginnen maandag samen. De burgemeester belt de directeur.",
        given=Given(channel="telephone", at=at, by=request.answerer),
    )


def sent_back(teller: Teller) -> None:
    """ "Dit kan op procesniveau", with the reason."""
    request = teller.ask(teller.open(26), 6)
    teller.say(
        request, 2, "lower", "Het wijkteam mag dit zelf besluiten. Ik sta erachter."
    )


def two_levels(teller: Teller) -> None:
    """Two bottlenecks at two levels in one case."""
    case = teller.open(35)
    raise_bottleneck(
        case,
        by=regisseur_of(case),
        at=teller.ago(20),
        **teller.stuck(20),
    )
    teller.say(teller.ask(case, 5), 3, "pick_up")


def taken_back(teller: Teller) -> None:
    """Decided, taken back, and worked out at PROCES."""
    case = teller.open(60)
    request = teller.ask(case, 30)
    teller.say(request, 25, "decide", "De corporatie houdt de woning drie maanden aan.")
    take_back(case.bottlenecks.get(number=1), by=regisseur_of(case), at=teller.ago(24))
    teller.plan(case, 23)


def calm(teller: Teller) -> None:
    """Solved; procesregie could stop."""
    case = teller.open(110)
    teller.solve(case, 70)


def stop_asked(teller: Teller) -> None:
    """The casusregisseur was asked to take over."""
    case = teller.open(90)
    teller.solve(case, 20)
    teller.stop(case, 2)


def aftercare(teller: Teller) -> None:
    """Taken over; we look back on a day."""
    case = teller.open(120)
    teller.solve(case, 60)
    stop = teller.stop(case, 40)
    DeescalationFlow.receive.complete(
        stop, by=stop.receiver, at=teller.ago(38), accepts=True
    )


def closed(teller: Teller) -> None:
    """The whole way, to the end."""
    case = teller.open(160)
    teller.solve(case, 110)
    stop = teller.stop(case, 100)
    DeescalationFlow.receive.complete(
        stop, by=stop.receiver, at=teller.ago(98), accepts=True
    )
    DeescalationFlow.aftercare.complete(
        stop, by=regisseur_of(case), at=teller.ago(50), text="Het gaat goed."
    )
    close_case(case, by=regisseur_of(case), at=teller.ago(49), outcome="solved")


def reopened(teller: Teller) -> None:
    """Closed, and opened again when it went wrong."""
    closed(teller)
    case = Case.objects.system_scope("demo").order_by("-pk").first()
    assert case is not None
    reopen_case(
        case,
        by=teller.town.people["procesregisseur"],
        at=teller.ago(5),
        reason="Er zijn weer meldingen van overlast.",
    )


def known(teller: Teller) -> None:
    """The manager must know something, and decide nothing."""
    teller.ask(
        teller.open(21),
        1,
        kind="notice",
        question="De partijen praten vrijdag samen. Een krant vroeg ernaar.",
        if_nothing="",
    )


def talk_asked(teller: Teller) -> None:
    """A talk is asked, no decision."""
    teller.ask(teller.open(25), 2, kind="talk")


def stuck(teller: Teller) -> None:
    """A partner and the casusregisseur say that it is stuck."""
    case = teller.open(28)
    task = teller.plan(case, 7)[0]
    joost = teller.town.people["ketenpartner-wonen"]
    pick_up_task(task, by=joost, at=teller.ago(6))
    report_stuck_task(
        task,
        text="Niemand doet open, drie keer geprobeerd.",
        by=joost,
        at=teller.ago(1),
    )
    sanne = teller.town.people["casusregisseur"]
    said = "De partijen wachten op elkaar. Ik krijg ze niet bij elkaar."
    report_stuck(case, text=said, by=sanne, at=teller.ago(1, 14))


def not_agreed(teller: Teller) -> None:
    """A party has another view of an agreement and of a decision; two ended unsolved."""
    case = teller.open(55)
    by = regisseur_of(case)
    raise_bottleneck(case, by=by, at=teller.ago(50), **teller.stuck(50))
    raise_bottleneck(case, by=by, at=teller.ago(45), **teller.stuck(45))
    teller.solve(case, 20, 2, state="accepted", reason="Meer kunnen we hier niet doen.")
    teller.solve(case, 12, 3, state="lapsed", reason="De bewoner is verhuisd.")
    task = teller.plan(case, 3)[0]
    object_to_agreement(
        task,
        text="Wij spraken af dat dit na de zorg komt.",
        by=teller.town.people["ketenpartner-wonen"],
        at=teller.ago(1),
    )
    request = teller.ask(case, 8)
    teller.say(request, 2, "decide", "De corporatie houdt de woning nog een maand aan.")
    write_dissent(
        request,
        by=by,
        at=teller.ago(1),
        text="Een maand is te lang voor de buren.",
        organisation=teller.town.desks["wonen"].organisation,
    )


STORIES: tuple[tuple[Callable[[Teller], None], int], ...] = (
    (referral_of_police, 1),
    (new_referral, 2),
    (urgent_referral, 1),
    (late_referral, 1),
    (advised, 1),
    (elsewhere, 1),
    (at_proces, 6),
    (asked_of_management, 3),
    (asked_with_advice, 1),
    (asked_too_long, 1),
    (asked_with_spoed, 1),
    (wants_to_know_more, 2),
    (picked_up, 3),
    (decided, 2),
    (at_the_top, 2),
    (at_the_top_with_a_second, 1),
    (decided_at_the_top, 1),
    (sent_back, 2),
    (two_levels, 2),
    (taken_back, 1),
    (calm, 2),
    (stop_asked, 1),
    (aftercare, 1),
    (closed, 2),
    (reopened, 1),
    (known, 1),
    (talk_asked, 1),
    (stuck, 1),
    (not_agreed, 1),
)
"""Each story with how often it is told: 46 cases at all levels, in every state."""
