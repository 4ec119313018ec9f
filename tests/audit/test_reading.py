"""What the FG sees of the log, and who saw a case."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string

from casework.audit.log import Origin, Row, origin, write, write_many
from casework.audit.models import AuditEntry
from casework.audit.reading import LogQuery, cases_of, entries_for_case, page_of_log
from casework.cases.log_forms import LogFilter
from casework.keys.searching import seal
from tests.audit.conftest import AT


def everything(ask) -> list[int]:
    """Follow the pages to the end."""
    seen, after = [], None
    while True:
        page = ask(after)
        seen += [line.pk for line in page.lines]
        after = page.after
        if after is None:
            return seen


class TestEntriesForCase:
    def test_gives_the_newest_first_and_of_one_case(self, reader, deputy):
        write("case.read", by=reader, at=AT, case=7)
        write("case.read", by=reader, at=AT, case=8)
        write(
            "note.written",
            by=deputy,
            at=AT + timedelta(hours=1),
            case=7,
            on_behalf_of=reader,
            role="procesregisseur",
        )

        lines = entries_for_case(7).lines

        assert [(line.who, line.text) for line in lines] == [
            ("Joris Blom", "schreef een notitie"),
            ("Marloes Dekker", "las de casus"),
        ]
        assert lines[0].on_behalf_of == "Marloes Dekker"
        assert (lines[0].role, lines[1].organisation) == (
            "procesregisseur",
            "Zuiderveen",
        )

    def test_is_one_query_however_many_people(
        self, reader, deputy, django_assert_num_queries
    ):
        people = [reader, deputy, None]
        write_many(
            Row(verb="case.read", by=people[n % 3], at=AT, case=7) for n in range(60)
        )

        with django_assert_num_queries(1):
            lines = entries_for_case(7).lines

        assert len(lines) == 50

    def test_goes_on_page_after_page(self, reader):
        """Rows of the same moment must not be skipped or shown twice."""
        write_many(
            Row(verb="case.read", by=reader, at=AT + timedelta(seconds=n // 7), case=7)
            for n in range(40)
        )
        ordered = AuditEntry.objects.order_by("-at", "-pk")

        seen = everything(lambda after: entries_for_case(7, after=after, limit=6))

        assert seen == list(ordered.values_list("pk", flat=True))

    def test_after_a_row_that_is_not_there_is_nothing(self, reader):
        write("case.read", by=reader, at=AT, case=7)

        assert entries_for_case(7, after=10**12).lines == []

    def test_names_who_has_no_account(self, db):
        token = origin.set(Origin(channel="clock"))
        write("mail.sent", by=None, at=AT, case=7)
        origin.set(Origin(channel="web"))
        write("login.failed", by=None, at=AT, case=7)
        origin.reset(token)

        assert [line.who for line in entries_for_case(7).lines] == [
            "Iemand zonder account",
            "Het systeem",
        ]


class TestPageOfLog:
    @pytest.fixture(autouse=True)
    def _rows(self, reader, deputy):
        write("case.read", by=reader, at=AT, case=7)
        write("case.read", by=deputy, at=AT, case=8, on_behalf_of=reader)
        write("page.refused", by=deputy, at=AT, granted=False)
        write("log.read", by=reader, at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("asked", "verbs"),
        [
            (LogQuery(), ["log.read", "page.refused", "case.read", "case.read"]),
            (LogQuery(who="dekker"), ["log.read", "case.read", "case.read"]),
            (LogQuery(who="JORIS@zuiderveen.example"), ["page.refused", "case.read"]),
            (LogQuery(who="%"), []),
            (LogQuery(case=8), ["case.read"]),
            (LogQuery(case=0), []),
            (LogQuery(verb="log.read"), ["log.read"]),
            (LogQuery(granted=False), ["page.refused"]),
            (LogQuery(granted=True, who="Joris"), ["case.read"]),
            (
                LogQuery(until_on=date(2026, 11, 23)),
                ["page.refused", "case.read", "case.read"],
            ),
            (LogQuery(from_on=date(2026, 11, 24)), ["log.read"]),
        ],
    )
    def test_gives_what_is_asked(self, asked, verbs):
        """Days are those of Amsterdam: half past eleven in UTC is the next day."""
        page = page_of_log(asked)

        found = AuditEntry.objects.in_bulk([line.pk for line in page.lines])
        assert [found[line.pk].verb for line in page.lines] == verbs

    def test_names_the_colleague_whom_it_is_about(
        self, reader, deputy, django_assert_num_queries
    ):
        """Catches "gaf een collega een plek bij een bureau", and nobody sees whom."""
        for about in (f"user:{deputy.pk}", f"user:{reader.pk}", "user:0", "task:3"):
            write("desk.joined", by=None, at=AT, about=about, case=7)

        with django_assert_num_queries(2):
            page = page_of_log(LogQuery(verb="desk.joined"))

        assert [line.about for line in page.lines] == [
            "taak 3",
            "",
            "Marloes Dekker",
            "Joris Blom",
        ]
        assert "Joris Blom" not in {line.about for line in entries_for_case(7).lines}

    def test_is_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            page_of_log(LogQuery(who="dekker", from_on=date(2026, 1, 1)), after=10)

    def test_goes_on_page_after_page(self):
        seen = everything(
            lambda after: page_of_log(LogQuery(who="dekker"), after=after, limit=1)
        )

        assert len(seen) == len(set(seen)) == 3

    def test_names_the_cases_it_was_given_names_for(self):
        page = page_of_log(LogQuery(), references={7: "AVE-2026-0412"})

        assert [line.case for line in page.lines] == ["", "", "8", "AVE-2026-0412"]
        assert cases_of(LogQuery()) == {7, 8}


class TestLogFilter:
    def test_asks_for_everything_when_it_is_empty(self):
        form = LogFilter({})

        assert form.is_valid()
        assert form.query() == LogQuery()
        assert form.cleaned_data["after"] is None

    def test_gives_what_was_filled_in(self):
        form = LogFilter(
            {
                "from_on": "2026-11-01",
                "until_on": "2026-11-30",
                "who": "Dekker",
                "reference": "AVE-2026-0412",
                "verb": "case.read",
                "granted": "no",
                "after": "12",
            }
        )

        assert form.is_valid()
        assert form.query(case=7) == LogQuery(
            date(2026, 11, 1), date(2026, 11, 30), "Dekker", 7, "case.read", False
        )

    def test_finds_nothing_for_a_reference_of_no_case(self):
        form = LogFilter({"reference": "AVE-2026-9999"})

        assert form.is_valid()
        assert form.query(case=None).case == 0

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("who", "Jan\0"),
            ("who", "x" * 100_000),
            ("reference", "AVE-2026"),
            ("reference", "AVE-2026-0412\n1"),
            ("from_on", "gisteren"),
            ("verb", "case.hacked"),
            ("granted", "misschien"),
            ("after", "1' or 1=1"),
            ("after", str(2**63)),
        ],
    )
    def test_answers_nonsense_in_dutch(self, name, value):
        form = LogFilter({name: value})

        assert not form.is_valid()
        assert list(form.errors) == [name]
        told = " ".join(form.errors[name])
        assert re.search(r"\b(Vul|Kies|Zorg|geldige|toegestaan|Begin)\b", told), told

    def test_refuses_a_period_that_ends_before_it_begins(self):
        form = LogFilter({"from_on": "2026-11-30", "until_on": "2026-11-01"})

        assert form.errors == {"until_on": ["Kies een dag op of na de eerste dag."]}

    def test_keeps_the_question_in_the_address_of_the_next_page(self):
        form = LogFilter({"reference": "AVE & 12", "after": "3"})

        assert form.address(reader=1, after=12) == "?reference=AVE+%26+12&after=12"
        assert form.address(reader=1) == "?reference=AVE+%26+12"


class TestEntriesTemplate:
    def test_shows_who_did_what_and_escapes(self, deputy):
        deputy.name = "<b>Joris</b>"
        deputy.save(update_fields=["name"])
        write("page.refused", by=deputy, at=AT, case=7, granted=False, break_glass=True)

        html = render_to_string(
            "audit/_entries.html",
            {"lines": entries_for_case(7).lines, "show_case": True},
        )

        assert "&lt;b&gt;Joris&lt;/b&gt;" in html
        assert "kreeg een pagina niet te zien" in html
        assert "Geweigerd" in html
        assert "Noodtoegang" in html
        assert "ma 23 november 2026, 10.30.00" in html


@pytest.mark.urls("tests.audit.urls")
class TestLogTemplate:
    @pytest.fixture
    def visitor(self, client, reader):
        client.force_login(reader)
        for case in (7, 8, 9):
            write("case.read", by=reader, at=AT, case=case)
        return client

    def test_leads_to_the_next_page_and_back(self, visitor, reader):
        asked = f"?who={seal('Dekker', reader=reader.pk)}"
        html = visitor.get(f"/logboek/{asked}").content.decode()

        following = re.search(r'href="(\?who=[^"]+&amp;after=\d+)" rel="next"', html)
        assert html.count('<td data-label="Wat"><span>las de casus') == 2
        assert following
        address = following[1].replace("&amp;", "&")
        html = visitor.get(f"/logboek/{address}").content.decode()
        assert re.search(r'href="\?who=[^"&]+">Ga naar de nieuwste regels', html)
        assert 'value="Dekker"' in html
        assert 'rel="next"' not in html

    def test_says_that_nothing_was_found(self, visitor, reader):
        asked = f"?who={seal('niemand', reader=reader.pk)}"
        html = visitor.get(f"/logboek/{asked}").content.decode()

        assert "Niets gevonden" in html

    def test_keeps_what_was_typed_when_it_is_not_right(self, visitor, reader):
        asked = f"?reference=AVE-1&who={seal('Dekker', reader=reader.pk)}"
        response = visitor.get(f"/logboek/{asked}")

        html = response.content.decode()
        assert response.status_code == 422
        assert "Vul een kenmerk in, zoals AVE-2026-0412." in html
        assert 'value="Dekker"' in html
