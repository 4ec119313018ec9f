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
PARKSTAD = "werkwijze Parkstad"
PROGRAMME = "programma openbare orde en veiligheid"

_DEFAULTS = (
    Term("first_contact", 5, WD, PARKSTAD, label="Eerste contact na een melding"),
    Term("triage_decision", 5, WD, EXAMPLE, label="Melding beoordelen"),
    Term("triage_urgent", 4, H, EXAMPLE, label="Melding met spoed beoordelen"),
    Term("tell_referrer", 2, WD, EXAMPLE, label="Melder hoort de uitkomst"),
    Term("consultation_answer", 3, WD, EXAMPLE, label="Vraag zonder casus"),
    Term(
        "procesregisseur_accept", 2, WD, EXAMPLE, level=2, label="Procesregie aannemen"
    ),
    Term("first_mdo", 10, WD, EXAMPLE, level=2, label="Eerste mdo na opening"),
    Term("first_mdo_urgent", 2, WD, EXAMPLE, level=2, label="Eerste mdo met spoed"),
    Term("plan_ready", 15, WD, EXAMPLE, label="Plan klaar na het eerste mdo"),
    Term("minutes_out", 3, WD, EXAMPLE, level=2, label="Verslag van een overleg"),
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
    Term("escalation_ack", 1, WD, EXAMPLE, level=3, label="Opschaling gezien"),
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
    Term("management_review", 28, D, EXAMPLE, level=3, label="Management kijkt terug"),
    Term("executive_review", 28, D, EXAMPLE, level=4, label="Bestuur kijkt terug"),
    Term("decision_to_tasks", 2, WD, EXAMPLE, label="Besluit wordt taken"),
    Term(
        "propose_deescalation", 56, D, EXAMPLE, level=2, label="Kan procesregie stoppen"
    ),
    Term("handover_accept", 5, WD, EXAMPLE, label="Overname aannemen"),
    Term("aftercare_check", 42, D, EXAMPLE, label="Nazorg, eerste keer"),
    Term("aftercare_check_second", 3, MONTHS, EXAMPLE, label="Nazorg, tweede keer"),
    Term("evaluation", 20, WD, EXAMPLE, label="Evaluatie na sluiten"),
    Term("tvo_rhythm", 1, MONTHS, PROGRAMME, label="Ritme van het tvo"),
    Term("police_scan", 1, MONTHS, PROGRAMME, label="Scan van de politie"),
    Term(
        "executive_meeting_rhythm",
        3,
        MONTHS,
        EXAMPLE,
        level=4,
        label="Ritme van het bestuurlijk overleg",
    ),
    Term("signal_policy_reply", 20, WD, EXAMPLE, label="Antwoord op beleidssignaal"),
    Term("activity_update", 3, MONTHS, EXAMPLE, label="Voortgang van een activiteit"),
    Term("activity_stalled", 60, D, EXAMPLE, label="Activiteit staat stil"),
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
        "rights_request",
        1,
        MONTHS,
        "AVG, artikel 12 lid 3",
        legal=True,
        label="Verzoek van een inwoner",
    ),
    Term(
        "rights_request_extended",
        3,
        MONTHS,
        "AVG, artikel 12 lid 3",
        legal=True,
        label="Verzoek van een inwoner, verlengd",
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
    Term("retention_log", 60, MONTHS, EXAMPLE, label="Logboek bewaren"),
    Term("partner_account_expiry", 90, D, EXAMPLE, label="Account zonder inloggen"),
    Term("rights_review", 6, MONTHS, EXAMPLE, label="Rechten nalopen"),
    Term("mail_failed", 1, WD, EXAMPLE, label="Mail die niet aankwam"),
    Term("birthday_review", 5, WD, EXAMPLE, label="Kijken na een verjaardag"),
    Term("log_review", 5, WD, EXAMPLE, label="Logboek van de maand nakijken"),
    Term("read_answer", 5, WD, EXAMPLE, label="Antwoord op een signaal lezen"),
)

TERMS: dict[str, Term] = {term.name: term for term in _DEFAULTS}

CHOICES: dict[str, tuple[str, ...]] = {
    "liberation_day": ("lustrum", "yearly", "never"),
    "good_friday": ("off", "working"),
}
"""Choices that are no term; the first of each is the default."""

NUMBERS: dict[str, int] = {"small_cell": 5, "signal_threshold": 3}
"""Numbers without a unit (domain: counts under five stay hidden)."""
