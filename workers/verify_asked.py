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
}
