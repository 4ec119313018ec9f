"""
Five kinds of attacker, two hundred random edits each: found, or the limit is stated.

What each one can do, and what nobody can see of it, stands in docs/logboek.md; a limit
here that is not there, or the other way round, is a fault of one of the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction

from casework.audit import keys
from casework.audit.export import export_log
from casework.audit.log import write
from casework.audit.merkle import Frontier, leaf_hash
from casework.audit.models import AuditEntry, AuditSeal, Checkpoint, canonical
from casework.audit.sealer import (
    Anchor,
    anchor,
    body,
    frontier_of,
    link,
    note,
    read_anchor,
    seal,
)
from casework.audit.verify import inspect_log
from casework.people.models import User
from tests.audit import outside
from tests.audit.conftest import AT, make_deputy, make_reader, run
from tests.standing import scene, standing

EDITS = 200
SEED = 20261123
ROWS, EVERY, KEPT_AT = 48, 4, 36
"""Rows in the log, rows to a checkpoint, and what the last kept anchor covers."""

UNSEALED = 3

TABLES = ("audit_auditentry", "audit_auditseal", "audit_checkpoint")
SECOND = timedelta(seconds=1)


@dataclass
class Log:
    """A sealed log, with what was kept of it elsewhere."""

    entries: list[AuditEntry]
    waiting: list[AuditEntry]
    reader: User
    kept: list[Anchor]
    kept_notes: list[str]
    verifier: ModuleType
    folder: object

    def is_found(self) -> bool:
        """Whether who verifies sees it: in the database, and from an export alone."""
        inside = any(
            found.count
            for found in inspect_log(at=AT + SECOND, anchors=self.kept)
            if found.name != "triggers"
        )
        outside_too = self._by_export()
        assert inside or not outside_too
        self.by_export = outside_too
        return inside

    def _by_export(self) -> bool:
        path = self.folder / "log.jsonl"
        path.write_text("".join(f"{line}\n" for line in export_log()), encoding="utf-8")
        notes = []
        for number, text in enumerate(self.kept_notes):
            notes.append(self.folder / f"{number}.txt")
            notes[-1].write_text(text, encoding="utf-8")
        return bool(self.verifier.check(path, keys.public_key().hex(), notes))


@dataclass
class Sealed:
    """A log that was sealed now and then, as it stands in the database."""

    reader: User
    entries: list[AuditEntry]
    waiting: list[AuditEntry]
    kept_notes: list[str]


def make_sealed() -> Sealed:
    reader, deputy = make_reader(), make_deputy()
    draw = Random(SEED)
    entries, notes = [], []
    for number in range(ROWS):
        verb = draw.choice(["case.read", "search.done", "page.refused", "note.written"])
        entries.append(
            write(
                verb,
                by=draw.choice([reader, deputy]),
                at=AT,
                case=draw.randrange(5),
                about=f"case:{number}",
                granted=verb != "page.refused",
                words="Jansen" if verb == "search.done" else "",
            )
        )
        if (number + 1) % EVERY == 0:
            seal(at=AT)
        if number + 1 in {EVERY * 2, KEPT_AT}:
            notes.append(anchor(at=AT))
    waiting = [write("case.read", by=reader, at=AT, case=9) for _ in range(UNSEALED)]
    return Sealed(reader, entries, waiting, notes)


@pytest.fixture(scope="module")
def _sealed(django_db_setup, django_db_blocker) -> Iterator[Sealed]:
    yield from standing(django_db_blocker, make_sealed)


@pytest.fixture
def log(_sealed, db, tmp_path) -> Log:
    sealed = deepcopy(_sealed)
    return Log(
        sealed.entries,
        sealed.waiting,
        sealed.reader,
        [read_anchor(text) for text in sealed.kept_notes],
        sealed.kept_notes,
        outside.load(),
        tmp_path,
    )


Edit = Callable[[Log, Random], object]


# --- 1. the application ------------------------------------------------------------


def _through_models(log: Log, draw: Random) -> None:
    """What code of ours could try, by the ORM."""
    entry = AuditEntry.objects.get(pk=draw.choice(log.entries).pk)
    entry.case = 99
    some = draw.choice([AuditEntry, AuditSeal, Checkpoint]).objects
    draw.choice(
        [
            lambda: entry.save(update_fields=["case"]),
            entry.save,
            entry.delete,
            lambda: some.all().delete(),
            lambda: some.first().delete(),
            lambda: AuditEntry.objects.update(granted=True),
            lambda: AuditEntry.objects.bulk_update([entry], ["case"]),
            lambda: AuditEntry.objects.bulk_create(
                [entry],
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=["case"],
            ),
            lambda: AuditSeal.objects.update(leaf=bytes(32)),
            lambda: Checkpoint.objects.update(root=bytes(32)),
            lambda: AuditEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
        ]
    )()


# --- 2. the application's role, in SQL ---------------------------------------------

IN_SQL = (
    "update {table} set {column} = {column}",
    "delete from {table}",
    "delete from {table} where {column} is not null",
    "truncate {table} cascade",
    "drop table {table} cascade",
    "alter table {table} disable trigger user",
    "alter table {table} disable trigger all",
    "drop trigger audit_refuse_change on {table}",
    "drop trigger audit_refuse_truncate on {table}",
    "alter table {table} drop column {column}",
    "alter table {table} rename to other",
    "alter table {table} owner to current_user",
    "create rule quiet as on insert to {table} do instead nothing",
    "create trigger quiet before insert on {table} "
    "for each row execute function audit_refuse()",
    "create or replace function audit_refuse() returns trigger language plpgsql "
    "as $$ begin return new; end $$",
    "drop function audit_refuse() cascade",
    "set session_replication_role = replica",
    "merge into {table} t using (select 1) s on true when matched then delete",
    "insert into {table} select * from {table} limit 1",
    "insert into {table} select * from {table} limit 1 "
    "on conflict ({key}) do update set {column} = excluded.{column}",
)


def _in_sql(log: Log, draw: Random) -> None:
    table = draw.choice(TABLES)
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_name = %s "
            "order by ordinal_position",
            [table],
        )
        columns = [f'"{name}"' for (name,) in cursor.fetchall()]
    facts = {"table": table, "column": draw.choice(columns), "key": columns[0]}
    run(draw.choice(IN_SQL).format(**facts))


def _forged_seal(log: Log, draw: Random) -> None:
    """The one thing that this role may do to seals and checkpoints: add."""
    place = ROWS + draw.randrange(3)
    run(
        "insert into audit_auditseal (position, entry_id, leaf) values (%s, %s, %s)",
        place,
        draw.choice(log.waiting).pk,
        draw.randbytes(32),
    )


def _forged_checkpoint(log: Log, draw: Random) -> None:
    last = Checkpoint.objects.order_by("-size").first()
    forged = Checkpoint(
        size=draw.choice([ROWS + 1, draw.randrange(ROWS // EVERY) * EVERY + 1]),
        root=draw.randbytes(32),
        previous=link(last),
        signed_at=AT,
        key_id=keys.key_id(),
        frontier=last.frontier,
        floor=last.floor,
    )
    forged.signature = Ed25519PrivateKey.generate().sign(body(forged))
    forged.save(force_insert=True)


# --- 3. the owner of the tables ----------------------------------------------------


def _change_row(log: Log, draw: Random) -> AuditEntry:
    entry = draw.choice(log.entries)
    change = draw.choice(
        [
            '"case" = "case" + 1',
            "granted = not granted",
            "by_id = null",
            "verb = 'case.closed'",
            "at = at - interval '1 hour'",
            "about = 'case:x'",
            "ip = '192.0.2.77'",
            "by_role = 'fg'",
            "ground = 'wmo'",
            "break_glass = not break_glass",
            "query = '\\x00'::bytea",
            "channel = 'clock'",
        ]
    )
    run(f"update audit_auditentry set {change} where id = %s", entry.pk)
    return entry


def _change_row_and_seal(log: Log, draw: Random) -> None:
    entry = AuditEntry.objects.get(pk=_change_row(log, draw).pk)
    leaf = leaf_hash(canonical(entry))
    run("update audit_auditseal set leaf = %s where entry_id = %s", leaf, entry.pk)


def _take_out_row(log: Log, draw: Random) -> None:
    entry = draw.choice(log.entries)
    run("delete from audit_auditseal where entry_id = %s", entry.pk)
    run("delete from audit_auditentry where id = %s", entry.pk)


def _swap_rows(log: Log, draw: Random) -> None:
    one, two = draw.sample(log.entries, 2)
    places = dict(
        AuditSeal.objects.filter(entry__in=[one, two]).values_list("entry", "position")
    )
    run("delete from audit_auditseal where entry_id in (%s, %s)", one.pk, two.pk)
    for entry, place in ((one, places[two.pk]), (two, places[one.pk])):
        leaf = leaf_hash(canonical(AuditEntry.objects.get(pk=entry.pk)))
        AuditSeal.objects.create(position=place, entry=entry, leaf=leaf)


def _cut_off(log: Log, draw: Random) -> int:
    """Take the end away, with its seals and checkpoints; give where it was cut."""
    size = draw.randrange(1, ROWS // EVERY) * EVERY
    _cut(log, size)
    return size


def _cut(log: Log, size: int) -> None:
    gone = [entry.pk for entry in log.entries[size:]]
    run("delete from audit_checkpoint where size > %s", size)
    run("delete from audit_auditseal where position >= %s", size)
    run("delete from audit_auditentry where id = any(%s)", gone)


def _change_checkpoint(log: Log, draw: Random) -> None:
    size = draw.randrange(1, ROWS // EVERY + 1) * EVERY
    change = draw.choice(
        [
            "root = sha256('x')",
            "previous = sha256('x')",
            "signed_at = signed_at + interval '1 second'",
            "signature = sha256('x') || sha256('y')",
            "key_id = 'ffffffff'",
            "frontier = sha256('x')",
            "size = size - 1",
        ]
    )
    run(f"update audit_checkpoint set {change} where size = %s", size)


def _take_out_checkpoint(log: Log, draw: Random) -> None:
    size = draw.randrange(1, ROWS // EVERY) * EVERY
    run("delete from audit_checkpoint where size = %s", size)


def _rewrite_with_a_key_of_his_own(log: Log, draw: Random) -> None:
    _change_row(log, draw)
    _seal_again(Ed25519PrivateKey.generate().sign)


def _seal_again(sign: Callable[[bytes], bytes]) -> None:
    """Make seals and checkpoints again for the rows as they are now."""
    frontier, before = Frontier(), None
    rows = {row.size: row for row in Checkpoint.objects.all()}
    leaves, signed = {}, []
    for place in AuditSeal.objects.order_by("position").select_related("entry"):
        leaf = leaves[place.position] = leaf_hash(canonical(place.entry))
        frontier.append(leaf)
        row = rows.get(frontier.size)
        if row is not None:
            row.root, row.previous = frontier.root(), link(before)
            row.frontier = frontier.to_bytes()
            signed.append(
                (row.size, row.root, row.previous, row.frontier, sign(body(row)))
            )
            before = row
    run(
        "update audit_auditseal seal set leaf = new.leaf "
        "from unnest(%s::bigint[], %s::bytea[]) new (position, leaf) "
        "where seal.position = new.position",
        list(leaves),
        list(leaves.values()),
    )
    run(
        "update audit_checkpoint kept set root = new.root, previous = new.previous, "
        "frontier = new.frontier, signature = new.signature "
        "from unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[]) "
        "new (size, root, previous, frontier, signature) where kept.size = new.size",
        *map(list, zip(*signed, strict=True)),
    )


BY_OWNER: tuple[Edit, ...] = (
    _change_row,
    _change_row_and_seal,
    _take_out_row,
    _swap_rows,
    _change_checkpoint,
    _take_out_checkpoint,
    _rewrite_with_a_key_of_his_own,
)


# --- 4. the owner with the key, 5. who puts an old backup back ---------------------


def _rewrite_with_our_key(log: Log, draw: Random) -> int:
    """Change a row and sign everything again; give the place of the row."""
    entry = _change_row(log, draw)
    _seal_again(keys.sign)
    return log.entries.index(entry)


def _put_backup_back(log: Log, draw: Random) -> int:
    """Put back what there was at a checkpoint, and work on; give its size."""
    size = _cut_off(log, draw)
    for _ in range(draw.randrange(3) * EVERY):
        write("case.read", by=log.reader, at=AT, case=3)
    if draw.random() < 0.7:
        seal(at=AT + SECOND)
    return size


class TestApplication:
    def test_is_refused_by_the_database(self, log):
        """1. Code of ours, right or wrong, by the models."""
        draw, outcome = Random(SEED), Counter()
        for _ in range(EDITS):
            with scene():
                try:
                    with transaction.atomic():
                        _through_models(log, draw)
                    outcome["found" if log.is_found() else "missed"] += 1
                except DatabaseError:
                    outcome["refused"] += 1

        assert outcome == {"refused": EDITS}


class TestApplicationRole:
    def test_is_refused_or_found(self, log):
        """2. Whoever has the password of the application's role, in SQL."""
        draw, outcome = Random(SEED), Counter()
        ways = (_in_sql, _in_sql, _in_sql, _forged_seal, _forged_checkpoint)
        for _ in range(EDITS):
            with scene():
                way = draw.choice(ways)
                try:
                    with transaction.atomic():
                        way(log, draw)
                    outcome["found" if log.is_found() else f"missed {way}"] += 1
                except DatabaseError:
                    outcome["refused"] += 1

        assert set(outcome) == {"refused", "found"}
        assert outcome["refused"] > EDITS / 3
        assert outcome["found"] > EDITS / 10
        assert outcome.total() == EDITS

    def test_can_add_what_did_not_happen(self, log):
        """The limit: it may add rows, so it may add false ones; they stay, and last."""
        write("case.read", by=log.reader, at=AT - timedelta(days=30), case=1)
        seal(at=AT + SECOND)

        assert not log.is_found()
        assert AuditSeal.objects.order_by("-position").first().entry.case == 1


