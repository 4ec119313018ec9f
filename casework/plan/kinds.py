"""What can be asked of a desk: fixed kinds, so that no title names a person or street."""

from __future__ import annotations

from dataclasses import dataclass

from casework.people.errors import InvalidInput

ADVICE = (
    ("yes", "Ja"),
    ("yes_with_help", "Ja, met hulp"),
    ("no", "Nee"),
    ("unknown", "Dat weten we nog niet"),
)


@dataclass(frozen=True, slots=True)
class TaskKind:
    """
    One kind of request: its title is the title of every task of this kind.

    `visit`: "Let op bij bezoek" goes with it. `answers`: what the desk chooses from.
    """

    code: str
    title: str
    minutes: int = 10
    visit: bool = False
    answers: tuple[tuple[str, str], ...] = ()

    def answer(self, code: str) -> str:
        """The words of an answer that was chosen; empty if nothing was."""
        return dict(self.answers).get(code, "")


_ALL = (
    TaskKind("advice_housing", "Geef advies over veilig wonen", answers=ADVICE),
    TaskKind("advice_care", "Geef advies over de zorg die nodig is", answers=ADVICE),
    TaskKind("advice_safety", "Geef advies over de veiligheid", answers=ADVICE),
    TaskKind("visit", "Ga op huisbezoek", minutes=60, visit=True),
    TaskKind("visit_weekly", "Ga elke week op huisbezoek", minutes=60, visit=True),
    TaskKind("appointment", "Maak een afspraak met de inwoner", minutes=15),
    TaskKind("place", "Regel een plek", minutes=60),
    TaskKind("start_care", "Start de zorg", minutes=60, visit=True),
    TaskKind("rent_file", "Stuur het huurdossier op", minutes=15),
    TaskKind("overview", "Stuur een overzicht van de meldingen", minutes=30),
    TaskKind("scheme", "Zoek uit welke regeling past", minutes=30),
    TaskKind("debts", "Breng de schulden in kaart", minutes=60),
    TaskKind("neighbours", "Praat met de buren", minutes=30, visit=True),
    TaskKind("watch", "Meld wat je ziet in de wijk"),
    TaskKind("repair", "Laat de woning nakijken", minutes=30, visit=True),
    TaskKind("family", "Praat met het gezin over hulp", minutes=60, visit=True),
    TaskKind("contact", "Noem een vast contactpersoon"),
    TaskKind("agree_approach", "Stem de aanpak af met de andere partijen", minutes=30),
)

KINDS: dict[str, TaskKind] = {kind.code: kind for kind in _ALL}
CHOICES = tuple((kind.code, kind.title) for kind in _ALL)
VISITS = tuple(kind.code for kind in _ALL if kind.visit)


def kind_of(code: str) -> TaskKind:
    """
    The kind with this code.

    :raises InvalidInput: if there is none
    """
    if code not in KINDS:
        raise InvalidInput("Kies wat je vraagt uit de lijst.", field="kind")
    return KINDS[code]
