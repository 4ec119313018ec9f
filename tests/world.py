"""A small invented municipality, made by real transitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ave.escalation import flow as escalations
from ave.escalation.models import Escalation
from ave.triage.flow import IntakeFlow
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.models import Bottleneck, Case, Note, Person
from casework.people.models import Desk, Organisation, Role, User
from casework.people.transitions import join_desk, open_desk

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
FIRST_DAY = date(2020, 1, 1)

ALL_YES = dict.fromkeys(("problems", "safety", "bottleneck", "chain"), "yes")
STUCK = {
    "kinds": ["cooperation"],
    "description": "De ggz en de corporatie wachten op elkaar.",
    "tried": "Twee keer overlegd, zonder afspraak.",
    "since": DAY - timedelta(days=30),
}
CANARIES = {
    "name": "Jansje Kwikstaart",
    "child": "Teun Kwikstaart",
    "address": "Ooievaarsteeg 7",
    "police": "PL-CANARY-31",
    "medical": "DIAGNOSE-CANARY",
    "neighbour": "Kees Buurman",
    "mnemonic": "Zilveren Eik",
}


@dataclass
class World:
    """Everybody who plays a part, by role."""

    municipality: Organisation
    police: Organisation
    housing: Organisation
    health: Organisation
    procesregie: Desk
    piket: Desk
    police_desk: Desk
    housing_desk: Desk
    health_desk: Desk
    procesregisseur: User
    other_procesregisseur: User
    deputy: User
    casusregisseur: User
    officer: User
    other_officer: User
    housing_worker: User
    manager: User
    other_manager: User
    burgemeester: User
    wethouder: User
    aov: User
    beleidsmedewerker: User
    privacy_officer: User
    fg: User
    beheerder: User


def make_world(*, on: date = FIRST_DAY) -> World:
    """Make the municipality with its partners, desks and people."""
    home = _organisation("Gemeente Zuiderveen", "Zuiderveen", "gemeente")
    police = _organisation("Politie Eenheid Oost", "Politie")
    housing = _organisation("Woonstichting Veenland", "Veenland")
    health = _organisation("GGZ Zuid", "GGZ Zuid")
    kind = Desk.Kind
    procesregie = open_desk(home, name="Procesregie", kind=kind.PROCESREGIE)
    piket = open_desk(home, name="Piket", kind=kind.PIKET, phone="0101234567")
    casusregie = open_desk(home, name="Wijkteam", kind=kind.CASUSREGIE)
    management = open_desk(home, name="Management", kind=kind.MANAGEMENT)
    order = open_desk(
        home, name="Burgemeester", kind=kind.BESTUUR, portfolio="openbare-orde"
    )
    care = open_desk(home, name="Wethouder zorg", kind=kind.BESTUUR, portfolio="zorg")
    aov_desk = open_desk(home, name="OOV", kind=kind.AOV)
    policy = open_desk(home, name="Beleid", kind=kind.POLICY)
    privacy = open_desk(home, name="Privacy", kind=kind.PRIVACY)
    fg_desk = open_desk(home, name="FG", kind=kind.FG)
    beheer = open_desk(home, name="Beheer", kind=kind.BEHEER)
    police_desk = open_desk(police, name="Wijkagenten", kind=kind.PARTNER)
    housing_desk = open_desk(housing, name="Wonen", kind=kind.PARTNER)
    health_desk = open_desk(health, name="Behandeling", kind=kind.PARTNER)

    def person(name: str, desk: Desk, role: Role, *, lead: bool = False) -> User:
        user = User.objects.create_user(
            f"{name.lower().replace(' ', '.')}@{desk.organisation.pk}.example",
            name=name,
            organisation=desk.organisation,
            job_title=role.label,
            phone="0101234567",
        )
        join_desk(user, desk, role=role, on=on, is_lead=lead)
        return user

    fatima = person("Fatima El Amrani", procesregie, Role.PROCESREGISSEUR, lead=True)
    bram = person("Bram Hoekstra", aov_desk, Role.AOV, lead=True)
    fatima.deputy = bram
    fatima.save(update_fields=["deputy"])
    return World(
        municipality=home,
        police=police,
        housing=housing,
        health=health,
        procesregie=procesregie,
        piket=piket,
        police_desk=police_desk,
        housing_desk=housing_desk,
        health_desk=health_desk,
        procesregisseur=fatima,
        other_procesregisseur=person("Otto Ander", procesregie, Role.PROCESREGISSEUR),
        deputy=bram,
        casusregisseur=person("Sanne Pinas", casusregie, Role.CASUSREGISSEUR),
        officer=person("Kemal Yildiz", police_desk, Role.KETENPARTNER, lead=True),
        other_officer=person("Tessa Wijk", police_desk, Role.KETENPARTNER),
        housing_worker=person("Joost Bos", housing_desk, Role.KETENPARTNER, lead=True),
        manager=person("Marloes de Wit", management, Role.MANAGER, lead=True),
        other_manager=person("Jan de Boer", management, Role.MANAGER),
        burgemeester=person("Joke Klaassen", order, Role.BESTUURDER, lead=True),
        wethouder=person("Wim Zorgman", care, Role.BESTUURDER, lead=True),
        aov=bram,
        beleidsmedewerker=person(
            "Lies Beleid", policy, Role.BELEIDSMEDEWERKER, lead=True
        ),
        privacy_officer=person("Petra Prive", privacy, Role.PRIVACY_OFFICER, lead=True),
        fg=person("Priya Verma", fg_desk, Role.FG, lead=True),
        beheerder=person("Ben Beheer", beheer, Role.BEHEERDER, lead=True),
    )


def referred(world: World, *, at: datetime = AT, **facts) -> Case:
    """A referral by telephone, not assessed yet."""
    return IntakeFlow.start.begin(
        None,
        by=world.procesregisseur,
        at=at,
        **{
            "reason": "Buren melden overlast.",
            "referrer_name": "Buurtbewoner",
            "kind": Case.Kind.WOONOVERLAST,
            **facts,
        },
    )


def opened(world: World, *, at: datetime = AT, **facts) -> Case:
    """A case with procesregie, its first bottleneck at PROCES."""
    return started(world, referred(world, at=at, **facts), at=at)


def started(world: World, case: Case, *, at: datetime = AT) -> Case:
    """Assess a referral: procesregie starts, with its first bottleneck."""
    IntakeFlow.assess.complete(
        case,
        by=world.procesregisseur,
        at=at,
        criteria=ALL_YES,
        reasons={},
        outcome="procesregie",
        ground="avg-6-1-e",
        purpose="Hulp en veiligheid weer op gang brengen",
        bottleneck=STUCK,
    )
    return case


def begin() -> tuple[World, Case]:
    """Make the people and their first case, for modules that begin with both."""
    world = make_world()
    return world, opened(world)


def begin_calm() -> tuple[World, Case]:
    """Make them with a case that can come down, for modules that begin with that."""
    world, case = begin()
    return world, calmed(world, case)


def calmed(world: World, case: Case) -> Case:
    """A case without an open bottleneck, with a casusregisseur."""
    by = {"by": world.procesregisseur, "at": AT}
    appoint_casusregisseur(case, **by, user=world.casusregisseur)
    end_bottleneck(bottleneck_of(case), **by, state="solved", reason="De ggz begint.")
    case.refresh_from_db()
    return case


def with_canaries(world: World, case: Case, *, at: datetime = AT) -> Case:
    """Put a name, an address and secrets in every text of a case."""
    case.mnemonic = CANARIES["mnemonic"]
    case.save(update_fields=["mnemonic"])
    for name, role in ((CANARIES["name"], "main"), (CANARIES["child"], "family")):
        Person.objects.create(
            case=case,
            role=role,
            name=name,
            address=CANARIES["address"],
            from_on=FIRST_DAY,
        )
    for text, tag in ((CANARIES["police"], "police"), (CANARIES["medical"], "medical")):
        Note.objects.create(
            case=case, text=text, mark="fact", tag=tag, by=world.procesregisseur, at=at
        )
    return case


def bottleneck_of(case: Case, number: int = 1) -> Bottleneck:
    """One bottleneck of a case, fresh."""
    return case.bottlenecks.get(number=number)


def asked(world: World, case: Case, *, at: datetime = AT, **facts) -> Escalation:
    """A running request about the first bottleneck."""
    return escalations.EscalationFlow.start.begin(
        bottleneck_of(case),
        by=world.procesregisseur,
        at=at,
        **{"question": "Wie regelt de plek?", **facts},
    )


def _organisation(name: str, short: str, kind: str = "ketenpartner") -> Organisation:
    return Organisation.objects.create(name=name, short_name=short, kind=kind)
