"""What stands out in a month of the log: one bounded statement for each pattern."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection

from casework.cases.models import Case
from casework.people.models import User
from casework.work.due import ZONE

MOST = 50
MANY_CASES = 10
MANY_REFUSALS = 5
EMPTY_SEARCHES = 5

_READ = """
    a.at >= %(since)s and a.at < %(until)s and a.by_id is not null
    and a."case" is not null and a.action = 'R' and a.granted
"""
_PER_CASE = """
    group by a.by_id, a."case" order by number desc, last_at desc, a.by_id limit %(most)s
"""
_COUNTED = "count(*) as number, min(a.at) as first_at, max(a.at) as last_at"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One thing to look at: its name, what it may mean, and how it is found."""

    title: str
    meaning: str
    statement: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person for whom a pattern holds."""

    who: str
    reference: str
    number: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What one pattern gave; `is_cut` when there is more than is shown."""

    pattern: Pattern
    lines: list[Line]
    is_cut: bool


PATTERNS: dict[str, Pattern] = {
    "without_work": Pattern(
        "Gelezen zonder dat er iets te doen was",
        "Iemand die deze casus niet zelf voert, las erin terwijl er voor die persoon "
        "of het bureau niets openstond.",
        f"""
        select a.by_id, a."case", {_COUNTED} from audit_auditentry a
        where {_READ}
          and not exists (
            select 1 from cases_participation p
            where p.case_id = a."case" and p.user_id = a.by_id
              and p.role in ('procesregisseur', 'casusregisseur')
              and p.on_behalf_of_id is null and p.from_at <= a.at
              and (p.ended_at is null or p.ended_at >= a.at))
          and not exists (
            select 1 from work_workitem w
            where w."case" = a."case" and w.opened_at <= a.at
              and (w.closed_at is null or w.closed_at >= a.at)
              and (w.owner_user_id in (a.by_id, a.on_behalf_of_id)
                   or w.claimed_by_id in (a.by_id, a.on_behalf_of_id)
                   or exists (
                     select 1 from people_membership m
                     where m.desk_id = w.owner_desk_id
                       and m.user_id in (a.by_id, a.on_behalf_of_id))))
        {_PER_CASE}""",  # noqa: S608  # constants of this file
    ),
    "many_cases": Pattern(
        f"{MANY_CASES} casussen of meer binnen een uur",
        "Iemand opende in korte tijd veel casussen.",
        f"""
        select a.by_id, null, count(distinct a."case") as number,
               min(a.at) as first_at, max(a.at) as last_at
        from audit_auditentry a where {_READ}
        group by a.by_id, date_trunc('hour', a.at)
        having count(distinct a."case") >= {MANY_CASES}
        order by number desc, last_at desc, a.by_id limit %(most)s""",  # noqa: S608
    ),
    "own_name": Pattern(
        "Zelfde achternaam als iemand in het huishouden",
        "Misschien familie. Wie deze mensen kent, hoort dat te zeggen.",
        f"""
        select a.by_id, a."case", {_COUNTED} from audit_auditentry a
        join people_user u on u.id = a.by_id
        where {_READ}
          and exists (
            select 1 from cases_person p
            where p.case_id = a."case" and p.name <> ''
              and lower(regexp_replace(trim(p.name), '^.*\\s', ''))
                = lower(regexp_replace(trim(u.name), '^.*\\s', '')))
        {_PER_CASE}""",  # noqa: S608
    ),
    "at_night": Pattern(
        "Gelezen tussen tien uur 's avonds en zes uur 's ochtends",
        "Kan piket zijn.",
        f"""
        select a.by_id, a."case", {_COUNTED} from audit_auditentry a
        where {_READ} and a.channel = 'web'
          and (extract(hour from a.at at time zone 'Europe/Amsterdam') >= 22
               or extract(hour from a.at at time zone 'Europe/Amsterdam') < 6)
        {_PER_CASE}""",  # noqa: S608
    ),
    "after_end": Pattern(
        "Geopend of geprobeerd na het einde van de betrokkenheid",
        "Iemand had een plaats in deze casus, die voorbij is, en kwam terug.",
        f"""
        select a.by_id, a."case", {_COUNTED} from audit_auditentry a
        where a.at >= %(since)s and a.at < %(until)s and a."case" is not null
          and a.action = 'R' and a.by_id is not null
          and exists (
            select 1 from cases_participation p
            where p.case_id = a."case" and p.user_id = a.by_id
              and least(p.ended_at, p.until_at) < a.at)
          and not exists (
            select 1 from cases_participation p
            where p.case_id = a."case" and p.from_at <= a.at
              and (p.ended_at is null or p.ended_at >= a.at)
              and (p.until_at is null or p.until_at > a.at)
              and (p.user_id = a.by_id or p.desk_id in (
                select m.desk_id from people_membership m
                where m.user_id in (a.by_id, a.on_behalf_of_id))))
        {_PER_CASE}""",  # noqa: S608
    ),
    "empty_searches": Pattern(
        f"{EMPTY_SEARCHES} keer of meer op een dag gezocht zonder iets te vinden",
        "Misschien zoekt iemand naar een bekende.",
        f"""
        select a.by_id, null, {_COUNTED} from audit_auditentry a
        where a.at >= %(since)s and a.at < %(until)s and a.by_id is not null
          and a.verb = 'search.done' and a.about = 'found:0'
        group by a.by_id, (a.at at time zone 'Europe/Amsterdam')::date
        having count(*) >= {EMPTY_SEARCHES}
        order by number desc, last_at desc, a.by_id limit %(most)s""",  # noqa: S608
    ),
    "refusals": Pattern(
        f"{MANY_REFUSALS} keer of meer op een dag geweigerd",
        "Iemand probeerde adressen die niet van hem zijn, of een verwijzing klopt niet.",
        f"""
        select a.by_id, null, {_COUNTED} from audit_auditentry a
        where a.at >= %(since)s and a.at < %(until)s and a.by_id is not null
          and not a.granted
        group by a.by_id, (a.at at time zone 'Europe/Amsterdam')::date
        having count(*) >= {MANY_REFUSALS}
        order by number desc, last_at desc, a.by_id limit %(most)s""",  # noqa: S608
    ),
    "roles": Pattern(
        "Kreeg een rol waarmee je veel kunt zien of veranderen",
        "Wie de lijst van collega's overneemt, kan zichzelf een plek geven. Vraag of het "
        "klopt dat deze collega procesregisseur, privacy officer, FG of beheerder is.",
        f"""
        select u.id, null, {_COUNTED} from audit_auditentry a
        join people_user u on a.about = 'user:' || u.id
        where a.at >= %(since)s and a.at < %(until)s and a.verb = 'desk.joined'
          and a.by_role in ('procesregisseur', 'privacy-officer', 'fg', 'beheerder')
        group by u.id order by number desc, last_at desc, u.id limit %(most)s""",  # noqa: S608
    ),
    "emergency": Pattern(
        "Noodtoegang",
        "Elke keer dat iemand las met noodtoegang.",
        f"""
        select a.by_id, a."case", {_COUNTED} from audit_auditentry a
        where {_READ} and a.break_glass
        {_PER_CASE}""",  # noqa: S608
    ),
}
"""In the order of the page. No address of a colleague is known, so none is compared."""


