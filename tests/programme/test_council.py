"""The programme for the council: every activity, and no number that tells of a case."""

import csv
import io
from datetime import date, timedelta

import pytest

from casework.audit.models import AuditEntry
from casework.cases.models import Bottleneck
from programme.council import ACTIVITIES, FEWER, half_years
from programme.models import Activity, PolicySignal
from tests.programme.conftest import PEOPLE

ADDRESS = "/programma/raad.csv"
HALF = date(2026, 1, 1), date(2026, 6, 30)


def rows_of(content):
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.fixture
def send(world, programme, policy_desk):
    """Let so many signals of a kind have been sent on a day."""

    def send(theme, number, on):
        PolicySignal.objects.bulk_create(
            PolicySignal(
                theme=theme,
                text="Er is nergens plek.",
                asked_by=world.procesregisseur,
                sent_on=on,
                desk=policy_desk,
                answer_due=on + timedelta(days=20),
            )
            for _ in range(number)
        )

    return send


class TestWhoFetches:
    @pytest.mark.parametrize("who", PEOPLE)
    def test_only_aov_and_beleidsmedewerker(self, world, programme, browser, who):
        """Catches a file for everybody, and a button that leads to a refusal."""
        client = browser(getattr(world, who))
        may = who in ("aov", "beleidsmedewerker")

        assert client.get(ADDRESS).status_code == (200 if may else 403)
        page = client.get("/programma/").content.decode()
        assert ("Download voor de raad" in page) == may

    def test_is_logged_with_who_and_not_what(self, world, programme, browser):
        """Catches a file that leaves the house without a trace."""
        response = browser(world.aov).get(ADDRESS)

        assert response["Content-Disposition"] == (
            'attachment; filename="programma-2024-2025.csv"'
        )
        row = AuditEntry.objects.get(verb="programme.fetched")
        assert row.by == world.aov


class TestActivities:
    def test_each_stands_in_it_once(self, world, owned, browser):
        """Catches an activity that the council doesn't see, and the name of an owner."""
        rows = rows_of(browser(world.aov).get(ADDRESS).content)

        start = rows.index(list(ACTIVITIES))
        codes = [row[1] for row in rows[start + 1 : start + 21]]
        assert sorted(codes) == sorted(Activity.objects.values_list("code", flat=True))
        flat = " ".join(cell for row in rows for cell in row)
        assert "aangewezen" in flat
        assert world.manager.name not in flat

    def test_a_title_is_no_formula(self, world, programme, browser):
        """Catches a sheet that does what a title says."""
        Activity.objects.filter(code="OND-02").update(title='=HYPERLINK("http://x")')

        rows = rows_of(browser(world.aov).get(ADDRESS).content)

        assert '\'=HYPERLINK("http://x")' in [row[2] for row in rows if len(row) > 2]


class TestSignals:
    def test_a_number_under_five_is_not_told(self, world, browser, send):
        """Catches a small number, none at all included, and one that is left out."""
        first, last = HALF
        send("no_place", 5, first)
        send("rules", 4, last)

        rows = rows_of(browser(world.aov).get(ADDRESS).content)

        table = {row[0]: row for row in rows if row}
        heading = table["Soort knelpunt"]
        column = heading.index("januari tot en met juni 2026")
        assert table["Geen plek"][column] == "5"
        assert table["Regels passen niet"][column] == FEWER
        assert table["Oneens over de aanpak"][column] == FEWER
        for _, label in Bottleneck.Theme.choices:
            assert len(table[label]) == len(heading)

    def test_no_two_numbers_differ_by_less(self, world, browser, send):
        """Catches a total, and a half year that still grows from file to file."""
        first, last = HALF
        send("no_place", 7, first)
        send("rules", 2, first)
        before = browser(world.aov).get(ADDRESS).content
        send("no_place", 9, last + timedelta(days=1))

        after = browser(world.aov).get(ADDRESS).content

        assert after == before
        numbers = {cell for row in rows_of(after) for cell in row[1:]}
        assert "7" in numbers
        assert "9" not in numbers


@pytest.mark.parametrize(
    ("first", "on", "starts"),
    [
        (date(2024, 1, 1), date(2024, 6, 30), []),
        (date(2024, 1, 1), date(2024, 7, 1), [date(2024, 1, 1)]),
        (date(2024, 3, 9), date(2025, 1, 1), [date(2024, 1, 1), date(2024, 7, 1)]),
        (date(2023, 12, 31), date(2024, 6, 30), [date(2023, 7, 1)]),
    ],
)
def test_a_half_year_counts_from_the_day_after_it(first, on, starts):
    """Catches a half year that is told while it runs, and one that is skipped."""
    assert [start for start, _ in half_years(first, on)] == starts
