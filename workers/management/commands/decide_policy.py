"""Decide on a term, a number or a choice of the municipality, or say what holds."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.access.deciding import decide_policy
from casework.people.errors import TransitionRefused
from casework.people.models import User
from casework.policy import policy
from casework.policy.terms import CHOICES, NUMBERS

DEFAULT = "standaard"


class Command(BaseCommand):
    """Write one decision of the municipality down, in the name of a beheerder."""

    help = (
        "Stel een termijn, getal of keuze vast (docs/termijnen.md); zonder onderwerp "
        "zegt het wat vandaag geldt."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what is decided, from when, and who says so."""
        parser.add_argument("key", nargs="?", metavar="ONDERWERP")
        parser.add_argument("value", nargs="?", metavar="WAARDE")
        parser.add_argument("--from", dest="first", type=_day, metavar="DAG")
        parser.add_argument("--until", dest="last", type=_day, metavar="DAG")
        parser.add_argument("--source", default="", help="wie dit heeft vastgesteld")
        parser.add_argument("--by", default="", help="e-mailadres van de beheerder")

    def handle(
        self,
        *_args: Any,
        key: str | None,
        value: str | None,
        first: date | None,
        last: date | None,
        source: str,
        by: str,
        **_options: Any,
    ) -> None:
        """Decide, or list what holds."""
        at = timezone.now()
        if key is None:
            self._tell(timezone.localdate(at))
            return
        user = User.objects.filter(email__iexact=by, is_active=True).first()
        if user is None:
            raise CommandError("Noem met --by een beheerder die een account heeft.")
        if value is None:
            raise CommandError(f"Noem een waarde, of: {DEFAULT}.")
        first = first or timezone.localdate(at)
        try:
            decide_policy(
                key,
                value=_value(key, value),
                valid_from=first,
                valid_until=last,
                source=source,
                by=user,
                at=at,
            )
        except TransitionRefused as refused:
            raise CommandError(refused.user_message) from None
        self.stdout.write(f"{key}: {value}, vanaf {first.isoformat()}.")

    def _tell(self, today: date) -> None:
        rules = policy.at(today)
        for term in rules.terms():
            source = "wet" if term.legal else term.source
            takes = f"{term.number}{term.unit}"
            self.stdout.write(f"term:{term.name} {takes} ({term.label}; {source})")
        for key, number in NUMBERS.items():
            self.stdout.write(f"number:{key} {rules.number(key)} ({number.label})")
        for key, choice in CHOICES.items():
            options = ", ".join(choice.options)
            self.stdout.write(f"choice:{key} {rules.choice(key)} (kies uit: {options})")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError("Schrijf een dag als 2027-01-31.") from None


def _value(key: str, text: str) -> dict[str, Any] | None:
    if text == DEFAULT:
        return None
    if key.startswith("choice:"):
        return {"choice": text}
    counted = re.fullmatch(r"([0-9]{1,6}) ?([a-z]*)", text)
    if counted is None:
        raise CommandError("Schrijf een getal met zijn eenheid, zoals 8wd, 24h of 42d.")
    number, unit = counted.groups()
    return {"number": int(number), **({"unit": unit} if unit else {})}
