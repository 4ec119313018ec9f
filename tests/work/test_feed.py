"""Work in somebody's own calendar: at a secret address, without anybody's name."""

import logging
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from casework.audit.models import AuditEntry
from casework.people.errors import NotVisible
from casework.work import feed, items, own
from casework.work.due import Due
from casework.work.models import CalendarFeed
from config.redact import KeysFilter
from tests.work.conftest import MONDAY, moment

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 27)
QUERIES = 7
"""The savepoint and its end, the feed, his roles, whom he stands in for, the work, the log."""


@pytest.fixture
def key(manager, now) -> str:
    return feed.make_feed(manager, at=now)


@pytest.fixture
def stranger() -> Client:
    return Client()


def events(content: bytes):
    return Calendar.from_ical(content).walk("VEVENT")


class TestMakeFeed:
    def test_keeps_only_a_hash_of_the_key(self, key):
        """Catches a key that whoever reads the database can use."""
        row = CalendarFeed.objects.get()

        assert len(key) >= 43
        assert key not in str(vars(row))
        assert len(row.key_hash) == 64

    def test_a_new_address_ends_the_old_one(self, key, manager, now):
        new = feed.make_feed(manager, at=now)

        with pytest.raises(NotVisible):
            feed.calendar_for(key, at=now)
        assert feed.calendar_for(new, at=now)

    def test_nobody_has_two(self, key, manager, now):
        with pytest.raises(IntegrityError, match="feed_one"), transaction.atomic():
            CalendarFeed.objects.create(user=manager, key_hash="0" * 64, made_at=now)


class TestCalendarFor:
    def test_shows_his_own_work_and_that_of_his_desks(
        self, key, opened, manager, regisseur, desk, member_of, now
    ):
        """Catches a calendar with the work of others, or without that of a desk."""
        member_of(manager, desk)
        opened(manager, due=FRIDAY, title="Los knelpunt 1 op")
        opened(desk, due=MONDAY, title="Geef advies")
        opened(regisseur, due=FRIDAY, title="Van een ander")

        found = events(feed.calendar_for(key, at=now))

        assert [str(each["summary"]) for each in found] == [
            "Geef advies, AVE-2026-0412",
            "Los knelpunt 1 op, AVE-2026-0412",
        ]
        assert found[1].decoded("dtstart") == FRIDAY
        assert found[1].decoded("dtend") == date(2026, 11, 28)
        assert str(found[1]["url"]).endswith("/besluiten/1/")

    def test_is_exactly_this(self, settings, opened, manager, now):
        """Catches a line that a calendar program reads otherwise, or not at all."""
        settings.BASE_URL = "https://regie.zuiderveen.example"
        item = opened(manager, due=date(2026, 11, 27))

        said = (
            feed.calendar_of([item], people=frozenset())
            .decode()
            .replace("\r\n ", "")
            .split("\r\n")
        )

        assert said == [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Procesregie//Mijn werk//NL",
            "METHOD:PUBLISH",
            "X-WR-CALNAME:Mijn werk",
            "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
            "X-PUBLISHED-TTL:PT4H",
            "BEGIN:VEVENT",
            "SUMMARY:Beantwoord de vraag over knelpunt 1\\, AVE-2026-0412",
            "DTSTART;VALUE=DATE:20261127",
            "DTEND;VALUE=DATE:20261128",
            "DTSTAMP:20261123T090000Z",
            f"UID:te-doen-{item.pk}@regie.zuiderveen.example",
            "SEQUENCE:0",
            "DESCRIPTION:Uiterlijk vr 27 november.",
            "TRANSP:TRANSPARENT",
            "URL:https://regie.zuiderveen.example/besluiten/1/",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]

    def test_holds_no_names_and_no_words_of_his_own(self, key, manager, now):
        """Catches a name that somebody wrote down for himself."""
        own.write_own("Bel Ina Jansen", due=Due.day(FRIDAY), by=manager, at=now)

        content = feed.calendar_for(key, at=now)

        assert b"Ina" not in content
        assert manager.name.encode() not in content
        assert "Iets dat je voor jezelf opschreef" in str(events(content)[0]["summary"])

    def test_is_the_same_until_something_moves(self, key, opened, manager, now):
        """Catches an agenda that rings again at every reading."""
        item = opened(manager, due=FRIDAY)
        first = feed.calendar_for(key, at=now)
        later = moment("2026-11-24 10:00")

        assert feed.calendar_for(key, at=later) == first
        items.move_due(item, due=Due.day(date(2026, 12, 1)), by=None, at=later)
        (before,), (after,) = events(first), events(feed.calendar_for(key, at=later))
        assert after["uid"] == before["uid"]
        assert after["sequence"] > before["sequence"]

    def test_says_the_hour_of_spoed(self, key, opened, manager, now):
        opened(manager, due=moment("2026-11-27 16:55"), urgent=True)

        (event,) = events(feed.calendar_for(key, at=now))

        assert "vr 27 november om 16.55 uur" in str(event["description"])

    def test_leaves_out_what_is_done(self, key, opened, manager, now):
        item = opened(manager, due=FRIDAY)
        items.close_items(item.about, by=manager, at=now)

        assert events(feed.calendar_for(key, at=now)) == []

    def test_costs_the_same_for_much_work(self, key, opened, manager, now):
        """Catches a query for each event: calendars ask all day long."""
        for _ in range(20):
            opened(manager, due=FRIDAY)

        with CaptureQueriesContext(
            connection,
        ) as captured:
            feed.calendar_for(key, at=now)

        assert len(captured) <= QUERIES


