"""Wrap every data key again with the first master key of DATA_KEY."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.keys import masters, rotation


class Command(BaseCommand):
    """Go on in batches until none hangs on an earlier key; may be stopped and repeated."""

    help = (
        "Wrap the data keys again with the first master key; safe to stop and repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many go in one transaction."""
        parser.add_argument("--batch", type=int, default=500, metavar="N")

    def handle(self, *_args: Any, batch: int, **_options: Any) -> None:
        """Rotate, and say how far it is."""
        if batch < 1:
            raise CommandError("--batch must be 1 or more")
        total, done = rotation.waiting().count(), 0
        try:
            while wrapped := rotation.rewrap(limit=batch):
                done += wrapped
                self.stdout.write(f"{done} of {total} keys")
        except (masters.UnknownMaster, masters.Damaged) as error:
            message = f"{done} of {total} keys; a key can't be opened"
            raise CommandError(f"{message}: is its master key in DATA_KEY?") from error
        left = rotation.waiting().count()
        if left:
            raise CommandError(f"{left} keys are held by another; run this again")
        self.stdout.write(f"every key hangs on master key {masters.current()}")
