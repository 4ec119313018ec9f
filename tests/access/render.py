"""The matrix as a page that an FG can read: `docs/autorisatiematrix.html`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.template import Context, Engine
from django.utils.functional import cached_property

from tests.access.addresses import Address, addresses
from tests.access.asking import Cell, questions
from tests.access.policy import deciding_rules, load
from tests.access.relations import KNOWN

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "autorisatiematrix.html"
TITLES = HERE / "titles.csv"
HEADER = ["url", "part", "title"]


@dataclass(frozen=True)
class Answer:
    """What a number means, and how it looks: yes, away, later, no, or nothing."""

    look: str
    mark: str
    words: str
    explained: str


ANSWERS = {
    200: Answer("yes", "✓", "ziet de pagina", "De pagina gaat open."),
    303: Answer(
        "yes", "✓", "mag het", "Het is gedaan; daarna volgt een andere pagina."
    ),
    422: Answer(
        "yes",
        "✓",
        "mag het, met een ingevuld formulier",
        "De test stuurt een leeg formulier. Het komt terug met wat er ontbreekt.",
    ),
    302: Answer(
        "away",
        "→",
        "gaat naar een andere pagina",
        "Wie niet is ingelogd gaat naar het inlogscherm. Een ander gaat naar de pagina "
        "die voor hem bedoeld is.",
    ),
    409: Answer(
        "later",
        "!",
        "kan nu niet",
        "Hij ziet de casus of de vraag, maar wat hij wil past niet bij hoe het ervoor "
        "staat: het is al gebeurd, of er loopt niets meer.",
    ),
    403: Answer(
        "no",
        "✕",
        "mag niet, krijgt uitleg",
        "Hij mag weten dat dit er is, maar niet dit doen. De pagina zegt wie dat wel mag.",
    ),
    404: Answer(
        "nothing",
        "–",
        "bestaat niet voor hem",
        "Hij krijgt precies dezelfde pagina als bij een adres dat niet bestaat. Zo merkt "
        "hij ook niet dát er iets is.",
    ),
    405: Answer(
        "nothing",
        "–",
        "kan niet op dit adres",
        "Dit adres toont alleen iets; er is niets te versturen.",
    ),
}

METHODS = {"GET": "bekijken", "POST": "versturen"}

SUBJECTS = {
    "anonymous": "niet ingelogd",
    "privacy-officer": "privacy officer",
    "aov": "AOV",
    "fg": "FG",
    "beheerder": "functioneel beheerder",
    "superuser": "technisch beheerder (superuser)",
}
"""Who is called something else here than in the matrix."""

RELATIONS = {
    "none": "heeft niets met de casus te maken",
    "melder": "meldde de casus",
    "regisseur-nu": "is nu de regisseur",
    "regisseur-toen": "was eerder de regisseur",
    "vervanger-slapend": "is vervanger van iemand die er gewoon is",
    "vervanger-waarnemend": "neemt waar voor iemand die afwezig is",
    "beoordelaar": "beoordeelt de melding",
    "ontvanger": "is gevraagd de casus over te nemen",
    "archief": "hoort bij procesregie; de casus is afgesloten",
    "schreef-op-voor-ander": "schreef eerder iets op namens een ander",
    "beantwoorder": "moet de vraag over het knelpunt beantwoorden",
    "beantwoorder-besliste": "heeft de vraag net beantwoord",
    "beantwoorder-toen": "beantwoordde de vraag; het knelpunt is teruggenomen",
    "adviseur": "is om advies gevraagd bij de vraag",
    "adviseur-na-antwoord": "is om advies gevraagd en heeft gereageerd",
    "standpunt-van-partij": "is om het standpunt van een partij gevraagd",
    "tweede-bestuurder": "is als tweede bestuurder bij de vraag gevraagd",
    "leidinggevende": "is leidinggevende van de afwezige regisseur",
    "zelfde-bureau-voor-oppakken": "hoort bij het bureau; de taak is nog niet opgepakt",
    "zelfde-bureau-na-oppakken": "pakte de taak op voor zijn bureau",
    "collega-van-oppakker": "is collega van wie de taak oppakte",
    "gaf-antwoord": "gaf antwoord op de taak",
    "doet-mee-bureau": "hoort bij een bureau dat meedoet aan de taak",
    "zelfde-organisatie": "werkt bij dezelfde organisatie, bij een ander bureau",
    "partij-van-overgedragen": "hoort bij een partij in de casus, zonder taak",
    "noodtoegang-actief": "heeft nu noodtoegang",
    "noodtoegang-verlopen": "had noodtoegang; die is verlopen",
    "uitgesloten": "kent deze mensen en is daarom uitgesloten",
}

PLACES = {
    "reference": "kenmerk",
    "number": "nummer",
    "pk": "nummer",
    "slug": "soort",
    "about": "waarover",
    "key": "sleutel",
    "uidb36": "account",
}
"""What stands in an address where something is filled in."""


@dataclass(frozen=True)
class Row:
    """Some people who get the same answer."""

    who: str
    how: list[str]
    status: int
    answer: Answer


@dataclass(frozen=True)
class Page:
    """One address with its title, and what is answered to each method."""

    address: Address
    title: str
    expected: dict[Cell, int]

    @property
    def path(self) -> str:
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<x:\1>", self.address.route)
        path = re.sub(r"<\w+:(\w+)>", _place, path)
        return "/" + re.sub(r"[\^$]", "", path)

    @cached_property
    def tables(self) -> list[tuple[str, str, list[Row]]]:
        """Each method, what it does in words, and who gets which answer."""
        return [
            (method, METHODS[method], list(self._rows(method)))
            for method in self.address.methods
        ]

    def _rows(self, method: str) -> Iterator[Row]:
        """First who gets more than one answer, then the others together."""
        alike: dict[int, list[str]] = {}
        for subject, stood in groupby(KNOWN, key=lambda known: known[0]):
            given: dict[int, list[str]] = {}
            for _, relation in stood:
                status = self.expected.get(
                    Cell(self.address.name, method, subject, relation)
                )
                if status is not None:
                    given.setdefault(status, []).append(RELATIONS[relation])
            who = SUBJECTS.get(subject, subject)
            if len(given) == 1:
                alike.setdefault(next(iter(given)), []).append(who)
                continue
            for status in sorted(given, key=list(ANSWERS).index):
                yield Row(who, given[status], status, ANSWERS[status])
        for status in sorted(alike, key=list(ANSWERS).index):
            yield Row(", ".join(alike[status]), [], status, ANSWERS[status])


def titles() -> list[dict[str, str]]:
    """Read what the addresses are called, strictly."""
    with TITLES.open(newline="") as file:
        rows = csv.DictReader(file, strict=True)
        if rows.fieldnames != HEADER:
            raise ValueError(f"the titles begin with {','.join(HEADER)}")
        return list(rows)


def rendered() -> str:
    """Write the page, from the rules and the titles alone."""
    rules = load()
    found = deciding_rules(rules, questions())
    expected = {cell: rule.expected for cell, rule in found.items() if rule}
    by_name = {each.name: each for each in addresses()}
    parts = [
        (
            part,
            [
                Page(by_name[each["url"]], each["title"], expected)
                for each in together
                if each["url"] in by_name
            ],
        )
        for part, together in groupby(titles(), key=lambda each: each["part"])
    ]
    template = Engine(dirs=[str(HERE)]).get_template("matrix.html")
    return template.render(
        Context(
            {
                "parts": parts,
                "answers": ANSWERS,
                "relations": RELATIONS.values(),
                "rules": len(rules),
                "questions": len(expected),
            }
        )
    )


def _place(found: re.Match[str]) -> str:
    name = found.group(1)
    return f"<{PLACES.get(name, name)}>"
