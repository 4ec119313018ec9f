"""A region of any size, made by SQL: the same rows for the same scale, every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from bench.filling import chance, fill, pick
from bench.folk import MAILBOX, Folk, settle
from casework.access.permissions import Permission
from casework.audit.models import AuditEntry
from casework.cases import attention, grants
from casework.cases.attention import CALM
from casework.cases.models import Bottleneck, Case, Event, Participation
from casework.people.models import Role, User
from casework.plan.models import Task, TaskContent, TaskDesk
from casework.policy.ladders import LADDERS
from casework.work.models import WorkItem

BATCH = 1000
PARTIES = 6
"""Ketenpartners in a case. With the regisseurs, triage and archive about ten rows."""


@dataclass(frozen=True)
class Size:
    """How much there is of what, for a number of cases."""

    cases: int
    log_per_case: int = 50
    waiting_per_case: int = 10

    @property
    def users(self) -> int:
        return min(1500, max(60, self.cases // 60))


@dataclass(frozen=True)
class Viewers:
    """Three people by how many cases they see: half, one in twenty, and nobody, see more."""

    median: User
    p95: User
    busiest: User


@dataclass
class Town:
    """What was made, and where to find it."""

    size: Size
    at: datetime
    folk: Folk
    first_case: int = 0

    def procesregisseurs(self) -> list[User]:
        """Give them; the first has the most cases."""
        return self.folk.people[Role.PROCESREGISSEUR]

    def viewers(self) -> Viewers:
        """Choose by the number of cases that somebody sees."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                select g.user_id, count(*) from cases_caseusergrant g
                join auth_permission p on p.id = g.permission_id
                where p.codename = %s and g.is_open
                group by 1 order by 2, 1
                """,
                [Permission.SEE_CASE.value],
            )
            keys = [key for key, _ in cursor.fetchall()]
        places = (len(keys) // 2, int(len(keys) * 0.95), -1)
        found = [User.objects.get(pk=keys[place]) for place in places]
        return Viewers(*found)


def build(size: Size, *, at: datetime) -> Town:
    """Make everything; the rows of a case follow from its number and nothing else."""
    town = Town(size=size, at=at, folk=settle(size.users, at=at))
    _cases(town)
    _participations(town)
    _bottlenecks(town)
    _tasks(town)
    _work(town)
    _history(town)
    # What follows joins these rows: without their numbers it may choose minutes of work.
    as_owner("analyze")
    for batch in _batches(town):
        attention.follow(batch)
        grants.follow(batch, at=at)
    return town


def as_owner(*statements: str) -> None:
    """Let the owner of the tables do something that the application may not."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user, session_user")
        role, owner = cursor.fetchone()
        cursor.execute("reset role")
        for statement in statements:
            cursor.execute(statement)
        if role != owner:
            cursor.execute(f"set role {connection.ops.quote_name(role)}")


def _cases(town: Town) -> None:
    """One in five still runs, most of them young; a few people have very many."""
    recent = f"(i > {town.size.cases} * 0.8)"
    runs = f"{chance('i', 1)} < case when {recent} then 0.85 else 0.05 end"
    status = f"""case when not ({runs}) then 'closed'
        when {chance("i", 2)} < 0.05 then 'in_triage'
        when {chance("i", 2)} < 0.15 then 'aftercare' else 'open' end"""
    level = f"""case when {chance("i", 3)} < 0.66 then 1 when {chance("i", 3)} < 0.92
        then 2 when {chance("i", 3)} < 0.99 then 3 else 4 end"""
    regisseurs = [user.pk for user in town.folk.people[Role.PROCESREGISSEUR]]
    casus = [user.pk for user in town.folk.people[Role.CASUSREGISSEUR]]
    fill(
        Case,
        f"""(
            select i, {status} as status, {level} as level,
                %(at)s::timestamptz - make_interval(
                    days => (({town.size.cases} - i) * 1000 / {town.size.cases})::int
                ) as opened_at
            from generate_series(1, {town.size.cases}) i order by i
        ) c""",
        {
            "at": town.at,
            "regisseurs": regisseurs,
            "casus": casus,
            "kinds": list(Case.Kind.values),
            "calm": CALM,
        },
        reference="'AVE-2026-' || lpad(i::text, 6, '0')",
        kind=f"(%(kinds)s::text[])[{pick('i', 4, len(Case.Kind))}]",
        level="case when status = 'open' then level else 1 end",
        status="status",
        municipality="'Zuiderveen'",
        # A power law: the first of the list has half of them in a small region.
        procesregisseur_id=f"""case when status <> 'in_triage' then
            (%(regisseurs)s::bigint[])[
                1 + floor({len(regisseurs)} * power({chance("i", 5)}, 3))::int] end""",
        casusregisseur_id=f"""case when status <> 'in_triage' then
            (%(casus)s::bigint[])[{pick("i", 6, len(casus))}] end""",
        outcome="case when status = 'closed' then 'solved' else '' end",
        opened_at="opened_at",
        closed_at="""case when status = 'closed'
            then least(opened_at + interval '90 days', %(at)s) end""",
        keep_until="case when status = 'closed' then %(at)s::date + 1800 end",
        attention_on="%(calm)s",
    )
    keys = Case._base_manager.aggregate(
        first=models.Min("pk"), last=models.Max("pk"), count=models.Count("pk")
    )
    assert keys["last"] - keys["first"] + 1 == keys["count"]
    town.first_case = keys["first"]


