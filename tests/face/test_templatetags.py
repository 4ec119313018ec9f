"""How days, names and icons are written."""

from datetime import UTC, date, datetime

import pytest

from casework.access.templatetags import face

MONDAY = date(2026, 11, 23)


class TestDay:
    def test_writes_weekday_day_and_month(self):
        """Catches a day without its weekday, or a number for a month."""
        assert face.day(date(2026, 11, 27), MONDAY) == "vr 27 november"

    def test_adds_another_year(self):
        """Catches a day of last year that looks like this year's."""
        assert face.day(date(2025, 3, 1), MONDAY) == "za 1 maart 2025"

    def test_takes_the_day_of_a_moment_here(self):
        """Catches the day of Greenwich: 23.30 there is the next day here."""
        late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)

        assert face.day(late, MONDAY) == "vr 27 november"

    def test_writes_nothing_for_nothing(self):
        """Catches "None" on the screen."""
        assert face.day(None) == ""


class TestMoment:
    def test_writes_our_own_time_with_a_dot(self):
        """Catches the time of Greenwich, also in summer."""
        winter = datetime(2026, 11, 20, 15, 42, tzinfo=UTC)
        summer = datetime(2026, 7, 1, 14, 5, tzinfo=UTC)

        assert face.moment(winter, MONDAY) == "20 november, 16.42 uur"
        assert face.moment(summer, MONDAY) == "1 juli, 16.05 uur"


class TestUntil:
    @pytest.mark.parametrize(
        ("end", "words"),
        [
            (datetime(2026, 12, 4, 23, tzinfo=UTC), "tot en met vr 4 december"),
            (datetime(2026, 7, 1, 22, tzinfo=UTC), "tot en met wo 1 juli"),
            (datetime(2026, 12, 31, 23, tzinfo=UTC), "tot en met do 31 december"),
            (datetime(2026, 11, 24, 2, 7, tzinfo=UTC), "tot 24 november, 03.07 uur"),
            (None, ""),
        ],
    )
    def test_names_the_last_day(self, end, words):
        """Catches the first day on which it no longer holds, said as the last."""
        assert face.until(end, MONDAY) == words


class TestDue:
    @pytest.mark.parametrize(
        ("until", "words"),
        [
            (date(2026, 11, 17), "6 dagen te laat"),
            (date(2026, 11, 22), "1 dag te laat"),
            (date(2026, 11, 23), "vandaag"),
            (date(2026, 11, 24), "morgen"),
            (date(2026, 11, 27), "vr 27 november"),
            (date(2027, 1, 4), "ma 4 januari 2027"),
            (datetime(2026, 11, 23, 19, 55, tzinfo=UTC), "vandaag, 20.55 uur"),
            (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "morgen, 10.00 uur"),
            (datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "1 dag te laat"),
        ],
    )
    def test_says_until_when(self, until, words):
        """Catches a due day that is off by one, or "1 dagen"."""
        assert face.due(until, MONDAY) == words

    @pytest.mark.parametrize(
        ("until", "late"),
        [(date(2026, 11, 22), True), (date(2026, 11, 23), False), (None, False)],
    )
    def test_is_late_only_when_the_day_is_over(self, until, late):
        """Catches red on the day itself."""
        assert face.is_late(until, MONDAY) is late


class TestLongDay:
    def test_writes_the_day_in_full(self):
        """Catches an abbreviation in the heading of Mijn werk."""
        assert face.long_day(MONDAY) == "Maandag 23 november"


class TestInitials:
    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("Fatima El Amrani", "FE"),
            ("Marloes de Wit", "MW"),
            ("Dr. A. Smit", "AS"),
            ("Woonstichting Veenland", "WV"),
            ("ĳsbrand", "Ĳ"),
            ("", ""),
        ],
    )
    def test_takes_two_letters(self, name, letters):
        """Catches a title or "de" as somebody's letter, and an empty name."""
        assert face.initials(name) == letters


class TestDial:
    @pytest.mark.parametrize(
        ("phone", "dialled"),
        [
            ("010 123 45 67", "0101234567"),
            ("+31 (0)10 123-4567", "+31101234567"),
            ("", ""),
        ],
    )
    def test_leaves_what_a_telephone_dials(self, phone, dialled):
        """Catches a link with spaces in it, which a telephone may not take."""
        assert face.dial(phone) == dialled


class TestIcon:
    @pytest.mark.parametrize("name", [*face.ICONS, "staircase"])
    def test_draws_without_style(self, name):
        """Catches a misspelt icon, and one that the policy would break."""
        drawn = face.icon(name)

        assert drawn.startswith("<svg")
        assert 'aria-hidden="true"' in drawn
        assert 'class="icon"' in drawn
        assert "style" not in drawn

    def test_reads_its_label_aloud(self):
        """Catches a label that opens the tag."""
        drawn = face.icon("clock", 'Spoed"><script>')

        assert 'role="img"' in drawn
        assert "aria-hidden" not in drawn
        assert "<script" not in drawn

    def test_refuses_a_name_we_do_not_have(self):
        """Catches a page that silently shows nothing."""
        with pytest.raises(KeyError):
            face.icon("unicorn")


class TestLevelName:
    def test_names_a_level(self):
        """Catches a level as a bare number."""
        assert [face.level_name(number) for number in (1, 2, 3, 4, None)] == [
            "Casus",
            "Proces",
            "Management",
            "Bestuurlijk",
            "",
        ]


class TestCrumbs:
    def test_gives_the_last_name_no_address(self):
        """Catches a link to the page itself."""
        assert face.crumbs("Casussen", "/casussen/", "AVE-2026-0412") == {
            "crumbs": [("Casussen", "/casussen/"), ("AVE-2026-0412", "")]
        }


class TestNumber:
    def test_writes_thousands_as_we_do(self):
        """Catches "12,000", which reads as twelve here."""
        assert face.number(12000) == "12.000"
        assert face.number(3141592) == "3.141.592"
        assert face.number(999) == "999"
