"""`manage.py verify`: a line for each invariant with its count."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workers.verify import verify


class Command(BaseCommand):
    """Prints a line for each invariant; leaves with 1 on any breach."""

    help = "Check every invariant of the model."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, print and say how it went by the exit code."""
        breaches = 0
        for finding in verify(at=timezone.now()):
            word = "ok" if finding.is_well else "BREACH"
            self.stdout.write(f"{word:6} {finding.count:6} {finding.name}")
            breaches += not finding.is_well
        if breaches:
            raise SystemExit(1)
