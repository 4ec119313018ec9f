"""The list of who works here, as it is handed in: a row for each place at a desk."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import zip_longest
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models

from casework.people.models import Desk, Membership, Organisation, User

NEEDED = (
    "organisatie",
    "soort organisatie",
    "bureau",
    "soort bureau",
    "naam",
    "e-mailadres",
    "rol",
)
ALLOWED = (
    "korte naam",
    "portefeuille",
    "telefoon bureau",
    "functie",
    "telefoon",
    "aanspreekpunt",
    "vervanger",
    "leidinggevende",
)
KEPT = frozenset({"korte naam", "vervanger", "leidinggevende"})
"""What stays as it was where a row leaves it empty."""
YES_OR_NO = {"ja": True, "nee": False, "": False}


class BadRoster(ValueError):
    """The list can't be taken over; `lines` says why, in Dutch, a line each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__(f"{len(lines)} errors")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: somebody's place at a desk."""

    number: int
    facts: dict[str | None, str | None]
    """What stands under each column; under none what has no column."""

    def __getitem__(self, column: str) -> str:
        return self.facts.get(column) or ""

    def told(self, model: type[models.Model]) -> dict[str, str]:
        """Give the fields of a model that a list may leave out and this one has."""
        return {
            name: self[column]
            for column, (of, name) in _FIELDS.items()
            if of is model and column in ALLOWED and column in self.facts
        }

    @property
    def email(self) -> str:
        """Give the address with which he logs in."""
        return self["e-mailadres"].lower()

    @property
    def is_lead(self) -> bool | None:
        """Give whether others turn to him here; None if the list has no such column."""
        if "aanspreekpunt" not in self.facts:
            return None
        return YES_OR_NO[self["aanspreekpunt"].lower()]

    @property
    def place(self) -> tuple[str, str, str]:
        """Give whose place it is, and at which desk."""
        return self.email, self["organisatie"], self["bureau"]


def read(path: Path) -> list[Line]:
    """
    Read a list: CSV in UTF-8 with a heading, with semicolons or commas.

    :raises BadRoster: if it isn't one, or a row lacks something or can't be true
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadRoster(["Sla het bestand op als CSV in UTF-8."]) from None
    heading = text.partition("\n")[0]
    table = csv.reader(StringIO(text), delimiter=";" if ";" in heading else ",")
    try:
        columns = [name.strip().lower() for name in next(table, [])]
        if wrong := list(_wrong_columns(columns)):
            raise BadRoster(wrong)
        lines = [
            Line(table.line_num, dict(zip_longest(columns, map(str.strip, row))))
            for row in table
            if any(row)
        ]
    except csv.Error:
        raise BadRoster([f"Regel {table.line_num} is niet te lezen."]) from None
    if wrong := list(_wrong_lines(lines)):
        raise BadRoster(wrong)
    return lines


def _wrong_columns(columns: list[str]) -> Iterator[str]:
    for name in NEEDED:
        if name not in columns:
            yield f"De kolom '{name}' ontbreekt."
    for name in columns:
        if name not in NEEDED + ALLOWED:
            yield f"De kolom '{name}' kennen we niet. Kies uit: {', '.join(ALLOWED)}."
    if len(set(columns)) < len(columns):
        yield "Een kolom staat er twee keer in."


def _wrong_lines(lines: list[Line]) -> Iterator[str]:
    if not lines:
        yield "Er staat niemand in."
    first: dict[tuple[str, ...], Line] = {}
    places: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        for column, message in _faults(line):
            yield f"Regel {line.number}, {column}: {message}"
        for column, same, key in _once(line):
            known = first.setdefault((column, *key), line)
            if known[column] != line[column]:
                yield (
                    f"Regel {line.number}, {column}: anders dan op regel "
                    f"{known.number}, bij {same}."
                )
        if places.setdefault(line.place, line) is not line:
            again = places[line.place].number
            yield f"Regel {line.number}: deze plek staat ook op regel {again}."


def _once(line: Line) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give each column that says one thing of one person, desk or organisation."""
    email, *desk = line.place
    for same, key, columns in (
        ("hetzelfde e-mailadres", (email,), _OF_A_PERSON),
        ("hetzelfde bureau", tuple(desk), _OF_A_DESK),
        ("dezelfde organisatie", (line["organisatie"],), _OF_AN_ORGANISATION),
    ):
        for column in columns:
            if line[column] or column not in KEPT:
                yield column, same, key


def _faults(line: Line) -> Iterator[tuple[str, str]]:
    if line.facts.get(None):
        yield "einde", "er staat meer in dan er kolommen zijn."
    for column, text in line.facts.items():
        if column and text and not text.isprintable():
            yield column, "er staat een teken in dat niemand kan lezen."
    yield from ((column, "vul dit in.") for column in NEEDED if not line[column])
    if line["aanspreekpunt"].lower() not in YES_OR_NO:
        yield "aanspreekpunt", "vul ja of nee in."
    for column, (model, name) in _FIELDS.items():
        if line[column]:
            yield from ((column, each) for each in _unlike(model, name, line[column]))


def _unlike(model: type[models.Model], name: str, text: str) -> Iterable[str]:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    choices = [str(value) for value, _ in field.flatchoices]
    if choices:
        return [] if text in choices else [f"kies uit {', '.join(choices)}."]
    try:
        field.clean(text, None)
    except ValidationError as error:
        return error.messages
    return []


_OF_A_PERSON = (
    *("naam", "organisatie", "functie", "telefoon"),
    *("vervanger", "leidinggevende"),
)
_OF_A_DESK = ("soort bureau", "portefeuille", "telefoon bureau")
_OF_AN_ORGANISATION = ("soort organisatie", "korte naam")
_FIELDS: dict[str, tuple[type[models.Model], str]] = {
    "organisatie": (Organisation, "name"),
    "korte naam": (Organisation, "short_name"),
    "soort organisatie": (Organisation, "kind"),
    "bureau": (Desk, "name"),
    "soort bureau": (Desk, "kind"),
    "portefeuille": (Desk, "portfolio"),
    "telefoon bureau": (Desk, "phone"),
    "naam": (User, "name"),
    "e-mailadres": (User, "email"),
    "functie": (User, "job_title"),
    "telefoon": (User, "phone"),
    "rol": (Membership, "role"),
}
