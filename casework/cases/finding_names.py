"""
Find names and addresses of anybody in Dutch texts, in a process of its own.

`python -m casework.cases.finding_names` reads a list of texts as JSON and writes, for
each of them, a list of [start, end]. It needs no Django and no database. In a process
of its own, because deduce sets the root logger to print everything when it is imported,
and because its lists take a second and 75 MB, which no server has to carry.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import deduce

from casework.cases.looks_like import Span, merged, spans_in

_ANY = r"[^\W\d_][\w'’-]*"
_INTERFIX = r"(?:van|de|der|den|het|'t|ten|ter|te|el|al|da|di|la|le|von)"
_PAIR = re.compile(
    rf"(?<!\w)([a-zà-ÿ]+)\s+((?:{_INTERFIX}\s+){{0,2}})([a-zà-ÿ]+)(?!\w)"
)
_OPENING = re.compile(r"(?:^|[.!?]\s+)([a-zà-ÿ]+)(?!\w)")
_TITLED = re.compile(
    r"(?<!\w)(?i:mevrouw|mevr\.?|mvr\.?|mw\.?|meneer|mijnheer|dhr\.?|hr\.?|fam\.?"
    rf"|tante|oom|ome|oma|opa)\s+((?:[a-z]\.\s?){{0,4}}(?:{_INTERFIX}\s+){{0,2}}({_ANY}))"
)
_CAPITAL = re.compile(
    r"(?<![\w.])(?:['’]t\s)?[A-ZÀ-ÝĀ-Ž][a-zà-ÿā-ž][\w'’-]*(?:\s[A-ZÀ-ÝĀ-Ž][\w'’-]+)*"
)
_PLACE_AND_NUMBER = re.compile(
    r"(?<!\w)(?:op|aan|bij|naar|van|in|achter|naast|vanuit|voor|adres)\s+(?:de\s|het\s)?"
    r"([A-ZÀ-Ý][\w'-]+(?:\s[A-ZÀ-Ý][\w'-]+)*\s\d{1,4}\s?[a-z]?)(?!\w)"
)
_NUMBER_AT = re.compile(
    r"(?i:nummer|nr\.?)\s\d{1,4}\s?[a-z]?\s(?:aan|op|in)\s(?:de|het)\s[A-Z]\w+"
)
_NO_ADDRESS = re.compile(
    r"^(?:Artikel|Niveau|Knelpunt|Week|Stap|Fase|Groep|Wet|Wmo|Afdeling|Team|Lid|Route)\b"
)
_NO_SURNAME = frozenset(
    {
        "burgemeester",
        "wethouder",
        "heer",
        "zelf",
        "thuis",
        "wil",
        "is",
        "heeft",
        "wordt",
    }
)
_NOBODY_LIST = """
    nederlands engels duits frans spaans pools arabisch turks russisch oekraïens
    somalisch syrisch marokkaans vietnamees afghaans eritrees tigrinya papiaments
    wonen zorg veiligheid jeugd werk inkomen schulden wijkteam veiligheidshuis
    kinderbescherming jeugdbescherming reclassering halt slachtofferhulp bureau
    procesregie management bestuurlijk januari februari maart april mei juni juli
    augustus september oktober november december maandag dinsdag woensdag donderdag
    vrijdag zaterdag zondag kerst pasen ramadan betrokkene wmo participatiewet
    jeugdwet leerplicht belastingdienst
