"""Who plays in the walkthrough: an invented town, other people for every seed."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from casework.cases.models import Case
from casework.people.models import Desk, Organisation, Role, User
from casework.people.transitions import join_desk, open_desk
from casework.work.days import national_holidays
from workers.walkthrough import words

KIND = Desk.Kind
FIRST_DAY = date(2020, 1, 1)
FROM, DAYS = date(2025, 1, 6), 3 * 365
BEFORE_A_HOLIDAY = 6

MUNICIPALITY = "Gemeente Zuiderveen"
PHONE = "010 123 45 67"
DESKS = (
    ("procesregie", "home", "Procesregie", KIND.PROCESREGIE, ""),
    ("wijkteam", "home", "Wijkteam", KIND.CASUSREGIE, ""),
    ("management", "home", "Management", KIND.MANAGEMENT, ""),
    ("burgemeester", "home", "Burgemeester", KIND.BESTUUR, "openbare-orde"),
    ("wethouder", "home", "Wethouder zorg", KIND.BESTUUR, "zorg"),
    ("oov", "home", "Openbare orde en veiligheid", KIND.AOV, ""),
    ("beleid", "home", "Beleid", KIND.POLICY, ""),
    ("privacy", "home", "Privacy", KIND.PRIVACY, ""),
    ("fg", "home", "Functionaris gegevensbescherming", KIND.FG, ""),
    ("beheer", "home", "Functioneel beheer", KIND.BEHEER, ""),
    ("piket", "home", "Piket", KIND.PIKET, ""),
    ("politie", "police", "Wijkagenten", KIND.PARTNER, ""),
    ("wonen", "housing", "Wonen en overlast", KIND.PARTNER, ""),
)
PLACES = (
    ("procesregisseur", "procesregie", Role.PROCESREGISSEUR, "Procesregisseur"),
    ("casusregisseur", "wijkteam", Role.CASUSREGISSEUR, "Casusregisseur"),
    ("ketenpartner-politie", "politie", Role.KETENPARTNER, "Wijkagent"),
    ("ketenpartner-wonen", "wonen", Role.KETENPARTNER, "Medewerker overlast"),
    ("manager", "management", Role.MANAGER, "Manager"),
    ("burgemeester", "burgemeester", Role.BESTUURDER, "Burgemeester"),
    ("wethouder", "wethouder", Role.BESTUURDER, "Wethouder zorg"),
    ("aov", "oov", Role.AOV, "Adviseur openbare orde en veiligheid"),
    ("beleidsmedewerker", "beleid", Role.BELEIDSMEDEWERKER, "Beleidsmedewerker"),
    ("privacy-officer", "privacy", Role.PRIVACY_OFFICER, "Privacy officer"),
    ("fg", "fg", Role.FG, "Functionaris gegevensbescherming"),
    ("beheerder", "beheer", Role.BEHEERDER, "Functioneel beheerder"),
)
ALSO = ("second-manager", "management", Role.MANAGER, "Manager")


@dataclass(frozen=True)
class Story:
    """What a seed chose: the day it begins, the household, and what is said."""

    begins_on: date
    kind: str
    caller: str
    reason: str
    inhabitant: str
    address: str
    stuck: tuple[str, str, str]
    stuck_too: tuple[str, str, str]
    question: str
    question_too: str
    asked_more: tuple[str, str]
    decision: str
    lower: str
    weeks_of_aftercare: int


def choose_story(chance: random.Random) -> Story:
    """Choose everything that differs from seed to seed, but for the people."""
    return Story(
        begins_on=_first_day(chance),
        kind=chance.choice(Case.Kind.values),
        caller=chance.choice(words.CALLERS),
        reason=chance.choice(words.REASONS),
        inhabitant=chance.choice(words.INHABITANTS),
        address=f"{chance.choice(words.STREETS)} {chance.randint(1, 180)}",
        stuck=chance.choice(words.STUCK),
        stuck_too=chance.choice(words.STUCK_TOO),
        question=chance.choice(words.QUESTIONS),
        question_too=chance.choice(words.QUESTIONS_TOO),
        asked_more=chance.choice(words.ASKED_MORE),
        decision=chance.choice(words.DECISIONS),
        lower=chance.choice(words.LOWER),
        weeks_of_aftercare=chance.randint(2, 10),
    )


def make_cast(chance: random.Random, *, password: str) -> dict[str, User]:
    """Make parties, desks and people with their deputies; give people by role."""
    parties = {
        "home": _party(MUNICIPALITY, Organisation.Kind.GEMEENTE),
        "police": _party(chance.choice(words.POLICE)),
        "housing": _party(chance.choice(words.HOUSING)),
    }
    desks = {
        key: open_desk(
            parties[party], name=name, kind=kind, portfolio=portfolio, phone=PHONE
        )
        for key, party, name, kind, portfolio in DESKS
    }
    names = _names(chance)
    people: dict[str, User] = {}
    for role_name, desk, role, job_title in (*PLACES, ALSO):
        name = next(names)
        user = User.objects.create_user(
            _address(name),
            name=name,
            job_title=job_title,
            phone=PHONE,
            organisation=desks[desk].organisation,
        )
        lead = role_name != ALSO[0]
        join_desk(user, desks[desk], role=role, on=FIRST_DAY, is_lead=lead)
        people[role_name] = user
    regisseur = people["procesregisseur"]
    join_desk(regisseur, desks["piket"], role=Role.PROCESREGISSEUR, on=FIRST_DAY)
    for user, deputy in (
        (regisseur, people["aov"]),
        (people["manager"], people["second-manager"]),
        (people["burgemeester"], people["wethouder"]),
        (people["wethouder"], people["burgemeester"]),
    ):
        user.deputy = deputy
        user.save(update_fields=["deputy"])
    User.objects.update(password=make_password(password))
    return people


def _first_day(chance: random.Random) -> date:
    """Choose any day, or for half of the seeds one just before a holiday."""
    day = FROM + timedelta(days=chance.randrange(DAYS))
    if chance.random() < 0.5:
        holiday = chance.choice(sorted(national_holidays(day.year)))
        day = holiday - timedelta(days=chance.randint(0, BEFORE_A_HOLIDAY))
    return day


def _party(name: str, kind: str = Organisation.Kind.KETENPARTNER) -> Organisation:
    short = name.removeprefix("Gemeente ").split(" ")
    return Organisation.objects.create(name=name, short_name=short[-1], kind=kind)


def _names(chance: random.Random) -> Iterator[str]:
    first = chance.sample(words.FIRST_NAMES, len(words.FIRST_NAMES))
    last = chance.sample(words.LAST_NAMES, len(words.LAST_NAMES))
    return (" ".join(pair) for pair in zip(first, last, strict=True))


def _address(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}@zuiderveen.example"
