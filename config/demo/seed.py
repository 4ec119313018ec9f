"""Fill an empty database with the fictional municipality of Zuiderveen."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.demo.extras import tell_the_rest
from config.demo.people import people_the_town
from config.demo.stories import STORIES
from config.demo.teller import Teller
from programme.importing import import_programme

LONG_AGO = date(2020, 1, 1)
PROGRAMME = settings.BASE_DIR / "programme" / "data" / "tynaarlo-2024-2025.yaml"


@transaction.atomic
def seed() -> None:
    """Make people, the programme and the cases, dated relative to now."""
    now = timezone.now()
    town = people_the_town(on=LONG_AGO)
    import_programme(PROGRAMME, by=town.people["aov"], at=now)
    teller = Teller(town=town, now=now)
    for story, times in STORIES:
        for _ in range(times):
            story(teller)
    tell_the_rest(teller)