"""
_NOBODY = frozenset(_NOBODY_LIST.split())
"""What is written with a capital and is nobody."""

_ASKS = re.compile(
    r"(?:Mag|Kan|Moet|Wil|Heeft|Is|Zal|Gaat|Komt|Wordt|Krijgt|Kunnen|Mogen|Waarom|Wie"
    r"|Wanneer|Hoe|Toen|Volgens|Sinds|Omdat|Met|Bij|Voor)\s+(?=[A-ZÀ-Ý])"
)
_BEGINS = re.compile(r"(?:^|[.!?:\n(\"“]\s*)$")
_LEFT_OUT = (
    "locations/lst_street",
    "locations/lst_placename",
    "institutions/lst_healthcare_institution",
    "institutions/lst_hospital",
    "institutions/lst_hospital_abbr",
)


class Finder:
    """What deduce knows of Dutch names, with our own rules beside it."""

    def __init__(self) -> None:
        logging.disable(logging.CRITICAL)
        lists = Path(deduce.__file__).parent / "data" / "lookup" / "src"
        with TemporaryDirectory() as folder:
            _take_names(lists, Path(folder) / "src")
            self._deduce = deduce.Deduce(lookup_data_path=folder, cache_path=folder)
        words = _lines(lists / "whitelist")
        self._words = {word.casefold() for word in words}
        self._first = self._names(lists / "names" / "lst_first_name")
        self._last = self._names(lists / "names" / "lst_surname")
        self._places = {
            place.casefold() for place in _lines(lists / "locations" / "lst_placename")
        }

    def spans_in(self, text: str, *, known: Iterable[str] = ()) -> list[Span]:
        """Give where somebody is named; `known` are names of no person: organisations."""
        free = [Span(*match.span()) for name in known for match in _of(name, text)]
        found = [
            span
            for span in (*self._by_deduce(text), *self._by_rules(text))
            if not any(
                each.start <= span.start and span.end <= each.end for each in free
            )
        ]
        return merged([*found, *spans_in(text)])

    def _by_deduce(self, text: str) -> Iterator[Span]:
        for each in self._deduce.deidentify(text).annotations:
            if each.tag in {"persoon", "patient", "locatie"}:
                span = Span(int(each.start_char), int(each.end_char))
                yield self._without_opening(text, span)

    def _without_opening(self, text: str, span: Span) -> Span:
        """Leave out the verb that a question begins with: "Mag Fatima blijven?"."""
        opening = _ASKS.match(text, span.start, span.end)
        return Span(opening.end(), span.end) if opening else span

    def _by_rules(self, text: str) -> Iterator[Span]:
        yield from self._lower_case(text)
        yield from self._titled(text)
        yield from self._capitals(text)
        for match in _PLACE_AND_NUMBER.finditer(text):
            if not _NO_ADDRESS.match(match.group(1)):
                yield Span(*match.span(1))
        for match in _NUMBER_AT.finditer(text):
            yield Span(*match.span())

    def _lower_case(self, text: str) -> Iterator[Span]:
        """Names without a capital: a first name and a surname, or one that opens."""
        for match in _PAIR.finditer(text):
            first, interfix, last = match.groups()
            is_last = last in self._last or interfix
            if first in self._first and is_last:
                yield Span(*match.span())
        for match in _OPENING.finditer(text):
            if match.group(1) in self._first:
                yield Span(*match.span(1))

    def _titled(self, text: str) -> Iterator[Span]:
        for match in _TITLED.finditer(text):
            if match.group(2).casefold() not in _NO_SURNAME:
                yield Span(*match.span())

    def _capitals(self, text: str) -> Iterator[Span]:
        """A word with a capital inside a sentence that is no place and no word."""
        for match in _CAPITAL.finditer(text):
            if _BEGINS.search(text[: match.start()]):
                continue
            phrase = match.group().casefold()
            if phrase not in self._places and not all(
                map(self._is_word, phrase.split())
            ):
                yield Span(*match.span())

    def _is_word(self, word: str) -> bool:
        return word in self._words or word in self._places or word in _NOBODY

    def _names(self, folder: Path) -> set[str]:
        names = {name.casefold() for name in _lines(folder)}
        return {name for name in names if name not in self._words and len(name) > 2}


def _take_names(lists: Path, to: Path) -> None:
    """
    Give deduce its own lists of names, and empty ones of streets and institutions.

    With all of its lists it takes 1.1 GB and minutes to build. The rest we look for
    by rules of our own.
    """
    for part in ("names", "whitelist"):
        shutil.copytree(lists / part, to / part)
    for part in _LEFT_OUT:
        for folder in (lists / part, *(lists / part).glob("lst_*")):
            empty = to / folder.relative_to(lists)
            empty.mkdir(parents=True, exist_ok=True)
            (empty / "items.txt").touch()


def _lines(folder: Path) -> set[str]:
    return {
        line.strip()
        for file in folder.rglob("items.txt")
        for line in file.read_text(encoding="utf-8").splitlines()
    } - {""}


def _of(name: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)


def find(texts: Sequence[str], *, known: Sequence[str] = ()) -> list[list[Span]]:
    """Give for each text where somebody is named in it."""
    finder = Finder()
    return [finder.spans_in(text, known=known) for text in texts]


def main() -> None:
    """Answer one question from the standard input."""
    asked: dict[str, Any] = json.load(sys.stdin)
    found = find(asked["texts"], known=asked["known"])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
