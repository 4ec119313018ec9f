"""`make walkthrough`: the whole story through HTTP, on a throw-away database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand

from workers.walkthrough.place import throw_away
from workers.walkthrough.play import SCENES, Scene, perform

USUAL_SEED = "1"


class Command(BaseCommand):
    """Prints a line for each step, and last what came of it as one line of JSON."""

    help = "Speel het hele verhaal na, op een database die daarna weg is (SEED=)."
    requires_system_checks: list[str] = []
    stealth_options = ("scenes",)

    def handle(
        self, *args: Any, scenes: Sequence[tuple[str, Scene]] = SCENES, **options: Any
    ) -> None:
        """Play; leave with 1 unless everything went well."""
        seed = os.environ.get("SEED") or USUAL_SEED
        with throw_away():
            outcome, is_well = perform(seed, write=self.stdout.write, scenes=scenes)
        self.stdout.write(outcome.as_json())
        if not is_well:
            raise SystemExit(1)