class TestOwner:
    def test_is_found(self, log, tampering):
        """3. Who owns the tables and has every right but the key."""
        draw, missed = Random(SEED), []
        with tampering():
            for number in range(EDITS):
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
            _cut(log, size)
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
    def test_is_found_in_everything_that_was_kept(self, log, tampering):
        """4. The limit: what came after the last anchor he can rewrite."""
        draw, outcome = Random(SEED), Counter()
        with tampering():
            for _ in range(EDITS):
                with scene():
                    place = _rewrite_with_our_key(log, draw)
                    kept = place < KEPT_AT
                    assert log.is_found() is kept, place
                    assert log.by_export is kept, place
                    outcome[kept] += 1

        assert outcome[True] > EDITS / 2
        assert outcome.total() == EDITS


class TestRestorer:
    def test_is_found_unless_the_backup_is_newer_than_what_was_kept(
        self, log, tampering
    ):
        """5. The limit: what came between the last anchor and the crash is lost unseen."""
        draw, outcome = Random(SEED), Counter()
        with tampering():
            for _ in range(EDITS):
                with scene():
                    size = _put_backup_back(log, draw)
                    older = size < KEPT_AT
                    assert log.is_found() is older, size
                    outcome[older] += 1

        assert outcome[True] > EDITS / 2
        assert outcome.total() == EDITS

    def test_two_logs_that_went_on_apart_are_told_apart(self, log, tampering):
        """Each day's anchor fits the one that it was made of and not the other."""
        with tampering(), scene():
            _cut(log, KEPT_AT)
            for _ in range(EVERY):
                write("case.read", by=log.reader, at=AT, case=3)
            seal(at=AT + SECOND)
            last = Checkpoint.objects.order_by("-size").first()
            other = read_anchor(note(last))
            assert frontier_of(last).size == other.size

        assert any(found.count for found in inspect_log(at=AT, anchors=[other]))
