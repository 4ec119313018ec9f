"""What came of a drill, told by the mail server's file and the database alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

PLANNED_TWICE = """
    select coalesce(sum(rows - 1), 0)::int from (
        select count(*) as rows from work_notice
        group by item_id, revision, step, user_id
        union all
        select count(*) from work_delivery group by key) each
"""
MAILS = """
    select message_id, max(in_doubt), bool_or(state = 'sent'),
        bool_or(state = 'dropped' and last_error = 'in_doubt')
    from work_delivery group by message_id
"""
WORK = """
    select w.reference, w.state = 'open', array_remove(array_agg(d.message_id), null)
    from work_workitem w left join work_delivery d on d.item_id = w.id
    where w.about like 'drill:%' group by w.id
"""

STATES = """
    select count(*)::text || ' ' || state || ' ' || last_error || ', attempts '
        || attempts || ', in doubt ' || in_doubt
    from work_delivery group by state, last_error, attempts, in_doubt
    order by state, last_error, attempts
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    The last line of a drill.

    `due`: pieces of work that had to be mailed. `delivered`: of these the mail server
    has at least one mail. `lost`: it has none, although the work is open (or the
    database says that it was sent); what was skipped in doubt, because its kind says
    so, is not lost. `planned_twice`: rows of the plan too many. `doubles`: mails with a
    Message-ID that the server had already; `doubles_in_doubt`: those that the database
    counted as in doubt. `closed_mailed`: mails whose sender began to hand them over
    (MAIL FROM) after the end of the work was committed; one that was closed later than
    that, while it was handed over, is none. `kills`: workers that were ended.
    """

    due: int
    delivered: int
    lost: int
    planned_twice: int
    doubles: int
    doubles_in_doubt: int
    closed_mailed: int
    kills: int

    @property
    def is_well(self) -> bool:
        """Whether every promise was kept."""
        broken = self.lost or self.planned_twice or self.closed_mailed
        return not broken and self.doubles == self.doubles_in_doubt

    def as_json(self) -> str:
        """Write it in one line."""
        return json.dumps(asdict(self))


def read_mails(file: Path) -> list[dict[str, Any]]:
    """Give what the mail server took over, in its order."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def judge(
    mails: list[dict[str, Any]],
    *,
    database: str,
    closed: Mapping[str, float],
    kills: int,
) -> Verdict:
    """
    Count what the mail server has against what the database says.

    `database` is an address; `closed` says of each reference when its end was
    certainly committed, in seconds of the clock of the mail server.
    """
    with psycopg.connect(database) as line:
        planned_twice = line.execute(PLANNED_TWICE).fetchone()
        known = {row[0]: row[1:] for row in line.execute(MAILS)}
        work = line.execute(WORK).fetchall()
    assert planned_twice is not None
    copies = Counter(mail["message_id"] for mail in mails)
    arrived = {mail["matter"] for mail in mails}
    more = {key: count - 1 for key, count in copies.items()}
    return Verdict(
        due=len(work),
        delivered=sum(reference in arrived for reference, _, _ in work),
        lost=sum(
            reference not in arrived and _had_to_arrive(keys, known, is_open=is_open)
            for reference, is_open, keys in work
        ),
        planned_twice=planned_twice[0],
        doubles=sum(more.values()),
        doubles_in_doubt=sum(
            min(count, known.get(key, (0,))[0]) for key, count in more.items()
        ),
        closed_mailed=sum(
            mail["begun"] > closed.get(mail["matter"], mail["begun"]) for mail in mails
        ),
        kills=kills,
    )


def explain(database: str) -> list[str]:
    """Give how many mails ended in which way, for who looks for what was lost."""
    with psycopg.connect(database) as line:
        return [row[0] for row in line.execute(STATES)]


def _had_to_arrive(
    keys: list[str], known: Mapping[str, tuple[Any, ...]], *, is_open: bool
) -> bool:
    mails = [known[key] for key in keys]
    if any(was_sent for _, was_sent, _ in mails):
        return True
    return is_open and not any(was_skipped for _, _, was_skipped in mails)
