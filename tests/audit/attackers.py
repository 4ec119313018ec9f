"""What five kinds of attacker do to the log: one random edit at a time."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from casework.audit import keys
from casework.audit.log import write
from casework.audit.merkle import Frontier, leaf_hash
from casework.audit.models import AuditEntry, AuditSeal, Checkpoint, canonical
from casework.audit.sealer import body, link, seal
from tests.audit.conftest import AT, run
from tests.audit.kept_log import EVERY, ROWS, SECOND, Log

TABLES = ("audit_auditentry", "audit_auditseal", "audit_checkpoint")

Edit = Callable[[Log, Random], object]


# --- 1. the application ------------------------------------------------------------


def through_models(log: Log, draw: Random) -> None:
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


def in_sql(log: Log, draw: Random) -> None:
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


def forged_seal(log: Log, draw: Random) -> None:
    """The one thing that this role may do to seals and checkpoints: add."""
    place = ROWS + draw.randrange(3)
    run(
        "insert into audit_auditseal (position, entry_id, leaf) values (%s, %s, %s)",
        place,
        draw.choice(log.waiting).pk,
        draw.randbytes(32),
    )


def forged_checkpoint(log: Log, draw: Random) -> None:
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


def with_key(key: int) -> Callable[[], None]:
    """Give what adds a row under a key of his own choice."""

    def add() -> None:
        run(
            "insert into audit_auditentry (id, at, verb, action, by_role, about, granted,"
            " break_glass, ground, access_basis, channel) overriding system value"
            " values (%s, now(), 'login.failed', 'E', '', '', false, false, '', '', 'web')",
            key,
        )

    return add


def forged_floor(*, ahead: int = 100) -> None:
    """Say, without a signature, that everything up to far ahead has its seal."""
    run(
        "insert into audit_checkpoint (size, root, previous, signed_at, signature, key_id,"
        " frontier, floor) select size + %s, root, previous, signed_at, signature, key_id,"
        " frontier, 1000000000000 from audit_checkpoint order by size desc limit 1",
        ahead,
    )


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
    cut(log, size)
    return size


def cut(log: Log, size: int) -> None:
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


def rewrite_with_our_key(log: Log, draw: Random) -> int:
    """Change a row and sign everything again; give the place of the row."""
    entry = _change_row(log, draw)
    _seal_again(keys.sign)
    return log.entries.index(entry)


def put_backup_back(log: Log, draw: Random) -> int:
    """Put back what there was at a checkpoint, and work on; give its size."""
    size = _cut_off(log, draw)
    for _ in range(draw.randrange(3) * EVERY):
        write("case.read", by=log.reader, at=AT, case=3)
    if draw.random() < 0.7:
        seal(at=AT + SECOND)
    return size