def _participations(town: Town) -> None:
    home = town.folk.procesregie.organisation_id
    regie = town.folk.procesregie.pk
    at_desk = {"organisation_id": str(home), "desk_id": str(regie)}
    span = {"from_at": "opened_at", "ended_at": "closed_at"}
    for role in ("procesregisseur", "casusregisseur"):
        fill(
            Participation,
            f"cases_case where {role}_id is not null order by id",
            case_id="id",
            role=f"'{role}'",
            organisation_id=str(home),
            user_id=f"{role}_id",
            **span,
        )
    fill(
        Participation,
        "cases_case order by id",
        case_id="id",
        role="'triage'",
        **at_desk,
        from_at="opened_at",
        ended_at="case when status <> 'in_triage' then opened_at end",
    )
    fill(
        Participation,
        "cases_case where status = 'closed' order by id",
        case_id="id",
        role="'archive'",
        **at_desk,
        from_at="closed_at",
    )
    # Eleven has no factor with the number of partners, so a party comes once.
    parties = [desk.organisation_id for desk in town.folk.partners]
    fill(
        Participation,
        f"cases_case, generate_series(0, {PARTIES - 1}) k order by id, k",
        {"parties": parties, "until": town.at + timedelta(days=180)},
        case_id="id",
        role="'party'",
        organisation_id=f"(%(parties)s::bigint[])[1 + (id * 7 + k * 11) %% {len(parties)}]",
        until_at="case when closed_at is null then %(until)s::timestamptz end",
        **span,
    )
    fill(
        Participation,
        f"cases_case where status = 'open' and {chance('id', 7)} < 0.1 order by id",
        {"managers": [user.pk for user in town.folk.people[Role.MANAGER]]},
        case_id="id",
        role="'answerer'",
        organisation_id=str(home),
        user_id=f"(%(managers)s::bigint[])[{pick('id', 8, 4)}]",
        about="'escalation:0'",
        from_at="opened_at",
    )


def _bottlenecks(town: Town) -> None:
    fill(
        Bottleneck,
        "cases_case where status = 'open' and level > 1 order by id",
        {"day": town.at.date()},
        case_id="id",
        number="1",
        kinds="array['cooperation']",
        description="'Twee partijen wachten op elkaar.'",
        tried="'Twee keer overlegd.'",
        since="%(day)s::date - 30",
        level="level",
        raised_at="opened_at",
    )


def _tasks(town: Town) -> None:
    """In every open case one task that somebody of a ketenpartner is busy with."""
    fill(
        Task,
        "cases_case where status = 'open' order by id",
        {"day": town.at.date(), "at": town.at - timedelta(days=5)},
        case_id="id",
        kind="'rent_file'",
        due_on="%(day)s::date + 14",
        state="'picked_up'",
        offered_at="%(at)s",
        offered_by_id="procesregisseur_id",
    )
    fill(
        TaskContent, "plan_task order by id", task_id="id", question="'Klopt de huur?'"
    )
    fill(
        TaskDesk,
        f"""(
            select t.id, t.case_id, (%(desks)s::bigint[])[
                {pick("t.id", 9, len(town.folk.partners))}] as desk_id
            from plan_task t
        ) t
        cross join lateral (
            select user_id from people_membership m where m.desk_id = t.desk_id
            order by hashint8extended(m.id, t.id) limit 1
        ) m order by t.id""",
        {
            "desks": [desk.pk for desk in town.folk.partners],
            "at": town.at - timedelta(days=3),
        },
        case_id="case_id",
        task_id="t.id",
        desk_id="desk_id",
        is_lead="true",
        state="'picked_up'",
        taker_id="user_id",
        picked_up_at="%(at)s",
    )


