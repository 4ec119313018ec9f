"""The rows of a case. Django finds an app's models here, so they are gathered."""

from casework.cases.models.case import Bottleneck, Case, Consultation, Referral
from casework.cases.models.dossier import (
    Disclosure,
    LegalBasis,
    Note,
    Person,
    Warning,  # noqa: A004  the domain's word
)
from casework.cases.models.emergency import BreakGlass
from casework.cases.models.journal import Event
from casework.cases.models.participation import (
    CaseDeskGrant,
    CaseUserGrant,
    Exclusion,
    Participation,
)
from casework.cases.models.retraction import Breach, Retraction

__all__ = [
    "Bottleneck",
    "Breach",
    "BreakGlass",
    "Case",
    "CaseDeskGrant",
    "CaseUserGrant",
    "Consultation",
    "Disclosure",
    "Event",
    "Exclusion",
    "LegalBasis",
    "Note",
    "Participation",
    "Person",
    "Referral",
    "Retraction",
    "Warning",
]
