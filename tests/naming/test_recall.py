"""How many of the names and addresses in sentences of our own are found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casework.cases.finder import find
from casework.cases.looks_like import Span, spans_in

HERE = Path(__file__).parent
MARK = re.compile(r"\{([PA])\|([^}]*)\}")
ORGANISATIONS = ("Woonstichting Veenland", "GGZ Zuid", "Verslavingszorg Oost")
TOWN = "Zuiderveen"


def lines_of(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def read(line: str) -> tuple[str, list[Span]]:
    """Give a sentence without its marks, and where they stood."""
    text, wanted, place = "", [], 0
    for mark in MARK.finditer(line):
        text += line[place : mark.start()]
        wanted.append(Span(len(text), len(text) + len(mark[2])))
        text += mark[2]
        place = mark.end()
    return text + line[place:], wanted


def covered(span: Span, found: list[Span]) -> int:
    """How many letters of a span were found."""
    return sum(
        max(0, min(span.end, each.end) - max(span.start, each.start)) for each in found
    )


@pytest.fixture(scope="module")
def sentences() -> list[tuple[str, list[Span]]]:
    return [read(line) for line in lines_of("sentences.txt")]


def test_finds_names_and_addresses(sentences, record_testsuite_property):
    """Catches a finder that reads past people: 95 % of 200 sentences, by both checks."""
    nobody = lines_of("nobody.txt")
    texts = [text for text, _ in sentences]

    found = find([*texts, *nobody], known=[*ORGANISATIONS, TOWN])

    hits = wanted = letters = alarms = right = 0
    missed = []
    for (text, spans), here in zip(sentences, found, strict=False):
        for span in spans:
            wanted += 1
            letters += covered(span, here) >= 0.6 * (span.end - span.start)
            hits += bool(covered(span, here))
            if not covered(span, here):
                missed.append(text[span.start : span.end])
        alarms += len(here)
        right += sum(any(covered(each, [span]) for span in spans) for each in here)
    false = sum(map(len, found[len(sentences) :]))
    figures = {
        "sentences": len(sentences),
        "names and addresses": wanted,
        "recall": round(hits / wanted, 3),
        "recall, most of the words": round(letters / wanted, 3),
        "precision": round(right / (alarms + false), 3),
        "false alarms in sentences about nobody": f"{false} in {len(nobody)}",
        "missed": missed,
    }
    record_testsuite_property("names", str(figures))
    assert len(sentences) >= 200
    assert hits / wanted >= 0.95, figures
    assert letters / wanted >= 0.93, figures
    assert right / (alarms + false) >= 0.9, figures


def test_refuses_hardly_any_sentence_about_nobody():
    """Catches a check that stands in the way: what it finds cannot be sent at all."""
    assert not [line for line in lines_of("nobody.txt") if spans_in(line)]
