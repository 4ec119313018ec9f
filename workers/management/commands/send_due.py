"""The whole clock once, by hand: a full substitute where no clock runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from casework.work.ladder import never
from workers import jobs
from workers.app import PERIODIC

MOST_ROUNDS = 1000
UNTIL_DONE = ("plan_due", "deliver_due", "reap_leases", "seal_log")


class Command(BaseCommand):
    """Do everything on the list until nothing is left of what is due."""

    help = "Doe één keer alles wat de klok doet: herinneren, mailen, verzegelen."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the list; a line for each."""
        for periodic in PERIODIC:
            done = jobs.run(periodic, stop=never)
            total = done
            rounds = 1
            while done and periodic.name in UNTIL_DONE and rounds < MOST_ROUNDS:
                done = jobs.run(periodic, stop=never)
                total += done
                rounds += 1
            self.stdout.write(f"{periodic.name}: {total}")
