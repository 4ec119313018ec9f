"""What the log costs: a row, ten people who write at once, and looking it all over."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256

from django.db import connection

from bench import bounds, peers
from bench.context import Bench
from bench.measure import Contender, Operation, Target, at_most
from bench.raw import Raw
from casework.audit import log, sealer
from casework.audit.models import FIELDS, AuditSeal
from casework.audit.verify import verify_log

PEOPLE, ROWS = 10, 20
SEALED = 100_000
CHAIN = "keten met slot"


def operations(bench: Bench) -> Iterator[Operation]:
    """Give what the log does."""
    yield a_row(bench)
    with _ten_people() as together:
        yield ten_at_once(bench, together)
    yield verified(bench)


def a_row(bench: Bench) -> Operation:
    """Somebody read a case."""
    user, at = bench.viewers.median, bench.at
    case = bench.town.first_case
    return Operation(
        "Een logregel geschreven",
        ours=Contender(
            "log.write",
            lambda _: log.write(
                "case.read", by=user, at=at, case=case, about=f"case:{case}"
            ),
        ),
        bound=Contender(
            "psycopg",
            lambda _: bounds.log_row(bench.raw, by=user.pk, case=case, at=at),
        ),
        peers=(
            Contender(CHAIN, lambda _: peers.chained_row(by=user.pk, case=case, at=at)),
        ),
        targets=(at_most(2),),
        reads=False,
        same=False,
    )


def ten_at_once(bench: Bench, together: Callable[..., None]) -> Operation:
    """Ten people read one case, twenty pages each."""
    user, at = bench.viewers.median, bench.at
    case = bench.town.first_case

    def ours(_: Raw) -> None:
        log.write("case.read", by=user, at=at, case=case, about=f"case:{case}")

    def bare(raw: Raw) -> None:
        bounds.log_row(raw, by=user.pk, case=case, at=at)

    def chained(_: Raw) -> None:
        peers.chained_row(by=user.pk, case=case, at=at)

    return Operation(
        f"{PEOPLE} mensen schrijven {ROWS} logregels bij een casus",
        ours=Contender("log.write", lambda _: together(ours)),
        bound=Contender("psycopg", lambda _: together(bare)),
        peers=(Contender(CHAIN, lambda _: together(chained)),),
        targets=(at_most(2),),
        reads=False,
        same=False,
        note="tien draden in een proces",
    )


def verified(bench: Bench) -> Operation:
    """Look whether the log is still what was sealed and signed."""
    sealed = 0
    while sealed < SEALED and (more := sealer.seal(at=bench.at)):
        sealed += more

    def ours() -> int:
        broken = {found.name for found in verify_log(at=bench.at)} - {"unsealed"}
        return 0 if broken else sealed

    per_second = Target(
        ">= 50.000 regels/s",
        lambda found: sealed / (found.median() / 1000) >= 50_000,
    )
    return Operation(
        f"Het logboek nagekeken ({sealed} regels)",
        ours=Contender("verify_log", lambda _: ours()),
        bound=Contender("gelezen en gehasht", lambda _: _hashed(sealed)),
        peers=(Contender("rij voor rij", lambda _: peers.verify_by_rows(sealed)),),
        targets=(per_second,),
        rounds=3,
        reads=False,
        note=f"{AuditSeal.objects.count()} zegels",
    )


def _hashed(size: int) -> int:
    """Read every sealed row with its seal, and hash it once: no less can tell."""
    columns = ", ".join(f'e."{name}"' for name in FIELDS)
    hashed = 0
    for start in range(0, size, 20_000):
        with connection.cursor() as cursor:
            cursor.execute(
                f"select s.leaf, {columns} from audit_auditseal s "
                "join audit_auditentry e on e.id = s.entry_id "
                "where s.position >= %s and s.position < %s order by s.position",
                [start, min(start + 20_000, size)],
            )
            for row in cursor.fetchall():
                sha256(repr(row).encode()).digest()
                hashed += 1
    return hashed


@contextmanager
def _ten_people() -> Iterator[Callable[[Callable[[Raw], None]], None]]:
    """Keep ten threads with their own connections, and let them write at once."""
    own = threading.local()
    ready = threading.Barrier(PEOPLE)

    def connect() -> None:
        own.raw = Raw()
        connection.ensure_connection()

    def write(act: Callable[[Raw], None]) -> None:
        ready.wait()
        for _ in itertools.repeat(None, ROWS):
            act(own.raw)

    def leave(_: int) -> None:
        ready.wait()
        own.raw.close()
        connection.close()

    with ThreadPoolExecutor(PEOPLE, initializer=connect) as threads:

        def together(act: Callable[[Raw], None]) -> None:
            list(threads.map(write, [act] * PEOPLE))

        try:
            yield together
        finally:
            list(threads.map(leave, range(PEOPLE)))
