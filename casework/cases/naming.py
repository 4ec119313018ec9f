"""Names, addresses and numbers of a case that may not go up in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casework.cases.models import Case, Person
from casework.people.errors import InvalidInput

_NUMBER = re.compile(r"(?<![\w-])(?:\+31|0)[\s.-]?\d(?:[\s.-]?\d){8}(?!\d)")
_BSN = re.compile(r"(?<!\d)\d{9}(?!\d)")
_ADDRESS = re.compile(
    r"\b[A-Z][a-zà-ÿ]+(?:straat|laan|weg|steeg|plein|kade|hof|pad|dijk|singel|gracht"
    r"|dreef|plantsoen|park|wal|markt|ring|erf|es|veld)\s+\d+\s?[a-zA-Z]?\b"
)
_POSTCODE = re.compile(r"\b[1-9]\d{3}\s?[A-Z]{2}\b")
_SHORTEST = 3


def found_in(case: Case, *texts: str) -> list[str]:
    """
    Give the words in some texts that point at somebody in this case, as they stand there.

    Known names and addresses of the case, and anything that looks like an address,
    a postcode, a telephone number or a BSN. In the order of the texts, each once.
    """
    known = list(_known_words(case))
    found: dict[str, None] = {}
    for text in texts:
        for pattern in (_ADDRESS, _POSTCODE, _NUMBER, _BSN):
            found.update(
                (match.group(0).strip(), None) for match in pattern.finditer(text)
            )
        covered = " ".join(found).lower()
        for word in known:
            match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
            if match and match.group(0).lower() not in covered:
                found[match.group(0)] = None
    return list(found)


def refuse_names(case: Case, **texts: str) -> None:
    """
    Refuse a text that names somebody; the keyword is the field of the form.

    :raises InvalidInput: with the words that were found
    """
    for field, text in texts.items():
        words = found_in(case, text)
        if words:
            quoted = ", ".join(f'"{word}"' for word in words)
            raise InvalidInput(
                f"In je tekst staat een naam of adres: {quoted}. "
                "Haal het weg of schrijf het zonder naam.",
                field=field,
                about=case.key,
            )


def _known_words(case: Case) -> Iterator[str]:
    people = Person.objects.system_scope("names that may not go up").filter(case=case)
    for person in people:
        yield from (person.name, *_parts(person.name))
        if person.address:
            yield person.address
            street = re.sub(r"\s+\d.*$", "", person.address.split(",")[0]).strip()
            yield street
        if person.phone:
            yield person.phone
    if case.mnemonic:
        yield case.mnemonic


def _parts(name: str) -> Iterator[str]:
    small = {"de", "der", "den", "van", "het", "ten", "ter", "te", "el", "op", "in"}
    for part in re.split(r"[\s-]+", name):
        if len(part) >= _SHORTEST and part.lower() not in small:
            yield part
