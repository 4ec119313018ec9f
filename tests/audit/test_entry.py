"""What a row says, and the bytes that its seal is the hash of."""

import re
import uuid
from datetime import timedelta, timezone

import pytest
from django.db import IntegrityError, transaction

from casework.audit.log import NotACode, Origin, Row, act_as, origin, write, write_many
from casework.audit.models import FIELDS, VERB, AuditEntry, canonical, canonical_values
from casework.audit.wording import SENTENCES, action_of, choices, sentence
from tests.audit.conftest import AT, run
from tests.traces import VERBS

OTHER = {
    "id": 8,
    "at": AT + timedelta(microseconds=1),
    "verb": "case.changed",
    "action": "U",
    "by_id": 9,
    "by_role": "fg",
    "on_behalf_of_id": 9,
    "case": 8,
    "about": "escalation:13",
    "granted": False,
    "break_glass": True,
    "ground": "wmo",
    "access_basis": "participation:2",
    "ip": "192.0.2.2",
    "channel": "clock",
    "request_id": uuid.UUID(int=2),
    "query": b"\x02",
}
VALUES = [
    7,
    AT,
    "case.read",
    "R",
    4,
    "procesregisseur",
    None,
    7,
    "escalation:12",
    True,
    False,
    "",
    "participation:1",
    "192.0.2.1",
    "web",
    uuid.UUID(int=1),
    b"\x01",
]


class TestCanonical:
    def test_is_the_same_for_ever(self):
        """A change here makes every sealed row of every installation look forged."""
        assert canonical_values(VALUES) == (
            b'{"about":"escalation:12","access_basis":"participation:1","action":"R",'
            b'"at":"2026-11-23T09:30:00.123456+00:00","break_glass":false,"by_id":4,'
            b'"by_role":"procesregisseur","case":7,"channel":"web","granted":true,'
            b'"ground":"","id":7,"ip":"192.0.2.1","on_behalf_of_id":null,'
            b'"query":"AQ==",'
            b'"request_id":"00000000-0000-0000-0000-000000000001",'
            b'"verb":"case.read"}'
        )

    def test_covers_every_column(self):
        """A column that no seal covers could be changed unseen."""
        columns = {field.attname for field in AuditEntry._meta.concrete_fields}

        assert set(FIELDS) == columns

    @pytest.mark.parametrize("name", FIELDS)
    def test_differs_when_a_value_differs(self, name):
        changed = list(VALUES)
        changed[FIELDS.index(name)] = OTHER[name]

        assert canonical_values(changed) != canonical_values(VALUES)

    def test_does_not_depend_on_the_time_zone(self):
        shifted = list(VALUES)
        shifted[1] = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))

        assert canonical_values(shifted) == canonical_values(VALUES)

    def test_of_a_new_row_is_that_of_the_stored_row(self, reader, deputy):
        token = origin.set(Origin("2001:db8::1", uuid.uuid4(), "web"))
        entry = write(
            "search.done",
            by=reader,
            at=AT,
            case=7,
            about="case:7",
            on_behalf_of=deputy,
            words="Jansen",
        )
        origin.reset(token)

        stored = AuditEntry.objects.get(pk=entry.pk)

        assert canonical(entry) == canonical(stored)
        assert canonical(stored) == canonical_values(
            AuditEntry.objects.values_list(*FIELDS).get(pk=entry.pk)
        )


