"""Forty invented cases, each brought to its state by the real transitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from ave.escalation.models import DeEscalation, Escalation
from ave.escalation.transitions import take_back
from ave.triage.flow import IntakeFlow
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from casework.cases.confirmations import Given
from casework.cases.household import add_person
from casework.cases.lifecycle import close_case, reopen_case
from casework.cases.models import Bottleneck, Case, Person
from casework.cases.parties import appoint_casusregisseur
from casework.cases.reading_in import finish_reading_in
from casework.meetings.transitions import record_agreements
from casework.plan.answering import decline_task, pick_up_task, report_task
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.plan.transitions import add_goal, make_plan
from casework.work.days import at_local
from config.demo.people import Town

FAMILIES = (
    "Kwikstaart", "Veldleeuwerik", "Boomklever", "Roodborst", "Goudvink", "Winterkoning",
    "Grutto", "IJsvogel", "Kievit", "Leeuwerik", "Merel", "Nachtegaal", "Ooievaar",
    "Pimpelmees", "Reiger", "Sijs", "Tapuit", "Uil", "Vink", "Wulp",
)  # fmt: skip
FIRST_NAMES = ("Jansje", "Teun", "Bertus", "Willemien", "Sjoerd", "Aaltje", "Geert")
STREETS = ("Ooievaarsteeg", "Lisdoddelaan", "Rietkraag", "Veenmospad", "Zonnedauwhof")

STUCK = (
    (
        "De ggz en de corporatie wachten op elkaar: zonder woning geen behandeling, "
        "zonder behandeling geen woning.",
        "Twee overleggen met alle partijen, op proef drie huisbezoeken.",
        ["cooperation"],
        "no_owner",
    ),
    (
        "Er is geen plek waar iemand met deze zorgvraag kan wonen.",
        "Vier aanbieders gebeld, overal een wachtlijst van een half jaar.",
        ["substance"],
        "no_place",
    ),
    (
        "De afspraak om samen op huisbezoek te gaan komt al vijf weken niet tot stand.",
        "Drie keer een datum geprikt, twee keer op het laatst afgezegd.",
        ["cooperation"],
        "not_kept",
    ),
    (
        "De regeling vraagt een vaste woonplek, die is er juist niet.",
        "Uitzondering gevraagd aan de uitvoerder, zonder antwoord.",
        ["substance", "cooperation"],
        "rules",
    ),
)
QUESTIONS = (
    "Wil je besluiten wie er begint, en de ander vragen aan te sluiten?",
    "Wil je tijdelijk een plek regelen, buiten de wachtlijst om?",
    "Wil je de directeur van de partij aanspreken op de afspraak?",
    "Wil je een uitzondering op de regeling maken voor deze casus?",
)
REASONS = (
    "Buren melden al maanden overlast in de nacht. Hulp stopt steeds na één gesprek.",
    "De woning vervuilt en het gezin laat niemand binnen.",
    "Er zijn zorgen over de kinderen, en de hulpverleners weten het niet van elkaar.",
    "De huur is een half jaar niet betaald. De corporatie wil naar de rechter.",
)


@dataclass
class Teller:
    """Tells stories in the past of one moment, so that the demo is always of today."""

    town: Town
    now: datetime
    told: int = 0

    def ago(self, days: int, hour: int = 10) -> datetime:
        """Give an office hour of a day in the past; today never later than now."""
        day = (self.now - timedelta(days=days)).date()
        return min(at_local(day, time(hour, 0)), self.now)

    @property
    def regisseur(self) -> Any:
        """The procesregisseur of the next case: mostly Fatima, now and then Otto."""
        name = "Otto Haverkamp" if self.told % 5 == 4 else "procesregisseur"
        return self.town.people[name]

    def refer(self, days: int, *, urgent: bool = False, **facts: Any) -> Case:
        """Tell how somebody called about a household."""
        self.told += 1
        kinds = list(Case.Kind)
        return IntakeFlow.start.begin(
            None,
            by=self.town.people["procesregisseur"],
            at=self.now - timedelta(hours=1) if urgent else self.ago(days, 9),
            **{
                "reason": REASONS[self.told % len(REASONS)],
                "referrer_name": "Een buurtbewoner",
                "channel": "telephone",
                "kind": kinds[self.told % len(kinds)],
                "urgent": urgent,
                **facts,
            },
        )

    def assess(self, case: Case, days: int, outcome: str, **facts: Any) -> Case:
        """Tell what the assessment found."""
        yes = dict.fromkeys(("problems", "safety", "bottleneck", "chain"), "yes")
        IntakeFlow.assess.complete(
            case,
            by=self.regisseur,
            at=self.ago(days, 11),
            criteria=yes,
            reasons={},
            outcome=outcome,
            **facts,
        )
        if case.referral.referrer_id is None and facts.get("told", True):
            IntakeFlow.tell.complete(case, by=self.regisseur, at=self.ago(days, 12))
        return case

    def open(self, days: int, **facts: Any) -> Case:
        """Tell how procesregie started, with people, a plan and a casusregisseur."""
        facts.setdefault("referrer", self._referrer())
        case = self.refer(days + 2, **facts)
        regisseur = self.regisseur
        self.assess(
            case,
            days,
            "procesregie",
            ground="avg-6-1-e",
            purpose="Zorg en veiligheid in dit huishouden weer op gang brengen",
            bottleneck=self._stuck(days),
        )
        at = self.ago(days, 13)
        family = FAMILIES[self.told % len(FAMILIES)]
        street = STREETS[self.told % len(STREETS)]
        for number, role in enumerate((Person.Role.MAIN, Person.Role.FAMILY)):
            add_person(
                case,
                by=regisseur,
                at=at,
                role=role,
                name=f"{FIRST_NAMES[(self.told + number) % len(FIRST_NAMES)]} {family}",
                address=f"{street} {7 + self.told}",
                from_on=at.date(),
                informed_on=at.date(),
            )
        sanne = self.town.people["casusregisseur"]
        appoint_casusregisseur(case, user=sanne, by=regisseur, at=at)
        if days > 18:
            finish_reading_in(case, by=sanne, at=at)
        return case

    def plan(self, case: Case, days: int) -> list[Task]:
        """Tell of a meeting in which parties agreed who does what."""
        by = case.procesregisseur
        at = self.ago(days, 14)
        plan = make_plan(case, by=by, at=at, discussed=True)
        add_goal(
            plan,
            text="Rust in huis en in de buurt",
            life_domain="housing",
            by=by,
            at=at,
        )
        desks = self.town.desks
        soon = (self.now + timedelta(days=3)).date()
        rows = [
            Ask(
                kind=kind,
                question="Laat weten wat er nodig is om te beginnen.",
                desk=desks[desk],
                due_on=max(soon, at.date() + timedelta(days=1)),
                joining=[desks["politie"]] if desk == "wonen" else [],
            )
            for kind, desk in (
                ("advice_housing", "wonen"),
                ("advice_care", "ggz"),
                ("overview", "politie"),
            )
        ]
        record_agreements(
            case,
            held_on=at.date(),
            present=[desks[key].organisation for key in ("wonen", "ggz", "politie")],
            rows=rows,
            by=by,
            at=at,
        )
        tasks = Task.objects.system_scope("demo").filter(case=case).order_by("pk")
        if days > 8:
            self.work_on(tasks, days)
        return list(tasks)

    def work_on(self, tasks: Iterable[Task], days: int) -> None:
        """Tell how the desks picked their tasks up, and the police reported."""
        leads = ("ketenpartner-wonen", "Anouk Smit", "ketenpartner-politie")
        for task, lead in zip(tasks, leads, strict=True):
            by = self.town.people[lead]
            pick_up_task(task, by=by, at=self.ago(days - 1))
            if lead != "Anouk Smit":
                report_task(
                    task,
                    by=by,
                    at=self.ago(days - 4),
                    choice="yes_with_help" if task.kind == "advice_housing" else "",
                    answer="Dit kan, als de andere partijen meedoen.",
                )

    def ask(self, case: Case, days: int, number: int = 1, **facts: Any) -> Escalation:
        """Tell how a bottleneck was put before the next level."""
        return EscalationFlow.start.begin(
            case.bottlenecks.get(number=number),
            by=case.procesregisseur,
            at=self.ago(days, 15),
            question=QUESTIONS[self.told % len(QUESTIONS)],
            if_nothing="Dan vervalt de plek over twee weken.",
            **facts,
        )

    def say(
        self, request: Escalation, days: int, kind: str, text: str = ""
    ) -> Escalation:
        """Tell what the answerer said."""
        return answer(
            request, by=request.answerer, at=self.ago(days, 16), answer=kind, text=text
        )

    def solve(self, case: Case, days: int, number: int = 1) -> None:
        """Tell how a bottleneck was solved."""
        end_bottleneck(
            case.bottlenecks.get(number=number),
            by=case.procesregisseur,
            at=self.ago(days, 15),
            state=Bottleneck.State.SOLVED,
            reason="De partijen zijn begonnen en het loopt.",
        )

    def stop(self, case: Case, days: int) -> DeEscalation:
        """Tell how the casusregisseur was asked to take the case over."""
        return DeescalationFlow.start.begin(
            case,
            by=case.procesregisseur,
            at=self.ago(days, 15),
            receiver=case.casusregisseur,
            reason="Het loopt al weken goed.",
            aftercare_on=(self.ago(days) + timedelta(days=42)).date(),
        )

    def _referrer(self) -> Any:
        return self.town.people["ketenpartner-politie"] if self.told % 3 == 0 else None

    def _stuck(self, days: int) -> dict[str, Any]:
        description, tried, kinds, theme = STUCK[self.told % len(STUCK)]
        return {
            "kinds": kinds,
            "description": description,
            "tried": tried,
            "theme": theme,
            "since": self.ago(days + 30).date(),
        }


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
    teller.assess(case, 18, "safety_house", note="Te zwaar voor de gemeente alleen.")


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
    request = teller.ask(teller.open(45), 9)
    teller.say(
        request, 3, "higher", "Ik kan de andere partij niet binden. Doe het wel."
    )


def decided_at_the_top(teller: Teller) -> None:
    """Decided at the top, by telephone, and not confirmed yet."""
    request = teller.ask(teller.open(50), 14)
    teller.say(request, 8, "higher", "Dit gaat over openbare orde.")
    at = teller.ago(1, 17)
    answer(
        request,
        by=request.case.procesregisseur,
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
        by=case.procesregisseur,
        at=teller.ago(20),
        **teller._stuck(20),
    )
    teller.say(teller.ask(case, 5), 3, "pick_up")


def taken_back(teller: Teller) -> None:
    """Decided, taken back, and worked out at PROCES."""
    case = teller.open(60)
    request = teller.ask(case, 30)
    teller.say(request, 25, "decide", "De corporatie houdt de woning drie maanden aan.")
    take_back(
        case.bottlenecks.get(number=1), by=case.procesregisseur, at=teller.ago(24)
    )
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
        stop, by=case.procesregisseur, at=teller.ago(50), text="Het gaat goed."
    )
    close_case(case, by=case.procesregisseur, at=teller.ago(49), outcome="solved")


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


STORIES: tuple[tuple[Callable[[Teller], None], int], ...] = (
    (referral_of_police, 1),
    (new_referral, 2),
    (urgent_referral, 1),
    (late_referral, 1),
    (advised, 1),
    (elsewhere, 1),
    (at_proces, 6),
    (asked_of_management, 4),
    (asked_too_long, 1),
    (asked_with_spoed, 1),
    (wants_to_know_more, 2),
    (picked_up, 3),
    (decided, 2),
    (at_the_top, 3),
    (decided_at_the_top, 1),
    (sent_back, 2),
    (two_levels, 2),
    (taken_back, 1),
    (calm, 2),
    (stop_asked, 1),
    (aftercare, 1),
    (closed, 2),
    (reopened, 1),
)
"""Each story with how often it is told: 42 cases at all levels, in every state."""
