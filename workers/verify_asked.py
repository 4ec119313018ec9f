"""What the clock asks of who steers a case, each counting the rows that break it."""

from __future__ import annotations

ASKED: dict[str, str] = {
    "who is asked to look at a case that stands still, is asked while it does": """
        select count(*) from work_workitem w join cases_case c on c.id = w."case"
        where w.kind = 'case.still' and w.state = 'open' and (
            c.status <> 'open'
            or not exists (
                select 1 from cases_bottleneck b
                where b.case_id = c.id and b.state = 'open' and not b.asked)
            or exists (
                select 1 from cases_event e
                where e.case_id = c.id and e.by_id is not null
                  and e.at > w.opened_at))
    """,
    "who is asked to look at a plan again, is asked about one that runs": """
        select count(*) from work_workitem w
        where w.kind = 'plan.review' and w.state = 'open' and not exists (
            select 1 from plan_actionplan p join cases_case c on c.id = p.case_id
            where w.about = 'plan:' || p.id and p.ended_at is null
              and c.id = w."case" and c.status in ('open', 'aftercare'))
    """,
}