def _work(town: Town) -> None:
    """Five things wait in a case that runs; much more waits that nobody looks at."""
    steps = [step.as_json() for step in LADDERS["default"]]
    facts = {
        "day": town.at.date(),
        "at": town.at,
        "ladder": WorkItem._meta.get_field("ladder").get_db_prep_save(
            steps, connection
        ),
        "desks": [desk.pk for desk in town.folk.partners],
    }
    waits = {
        "title": "'Bekijk hoe het gaat'",
        "link": "'/'",
        "opened_at": "%(at)s::timestamptz - interval '5 days'",
        "policy_version": "'2026-01-01.0'",
        "ladder": "%(ladder)s",
        "step": "1",
    }
    of_case = {"case": "c.id", "reference": "c.reference", "level": "c.level"}
    desk = f"(%(desks)s::bigint[])[{pick('c.id * 8 + k', 10, len(town.folk.partners))}]"
    days = f"{pick('c.id * 8 + k', 11, 60)}"
    fill(
        WorkItem,
        """cases_case c, generate_series(0, 3) k
        where c.status in ('open', 'aftercare') order by c.id, k""",
        facts,
        kind="'bench.' || k",
        about="'case:' || c.id || ':' || k",
        owner_user_id="case k when 0 then procesregisseur_id "
        "when 1 then casusregisseur_id end",
        owner_desk_id=f"case when k > 1 then {desk} end",
        asked_by_id="procesregisseur_id",
        due_on=f"%(day)s::date + {days} - 5",
        next_step_at=f"%(at)s::timestamptz + make_interval(hours => 24 * {days} - 12)",
        **waits,
        **of_case,
    )
    fill(
        WorkItem,
        "plan_taskdesk p join cases_case c on c.id = p.case_id order by p.id",
        facts,
        kind="'task'",
        about="'task:' || p.task_id",
        owner_desk_id="p.desk_id",
        claimed_by_id="p.taker_id",
        asked_by_id="c.procesregisseur_id",
        due_on="%(day)s::date + 14",
        next_step_at="%(at)s::timestamptz + interval '12 days'",
        **waits,
        **of_case,
    )
    fill(
        WorkItem,
        "cases_case c where c.status = 'in_triage' order by c.id",
        facts,
        kind="'triage.assess'",
        about="'case:' || c.id",
        owner_desk_id=str(town.folk.procesregie.pk),
        due_on=f"%(day)s::date + {pick('c.id', 12, 10)} - 2",
        next_step_at="%(at)s::timestamptz + interval '2 days'",
        **waits,
        **of_case,
    )
    fill(
        WorkItem,
        "cases_case c, generate_series(1, 2) k where c.status = 'closed'",
        facts,
        kind="'bench.' || k",
        about="'case:' || c.id || ':' || k",
        owner_user_id="procesregisseur_id",
        due_on="closed_at::date",
        state="'done'",
        closed_at="closed_at",
        closed_by_id="procesregisseur_id",
        **waits,
        **of_case,
    )
    _mailbox(town, facts, waits)


def _mailbox(town: Town, facts: dict[str, Any], waits: dict[str, str]) -> None:
    """Fill up with open work of a desk without people, all of it for later."""
    there = WorkItem.objects.system_scope("how much waits").open().count()
    wanted = town.size.cases * town.size.waiting_per_case - there
    fill(
        WorkItem,
        f"generate_series(1, {max(0, wanted)}) i",
        facts,
        kind="'bench.later'",
        about="'later:' || i",
        owner_desk_id=f"(select group_id from people_desk where name = '{MAILBOX}')",
        due_on=f"%(day)s::date + {pick('i', 13, 300)}",
        next_step_at=f"%(at)s::timestamptz + make_interval(hours => {pick('i', 13, 7200)})",
        **waits,
    )


def _history(town: Town) -> None:
    fill(
        Event,
        "cases_case c, generate_series(1, 3) k order by k, c.id",
        case_id="c.id",
        kind="'case.changed'",
        at="c.opened_at + make_interval(hours => k)",
        by_id="c.procesregisseur_id",
        facts="jsonb_build_object('about', 'case:' || c.id)",
    )
    fill(
        AuditEntry,
        f"generate_series(1, {town.size.log_per_case}) k, cases_case c",
        at=f"c.opened_at + make_interval(hours => k * {pick('c.id + k', 14, 20)})",
        verb="'case.read'",
        action="'R'",
        by_id="coalesce(c.casusregisseur_id, c.procesregisseur_id)",
        by_role="'casusregisseur'",
        case="c.id",
        about="'case:' || c.id",
        channel="'web'",
        ip="'10.0.0.1'",
    )


def _batches(town: Town) -> Iterator[range]:
    end = town.first_case + town.size.cases
    for start in range(town.first_case, end, BATCH):
        yield range(start, min(start + BATCH, end))
