"""A sealed log, with what was kept of it elsewhere, and whether an edit is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import ModuleType

from casework.audit import keys
from casework.audit.export import export_log
from casework.audit.log import write
from casework.audit.models import AuditEntry
from casework.audit.sealer import Anchor, anchor, seal
from casework.audit.verify import inspect_log
from casework.people.models import User
from tests.audit.conftest import AT, make_deputy, make_reader

SEED = 20261123
ROWS, EVERY, KEPT_AT = 48, 4, 36
"""Rows in the log, rows to a checkpoint, and what the last kept anchor covers."""

UNSEALED = 3
SECOND = timedelta(seconds=1)


@dataclass
class Log:
    """A sealed log, with what was kept of it elsewhere."""

    entries: list[AuditEntry]
    waiting: list[AuditEntry]
    reader: User
    kept: list[Anchor]
    kept_notes: list[str]
    verifier: ModuleType
    folder: object

    def is_found(self) -> bool:
        """Whether who verifies sees it: in the database, and from an export alone."""
        inside = any(
            found.count
            for found in inspect_log(at=AT + SECOND, anchors=self.kept)
            if found.name != "triggers"
        )
        outside_too = self._by_export()
        assert inside or not outside_too
        self.by_export = outside_too
        return inside

    def _by_export(self) -> bool:
        path = self.folder / "log.jsonl"
        path.write_text("".join(f"{line}\n" for line in export_log()), encoding="utf-8")
        notes = []
        for number, text in enumerate(self.kept_notes):
            notes.append(self.folder / f"{number}.txt")
            notes[-1].write_text(text, encoding="utf-8")
        return bool(self.verifier.check(path, keys.public_key().hex(), notes))


@dataclass
class Sealed:
    """A log that was sealed now and then, as it stands in the database."""

    reader: User
    entries: list[AuditEntry]
    waiting: list[AuditEntry]
    kept_notes: list[str]


def make_sealed() -> Sealed:
    reader, deputy = make_reader(), make_deputy()
    draw = Random(SEED)
    entries, notes = [], []
    for number in range(ROWS):
        verb = draw.choice(["case.read", "search.done", "page.refused", "note.written"])
        entries.append(
            write(
                verb,
                by=draw.choice([reader, deputy]),
                at=AT,
                case=draw.randrange(5),
                about=f"case:{number}",
                granted=verb != "page.refused",
                words="Jansen" if verb == "search.done" else "",
            )
        )
        if (number + 1) % EVERY == 0:
            seal(at=AT)
        if number + 1 in {EVERY * 2, KEPT_AT}:
            notes.append(anchor(at=AT))
    waiting = [write("case.read", by=reader, at=AT, case=9) for _ in range(UNSEALED)]
    return Sealed(reader, entries, waiting, notes)
