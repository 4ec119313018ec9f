"""Let somebody who lost his telephone and his codes set up a second step anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.people.errors import TransitionRefused
from casework.people.models import User
from workers.second_steps import reset_second_step


class Command(BaseCommand):
    """Take away every second step of one colleague, in the name of two others."""

    help = "Haal de tweede stap van een collega weg (docs/inloggen.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whose it is, and who answer for it."""
        parser.add_argument("email", metavar="E-MAILADRES")
        parser.add_argument(
            "--by", required=True, help="e-mailadres van een functioneel beheerder"
        )
        parser.add_argument(
            "--second", required=True, help="e-mailadres van een tweede collega"
        )

    def handle(
        self, *_args: Any, email: str, by: str, second: str, **_options: Any
    ) -> None:
        """Take it away, or say what is wrong."""
        try:
            reset_second_step(
                _user(email, "het eerste adres"),
                by=_user(by, "--by"),
                second=_user(second, "--second"),
                at=timezone.now(),
            )
        except TransitionRefused as refused:
            raise CommandError(refused.user_message) from None
        self.stdout.write(
            "De tweede stap is weg. Bij het inloggen kiest hij een nieuwe. "
            "Hij en de tweede collega krijgen een mail."
        )


def _user(email: str, named: str) -> User:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"Bij {named} hoort geen collega met een account.")
    return user
