"""Every row gets one place in the tree, whoever commits when."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from random import Random
from time import sleep

import pytest
from django.db import DatabaseError, connection, transaction

from casework.audit import keys, sealer
from casework.audit.log import write
from casework.audit.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from casework.audit.models import AuditEntry, AuditSeal, Checkpoint, canonical
from casework.audit.sealer import (
    anchor,
    body,
    read_anchor,
    seal,
    unsealed,
    unsealed_since,
)
from casework.audit.verify import verify_log
from casework.people.models import User
from tests.audit.attackers import forged_floor, with_key
from tests.audit.conftest import AT


class TestSeal:
    def test_places_rows_in_the_tree_and_signs_it(self, reader):
        entries = [write("case.read", by=reader, at=AT) for _ in range(3)]

        assert seal(at=AT) == 3

        leaves = [leaf_hash(canonical(entry)) for entry in entries]
        stored = AuditSeal.objects.order_by("position").values_list("entry", "leaf")
        assert [(pk, bytes(leaf)) for pk, leaf in stored] == [
            (entry.pk, leaf) for entry, leaf in zip(entries, leaves, strict=True)
        ]
        checkpoint = Checkpoint.objects.get()
        assert (checkpoint.size, bytes(checkpoint.root)) == (3, root(leaves))
        assert keys.is_signed(
            body(checkpoint),
            bytes(checkpoint.signature),
            keys.trusted_keys()[checkpoint.key_id],
        )

    def test_goes_on_from_the_last_checkpoint(self, sealed):
        leaves = [
            bytes(leaf)
            for leaf in AuditSeal.objects.order_by("position").values_list(
                "leaf", flat=True
            )
        ]

        checkpoints = Checkpoint.objects.order_by("size")

        assert [checkpoint.size for checkpoint in checkpoints] == [3, 5, 7]
        assert [bytes(checkpoint.root) for checkpoint in checkpoints] == [
            root(leaves[:size]) for size in (3, 5, 7)
        ]

    def test_gives_a_row_what_proves_it_to_others(self, sealed):
        leaves = [
            bytes(leaf)
            for leaf in AuditSeal.objects.order_by("position").values_list(
                "leaf", flat=True
            )
        ]
        old, new = Checkpoint.objects.get(size=3), Checkpoint.objects.get(size=7)

        assert verify_inclusion(
            leaf_hash(canonical(sealed[4])),
            4,
            7,
            inclusion_proof(leaves, 4),
            bytes(new.root),
        )
        assert verify_consistency(
            3, 7, bytes(old.root), bytes(new.root), consistency_proof(leaves, 3)
        )

    def test_signs_nothing_when_nothing_waits(self, sealed):
        assert seal(at=AT) == 0
        assert Checkpoint.objects.count() == 3

    def test_takes_what_is_left_the_next_time(self, reader):
        for _ in range(5):
            write("case.read", by=reader, at=AT)

        assert [seal(at=AT, limit=2) for _ in range(4)] == [2, 2, 1, 0]
        assert verify_log(at=AT) == []

    def test_costs_the_same_in_a_long_log(self, sealed, django_assert_num_queries):
        """A sealer that read the old rows again would end as slow as the log is long."""
        writer = sealed[0].by
        for _ in range(40):
            write("case.read", by=writer, at=AT)

        with django_assert_num_queries(9):
            seal(at=AT)

    def test_forgets_a_row_that_is_rolled_back(self, reader):
        write("case.read", by=reader, at=AT)
        with transaction.atomic():
            write("case.read", by=reader, at=AT)
            transaction.set_rollback(True)
        kept = write("case.read", by=reader, at=AT)

        assert seal(at=AT) == 2
        assert Checkpoint.objects.get().floor == kept.pk

    @pytest.mark.parametrize(
        "attack", [with_key(10**12), with_key(2**63 - 1), forged_floor]
    )
    def test_goes_on_after_an_attack_on_its_floor(self, sealed, attack):
        """Catches one INSERT by our own role after which nothing was sealed any more."""
        with suppress(DatabaseError), transaction.atomic():
            attack()
        seal(at=AT)
        missed = write("case.read", by=sealed[0].by, at=AT + timedelta(minutes=1))

        assert unsealed_since() == missed.at
        assert seal(at=AT) == 1
        assert AuditSeal.objects.filter(entry=missed).exists()
        assert unsealed_since() is None


class TestUnsealedSince:
    def test_is_when_the_oldest_waiting_row_was_written(self, sealed):
        assert unsealed_since() is None

        for minutes in (5, 3, 4):
            write("case.read", by=None, at=AT + timedelta(minutes=minutes))

        assert unsealed_since() == AT + timedelta(minutes=3)


class TestAnchor:
    def test_is_a_signed_note_that_others_can_read(self, sealed):
        """The form of C2SP, so that a tool that is not ours can check it."""
        note = anchor(at=AT)

        lines = note.split("\n")
        kept = read_anchor(note)
        assert lines[:2] == ["ave-procesregie/logboek", "7"]
        assert lines[5:] == ["", lines[6], ""]
        assert lines[6].startswith("\u2014 ave-procesregie/logboek ")
        assert kept.size == 7
        assert keys.is_signed(
            kept.body, kept.signature, keys.trusted_keys()[kept.key_id]
        )

    def test_is_that_of_the_moment(self, reader):
        for day in (0, 1):
            write("case.read", by=reader, at=AT)
            seal(at=AT + timedelta(days=day))

        assert read_anchor(anchor(at=AT + timedelta(hours=1))).size == 1
        assert read_anchor(anchor(at=AT + timedelta(days=2))).size == 2

    def test_is_one_that_we_signed(self, sealed):
        """Catches a false one that is kept outside from then on, in place of ours."""
        ours = anchor(at=AT)
        forged_floor()

        assert anchor(at=AT) == ours

    def test_of_an_empty_log_is_empty(self, db):
        assert anchor(at=AT) == ""

    def test_is_found_in_a_mail(self, sealed):
        mail = f"Beste FG,\r\n\r\n{anchor(at=AT)}\r\nGroet".replace("\n", "\r\n")

        assert read_anchor(mail.replace("\r\r", "\r")).size == 7

    @pytest.mark.parametrize(
        "text", ["", "niets", "ave-procesregie/logboek\n7\n", "ave-procesregie/logboek"]
    )
    def test_is_refused_when_it_is_none(self, text):
        with pytest.raises(sealer.NoAnchor):
            read_anchor(text)


@contextmanager
def thread(work: object, *arguments: object) -> Iterator[threading.Thread]:
    faults: list[BaseException] = []

    def guarded() -> None:
        try:
            work(*arguments)
        except BaseException as fault:  # noqa: BLE001  # shown by the test
            faults.append(fault)
        finally:
            connection.close()

    running = threading.Thread(target=guarded)
    running.start()
    yield running
    running.join(60)
    assert not running.is_alive()
    assert faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
class TestRaces:
    def test_a_row_that_commits_late_is_sealed_later(self):
        """A sealer that looks only at higher keys would lose it for ever."""
        written, may_commit = threading.Event(), threading.Event()

        def late() -> None:
            with transaction.atomic():
                write("case.read", by=None, at=AT, case=1)
                written.set()
                assert may_commit.wait(30)

        with thread(late):
            assert written.wait(30)
            write("case.read", by=None, at=AT, case=2)
            assert seal(at=AT) == 1
            may_commit.set()
        write("case.read", by=None, at=AT, case=3)
        assert seal(at=AT) == 2

        order = AuditSeal.objects.order_by("position")
        assert list(order.values_list("entry__case", flat=True)) == [2, 1, 3]
        assert Checkpoint.objects.order_by("-size")[0].floor == max(
            AuditEntry.objects.values_list("pk", flat=True)
        )
        assert verify_log(at=AT) == []

    def test_a_second_sealer_goes_away(self):
        """Two at once would give one position twice."""
        write("case.read", by=None, at=AT)
        found: list[int] = []

        with transaction.atomic():
            assert seal(at=AT) == 1
            with thread(lambda: found.append(seal(at=AT))):
                pass

        assert found == [0]

    def test_writers_and_sealers_seal_everything_once(self):
        user = User.objects.create_user("marloes@zuiderveen.example", name="Marloes")
        done = threading.Event()

        def keep_writing(number: int) -> None:
            random = Random(number)  # a race, not a secret
            for turn in range(60):
                with transaction.atomic():
                    for _ in range(random.randint(1, 4)):
                        write("case.read", by=user, at=AT, case=number)
                    sleep(random.random() / 100)
                    transaction.set_rollback(turn % 7 == 0)

        def keep_sealing() -> None:
            while not done.is_set():
                seal(at=AT, limit=25)

        with thread(keep_sealing), thread(keep_sealing):
            try:
                self.together(keep_writing, range(6))
            finally:
                done.set()
        while seal(at=AT):
            pass

        sealed = AuditSeal.objects.order_by("position").values_list("position", "entry")
        entries = set(AuditEntry.objects.values_list("pk", flat=True))
        assert [position for position, _ in sealed] == list(range(len(entries)))
        assert {entry for _, entry in sealed} == entries
        assert not unsealed().exists()
        assert verify_log(at=AT) == []

    def together(self, work, numbers) -> None:
        if not numbers:
            return
        with thread(work, numbers[0]):
            self.together(work, numbers[1:])
