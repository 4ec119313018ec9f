"""Take over a safety programme from its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from programme.importing import TYNAARLO, BadSource, import_programme


class Command(BaseCommand):
    """Take it over; a second time it only mends the facts of the source."""

    help = f"Neem een veiligheidsprogramma over; een voorbeeld is {TYNAARLO.name}."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("path", type=Path, metavar="BESTAND")

    def handle(self, *_args: Any, path: Path, **_options: Any) -> None:
        """Take it over, and say how much is in it."""
        try:
            programme = import_programme(path, by=None, at=timezone.now())
        except OSError as error:
            raise CommandError(f"{path} is niet te lezen: {error.strerror}.") from None
        except BadSource as error:
            raise CommandError(f"{error}\nEr is niets veranderd.") from None
        self.stdout.write(f"{programme}: {programme.activities.count()} activiteiten")
