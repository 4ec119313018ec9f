"""How a programme comes in from its file: the source's facts, and nothing filled in."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from casework.audit import log
from casework.people.models import User
from programme.models import (
    Achievement,
    Activity,
    ActivityParty,
    CapacityProposal,
    Priority,
    Programme,
    Theme,
)

TYNAARLO = Path(__file__).parent / "data" / "tynaarlo-2024-2025.yaml"

NEW_MONEY = (Activity.Funding.PROPOSED, Activity.Funding.MIXED)


class BadSource(ValueError):
    """The file with the programme can't be read."""


@transaction.atomic
def import_programme(path: Path, *, by: User | None, at: datetime) -> Programme:
    """
    Take over a programme from its file; a second time it only mends the source's facts.

    Owners, progress and decisions made here stay. What is empty in the source stays
    empty.

    :raises BadSource: if the file lacks something or names what it does not define
    """
    try:
        source = yaml.safe_load(path.read_text(encoding="utf-8"))
        programme = _programme(source["programma"], at=at)
        themes = _themes(programme, source["themas"])
        _priorities(programme, source["prioriteiten"], themes)
        proposals = _proposals(programme, source["voorstellen_nieuw_beleid"])
        activities = _activities(programme, source["activiteiten"], themes, proposals)
        _parties(activities, source["activiteiten"], source["partijen"])
        _achieved(programme, source["behaald_2022_2023"], themes)
        _not_achieved(programme, source["niet_uitgevoerd_2022_2023"], activities)
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise BadSource(f"{path.name}: {error}") from error
    log.write("programme.imported", by=by, at=at, about=f"programme:{programme.pk}")
    return programme


def _programme(facts: dict[str, Any], *, at: datetime) -> Programme:
    adopted = facts["status"] == "vastgesteld"
    known = {
        "name": facts["naam"],
        "municipality": facts["gemeente"],
        "framework": facts["kader"],
        "framework_adopted_on": facts["kader_vastgesteld_op"],
        "status": Programme.Status.ADOPTED if adopted else Programme.Status.DRAFT,
        "lead": facts["regievoerder"],
        "from_on": _day(facts["periode"]["van"]),
        "until_on": _day(facts["periode"]["tot"]),
    }
    programme, _ = Programme.objects.update_or_create(
        code=facts["code"],
        defaults=known,
        create_defaults={**known, "imported_at": at},
    )
    return programme


def _themes(programme: Programme, rows: list[dict[str, Any]]) -> dict[str, Theme]:
    return {
        row["code"]: Theme.objects.update_or_create(
            programme=programme,
            code=row["code"],
            defaults={"name": row["naam"], "number": number},
        )[0]
        for number, row in enumerate(rows, start=1)
    }


def _priorities(
    programme: Programme, rows: list[dict[str, Any]], themes: dict[str, Theme]
) -> None:
    for row in rows:
        Priority.objects.update_or_create(
            programme=programme,
            number=row["nummer"],
            defaults={"name": row["naam"], "theme": themes[row["thema"]]},
        )


def _proposals(
    programme: Programme, rows: list[dict[str, Any]]
) -> dict[str, CapacityProposal]:
    return {
        row["code"]: CapacityProposal.objects.update_or_create(
            programme=programme,
            code=row["code"],
            defaults={
                "title": row["titel"],
                "fte": row["fte"],
                "project_money": row["projectgeld"],
            },
        )[0]
        for row in rows
    }


def _activities(
    programme: Programme,
    rows: list[dict[str, Any]],
    themes: dict[str, Theme],
    proposals: dict[str, CapacityProposal],
) -> dict[str, Activity]:
    return {
        row["code"]: Activity.objects.update_or_create(
            programme=programme,
            code=row["code"],
            defaults={
                "theme": themes[row["thema"]],
                "title": row["titel"],
                "approach": row["aanpak"],
                "success_criterion": row["doel"],
                "deadline": row["uiterlijk"] and _day(row["uiterlijk"]),
                "period_in_words": row.get("periode_in_woorden", ""),
                "repeat": row.get("herhaling", ""),
                "funding": Activity.Funding(row["dekking"]),
                "capacity_proposal": _proposal_of(row, proposals),
            },
        )[0]
        for row in rows
    }


def _proposal_of(
    row: dict[str, Any], proposals: dict[str, CapacityProposal]
) -> CapacityProposal | None:
    # The source asks for capacity per theme; the codes of activities begin with it.
    # Where an activity falls under the proposal of another theme, the row says so.
    if "capaciteitsvoorstel" in row:
        return proposals[row["capaciteitsvoorstel"]]
    if row["dekking"] not in NEW_MONEY:
        return None
    return proposals.get(row["code"].partition("-")[0])


def _parties(
    activities: dict[str, Activity],
    rows: list[dict[str, Any]],
    parties: list[dict[str, Any]],
) -> None:
    canonical = {
        spelling: party["naam"]
        for party in parties
        for spelling in (party["naam"], *party["ook"])
    }
    for row in rows:
        for number, name in enumerate(row["partijen"], start=1):
            ActivityParty.objects.update_or_create(
                activity=activities[row["code"]],
                name_in_source=name,
                defaults={"number": number, "name": canonical.get(name, name)},
            )


def _achieved(
    programme: Programme, rows: list[dict[str, Any]], themes: dict[str, Theme]
) -> None:
    for row in rows:
        Achievement.objects.update_or_create(
            programme=programme,
            title=row["titel"],
            defaults={
                "achieved": True,
                "result": row["resultaat"],
                "theme": themes[row["thema"]],
            },
        )


def _not_achieved(
    programme: Programme, rows: list[dict[str, Any]], activities: dict[str, Activity]
) -> None:
    for row in rows:
        follower = row["opgevolgd_door"]
        Achievement.objects.update_or_create(
            programme=programme,
            title=row["titel"],
            defaults={
                "achieved": False,
                "successor": activities[follower] if follower else None,
            },
        )


def _day(value: Any) -> date:
    if not isinstance(value, date):
        raise BadSource(f"{value} is no day")
    return value