class TestAddress:
    def test_is_a_calendar_that_nobody_keeps(self, stranger, key, manager):
        page = stranger.get(f"/agenda/{key}.ics")

        assert page.status_code == 200
        assert page["Content-Type"] == "text/calendar; charset=utf-8"
        assert page["Cache-Control"] == "private, no-store"
        assert page["Referrer-Policy"] == "no-referrer"
        assert b"REFRESH-INTERVAL;VALUE=DURATION:PT4H" in page.content

    def test_is_a_reading_in_the_log_without_the_key(
        self, stranger, key, manager, member_of, desk
    ):
        member_of(manager, desk)

        stranger.get(f"/agenda/{key}.ics")

        row = AuditEntry.objects.get(verb="calendar.read")
        assert (row.by, row.action, row.ip) == (manager, "R", "127.0.0.1")
        assert row.by_role == "ketenpartner"
        assert key not in str(vars(row))

    def test_says_the_same_to_whoever_may_not_have_it(
        self, stranger, key, manager, now
    ):
        """Catches an answer that tells a key that was from one that never was."""
        unknown = stranger.get("/agenda/geraden.ics")
        feed.revoke_feed(manager, at=now)
        revoked = stranger.get(f"/agenda/{key}.ics")
        other = feed.make_feed(manager, at=now)
        manager.is_active = False
        manager.save(update_fields=["is_active"])
        gone = stranger.get(f"/agenda/{other}.ics")

        assert {each.status_code for each in (unknown, revoked, gone)} == {404}
        assert unknown.content == revoked.content == gone.content
        assert dict(unknown.headers) == dict(revoked.headers) == dict(gone.headers)
        assert not AuditEntry.objects.filter(verb="calendar.read").exists()


class TestKeysFilter:
    @pytest.mark.parametrize("place", ["/agenda/{}.ics", "/mail-uit/{}/"])
    def test_takes_the_key_out_of_a_line(self, place):
        """Catches a 500 that writes the address with its key into the technical log."""
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            "",
            0,
            "%s: %s",
            ("Internal Server Error", place.format("geheim")),
            None,
        )

        assert KeysFilter().filter(record)
        assert "geheim" not in record.getMessage()
        assert "Internal Server Error: /" in record.getMessage()
