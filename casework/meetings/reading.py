"""The meetings of a case with what was agreed, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from casework.cases.models import Case
from casework.meetings.models import Agreement, AgreementRound, Objection
from casework.people.models import User
from casework.plan.reading import TaskRow, row_of, tasks_of


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One agreement: its task as a row, and who does not agree."""

    agreement: Agreement
    row: TaskRow
    objections: list[Objection] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RoundRows:
    """One meeting: when, who was there, what was agreed."""

    held: AgreementRound
    present: str
    agreements: list[AgreementRow] = field(default_factory=list)


def rounds_of(case: Case, user: User, *, at: datetime, today: date) -> list[RoundRows]:
    """Give the meetings of a case that somebody reads, the latest first."""
    rounds = (
        AgreementRound.objects.visible_to(user, at=at)
        .filter(case=case)
        .prefetch_related("present")
        .order_by("-held_on", "-pk")
    )
    found = {
        each.pk: RoundRows(each, ", ".join(sorted(p.name for p in each.present.all())))
        for each in rounds
    }
    tasks = {
        task.pk: task
        for task in tasks_of(case, user, at=at).filter(agreement__isnull=False)
    }
    said: dict[int, list[Objection]] = {}
    for objection in (
        Objection.objects.visible_to(user, at=at)
        .filter(case=case)
        .select_related("organisation", "by")
        .order_by("pk")
    ):
        said.setdefault(objection.agreement_id, []).append(objection)
    for agreement in (
        Agreement.objects.visible_to(user, at=at)
        .filter(case=case)
        .order_by("round", "number")
    ):
        if agreement.round_id in found and agreement.task_id in tasks:
            row = row_of(case, tasks[agreement.task_id], today=today)
            found[agreement.round_id].agreements.append(
                AgreementRow(agreement, row, said.get(agreement.pk, []))
            )
    return list(found.values())