class TestWrite:
    def test_is_one_insert(self, reader, django_assert_num_queries):
        """More statements, or a lock, would make every reader wait."""
        with django_assert_num_queries(1) as asked:
            write("case.read", by=reader, at=AT, case=7)

        assert asked[0]["sql"].startswith("INSERT")

    def test_keeps_from_where_it_came(self, reader):
        here = Origin("192.0.2.1", uuid.uuid4(), "web", "procesregisseur")
        token = origin.set(here)
        write("case.read", by=reader, at=AT, case=7, about="case:7", ground="wmo")
        origin.reset(token)

        entry = AuditEntry.objects.get()

        assert (entry.ip, entry.request_id) == (here.ip, here.request_id)
        assert (entry.channel, entry.by_role) == ("web", "procesregisseur")
        assert (entry.action, entry.ground, entry.granted) == ("R", "wmo", True)

    def test_the_role_that_a_row_names_wins(self, reader):
        token = origin.set(Origin())
        act_as("fg")
        write("log.read", by=reader, at=AT)
        write("case.read", by=reader, at=AT, role="procesregisseur")
        write("mail.sent", by=None, at=AT)
        origin.reset(token)

        roles = AuditEntry.objects.order_by("pk").values_list("by_role", flat=True)

        assert list(roles) == ["fg", "procesregisseur", ""]

    def test_goes_when_the_change_is_rolled_back(self, reader):
        """A row about something that did not happen is a lie."""

        def change_and_fail():
            with transaction.atomic():
                write("case.changed", by=reader, at=AT, case=7)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            change_and_fail()

        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize(
        "given",
        [
            {"verb": "Case.read"},
            {"verb": "read"},
            {"verb": "case.read\n"},
            {"about": "Jan de Boer"},
            {"about": "jan@example.org"},
            {"about": "case:7\n"},
            {"ground": "omdat hij belde"},
            {"role": "de burgemeester"},
            {"access_basis": "<b>"},
        ],
    )
    def test_refuses_text(self, reader, given):
        """Free text in the log is personal data that nobody can take out."""
        with pytest.raises(NotACode):
            write(given.pop("verb", "case.read"), by=reader, at=AT, **given)


class TestWriteMany:
    def test_is_one_insert_in_the_order_given(self, reader, django_assert_num_queries):
        rows = [Row(verb="case.read", by=reader, at=AT, case=n) for n in range(100)]

        with django_assert_num_queries(1):
            write_many(rows)

        cases = AuditEntry.objects.order_by("pk").values_list("case", flat=True)
        assert list(cases) == list(range(100))

    def test_of_nothing_writes_nothing(self, db):
        assert write_many([]) == []

    def test_refuses_all_if_one_holds_text(self, reader):
        rows = [
            Row(verb="case.read", by=reader, at=AT),
            Row(verb="case.read", by=reader, at=AT, about="Jan de Boer"),
        ]

        with pytest.raises(NotACode):
            write_many(rows)

        assert not AuditEntry.objects.exists()


class TestConstraints:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("verb", "read"),
            ("verb", "Case.Read"),
            ("about", "Jan de Boer"),
            ("ground", "hij belde"),
            ("access_basis", "a b"),
            ("by_role", "de baas"),
            ("action", "X"),
        ],
    )
    def test_hold_without_our_code(self, db, column, value):
        """Whoever inserts by hand can put no text in either."""
        values = {
            "verb": "case.read",
            "action": "R",
            "about": "",
            "ground": "",
            "access_basis": "",
            "by_role": "",
        } | {column: value}

        with pytest.raises(IntegrityError), transaction.atomic():
            run(
                "insert into audit_auditentry (at, verb, action, about, ground,"
                " access_basis, by_role, granted, break_glass, channel)"
                " values (now(), %s, %s, %s, %s, %s, %s, true, false, 'web')",
                *values.values(),
            )


NOT_IN_THE_TRAIL = {
    "procesregie.handed_over",
    "second_step.codes_made",
    "second_step.removed",
}
"""Written at a log-in, and of many cases at once."""


class TestWording:
    def test_a_verb_without_a_sentence_still_reads_as_one(self):
        assert sentence("work_item.frobbed") == (
            "deed iets dat hier nog geen naam heeft (work item, frobbed)"
        )

    @pytest.mark.parametrize(
        ("verb", "letter"),
        [
            ("case.read", "R"),
            ("note.written", "C"),
            ("case.destroyed", "D"),
            ("login.failed", "E"),
            ("search.done", "E"),
            ("escalation.answered", "U"),
            ("page.refused", "R"),
            ("break_glass.opened", "E"),
            ("disclosure.opened", "R"),
        ],
    )
    def test_a_verb_has_the_letter_of_the_standard(self, verb, letter):
        assert action_of(verb) == letter

    @pytest.mark.parametrize("verb", SENTENCES)
    def test_every_verb_can_be_written(self, verb):
        """A verb that the constraints refuse would refuse the act it tells about."""
        assert re.fullmatch(VERB, verb)
        assert action_of(verb) in AuditEntry.Action.values

    def test_every_verb_that_can_be_chosen_is_written(self):
        """Catches a choice in the filter of the FG that never finds anything."""
        assert set(SENTENCES) - NOT_IN_THE_TRAIL <= set(VERBS)

    def test_every_verb_can_be_chosen_once(self):
        chosen = [verb for _, verbs in choices() for verb, _ in verbs]

        assert sorted(chosen) == sorted(SENTENCES)
