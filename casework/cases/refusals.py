"""Which case a page was about that somebody did not get to see."""

from __future__ import annotations

from casework.audit.middleware import RefusalMiddleware
from casework.cases.models import Case


class CaseRefusalMiddleware(RefusalMiddleware):
    """Log refused pages with the number of the case, where there is one."""

    def case_of(self, reference: str) -> int | None:
        """Give the number of a case; as many statements whether it exists or not."""
        rows = Case.objects.system_scope("the log says which case was refused")
        keys = rows.filter(reference=reference).values_list("pk", flat=True)
        return keys.first()
