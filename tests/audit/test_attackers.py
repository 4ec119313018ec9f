"""
Five kinds of attacker, two hundred random edits each: found, or the limit is stated.

The first fifty are in `make test`, all of them in `make long`.

What each one can do, and what nobody can see of it, stands in docs/logboek.md; a limit
here that is not there, or the other way round, is a fault of one of the two.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import DatabaseError, transaction

from casework.audit import triggers
from casework.audit.log import write
from casework.audit.models import AuditSeal, Checkpoint
from casework.audit.sealer import frontier_of, note, read_anchor, seal
from casework.audit.verify import inspect_log
from tests.audit import outside
from tests.audit.attackers import (
    BY_OWNER,
    cut,
    forged_checkpoint,
    forged_seal,
    in_sql,
    put_backup_back,
    rewrite_with_our_key,
    through_models,
    with_key,
)
from tests.audit.conftest import AT, run
from tests.audit.kept_log import (
    EVERY,
    KEPT_AT,
    ROWS,
    SECOND,
    SEED,
    Log,
    make_sealed,
)
from tests.standing import begins_with, scene

FEW, MANY = 50, 200

_sealed = begins_with(make_sealed)


@pytest.fixture(params=[FEW, pytest.param(MANY, marks=pytest.mark.long)])
def edits(request) -> int:
    """How many edits an attacker tries."""
    return request.param


@pytest.fixture
def log(_sealed, db, tmp_path) -> Log:
    sealed = _sealed()
    return Log(
        sealed.entries,
        sealed.waiting,
        sealed.reader,
        [read_anchor(text) for text in sealed.kept_notes],
        sealed.kept_notes,
        outside.load(),
        tmp_path,
    )


class TestApplication:
    def test_is_refused_by_the_database(self, log, edits):
        """1. Code of ours, right or wrong, by the models."""
        draw, outcome = Random(SEED), Counter()
        for _ in range(edits):
            with scene():
                try:
                    with transaction.atomic():
                        through_models(log, draw)
                    outcome["found" if log.is_found() else "missed"] += 1
                except DatabaseError:
                    outcome["refused"] += 1

        assert outcome == {"refused": edits}


class TestApplicationRole:
    def test_is_refused_or_found(self, log, edits):
        """2. Whoever has the password of the application's role, in SQL."""
        draw, outcome = Random(SEED), Counter()
        ways = (in_sql, in_sql, in_sql, forged_seal, forged_checkpoint)
        for _ in range(edits):
            with scene():
                way = draw.choice(ways)
                try:
                    with transaction.atomic():
                        way(log, draw)
                    outcome["found" if log.is_found() else f"missed {way}"] += 1
                except DatabaseError:
                    outcome["refused"] += 1

        assert set(outcome) == {"refused", "found"}
        assert outcome["refused"] > edits / 3
        assert outcome["found"] > edits / 10
        assert outcome.total() == edits

    def test_can_add_what_did_not_happen(self, log):
        """The limit: it may add rows, so it may add false ones; they stay, and last."""
        write("case.read", by=log.reader, at=AT - timedelta(days=30), case=1)
        seal(at=AT + SECOND)

        assert not log.is_found()
        assert AuditSeal.objects.order_by("-position").first().entry.case == 1

    def test_chooses_no_key(self, log):
        """Catches a row out of the sealer's sight: far ahead, or below what it saw."""
        newest = log.waiting[-1].pk
        for key in (10**12, newest + 1, log.entries[0].pk - 1, 0, -5):
            with (
                pytest.raises(DatabaseError, match="gives each key"),
                transaction.atomic(),
            ):
                with_key(key)()

        for statement in (
            f"select setval('{triggers.KEYS}', 1)",
            f"select nextval('{triggers.KEYS}')",
            f"alter sequence {triggers.KEYS} restart with 1",
            "drop trigger audit_give_key on audit_auditentry",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                run(statement)
        assert write("case.read", by=log.reader, at=AT).pk > newest


class TestOwner:
    def test_is_found(self, log, tampering, edits):
        """3. Who owns the tables and has every right but the key."""
        draw, missed = Random(SEED), []
        with tampering():
            for number in range(edits):
                edit = draw.choice(BY_OWNER)
                with scene():
                    edit(log, draw)
                    if not log.is_found():
                        missed.append((number, edit.__name__))

        assert missed == []

    @pytest.mark.parametrize("size", range(EVERY, ROWS, EVERY))
    def test_who_cuts_the_end_off_is_found_where_it_was_kept(
        self, log, tampering, size
    ):
        """The limit: what came after the last anchor can go without a trace."""
        with tampering(), scene():
            cut(log, size)
            assert log.is_found() is (size < KEPT_AT)

    def test_can_change_what_has_no_seal_yet(self, log, tampering):
        """The limit: a row is safe once it has its seal, some ten seconds later."""
        with tampering(), scene():
            run(
                'update audit_auditentry set "case" = 8 where id = %s',
                log.waiting[0].pk,
            )
            assert not log.is_found()


class TestOwnerWithKey:
    def test_is_found_in_everything_that_was_kept(self, log, tampering, edits):
        """4. The limit: what came after the last anchor he can rewrite."""
        draw, outcome = Random(SEED), Counter()
        with tampering():
            for _ in range(edits):
                with scene():
                    place = rewrite_with_our_key(log, draw)
                    kept = place < KEPT_AT
                    assert log.is_found() is kept, place
                    assert log.by_export is kept, place
                    outcome[kept] += 1

        assert outcome[True] > edits / 2
        assert outcome.total() == edits


class TestRestorer:
    def test_is_found_unless_the_backup_is_newer_than_what_was_kept(
        self, log, tampering, edits
    ):
        """5. The limit: what came between the last anchor and the crash is lost unseen."""
        draw, outcome = Random(SEED), Counter()
        with tampering():
            for _ in range(edits):
                with scene():
                    size = put_backup_back(log, draw)
                    older = size < KEPT_AT
                    assert log.is_found() is older, size
                    outcome[older] += 1

        assert outcome[True] > edits / 2
        assert outcome.total() == edits

    def test_two_logs_that_went_on_apart_are_told_apart(self, log, tampering):
        """Each day's anchor fits the one that it was made of and not the other."""
        with tampering(), scene():
            cut(log, KEPT_AT)
            for _ in range(EVERY):
                write("case.read", by=log.reader, at=AT, case=3)
            seal(at=AT + SECOND)
            last = Checkpoint.objects.order_by("-size").first()
            other = read_anchor(note(last))
            assert frontier_of(last).size == other.size

        assert any(found.count for found in inspect_log(at=AT, anchors=[other]))
