"""Fill the database of a demo, once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workers.seeding import seed_if_empty


class Command(BaseCommand):
    """Make the fictional municipality, where there is nothing yet."""

    help = "Fill an empty database with the fictional municipality."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, or say that there was something already."""
        if not settings.DEMO:
            raise CommandError("Only in demo mode: set DEMO=1.")
        made = seed_if_empty()
        self.stdout.write("Klaar." if made else "Er stond al iets; niets gedaan.")
