"""The BSN: optional, checked, hidden, and shown to nobody in full."""

import pytest
from django.db import connection
from django.urls import reverse

from casework.audit.log import write
from casework.cases.bsn import is_bsn, masked_bsns
from casework.cases.household import add_person, correct_person
from casework.cases.models import Event, Person
from casework.cases.retraction import KIND_OF_NOUN
from casework.keys.envelope import destroy
from casework.people.errors import InvalidInput
from tests.world import AT, asked, opened

pytestmark = pytest.mark.django_db

BSN, OTHER = "999990019", "999991772"
SEARCHED = "CANARY-gezochte-naam"


@pytest.fixture
def person(world, case):
    return add_person(
        case,
        by=world.procesregisseur,
        at=AT,
        name="Jan Pietersen",
        role="main",
        informed_on=AT.date(),
        bsn=BSN,
    )


def correct(person, world, **facts):
    return correct_person(
        person,
        by=world.procesregisseur,
        at=AT,
        name=person.name,
        role=person.role,
        **facts,
    )


def dump() -> str:
    """Everything that a dump of the database holds, table by table, in hex and plain."""
    connection.cursor().close()
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "select tablename from pg_tables where schemaname = current_schema()"
        )
        tables = [name for (name,) in cursor.fetchall()]
        rows = b""
        for table in tables:
            with cursor.copy(f'copy "{table}" to stdout') as copied:
                rows += b"".join(bytes(part) for part in copied)
    return rows.decode()


class TestElevenTest:
    @pytest.mark.parametrize("number", [BSN, OTHER, "111222333"])
    def test_lets_a_number_through(self, number):
        assert is_bsn(number)

    @pytest.mark.parametrize(
        "number",
        [
            "999990018",
            "99999001",
            "9999900190",
            "000000000",
            "99999001a",
            "٩٩٩٩٩٠٠١٩",
            "",
        ],
    )
    def test_refuses_what_is_none(self, number):
        assert not is_bsn(number)


class TestPerson:
    def test_shows_the_last_digits_only(self, case, person):
        assert masked_bsns(case, [person]) == {person.pk: "019"}
        assert BSN.encode() not in bytes(person.bsn)

    def test_keeps_it_when_nothing_is_filled_in(self, case, person, world):
        correct(person, world)

        assert masked_bsns(case, [person]) == {person.pk: "019"}

    def test_gets_another(self, case, person, world):
        correct(person, world, bsn="9999.91.772")

        assert masked_bsns(case, [person]) == {person.pk: "772"}

    def test_loses_it_when_asked(self, case, person, world):
        correct(person, world, bsn="0")

        assert person.bsn is None

    def test_refuses_a_wrong_one_and_says_not_whether_we_know_it(self, person, world):
        with pytest.raises(InvalidInput) as refused:
            correct(person, world, bsn="999990018")

        assert refused.value.field == "bsn"
        assert refused.value.user_message == (
            "Dit BSN klopt niet. Kijk de 9 cijfers na."
        )

    def test_is_unreadable_once_the_key_of_the_case_is_destroyed(self, case, person):
        destroy(f"case:{case.pk}", at=AT)

        assert masked_bsns(case, [person]) == {person.pk: ""}

    def test_does_not_open_in_another_case(self, world, case, person):
        """Catches a number that is copied to a case that somebody else may read."""
        elsewhere = opened(world)
        add_person(
            elsewhere,
            by=world.procesregisseur,
            at=AT,
            name="Iemand anders",
            role="main",
            informed_on=AT.date(),
            bsn=OTHER,
        )
        Person.objects.system_scope("a thief").filter(pk=person.pk).update(
            case=elsewhere
        )

        assert masked_bsns(elsewhere, [person]) == {person.pk: ""}

    def test_goes_when_the_person_is_taken_back(self):
        assert KIND_OF_NOUN["person"].blank["bsn"] is None


class TestPages:
    def test_never_hold_it_in_full(self, client, world, case, person):
        client.force_login(world.procesregisseur)

        for name in ("dossier:household", "dossier:timeline", "board:case"):
            page = client.get(reverse(name, args=[case.reference])).content.decode()
            assert BSN not in page, name
        household = client.get(reverse("dossier:household", args=[case.reference]))
        assert "eindigt op </span>019" in household.content.decode()
        form = client.get(
            reverse("dossier:correct_person", args=[case.reference, person.pk])
        )
        assert BSN not in form.content.decode()

    def test_give_a_wrong_one_back_with_the_error_at_the_field(
        self, client, world, case
    ):
        client.force_login(world.procesregisseur)

        answer = client.post(
            reverse("dossier:add_person", args=[case.reference]),
            {
                "name": "Jan",
                "role": "main",
                "informed_on": "2026-11-23",
                "bsn": "123456789",
            },
        )

        assert answer.status_code == 422
        assert "Dit BSN klopt niet" in answer.content.decode()
        assert 'value="123456789"' in answer.content.decode()

    def test_cost_one_query_more_with_a_number(
        self, client, world, case, person, django_assert_num_queries
    ):
        """Catches a key that is asked for person by person."""
        add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            name="Piet Pietersen",
            role="family",
            informed_on=AT.date(),
            bsn=OTHER,
        )
        people = list(Person.objects.system_scope("all").filter(case=case))
        with django_assert_num_queries(1):
            assert len(masked_bsns(case, people)) == 2


class TestDump:
    def test_holds_no_number_and_no_word_that_was_searched(self, world, case, person):
        """Catches a secret in any table: event, log, work item, session or draft."""
        asked(world, case)
        write("search.done", by=world.procesregisseur, at=AT, words=SEARCHED)

        rows = dump()

        assert "Jan Pietersen" in rows
        for secret in (BSN, SEARCHED):
            assert secret not in rows
            assert secret.encode().hex() not in rows

    def test_is_searched_well(self, world, case, person):
        """A number that does stand in the open is found, also in bytes."""
        Person.objects.system_scope("a mistake").filter(pk=person.pk).update(
            bsn=BSN.encode(), address=OTHER
        )

        rows = dump()

        assert BSN.encode().hex() in rows
        assert OTHER in rows

    def test_the_events_know_of_no_number(self, case, person):
        assert BSN not in str(list(Event.objects.system_scope("a test").values()))
