"""
The matrix as it was written by hand: what everybody should be answered.

Each line of `matrix.csv` is one rule: url, method, subject, relation, expected. A star
stands for anything, also inside a name ("mfa_*"). More than one line may fit a
question: the last one that fits gives the answer, so that what is general comes first
and what is an exception comes after it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from tests.access.asking import REFUSED, Cell

MATRIX = Path(__file__).parent / "matrix.csv"
HEADER = ["url", "method", "subject", "relation", "expected"]
SAYS_NOTHING = REFUSED | {302, 405}
"""Answers that by themselves show nothing to anybody."""


@dataclass(frozen=True)
class Rule:
    """One line of the matrix."""

    line: int
    question: Cell
    expected: int

    def fits(self, cell: Cell) -> bool:
        return all(_fits(*pair) for pair in zip(self.question, cell, strict=True))


def load(path: Path = MATRIX) -> list[Rule]:
    """Read the matrix, strictly."""
    text = path.read_bytes().decode()
    if "\r" in text or not text.endswith("\n"):
        raise ValueError("the matrix has lines that end in LF")
    header, *lines = csv.reader(text.splitlines())
    if header != HEADER:
        raise ValueError(f"the matrix begins with {','.join(HEADER)}")
    return [
        Rule(number, Cell(*line[:4]), int(line[4]))
        for number, line in enumerate(lines, start=2)
        if len(line) == len(HEADER) or _refuse(number)
    ]


def deciding_rules(
    rules: Sequence[Rule], cells: Iterable[Cell]
) -> dict[Cell, Rule | None]:
    """For each question the last rule that fits, or None."""
    by_url: dict[str, list[Rule]] = {}
    found: dict[Cell, Rule | None] = {}
    for cell in cells:
        if cell.url not in by_url:
            fitting = [each for each in rules if _fits(each.question.url, cell.url)]
            by_url[cell.url] = fitting[::-1]
        found[cell] = next((r for r in by_url[cell.url] if r.fits(cell)), None)
    return found


def deciding_cells(answers: dict[Cell, int]) -> set[Cell]:
    """
    The questions that say something.

    All that were allowed, and all of an address, method and subject for whom it
    matters how he stands to the case.
    """
    together: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for cell, status in answers.items():
        together[cell[:3]].add(status)
    return {
        cell
        for cell, status in answers.items()
        if status not in SAYS_NOTHING or len(together[cell[:3]]) > 1
    }


def worth_asking(rules: Sequence[Rule], cells: Iterable[Cell]) -> set[Cell]:
    """
    What `make test` asks: all that decides, and two at each door that is always shut.

    Such a door is an address, method and subject that are refused whatever the relation:
    asked without one, and in one that chance chose once, another at the next door. And
    one question for each line of the matrix. `make long` asks all.
    """
    decided_by = deciding_rules(rules, cells)
    expected = {cell: rule.expected for cell, rule in decided_by.items() if rule}
    asked = deciding_cells(expected)
    shut: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    for cell in expected.keys() - asked:
        shut[cell[:3]].append(cell)
    for door, behind in shut.items():
        behind.sort(key=lambda cell: (cell.relation != "none", cell.relation))
        chance = crc32(" ".join(door).encode())
        asked |= {behind[0], behind[chance % len(behind)]}
    reached = {decided_by[cell] for cell in asked}
    by_line = {rule: cell for cell, rule in decided_by.items() if rule not in reached}
    return asked | set(by_line.values())


def flipped(rule: Rule) -> int:
    """An answer that this rule does not give: allowed for refused, and back."""
    return 200 if rule.expected in REFUSED else 404


@lru_cache(maxsize=100_000)
def _fits(pattern: str, value: str) -> bool:
    return pattern in ("*", value) or ("*" in pattern and fnmatchcase(value, pattern))


def _refuse(number: int) -> bool:
    raise ValueError(f"line {number} of the matrix has not five parts")
