"""What somebody may do with one case."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """A scope on a case: a permission of the case model."""

    SEE_CASE = "see_case"
    READ_DOSSIER = "read_dossier"
    READ_MEMO = "read_memo"
    WORK_CASE = "work_case"
    STEER_CASE = "steer_case"
    REVIEW_ESCALATION = "review_escalation"
    TRIAGE_CASE = "triage_case"
    REOPEN_CASE = "reopen_case"

    @property
    def label(self) -> str:
        """The Dutch name."""
        return _LABELS[self]


_LABELS = {
    Permission.SEE_CASE: "Mag kenmerk, titel en niveau zien",
    Permission.READ_DOSSIER: "Mag het dossier lezen",
    Permission.READ_MEMO: "Mag een knelpunt met zijn vraag lezen",
    Permission.WORK_CASE: "Mag aan de casus werken",
    Permission.STEER_CASE: "Mag de procesregie voeren",
    Permission.REVIEW_ESCALATION: "Mag een opschaling beantwoorden",
    Permission.TRIAGE_CASE: "Mag een melding beoordelen",
    Permission.REOPEN_CASE: "Mag een gesloten casus heropenen",
}
