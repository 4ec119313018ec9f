"""Whether every invariant of the model holds: one finding each, with its count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from ave.engine import lost_steps
from casework.audit.verify import verify_log
from casework.cases import grants
from casework.cases.absence import dormant_stand_ins
from casework.cases.attention import CALM
from casework.cases.journal import Contradiction, replay, state_of
from casework.cases.models import Case
from workers.verify_asked import ASKED
from workers.verify_escalation import ESCALATION
from workers.verify_findings import FINDINGS
from workers.verify_programme import PROGRAMME
from workers.verify_spoken import SPOKEN

BATCH = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant: how many rows break it; `is_breach` is no for a mere finding."""

    name: str
    count: int
    is_breach: bool = True

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return self.count == 0 or not self.is_breach


LEVEL_MOVERS = (
    "case.referred",
    "case.triaged",
    "case.closed",
    "case.reopened",
    "escalation.answered",
    "escalation.withdrawn",
    "bottleneck.taken_back",
    "bottleneck.raised",
    "bottleneck.ended",
    "referrer.told",
)
"""The events that may change a level: triage, an answer, a taking back, an end."""

STATEMENTS: dict[str, str] = {
    "every event stands in the log": """
        select count(*) from cases_event e where not exists (
            select 1 from audit_auditentry a
            where a."case" = e.case_id and a.at = e.at and a.verb = e.kind
              and a.by_id is not distinct from e.by_id
              and a.on_behalf_of_id is not distinct from e.on_behalf_of_id
              and a.about = e.facts->>'about')
    """,
    "a case stands at the level of its highest open bottleneck": """
        select count(*) from cases_case c
        left join lateral (
            select max(b.level) as top from cases_bottleneck b
            where b.case_id = c.id and b.state = 'open') h on true
        where c.level <> coalesce(h.top, 1)
    """,
    "a case asks for attention on the day of its first open work": """
        select count(*) from cases_case c
        left join lateral (
            select min(w.due_on) as day from work_workitem w
            where w."case" = c.id and w.state = 'open') first on true
        where c.attention_on <> coalesce(first.day, %(calm)s)
    """,
    "an open bottleneck stands at proces or above": """
        select count(*) from cases_bottleneck where state = 'open' and level < 2
    """,
    "a referral has no level yet": """
        select count(*) from cases_case where status = 'in_triage' and level <> 1
    """,
    "a level changes only by triage, an answer, a taking back or an end": """
        select count(*) from cases_event e, jsonb_array_elements(e.changes) x
        where x->>1 = 'level' and split_part(x->>0, ':', 1) in ('case', 'bottleneck')
          and not (e.kind = any(%(movers)s))
    """,
    "an open case has one procesregisseur": """
        select count(*) from cases_case c
        where c.status in ('open', 'aftercare') and 1 <> (
            select count(*) from cases_participation p
            where p.case_id = c.id and p.role = 'procesregisseur'
              and p.ended_at is null and p.on_behalf_of_id is null
              and p.user_id = c.procesregisseur_id)
    """,
    "a casusregisseur takes part in his case": """
        select count(*) from cases_case c
        where c.status in ('open', 'aftercare') and c.casusregisseur_id is not null
          and not exists (
            select 1 from cases_participation p
            where p.case_id = c.id and p.role = 'casusregisseur'
              and p.ended_at is null and p.user_id = c.casusregisseur_id)
    """,
    "a deputy's place stands beside that of whom it is for": """
        select count(*) from cases_participation p
        where p.on_behalf_of_id is not null and p.ended_at is null
          and p.from_at <= %(at)s and (p.until_at is null or p.until_at > %(at)s)
          and not exists (
            select 1 from cases_participation o
            where o.case_id = p.case_id and o.role = p.role and o.about = p.about
              and o.user_id = p.on_behalf_of_id and o.on_behalf_of_id is null
              and o.ended_at is null
              and (o.until_at is null or o.until_at > %(at)s))
    """,
    **ESCALATION,
    "a case in triage is being assessed": """
        select count(*) from cases_case c
        where c.status = 'in_triage' and not exists (
            select 1 from work_workitem w
            where w.about = 'case:' || c.id and w.state = 'open'
              and w.kind in ('triage', 'triage.tell'))
    """,
    "a closed case has no open work": """
        select count(*) from cases_case c join work_workitem w on w."case" = c.id
        where c.closed_at is not null and w.state = 'open'
          and w.kind not in (
            'confirm', 'confirm.talked_over', 'disputed', 'transfer.arrived')
    """,
    "a closed case has no open request or bottleneck": """
        select count(*) from cases_case c
        where c.closed_at is not null and (
            exists (select 1 from escalation_escalation e
                    where e.case_id = c.id and e.ended_at is null)
            or exists (select 1 from cases_bottleneck b
                       where b.case_id = c.id and b.state = 'open'))
    """,
    "a closed case has no place in it but the archive": """
        select count(*) from cases_case c join cases_participation p on p.case_id = c.id
        where c.closed_at is not null and p.ended_at is null
          and p.role not in ('archive', 'break_glass')
    """,
    "a place for an emergency lasts four hours and has its reason": """
        select count(*) from cases_participation p
        left join cases_breakglass b on b.participation_id = p.id
        where p.role = 'break_glass' and (
            b.id is null or length(trim(b.reason)) < 20
            or b.case_id <> p.case_id or b.by_id <> p.user_id
            or p.until_at is distinct from b.until
            or b.until > b.at + interval '4 hours')
    """,
    "an emergency is reviewed, or waits for that": """
        select count(*) from cases_breakglass b
        where b.reviewed_at is null and 1 <> (
            select count(*) from work_workitem w
            where w.about = 'break_glass:' || b.id and w.state = 'open'
              and w.kind = 'break_glass.review')
    """,
    "open work has an owner who can do it": """
        select count(*) from work_workitem w
        left join people_user u on u.id = w.owner_user_id
        where w.state = 'open' and (
            (w.owner_user_id is not null and not u.is_active)
            or (w.owner_user_id is null and not exists (
                select 1 from people_membership m join people_user o on o.id = m.user_id
                where m.desk_id = w.owner_desk_id and o.is_active
                  and (m.until_on is null or m.until_on > %(today)s))))
    """,
    "who picked work up can still do it": """
        select count(*) from work_workitem w join people_user u on u.id = w.claimed_by_id
        where w.state = 'open' and (
            not u.is_active
            or exists (
                select 1 from cases_exclusion x
                where x.user_id = u.id and x.case_id = w."case")
            or not exists (
                select 1 from people_membership m
                where m.desk_id = w.owner_desk_id and m.from_on <= %(today)s
                  and (m.until_on is null or m.until_on > %(today)s)
                  and (m.user_id = u.id or m.user_id in (
                    select a.user_id from people_absence a
                    where a.deputy_id = u.id and a.starts_at <= %(at)s
                      and (a.ends_at is null or a.ends_at > %(at)s)))))
    """,
    "open work has a next step": """
        select count(*) from work_workitem
        where state = 'open' and next_step_at is null
    """,
    "nobody takes part in a case who has no account": """
        select count(*) from cases_participation p join people_user u on u.id = p.user_id
        where p.ended_at is null and not u.is_active
    """,
    "nobody has a place in a case without a desk and its role": """
        select count(*) from cases_participation p
        where p.user_id is not null and p.ended_at is null
          and (p.until_at is null or p.until_at > %(at)s)
          and not exists (
            select 1 from people_membership m
            where m.user_id = p.user_id and m.from_on <= %(today)s
              and (m.until_on is null or m.until_on > %(today)s)
              and (m.role = p.role or p.on_behalf_of_id is not null
                   or p.role not in ('procesregisseur', 'casusregisseur')))
    """,
    "the file of a long job is whole, or gone with its key": """
        select count(*) from jobs_job j
        left join lateral (
            select count(*) as pieces, coalesce(sum(p.size), 0) as size,
                   coalesce(max(p.number) + 1, 0) as numbered
            from jobs_piece p where p.job_id = j.id) f on true
        where (j.pieces, j.size, j.pieces) <> (f.pieces, f.size, f.numbered)
           or (j.state in ('failed', 'gone') and exists (
                select 1 from keys_datakey k
                where k.subject = 'job:' || j.id and k.wrapped is not null))
    """,
    "the stock tables of guardian are empty": """
        select (select count(*) from guardian_userobjectpermission)
             + (select count(*) from guardian_groupobjectpermission)
    """,
    "no step of a procedure failed": """
        select count(*) from viewflow_task where status = 'ERROR'
    """,
    "what was sent too late is kept a week and no longer": """
        select count(*) from keys_keptform
        where kept_at < %(at)s - interval '8 days'
    """,
    **ASKED,
    **SPOKEN,
    **PROGRAMME,
}
"""What SQL can say, each counting the rows that break it."""


