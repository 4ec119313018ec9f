"""The fixture: one town, one rich case, and everybody in every relation to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ave.escalation.flow import DeescalationFlow
from ave.escalation.flow import EscalationFlow as Up
from ave.escalation.voices import ask_voice, give_voice
from ave.stagnation.models import StuckReport
from ave.stagnation.transitions import report_stuck_task, set_threat
from ave.trends.transitions import send_signal
from ave.triage.flow import IntakeFlow
from casework.cases.absence import set_deputy
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from casework.cases.break_glass import open_break_glass
from casework.cases.confirmations import Given
from casework.cases.details import change_details
from casework.cases.dossier import add_note, state_ground
from casework.cases.handover import hand_over_procesregie
from casework.cases.household import add_person, leave_household, set_warning
from casework.cases.lifecycle import close_case
from casework.cases.models import (
    Breach,
    BreakGlass,
    Case,
    Disclosure,
    LegalBasis,
    Note,
    Participation,
    Person,
)
from casework.cases.models import Warning as VisitWarning
from casework.cases.parties import (
    appoint_casusregisseur,
    invite_party,
)
from casework.cases.retraction import take_back
from casework.levels import Level
from casework.meetings.transitions import object_to_agreement, record_agreements
from casework.people.models import Desk, Organisation, Role, User
from casework.people.transitions import join_desk, open_desk
from casework.plan.answering import decline_task, pick_up_task, report_task
from casework.plan.models import Report, Task
from casework.plan.offering import Ask
from casework.plan.transitions import (
    add_goal,
    make_plan,
    offer_task,
    record_report_for,
)
from casework.work import items
from casework.work.due import Due
from casework.work.feed import make_feed
from casework.work.models import WorkItem
from casework.work.preferences import choose_digest
from programme.importing import TYNAARLO, import_programme
from programme.models import PolicySignal
from tests.access import upkeep
from tests.access.canaries import (
    DOSSIER,
    EMERGENCY,
    GONE,
    MEMO,
    REPORT,
    STUCK,
    TASK,
    VOICE,
)
from tests.world import ALL_YES, AT, DAY, FIRST_DAY, World, make_world
from tests.world import STUCK as STUCK_FACTS
from workers.app import PERIODIC
from workers.auditor import HEARTBEAT
from workers.jobs import stamp

NOW = AT + timedelta(hours=2)
"""When everybody looks: on the day that it all happened."""

SOON = DAY + timedelta(days=14)


@dataclass(frozen=True)
class Things:
    """What the addresses of one case are made of."""

    reference: str
    number: int = 1
    pk: dict[str, Any] = field(default_factory=dict)


@dataclass
class Town:
    """The world with the people and cases that the relations need."""

    world: World
    people: dict[str, User]
    case: Case
    in_triage: Case
    closed: Case
    stopping: Case
    tasks: dict[str, Task]
    requests: dict[str, Any]
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def runs(self) -> Things:
        """What is in the rich case."""
        return things(self)


def build() -> Town:
    """Make everything, by the transitions that people use."""
    world = make_world()
    people = _people(world)
    import_programme(TYNAARLO, by=world.aov, at=AT)
    case = open_case(
        world,
        by=world.other_procesregisseur,
        referrer=people["mia"],
        referrer_name=DOSSIER["referrer"],
        referrer_phone=DOSSIER["phone"],
        reason=DOSSIER["reason"],
        goal=DOSSIER["goal_of_referrer"],
    )
    hand_over_procesregie(
        [case], by=world.other_procesregisseur, at=AT, user=world.procesregisseur
    )
    for user in (people["cor"], world.casusregisseur):
        appoint_casusregisseur(case, by=world.procesregisseur, at=AT, user=user)
    town = Town(
        world=world,
        people=people,
        case=case,
        in_triage=_refer(world, reason=DOSSIER["reason"]),
        closed=_closed(world),
        stopping=_stopping(world),
        tasks={},
        requests={},
    )
    _dossier(town)
    _plan(town)
    _bottlenecks(town)
    _mistakes(town)
    _emergency(town)
    case.refresh_from_db()
    town.keys |= _keys(town)
    for periodic in (*(each.name for each in PERIODIC), HEARTBEAT):
        stamp(periodic, at=NOW, took=0.1, done=0)
    return town


def things(town: Town, **given: Any) -> Things:
    """Give the keys of what is in the rich case; some may be chosen."""
    reference = given.pop("reference", town.case.reference)
    return Things(reference, pk={**town.keys, **given})


def other(town: Town, case: Case) -> Things:
    own: dict[str, Any] = {}
    for name, model in (("person", Person), ("note", Note), ("ground", LegalBasis)):
        row = model.objects.system_scope("test").filter(case=case).first()
        if row is not None:
            own[name] = row.pk
    return Things(case.reference, pk={**town.keys, **own})


def _keys(town: Town) -> dict[str, Any]:
    case = town.case

    def last(model: Any, **where: Any) -> int:
        rows = model._base_manager.filter(**{"case": case, **where})
        return rows.order_by("pk").values_list("pk", flat=True).last()

    gone = {"taken_back_at__isnull": True}
    return {
        "task": town.tasks["taken"].pk,
        "request": town.requests["management"].pk,
        "stuck": last(StuckReport),
        "person": last(Person, until_on__isnull=True, **gone),
        "note": last(Note, **gone),
        "warning": last(VisitWarning),
        "ground": last(LegalBasis),
        "party": last(
            Participation,
            organisation=town.people["pim"].organisation,
            role=Participation.Role.PARTY,
        ),
        "breach": last(Breach),
        "emergency": last(BreakGlass),
        "gone_note": last(Note, taken_back_at__isnull=False),
        "gone_disclosure": last(Disclosure, taken_back_at__isnull=False),
        "regisseur": town.world.procesregisseur.pk,
        "uncovered": 0,
        "absence": 0,
        "signal": PolicySignal.objects.get().pk,
        "spoken": f"report:{last(Report, task=town.tasks['told'])}",
        "agreed": town.tasks["agreed"].pk,
        "reminded": WorkItem._base_manager.get(
            about=town.requests["management"].key, state="open"
        ).pk,
        "own": WorkItem._base_manager.get(kind="own").pk,
        "feed": make_feed(town.world.manager, at=AT),
        "unsubscribe": choose_digest(
            town.world.manager, wanted=True, at=AT
        ).unsubscribe_key,
        **upkeep.keys(town.world, desk=town.people["pim"].memberships.get().desk),
    }


def _people(world: World) -> dict[str, User]:
    found: dict[str, User] = {}

    def come(name: str, desk: Desk, role: Role) -> User:
        user = User.objects.create_user(
            f"{name}@{desk.pk}.example",
            name=f"Collega {name.capitalize()}",
            organisation=desk.organisation,
            job_title=role.label,
            phone="0101234567",
        )
        join_desk(user, desk, role=role, on=FIRST_DAY)
        found[name] = user
        return user

    def desk_of(user: User) -> Desk:
        return user.memberships.get().desk

    kind = Desk.Kind.PARTNER
    elsewhere = Organisation.objects.create(
        name="Stichting Ver Weg", short_name="Ver Weg", kind="ketenpartner"
    )
    addiction = Organisation.objects.create(
        name="Verslavingszorg Oost", short_name="Verslavingszorg", kind="ketenpartner"
    )
    come("nel", world.procesregie, Role.PROCESREGISSEUR)
    casusregie = desk_of(world.casusregisseur)
    for name in ("carla", "cor", "dirk", "eva"):
        come(name, casusregie, Role.CASUSREGISSEUR)
    come("alex", desk_of(world.aov), Role.AOV)
    come("mo", desk_of(world.manager), Role.MANAGER)
    come("lea", desk_of(world.manager), Role.MANAGER)
    come("bea", desk_of(world.burgemeester), Role.BESTUURDER)
    come("ada", desk_of(world.manager), Role.MANAGER)
    come("gea", desk_of(world.manager), Role.MANAGER)
    come("ron", desk_of(world.wethouder), Role.BESTUURDER)
    come("mia", world.health_desk, Role.KETENPARTNER)
    other_desk = open_desk(world.police, name="Recherche", kind=kind)
    for name in ("rik", "vera"):
        come(name, other_desk, Role.KETENPARTNER)
    come("pim", open_desk(addiction, name="Hulp", kind=kind), Role.KETENPARTNER)
    come("wil", open_desk(addiction, name="Directie", kind=kind), Role.MANAGER)
    come("kees", open_desk(elsewhere, name="Elders", kind=kind), Role.KETENPARTNER)
    found["root"] = User.objects.create_user(
        "root@zuiderveen.example", name="Super User", is_superuser=True
    )
    world.procesregisseur.team_lead = found["lea"]
    world.procesregisseur.save(update_fields=["team_lead"])
    for user, deputy in (
        (world.casusregisseur, found["dirk"]),
        (world.officer, found["vera"]),
        (world.manager, found["mo"]),
        (world.burgemeester, found["bea"]),
    ):
        set_deputy(user, by=user, at=AT, deputy=deputy)
    return found


def _refer(world: World, **facts: Any) -> Case:
    return IntakeFlow.start.begin(
        None,
        by=world.other_procesregisseur,
        at=AT,
        **{
            "reason": "Buren melden overlast.",
            "referrer_name": "Buurtbewoner",
            "kind": Case.Kind.WOONOVERLAST,
            **facts,
        },
    )


def open_case(world: World, *, by: User, **facts: Any) -> Case:
    case = _refer(world, **facts)
    IntakeFlow.assess.complete(
        case,
        by=by,
        at=AT,
        criteria=ALL_YES,
        reasons={},
        outcome="procesregie",
        ground="avg-6-1-e",
        purpose=DOSSIER["purpose"],
        bottleneck={
            **STUCK_FACTS,
            "description": MEMO["stuck_at"],
            "tried": MEMO["tried"],
            "breaker": MEMO["breaker"],
        },
    )
    return case


def _solved(world: World) -> Case:
    case = open_case(world, by=world.other_procesregisseur)
    end_bottleneck(
        case.bottlenecks.get(),
        by=world.other_procesregisseur,
        at=AT,
        state="solved",
        reason=DOSSIER["ended"],
    )
    return case


def _closed(world: World) -> Case:
    case = _solved(world)
    add_person(
        case,
        by=world.other_procesregisseur,
        at=AT,
        name=DOSSIER["name"],
        role="main",
        informed_on=DAY,
    )
    add_note(
        case,
        by=world.other_procesregisseur,
        at=AT,
        text=DOSSIER["medical"],
        mark="fact",
        tag="medical",
        source=world.health,
    )
    for item in items.open_for_case(case.pk):
        items.close_items(item.about, by=world.other_procesregisseur, at=AT)
    close_case(case, by=world.other_procesregisseur, at=AT, outcome="solved")
    return case


def _stopping(world: World) -> Case:
    case = _solved(world)
    appoint_casusregisseur(
        case, by=world.other_procesregisseur, at=AT, user=world.casusregisseur
    )
    DeescalationFlow.start.begin(
        case,
        by=world.other_procesregisseur,
        at=AT,
        receiver=world.casusregisseur,
        reason="Het loopt weer.",
        aftercare_on=DAY + timedelta(days=30),
    )
    return case


def _dossier(town: Town) -> None:
    world, case = town.world, town.case
    by = {"by": world.procesregisseur, "at": AT}
    change_details(case, **by, mnemonic=DOSSIER["mnemonic"], ave_phase="rood")
    home = {"address": DOSSIER["address"], "phone": DOSSIER["phone"]}
    add_person(
        case,
        **by,
        name=DOSSIER["name"],
        role="main",
        not_informed_reason=DOSSIER["not_informed"],
        **home,
    )
    gone = add_person(
        case,
        **by,
        name=DOSSIER["neighbour"],
        role="family",
        from_on=FIRST_DAY,
        informed_on=DAY,
    )
    leave_household(gone, **by, on=DAY, destination=DOSSIER["left"])
    add_person(
        case, **by, name=DOSSIER["child"], role="family", informed_on=DAY, **home
    )
    for text, tag in (
        (DOSSIER["police"], "police"),
        (DOSSIER["medical"], "medical"),
        (TASK["lent"], ""),
    ):
        source = world.police if tag else None
        add_note(case, **by, text=text, mark="fact", tag=tag, source=source)
    set_warning(case, **by, text=TASK["warning"], until_on=SOON)
    state_ground(
        case,
        **by,
        code="avg-6-1-c",
        purpose=DOSSIER["purpose"],
        review_on=SOON,
        note=DOSSIER["weighing"],
    )
    invite_party(
        case,
        **by,
        organisation=town.people["pim"].organisation,
        scope=DOSSIER["party_scope"],
        ground="avg-6-1-e",
        their_reference=DOSSIER["their_reference"],
    )
    set_threat(case, **by, reason=DOSSIER["threat"])
    items.write_own("Bel de wijkagent", due=Due.day(SOON), **by)


def _plan(town: Town) -> None:
    world, case = town.world, town.case
    by = {"by": world.procesregisseur, "at": AT}
    plan = make_plan(case, **by, discussed=False, why_not=DOSSIER["why_not"])
    add_goal(plan, **by, text=DOSSIER["goal"], life_domain="housing")
    lent = Note.objects.system_scope("test").get(case=case, text=TASK["lent"])
    visit = {
        "kind": "visit",
        "question": TASK["question"],
        "desk": world.police_desk,
        "due_on": SOON,
        "package": "chosen",
        "notes": [lent],
    }
    take = {"by": world.officer, "at": AT}
    offered = offer_task(case, Ask(**visit), **by)
    taken = offer_task(case, Ask(**visit, joining=[world.housing_desk]), **by)
    pick_up_task(taken, **take)
    done = offer_task(case, Ask(**visit), **by)
    pick_up_task(done, **take)
    report_task(done, **take, answer=REPORT["report"])
    declined = offer_task(case, Ask(**visit), **by)
    decline_task(declined, **take, reason=DOSSIER["declined"])
    town.tasks |= {"offered": offered, "taken": taken, "done": done}
    record_agreements(
        case,
        held_on=DAY,
        present=[world.police],
        rows=[Ask(**visit)],
        **by,
    )
    agreed = Task.objects.system_scope("test").filter(case=case).latest("pk")
    object_to_agreement(agreed, text=DOSSIER["objection"], **take)
    report_stuck_task(taken, text=STUCK["stuck"], **take)
    told = offer_task(case, Ask(**visit), **by)
    record_report_for(
        told,
        given=Given(channel="telephone", at=AT, by_name="De wijkagent"),
        answer=REPORT["report"],
        **by,
    )
    town.tasks |= {"agreed": agreed, "told": told}


def _bottlenecks(town: Town) -> None:
    world, case = town.world, town.case
    by = {"by": world.procesregisseur, "at": AT}
    facts = {**STUCK_FACTS, "description": MEMO["stuck_at"], "tried": MEMO["tried"]}
    urgent = raise_bottleneck(case, **by, **facts)
    solved = raise_bottleneck(case, **by, **facts)
    raise_bottleneck(case, **by, **facts)
    end_bottleneck(solved, **by, state="solved", reason=DOSSIER["ended"])
    first = case.bottlenecks.get(number=1)
    send_signal(
        first,
        theme="no_owner",
        text="Partijen wachten vaak op elkaar.",
        desk=world.beleidsmedewerker.memberships.get().desk,
        activity=None,
        **by,
    )
    words = {"question": MEMO["memo_question"], "if_nothing": MEMO["if_nothing"]}
    town.requests["management"] = Up.start.begin(first, **by, **words)
    town.requests["bestuurlijk"] = Up.start.begin(
        urgent,
        **by,
        **words,
        urgent=True,
        to_level=Level.BESTUURLIJK,
        jump_reason=MEMO["jump"],
    )
    _beside(town)


def _beside(town: Town) -> None:
    """Who is asked for his word; one of them gave it."""
    people, requests = town.people, town.requests
    by = {"by": town.world.procesregisseur, "at": AT}
    for name, request, kind in (
        ("ada", "management", "advice"),
        ("gea", "management", "advice"),
        ("wil", "management", "position"),
        ("ron", "bestuurlijk", "second"),
    ):
        ask_voice(requests[request], **by, kind=kind, user=people[name])
    voice = requests["management"].voices.get(user=people["gea"])
    give_voice(voice, by=people["gea"], at=AT, text=VOICE["voice"])


def _mistakes(town: Town) -> None:
    world, case = town.world, town.case
    by = {"by": world.procesregisseur, "at": AT}
    person = add_person(
        case, **by, name=GONE["gone_person"], role="contact", informed_on=DAY
    )
    note = add_note(case, **by, text=GONE["gone_note"], mark="fact")
    asked = Ask(
        kind="overview",
        question="Wat weten jullie?",
        desk=world.police_desk,
        due_on=SOON,
        package="chosen",
        notes=[note],
    )
    task = offer_task(case, asked, **by)
    lent = Disclosure.objects.system_scope("test").get(about=task.key)
    for mistake in (lent, person, note):
        take_back(mistake, **by, reason="wrong_case")
    Disclosure._base_manager.filter(pk=lent.pk).update(text=GONE["gone_disclosure"])


def _emergency(town: Town) -> None:
    open_break_glass(
        town.case.reference,
        by=town.people["eva"],
        at=AT,
        reason=EMERGENCY["reason_of_emergency"],
    )
