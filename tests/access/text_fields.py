"""Every field in which somebody could write something about a case."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.access.canaries import found_in

OURS = ("ave", "casework", "config", "programme", "workers")
HOLD_TEXT = (
    models.BinaryField,
    models.CharField,
    models.JSONField,
    models.TextField,
)
"""Of which Django's own text fields are; what is encrypted is binary."""

Field = models.Field


def text_fields() -> Iterator[tuple[str, Field]]:
    """Give each by its name, but for those with fixed choices."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in OURS:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, HOLD_TEXT) and not field.choices:
                yield f"{model._meta.label}.{field.name}", field


def canaries_in(field: Field) -> set[str]:
    """The canaries that stand in its rows, as they are now."""
    values = field.model._base_manager.values_list(field.attname, flat=True)
    return {found for value in values for found in found_in(str(value))}


WITHOUT: dict[str, str] = {
    "people.Absence.reason": "about a colleague who is away; no case",
    "people.Desk.": "about an organisation; no case",
    "people.Organisation.": "about an organisation; no case",
    "people.User.": "about a colleague; no case",
    "people.Submission.result": "an address of ours",
    "policy.": "terms and texts of the municipality",
    "keys.": "keys, wrapped",
    "keys.KeptForm.": "encrypted for who typed it; tests/ground looks for it",
    "audit.AuditSeal.": "hashes",
    "audit.Checkpoint.": "hashes and signatures",
    "audit.AuditEntry.query": "encrypted; tests/keys looks for it in a dump",
    "jobs.Piece.content": "encrypted: rows of the log, codes and names of rows",
    "audit.AuditEntry.": "codes and names of rows; the matrix looks at each",
    "work.CalendarDay.": "days on which nobody works",
    "work.CalendarFeed.": "the hash of a key",
    "work.ClosedWeekday.": "about an organisation; no case",
    "work.Heartbeat.": "figures of the clock",
    "work.Delivery.": "mail of fixed text; the matrix looks at each",
    "work.Notice.": "codes",
    "work.WorkItem.about": "the name of a row",
    "work.WorkItem.kind": "a code",
    "work.WorkItem.ladder": "terms",
    "work.WorkItem.link": "an address of ours",
    "work.WorkItem.policy_version": "a code",
    "work.WorkItem.term": "a code",
    "work.WorkItem.reference": "made by the system, says nothing",
    "cases.Case.reference": "made by the system, says nothing",
    "cases.Case.municipality": "the name of the municipality",
    "cases.Case.ave_phase": "a label that is chosen",
    "cases.Person.bsn": "encrypted; the town has its canary there, shown to nobody",
    "cases.LegalBasis.code": "a code",
    "cases.Disclosure.about": "the name of a row",
    "cases.Disclosure.ground": "a code",
    "cases.Participation.about": "the name of a row",
    "cases.Participation.ground": "a code",
    "cases.Event.": "codes, numbers and names of rows; the matrix looks at each",
    "cases.Retraction.about": "the name of a row",
    "cases.Breach.about": "the name of a row",
    "plan.Task.origin": "the name of a row",
    "plan.Report.choice": "a code",
    "plan.Draft.key": "the name of a row",
    "programme.": "the programme is public, and a signal is anonymous by rule",
    "escalation.Draft.found": "where words stand, as numbers",
    "escalation.Escalation.policy_version": "a code",
    "escalation.Decision.role": "the name of a role",
}
"""Which fields have no canary, and why; a name that ends in a dot is all that follow."""


def reason_without(name: str) -> str | None:
    """Give the entry of `WITHOUT` that speaks of a field, the most precise one."""
    fitting = [
        entry
        for entry in WITHOUT
        if entry == name or (entry.endswith(".") and name.startswith(entry))
    ]
    return max(fitting, key=len, default=None)
