"""How long things may take, as long as a municipality says nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a term is counted in."""

    WORKING_DAYS = "wd"
    HOURS = "h"
    DAYS = "d"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Term:
    """
    One term: a number with its unit, and who says so.

    A legal term can't be changed by a municipality, and runs on when it ends on a
    day off (Algemene termijnenwet, article 1).
    """

    key: str
    number: int
    unit: Unit
    source: str
    level: int | None = None
    legal: bool = False
    label: str = ""

    @property
    def name(self) -> str:
        """The key with its level: "escalation_decision:3"."""
        return self.key if self.level is None else f"{self.key}:{self.level}"


WD, H, D, MONTHS = Unit.WORKING_DAYS, Unit.HOURS, Unit.DAYS, Unit.MONTHS

EXAMPLE = "voorbeeldwaarde, door gemeente vast te stellen"

_DEFAULTS = (
    Term("triage_decision", 5, WD, EXAMPLE, label="Melding beoordelen"),
    Term("triage_urgent", 4, H, EXAMPLE, label="Melding met spoed beoordelen"),
    Term("tell_referrer", 2, WD, EXAMPLE, label="Melder hoort de uitkomst"),
    Term(
        "procesregisseur_accept", 2, WD, EXAMPLE, level=2, label="Procesregie aannemen"
    ),
    Term("first_mdo", 10, WD, EXAMPLE, level=2, label="Eerste mdo na opening"),
    Term("task_accept", 3, WD, EXAMPLE, label="Taak oppakken"),
    Term("task_accept_urgent", 1, WD, EXAMPLE, label="Taak met spoed oppakken"),
    Term("task_verify", 2, WD, EXAMPLE, label="Antwoord op een taak nakijken"),
    Term("plan_review", 42, D, EXAMPLE, level=2, label="Plan opnieuw bekijken"),
    Term("inactivity_threatened", 10, WD, EXAMPLE, label="Casus dreigt stil te staan"),
    Term("inactivity_stagnation", 15, WD, EXAMPLE, label="Casus staat stil"),
    Term("look_again", 2, WD, EXAMPLE, label="Kijken naar wat al te laat is"),
    Term("stuck_reply", 2, WD, EXAMPLE, label="Antwoord op 'het loopt vast'"),
    Term("confirmation", 3, WD, EXAMPLE, label="'Klopt dit?' beantwoorden"),
    Term(
        "escalation_request_partner_reply",
        2,
        WD,
        EXAMPLE,
        level=2,
        label="Antwoord van een partij op een verzoek om op te schalen",
    ),
    Term("escalation_decision", 5, WD, EXAMPLE, level=2, label="Antwoord op proces"),
    Term(
        "escalation_decision", 5, WD, EXAMPLE, level=3, label="Antwoord van management"
    ),
    Term("escalation_decision", 10, WD, EXAMPLE, level=4, label="Bestuurlijk antwoord"),
    Term("escalation_supplied", 2, WD, EXAMPLE, label="Antwoord na aanvulling"),
    Term(
        "escalation_urgent", 24, H, EXAMPLE, level=2, label="Antwoord op proces (spoed)"
    ),
    Term(
        "escalation_urgent",
        24,
        H,
        EXAMPLE,
        level=3,
        label="Antwoord van management (spoed)",
    ),
    Term(
        "escalation_urgent",
        24,
        H,
        EXAMPLE,
        level=4,
        label="Bestuurlijk antwoord (spoed)",
    ),
    Term(
        "escalation_overdue_next",
        3,
        WD,
        EXAMPLE,
        level=3,
        label="Vraag of het volgende niveau het moet weten",
    ),
    Term("decision_to_tasks", 2, WD, EXAMPLE, label="Besluit wordt taken"),
    Term(
        "propose_deescalation", 56, D, EXAMPLE, level=2, label="Kan procesregie stoppen"
    ),
    Term("handover_accept", 5, WD, EXAMPLE, label="Overname aannemen"),
    Term("aftercare_check", 42, D, EXAMPLE, label="Nazorg: de dag die we voorstellen"),
    Term("signal_policy_reply", 20, WD, EXAMPLE, label="Antwoord op beleidssignaal"),
    Term("break_glass_review", 5, WD, EXAMPLE, label="Noodtoegang beoordelen"),
    Term(
        "inform_subject",
        1,
        MONTHS,
        "AVG, artikel 14 lid 3",
        legal=True,
        label="Betrokkene informeren",
    ),
    Term(
        "breach_notice",
        72,
        H,
        "AVG, artikel 33 lid 1",
        legal=True,
        label="Datalek melden",
    ),
    Term("retention_case", 60, MONTHS, EXAMPLE, label="Dossier bewaren na sluiten"),
    Term("retention_rejected", 12, MONTHS, EXAMPLE, label="Afgewezen melding bewaren"),
    Term(
        "retention_consultation",
        12,
        MONTHS,
        EXAMPLE,
        label="Vraag zonder casus bewaren",
    ),
    Term("rights_review", 6, MONTHS, EXAMPLE, label="Rechten nalopen"),
    Term("mail_failed", 1, WD, EXAMPLE, label="Mail die niet aankwam"),
    Term("birthday_review", 5, WD, EXAMPLE, label="Kijken na een verjaardag"),
    Term("log_review", 5, WD, EXAMPLE, label="Logboek van de maand nakijken"),
    Term("read_answer", 5, WD, EXAMPLE, label="Antwoord op een signaal lezen"),
)

TERMS: dict[str, Term] = {term.name: term for term in _DEFAULTS}


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice that is no term: what may be chosen, the default first, and who says so."""

    options: tuple[str, ...]
    source: str
    label: str


@dataclass(frozen=True, slots=True)
class Number:
    """
    A number without a unit, and who says so.

    One that is fixed can't be changed by a municipality: pages and refusals say it.
    """

    value: int
    source: str
    label: str
    fixed: bool = False


CHOICES: dict[str, Choice] = {
    "liberation_day": Choice(
        ("lustrum", "yearly", "never"), EXAMPLE, "Bevrijdingsdag vrij"
    ),
    "good_friday": Choice(("off", "working"), EXAMPLE, "Goede Vrijdag vrij"),
}

NUMBERS: dict[str, Number] = {
    "small_cell": Number(
        5, "vuistregel: aantallen onder de vijf zijn te herleiden", "Kleinste aantal"
    ),
    "signal_threshold": Number(3, EXAMPLE, "Keren voor een beleidssignaal"),
    "refusals_before_skipping": Number(
        2, EXAMPLE, "Weigeringen voor een niveau hoger", fixed=True
    ),
    "aftercare_latest_days": Number(
        92,
        "drie maanden: daarna weet niemand meer hoe het was",
        "Nazorg: hoogstens zoveel dagen later",
        fixed=True,
    ),
}
