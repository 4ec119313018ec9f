"""The rows of the database as the entities that the policy speaks about, one to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model

from tests.access.oracle import Row, World, moment, ref
from tests.world import DAY

DAYS = [DAY + timedelta(days=number) for number in range(-1, 130)]
"""The days of which is asked who works here: as far as `MOMENTS` goes."""


def read_world() -> World:
    """Read every row of the database that the policy speaks about."""
    world = World()
    _people(world)
    _cases(world)
    _tasks(world)
    _others(world)
    return world


def _rows(model: str, *fields: str) -> Iterable[Row]:
    found: type[Model] = apps.get_model(model)
    return found._base_manager.order_by("pk").values(found._meta.pk.name, *fields)


def _people(world: World) -> None:
    known: dict[int, list[Any]] = defaultdict(list)
    for row in _rows("cases.Exclusion", "user_id", "case_id"):
        known[row["user_id"]].append(ref("Casus", row["case_id"]))
    places = list(
        _rows("people.Membership", "user_id", "desk_id", "from_on", "until_on")
    )
    works: dict[int, set[date]] = defaultdict(set)
    for row in places:
        works[row["user_id"]] |= {
            day
            for day in DAYS
            if row["from_on"] <= day
            and (row["until_on"] is None or row["until_on"] > day)
        }
    for row in _rows("people.User", "is_active", "organisation_id"):
        pk, home = row["id"], ref("Organisatie", row["organisation_id"])
        days = [moment(day) for day in sorted(works[pk])]
        facts = {"actief": row["is_active"], "werkt": days, "kent": known[pk]}
        world.add("Collega", pk, organisatie=home, **facts)
    for row in places:
        world.members[row["user_id"]].append(row)
        world.add(
            "Lid",
            row["id"],
            wie=ref("Collega", row["user_id"]),
            bureau=ref("Bureau", row["desk_id"]),
            van=moment(row["from_on"]),
            tot=moment(row["until_on"]),
        )
    absences = _rows("people.Absence", "user_id", "deputy_id", "starts_at", "ends_at")
    for row in absences:
        world.covers[row["deputy_id"]].append(row)
        world.add(
            "Afwezigheid",
            row["id"],
            wie=ref("Collega", row["user_id"]),
            vervanger=ref("Collega", row["deputy_id"]),
            van=moment(row["starts_at"]),
            tot=moment(row["ends_at"]),
        )


def _cases(world: World) -> None:
    people = ("procesregisseur_id", "casusregisseur_id")
    for row in _rows("cases.Case", "status", *people):
        world.thing(
            "Casus",
            row["id"],
            row["id"],
            in_beoordeling=row["status"] == "in_triage",
            afgesloten=row["status"] in {"closed", "elsewhere"},
            procesregisseur=ref("Collega", row["procesregisseur_id"]),
            casusregisseur=ref("Collega", row["casusregisseur_id"]),
        )
    holders = ("user_id", "desk_id", "on_behalf_of_id", "about")
    times = ("from_at", "until_at", "ended_at")
    for row in _rows("cases.Participation", "case_id", "role", *holders, *times):
        world.places[row["case_id"]].append(row)
        noun, _, key = row["about"].partition(":")
        world.add(
            "Plek",
            row["id"],
            casus=ref("Casus", row["case_id"]),
            rol=row["role"],
            wie=ref("Collega", row["user_id"]),
            bureau=ref("Bureau", row["desk_id"]),
            namens=ref("Collega", row["on_behalf_of_id"]),
            vraag=ref("Vraag", int(key)) if noun == "escalation" else None,
            van=moment(row["from_at"]),
            tot=moment(row["until_at"]),
            beeindigd=row["ended_at"] is not None,
        )
    asked = ("case_id", "ended_at", "ending", "to_level")
    about = ("bottleneck__state", "bottleneck__level")
    for row in _rows("escalation.Escalation", *asked, *about):
        world.thing(
            "Vraag",
            row["id"],
            row["case_id"],
            loopt=row["ended_at"] is None,
            besloten=row["ending"] == "decided",
            niveau=row["to_level"],
            knelpunt_open=row["bottleneck__state"] == "open",
            knelpunt_niveau=row["bottleneck__level"],
        )

    for row in _rows(
        "escalation.Voice", "escalation_id", "escalation__case_id", "user_id"
    ):
        world.thing(
            "Reactie",
            row["id"],
            row["escalation__case_id"],
            vraag=ref("Vraag", row["escalation_id"]),
            van=ref("Collega", row["user_id"]),
        )


def _tasks(world: World) -> None:
    shared: dict[str, list[Any]] = defaultdict(list)
    for row in _rows("cases.Disclosure", "about", "desk_id", "taken_back_at"):
        if row["taken_back_at"] is None:
            shared[row["about"]].append(ref("Bureau", row["desk_id"]))
    for row in _rows("plan.Task", "case_id"):
        pk, case = row["id"], row["case_id"]
        task = ref("Taak", pk)
        world.task_of |= {("Taak", pk): pk, ("Opdracht", pk): pk}
        world.thing("Taak", pk, case)
        with_whom = shared[f"task:{pk}"]
        world.thing("Opdracht", pk, case, taak=task, gedeeld_met=with_whom)
    for row in _rows("plan.TaskDesk", "task_id", "desk_id", "taker_id", "ended_at"):
        world.parts[row["task_id"]].append(row)
        world.add(
            "Taakplek",
            row["id"],
            taak=ref("Taak", row["task_id"]),
            bureau=ref("Bureau", row["desk_id"]),
            oppakker=ref("Collega", row["taker_id"]),
            klaar=moment(row["ended_at"]),
        )
    said = ("tag", "by_id", "recorded_by_id", "by_organisation_id")
    for row in _rows("plan.Report", "case_id", "task_id", "place_id", *said):
        world.task_of["Antwoord", row["id"]] = row["task_id"]
        world.thing(
            "Antwoord",
            row["id"],
            row["case_id"],
            taakplek=ref("Taakplek", row["place_id"]),
            etiket=row["tag"],
            door=ref("Collega", row["by_id"]),
            opschrijver=ref("Collega", row["recorded_by_id"]),
            bron=ref("Organisatie", row["by_organisation_id"]),
        )
    lent = ("case_id", "about", "desk_id", "taken_back_at")
    for row in _rows("cases.Disclosure", *lent):
        noun, _, key = row["about"].partition(":")
        if noun != "task":
            continue
        world.task_of["Verstrekking", row["id"]] = int(key)
        world.thing(
            "Verstrekking",
            row["id"],
            row["case_id"],
            taak=ref("Taak", int(key)),
            bureau=ref("Bureau", row["desk_id"]),
            teruggehaald=row["taken_back_at"] is not None,
        )


def _others(world: World) -> None:
    for row in _rows("stagnation.StuckReport", "case_id", "by_id"):
        world.thing(
            "Melding", row["id"], row["case_id"], door=ref("Collega", row["by_id"])
        )
    for row in _rows("escalation.Draft", "case_id", "by_id"):
        world.thing(
            "Concept", row["id"], row["case_id"], door=ref("Collega", row["by_id"])
        )
    holders = ("owner_user_id", "owner_desk_id", "stand_in_id", "claimed_by_id")
    called = {row["reference"]: row["id"] for row in _rows("cases.Case", "reference")}
    asked = ("case", "reference", "kind", "asked_by_id", "closed_by_id", *holders)
    for row in _rows("work.WorkItem", *asked):
        world.thing(
            "Werk",
            row["id"],
            row["case"],
            noemt=ref("Casus", called.get(row["reference"])),
            voor_jezelf=row["kind"] == "own",
            van=ref("Collega", row["owner_user_id"]),
            bureau=ref("Bureau", row["owner_desk_id"]),
            ook=ref("Collega", row["stand_in_id"]),
            opgepakt=ref("Collega", row["claimed_by_id"]),
            gevraagd=ref("Collega", row["asked_by_id"]),
            klaar=ref("Collega", row["closed_by_id"]),
        )
    for model in set(DOSSIER) - {"cases.Note"}:
        found = apps.get_model(model)._base_manager.values_list("pk", "case_id")
        for pk, case in found.order_by("pk"):
            world.piece(model, pk, case)
    for row in _rows("cases.Note", "case_id", "tag", "by_id", "source_id"):
        world.piece(
            "cases.Note",
            row["id"],
            row["case_id"],
            etiket=row["tag"],
            door=ref("Collega", row["by_id"]),
            bron=ref("Organisatie", row["source_id"]),
        )


DOSSIER = (
    "cases.Bottleneck",
    "cases.Breach",
    "cases.BreakGlass",
    "cases.Disclosure",
    "cases.Event",
    "cases.LegalBasis",
    "cases.Note",
    "cases.Participation",
    "cases.Person",
    "cases.Referral",
    "cases.Retraction",
    "cases.Warning",
    "escalation.DeEscalation",
    "escalation.Showing",
    "meetings.Agreement",
    "meetings.AgreementRound",
    "meetings.Objection",
    "plan.ActionPlan",
    "plan.Goal",
    "plan.TaskDesk",
    "stagnation.Threat",
    "triage.Triage",
)
"""What is in a dossier and nowhere else: read by who reads the dossier."""
