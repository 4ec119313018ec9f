"""Everything that somebody sees or does is a row of the log, with all its fields."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import time_machine

from ave.escalation.flow import answer
from casework.audit.models import AuditEntry
from casework.audit.wording import SENTENCES
from casework.cases.absence import start_absence
from casework.keys.searching import seal
from casework.people.models import User
from tests.access.addresses import Address, addresses
from tests.access.asking import Browser
from tests.access.building import build_today
from tests.access.relations import Stand, stands
from tests.access.town import NOW, Town
from tests.standing import scene, settled
from tests.world import AT
from workers.verify import STATEMENTS, verify

LOOKS = (
    ("procesregisseur", "regisseur-nu"),
    ("procesregisseur", "beoordelaar"),
    ("procesregisseur", "archief"),
    ("casusregisseur", "ontvanger"),
    ("ketenpartner", "zelfde-bureau-na-oppakken"),
    ("manager", "beantwoorder"),
    ("privacy-officer", "none"),
    ("fg", "none"),
    ("aov", "none"),
    ("beleidsmedewerker", "none"),
    ("beheerder", "none"),
    ("bestuurder", "beantwoorder"),
)
"""As whom an address is asked for, until somebody sees it."""

SAYS_NOTHING = {
    "healthz": "no person asks",
    "readyz": "no person asks",
    "metrics": "no person asks",
    "about:*": "the same words for everybody",
    "calendar:*": "days and desks, no cases",
    "clock:*": "kind of work, organisation, day and counts",
    "demo:*": "invented people",
    "account_*": "one's own account",
    "mfa_*": "one's own account",
    "usersessions_*": "one's own account",
    "totp_picture": "one's own account",
    "still_there": "one's own account",
    "second_step": "one's own account",
    "kept_text": "what one typed oneself",
    "emergency:ask": "an empty form",
    "work:*": "kind, reference and day of one's own work",
    "board:list": "kind, reference and level of one's own cases; a search is logged",
    "triage:refer": "an empty form",
    "triage:reported": "reference and outcome of what one referred",
    "triage:ask": "an empty form",
    "triage:consult": "one's own advice, without a case",
    "escalation:list": "kind, reference and day of one's own work",
    "programme:list": "no cases",
    "programme:period": "no cases",
    "programme:activity": "no cases",
    "programme:assign": "no cases",
    "programme:progress": "no cases",
    "programme:override": "no cases",
    "programme:take_back": "no cases",
    "programme:signals": "no cases",
    "programme:signal": "no cases",
    "programme:read": "no cases",
    "absence:*": "who is away, no cases",
    "audit:review": "no rows of the log",
    "jobs:log_export": "how far one's own export is, no rows of the log",
    "stagnation:report_task": "an empty form about a task that was read",
    "meetings:object_to": "an empty form about a task that was read",
}
"""Pages that show nothing of the content of a case, and why."""

BY_A_SECRET = {"work:feed"}
"""Addresses that are a secret of the manager: he reads there, whoever asks."""


@dataclass
class Seen:
    """What was asked, and which rows it left."""

    rows: dict[str, list[AuditEntry]] = field(default_factory=dict)
    who: dict[str, Stand] = field(default_factory=dict)


def is_silent(name: str) -> bool:
    return name not in BY_A_SECRET and (
        name in SAYS_NOTHING
        or f"{name.split(':')[0]}:*" in SAYS_NOTHING
        or (f"{name.split('_')[0]}_*" in SAYS_NOTHING)
    )


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, originals) -> Iterator[Town]:
    """The town, committed: a refusal insists on a transaction of its own."""
    with time_machine.travel(NOW, tick=False):
        yield from settled(django_db_blocker, originals, build_today)


@pytest.fixture(scope="module")
def seen(town: Town) -> Seen:
    """
    Ask for every address once, as somebody who sees it.

    Some are there only once there is a decision: those are asked for after it.
    """
    places = {(each.subject, each.relation): each for each in next(stands(town))}
    asked = [places[look] for look in LOOKS]
    found = Seen()
    _look(found, asked)
    with scene():
        manager, lead = town.world.manager, town.requests["management"]
        answer(lead, by=manager, at=AT, answer="decide", text="De ggz begint maandag.")
        _look(found, asked)
    return found


def _look(found: Seen, asked: list[Stand]) -> None:
    """Ask for what nobody saw yet, until somebody does."""
    browsers = {stand.user.pk: Browser(stand.user) for stand in asked}
    for address in addresses():
        if "GET" not in address.methods or address.name in found.rows:
            continue
        for stand in asked:
            with scene():
                rows = _rows_of(browsers[stand.user.pk], address, stand)
            if rows is not None:
                found.rows[address.name], found.who[address.name] = rows, stand
                break


def _rows_of(
    browser: Browser, address: Address, stand: Stand
) -> list[AuditEntry] | None:
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    response = browser.ask("GET", address.of(stand.things))
    if response.status_code != 200:
        return None
    return list(AuditEntry.objects.filter(pk__gt=last or 0).select_related("by"))


def has_all_fields(row: AuditEntry, user: User) -> bool:
    """Who, in which role, what, when, from where and in which request."""
    return bool(
        row.by == user
        and row.by_role
        and row.verb in SENTENCES
        and row.at
        and row.ip == "127.0.0.1"
        and row.channel == "web"
        and isinstance(row.request_id, uuid.UUID)
        and row.granted
    )


class TestPages:
    def test_each_is_seen_by_somebody(self, seen):
        """Catches a page that this test never looks at."""
        names = {each.name for each in addresses() if "GET" in each.methods}

        assert not [name for name in names - set(seen.rows) if not is_silent(name)]

    def test_each_that_shows_a_case_is_in_the_log(self, seen):
        """Catches a page that forgets to say who read it."""
        assert not [
            name for name, rows in seen.rows.items() if not rows and not is_silent(name)
        ]

    def test_each_that_says_nothing_is_known_to_say_nothing(self, seen):
        """Catches an exception that is none any more."""
        assert not [
            name for name, rows in seen.rows.items() if rows and is_silent(name)
        ]

    def test_each_row_has_all_fields(self, seen, town):
        readers = {name: stand.user for name, stand in seen.who.items()}
        readers |= dict.fromkeys(BY_A_SECRET, town.world.manager)
        wrong = [
            (name, row.verb, row.by_role, row.ip)
            for name, rows in seen.rows.items()
            for row in rows
            if not has_all_fields(row, readers[name])
        ]

        assert not wrong

    def test_each_reading_of_a_case_names_it_and_why_it_was_allowed(self, seen):
        """Catches a reading without its case, or without the place that let him in."""
        about = {each.name: each.is_about_something for each in addresses()}
        rows = [
            (name, row)
            for name, found in seen.rows.items()
            for row in found
            if about[name] and not is_silent(name)
        ]

        assert rows
        assert not [name for name, row in rows if row.case is None]
        assert not [name for name, row in rows if row.action != "R"]
        assert not [
            name
            for name, row in rows
            if not row.access_basis and seen.who[name].subject != "privacy-officer"
        ]


class TestDeputy:
    def test_reads_on_behalf_of_whom_he_stands_in_for(self, town):
        """Catches a reading that hides whose work it was."""
        world = town.world
        with scene():
            away = world.procesregisseur
            start_absence(away, by=away, at=AT, reason="Vakantie")
            browser = Browser(world.deputy)
            stand = Stand("aov", "vervanger-waarnemend", world.deputy, town.runs)
            wrong, checked = [], 0
            for address in addresses():
                if not address.is_about_something or "GET" not in address.methods:
                    continue
                with scene():
                    rows = _rows_of(browser, address, stand) or []
                checked += len(rows)
                wrong += [
                    (address.name, row.verb)
                    for row in rows
                    if row.case and row.on_behalf_of != away
                ]

        assert checked > 20
        assert not wrong


class TestRefusal:
    @pytest.mark.parametrize("reference", ["there", "AVE-2026-000000"])
    def test_names_the_case_that_was_tried(self, town, reference):
        """Catches a log in which nobody can see whose door was rattled."""
        there = reference == "there"
        path = f"/casussen/{town.case.reference if there else reference}/"
        with scene():
            Browser(town.world.other_manager).ask("GET", path)
            row = AuditEntry.objects.order_by("-pk").first()

        assert (row.verb, row.granted, row.by_role) == (
            "page.refused",
            False,
            "manager",
        )
        assert row.case == (town.case.pk if there else None)

    def test_names_what_was_tried_by_its_number(self, town):
        with scene():
            Browser(town.world.other_manager).ask("GET", "/besluiten/999999/")
            row = AuditEntry.objects.order_by("-pk").first()

        assert row.about == "escalation:decide/999999"


class TestSearch:
    @pytest.mark.parametrize(("words", "found"), [("Qqqq", 0), ("AVE", 2)])
    def test_keeps_the_words_hidden_and_counts_what_it_found(self, town, words, found):
        with scene():
            searcher = town.world.procesregisseur
            sealed = seal(words, reader=searcher.pk)
            Browser(searcher).ask("GET", f"/casussen/?q={sealed}")
            row = AuditEntry.objects.order_by("-pk").first()

        assert row.verb == "search.done"
        assert (row.about == "found:0") is (found == 0)
        assert words.encode() not in bytes(row.query)


class TestTransitions:
    def test_each_event_stands_in_the_log(self, town):
        """Catches a transition that writes one and not the other."""
        name = "every event stands in the log"
        found = {each.name: each for each in verify(at=NOW)}

        assert name in STATEMENTS
        assert found[name].count == 0

    def test_each_is_by_somebody_or_by_the_clock(self, town):
        rows = AuditEntry.objects.exclude(verb="mail.sent")

        assert rows.count() > 50
        assert not [row.verb for row in rows if row.by is None and row.on_behalf_of]
        assert not {row.verb for row in rows} - set(SENTENCES)