def verify(*, at: datetime) -> Iterator[Finding]:
    """Look at every invariant; the whole database, in a fixed number of passes."""
    facts = _facts(at)
    for name, statement in STATEMENTS.items():
        yield Finding(name, _count(statement, facts))
    yield Finding("access is what the participations say", _in_batches(_access(at)))
    yield Finding("a deputy's place ends with the absence", dormant_stand_ins(at=at))
    yield Finding("events give back the state", _in_batches(_replay))
    yield Finding("every step of a procedure still exists", lost_steps())
    for found in verify_log(at=at):
        yield Finding(f"log: {found.detail}", found.count)
    for name, statement in FINDINGS.items():
        yield Finding(name, _count(statement, facts), is_breach=False)


def count_of(name: str, *, at: datetime) -> int:
    """Count the rows that break one invariant of `STATEMENTS`."""
    return _count(STATEMENTS[name], _facts(at))


def _facts(at: datetime) -> dict[str, list[str] | datetime | date]:
    return {
        "movers": list(LEVEL_MOVERS),
        "calm": CALM,
        "at": at,
        "today": timezone.localdate(at),
    }


def _count(statement: str, facts: dict[str, list[str] | datetime | date]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("%'", "%%'"), facts)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _in_batches(count: Callable[[list[int]], int]) -> int:
    keys = list(
        Case.objects.system_scope("verify").order_by("pk").values_list("pk", flat=True)
    )
    return sum(
        count(keys[start : start + BATCH]) for start in range(0, len(keys), BATCH)
    )


def _access(at: datetime) -> Callable[[list[int]], int]:
    return lambda keys: grants.difference(keys, at=at)


def _replay(keys: list[int]) -> int:
    try:
        told, is_so = replay(keys), state_of(keys)
    except Contradiction:
        return 1
    return sum(told.get(key) != is_so.get(key) for key in told.keys() | is_so.keys())
