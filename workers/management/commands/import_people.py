"""Take over who works here from a list."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from casework.people.models import Membership, Role, User
from workers import roster


class Command(BaseCommand):
    """Take over a list whole, or say of each line what is wrong."""

    help = "Neem organisaties, bureaus en mensen over uit een lijst (docs/mensen.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the list, and what to do with who doesn't stand in it."""
        parser.add_argument("path", type=Path, metavar="LIJST")
        parser.add_argument(
            "--check", action="store_true", help="zeg wat er zou gebeuren, doe niets"
        )
        parser.add_argument(
            "--leave", action="store_true", help="wie er niet in staat, gaat weg"
        )
        parser.add_argument(
            "--by", default="", help="e-mailadres van een functioneel beheerder"
        )

    def handle(
        self,
        *_args: Any,
        path: Path,
        check: bool,
        leave: bool,
        by: str,
        **_options: Any,
    ) -> None:
        """Take it over, and count."""
        at = timezone.now()
        who = _who(by, on=timezone.localdate(at))
        try:
            with transaction.atomic():
                lines = roster.read(path)
                taken = roster.take_over(lines, by=who, at=at, leave=leave)
                transaction.set_rollback(check)
        except OSError as error:
            raise CommandError(f"{path} is niet te lezen: {error.strerror}.") from None
        except roster.BadRoster as error:
            told = "\n".join(error.lines)
            raise CommandError(f"{told}\nEr is niets veranderd.") from None
        self.stdout.write(f"{taken}")
        if taken.not_named and not leave:
            self.stdout.write(
                "Mensen met een account die niet in de lijst staan: "
                f"{taken.not_named}. Zijn zij weg? Gebruik dan --leave."
            )
        if check:
            self.stdout.write("Er is niets veranderd.")


def _who(email: str, *, on: date) -> User | None:
    """Give the beheerder who answers for the list. Before the first list there is none."""
    places = Membership.objects.on(on).filter(role=Role.BEHEERDER, user__is_active=True)
    if not places.exists():
        return None
    place = places.filter(user__email__iexact=email).select_related("user").first()
    if place is None:
        raise CommandError(
            "Noem met --by het e-mailadres van een functioneel beheerder. "
            "Er is niets veranderd."
        )
    return place.user
