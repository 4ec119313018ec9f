"""Tells what happened in a case of the demo, with the real transitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from ave.escalation.flow import DeescalationFlow, EscalationFlow, answer
from ave.escalation.models import DeEscalation, Escalation
from ave.escalation.voices import ask_voice, give_voice
from ave.triage.flow import IntakeFlow
from ave.triage.reading import OUTCOME_READ
from ave.triage.transitions import hears_by_itself
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.household import add_person
from casework.cases.models import Bottleneck, Case, Person
from casework.cases.reading_in import finish_reading_in
from casework.meetings.transitions import record_agreements
from casework.people.models import User
from casework.plan.answering import pick_up_task, report_task
from casework.plan.models import Task
from casework.plan.offering import Ask
from casework.plan.transitions import add_goal, make_plan
from casework.policy import policy
from casework.work import items
from casework.work.days import at_local, working_days
from config.demo.people import Town

RECENT = 10
"""What came in longer ago, in days, was read by who had to read it."""

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
    def soon(self) -> date:
        """The first working day from three days on."""
        day = (self.now + timedelta(days=3)).date()
        return working_days(policy.at(day)).first_from(day)

    @property
    def regisseur(self) -> Any:
        """The procesregisseur of the next case: mostly Fatima, now and then Otto."""
        name = "Otto Haverkamp" if self.told % 5 == 4 else "procesregisseur"
        return self.town.people[name]

    def refer(self, days: int, *, urgent: bool = False, **facts: Any) -> Case:
        """Tell how somebody called about a household."""
        self.told += 1
        kinds = list(Case.Kind)
        case: Case = IntakeFlow.start.begin(
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
        return case

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
        if not hears_by_itself(case) and facts.get("told", True):
            IntakeFlow.tell.complete(case, by=self.regisseur, at=self.ago(days, 12))
        if case.referral.referrer_id is not None and days > RECENT:
            self._read_outcome(case, days)
        return case

    def _read_outcome(self, case: Case, days: int) -> None:
        """Let who referred it read what became of it, the day after."""
        items.close_items(
            f"referral:{case.pk}",
            by=case.referral.referrer,
            at=self.ago(days - 1),
            kind=OUTCOME_READ,
        )

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
            bottleneck=self.stuck(days),
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
        if days > RECENT:
            finish_reading_in(case, by=sanne, at=at)
        return case

    def plan(self, case: Case, days: int) -> list[Task]:
        """Tell of a meeting in which parties agreed who does what."""
        by = regisseur_of(case)
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
        rows = [
            Ask(
                kind=kind,
                question="Laat weten wat er nodig is om te beginnen.",
                desk=desks[desk],
                due_on=self.soon,
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
        request: Escalation = EscalationFlow.start.begin(
            case.bottlenecks.get(number=number),
            by=regisseur_of(case),
            at=self.ago(days, 15),
            **{
                "question": QUESTIONS[self.told % len(QUESTIONS)],
                "if_nothing": "Dan vervalt de plek over twee weken.",
                **facts,
            },
        )
        return request

    def say(
        self, request: Escalation, days: int, kind: str, text: str = ""
    ) -> Escalation:
        """Tell what the answerer said."""
        return answer(
            request, by=request.answerer, at=self.ago(days, 16), answer=kind, text=text
        )

    def beside(
        self, request: Escalation, days: int, name: str, kind: str, text: str = ""
    ) -> None:
        """Tell who was asked for his word, and what he said if he did."""
        user = self.town.people[name]
        by, at = regisseur_of(request.case), self.ago(days, 12)
        voice = ask_voice(request, by=by, at=at, kind=kind, user=user)
        if text:
            give_voice(voice, by=user, at=self.ago(days, 16), text=text)

    def solve(self, case: Case, days: int, number: int = 1, **facts: Any) -> None:
        """Tell how a bottleneck was solved, or ended in another way."""
        end_bottleneck(
            case.bottlenecks.get(number=number),
            by=regisseur_of(case),
            at=self.ago(days, 15),
            **{
                "state": Bottleneck.State.SOLVED,
                "reason": "De partijen zijn begonnen en het loopt.",
                **facts,
            },
        )

    def stop(self, case: Case, days: int) -> DeEscalation:
        """Tell how the casusregisseur was asked to take the case over."""
        request: DeEscalation = DeescalationFlow.start.begin(
            case,
            by=regisseur_of(case),
            at=self.ago(days, 15),
            receiver=case.casusregisseur,
            reason="Het loopt al weken goed.",
            aftercare_on=(self.ago(days) + timedelta(days=42)).date(),
        )
        return request

    def stuck(self, days: int) -> dict[str, Any]:
        """Give what a bottleneck is about, for `days` and a month already."""
        description, tried, kinds, theme = STUCK[self.told % len(STUCK)]
        return {
            "kinds": kinds,
            "description": description,
            "tried": tried,
            "theme": theme,
            "since": self.ago(days + 30).date(),
        }

    def _referrer(self) -> Any:
        return self.town.people["ketenpartner-politie"] if self.told % 3 == 0 else None


def regisseur_of(case: Case) -> User:
    """The procesregisseur of a case that runs."""
    assert case.procesregisseur is not None
    return case.procesregisseur
