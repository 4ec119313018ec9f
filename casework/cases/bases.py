"""On which grounds data may be used: the list, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from casework.people.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Basis:
    """
    One ground. An inactive one stands in the list with its reason, to be seen only.

    The list is a starting point for the FG, no legal advice.
    """

    code: str
    label: str
    source: str
    hint: str = ""
    is_active: bool = True


_ALL = (
    Basis(
        "avg-6-1-e",
        "Publieke taak van de gemeente",
        "AVG, artikel 6 lid 1 onder e",
        "De gewone grondslag voor procesregie.",
    ),
    Basis(
        "avg-6-1-c",
        "Wettelijke plicht",
        "AVG, artikel 6 lid 1 onder c",
        "Een wet zegt dat het moet. Schrijf bij het doel welke.",
    ),
    Basis(
        "avg-6-1-d",
        "Vitaal belang",
        "AVG, artikel 6 lid 1 onder d",
        "Alleen bij direct gevaar voor iemands leven of gezondheid.",
    ),
    Basis(
        "wmo-5",
        "Maatschappelijke ondersteuning",
        "Wmo 2015, hoofdstuk 5",
        "Voor een vraag om hulp bij zelfstandig wonen en leven.",
    ),
    Basis(
        "jeugdwet-7",
        "Jeugdhulp",
        "Jeugdwet, hoofdstuk 7",
        "Voor hulp aan een kind of jongere en zijn ouders.",
    ),
    Basis(
        "wgs",
        "Zorg- en Veiligheidshuis",
        "Wet gegevensverwerking door samenwerkingsverbanden (Stb. 2024, 198)",
        "Alleen als de casus in het Zorg- en Veiligheidshuis ligt.",
    ),
    Basis(
        "wpg-16-20",
        "Gegevens van de politie",
        "Wet politiegegevens, artikelen 16 tot en met 20",
        "De politie bepaalt wat zij deelt en met wie.",
    ),
    Basis(
        "wams",
        "Meervoudige problematiek",
        "Wams, nog niet in werking",
        "Deze wet geldt nog niet. Je kunt hem niet kiezen.",
        is_active=False,
    ),
)

BASES: dict[str, Basis] = {basis.code: basis for basis in _ALL}


def choices() -> list[tuple[str, str]]:
    """Give the grounds that can be chosen, for a form."""
    return [
        (basis.code, f"{basis.label} ({basis.source})")
        for basis in _ALL
        if basis.is_active
    ]


def hints() -> dict[str, str]:
    """Give what stands under each choice."""
    return {basis.code: basis.hint for basis in _ALL if basis.is_active}


def label_of(code: str) -> str:
    """Name a ground; one that is not in the list by its code."""
    basis = BASES.get(code)
    return f"{basis.label} ({basis.source})" if basis else code


def require_basis(code: str, *, field: str = "code") -> None:
    """
    Refuse a ground that is not in force or not in the list.

    :raises InvalidInput: with the field of the form
    """
    basis = BASES.get(code)
    if basis is None or not basis.is_active:
        raise InvalidInput("Kies een grondslag uit de lijst.", field=field)