def month_of(day: date) -> tuple[datetime, datetime]:
    """Give where a month begins and ends, on the clocks of the municipality."""
    first = day.replace(day=1)
    after = first.replace(
        year=first.year + first.month // 12, month=first.month % 12 + 1
    )
    return (
        datetime.combine(first, time.min, ZONE),
        datetime.combine(after, time.min, ZONE),
    )


def remarkable(day: date, *, without: Collection[int] = ()) -> list[Found]:
    """
    Give what stands out in the month of a day: a statement a pattern, and two names.

    Without the lines of the cases that whoever looks may not know of; what counts over
    all cases counts those too.
    """
    raw = {name: _rows(pattern, day) for name, pattern in PATTERNS.items()}
    users = {row[0] for rows in raw.values() for row in rows}
    cases = {row[1] for rows in raw.values() for row in rows if row[1] is not None}
    people = dict(User.objects.filter(pk__in=users).values_list("pk", "name"))
    references = dict(
        Case.objects.system_scope("the log names cases")
        .filter(pk__in=cases)
        .values_list("pk", "reference")
    )
    return [
        Found(
            PATTERNS[name],
            list(_lines(_shown(rows[:MOST], without), people, references)),
            is_cut=len(rows) > MOST,
        )
        for name, rows in raw.items()
    ]


Row = tuple[int, int | None, int, datetime, datetime]


def _rows(pattern: Pattern, day: date) -> list[Row]:
    since, until = month_of(day)
    with connection.cursor() as cursor:
        cursor.execute(
            pattern.statement, {"since": since, "until": until, "most": MOST + 1}
        )
        return list(cursor.fetchall())


def _shown(rows: list[Row], without: Collection[int]) -> list[Row]:
    return [row for row in rows if row[1] is None or row[1] not in without]


def _lines(
    rows: list[Row], people: dict[int, str], references: dict[int, str]
) -> Iterator[Line]:
    for user, case, number, first_at, last_at in rows:
        reference = references.get(case, str(case)) if case is not None else ""
        yield Line(people.get(user, ""), reference, number, first_at, last_at)
