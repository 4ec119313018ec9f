"""`make bench`: how fast the product is, beside a lower bound and beside its peers."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import django
from django.conf import settings

SCALE, ROUNDS = 10_000, 15
WRITTEN = Path(__file__).resolve().parent.parent / "build" / "bench.json"


def main() -> None:
    """Make a town, measure in it, print the table, and drop it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # viewflow asks for the app of a procedure, also of the peers'; one brings tables.
    settings.INSTALLED_APPS += ["bench", "post_office"]
    django.setup()
    # Only now: what is measured needs the models.
    from bench import run

    scale, rounds = _number("SCALE", SCALE), _number("ROUNDS", ROUNDS)
    started = time.monotonic()
    run.perform(scale, rounds, WRITTEN)
    print(f"\nKlaar in {time.monotonic() - started:.0f} s.")


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "").replace("_", "") or str(default)
    if not text.isdecimal() or int(text) < 1:
        sys.exit(f"{name} must be a whole number from 1 on.")
    return int(text)


if __name__ == "__main__":
    main()
