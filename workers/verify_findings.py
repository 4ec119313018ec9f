"""What the beheerder had better know of the database, and no breach of anything."""

from __future__ import annotations

FINDINGS: dict[str, str] = {
    "a procesregisseur without a deputy": """
        select count(distinct c.procesregisseur_id) from cases_case c
        join people_user u on u.id = c.procesregisseur_id
        where c.status = 'open' and not exists (
            select 1 from people_user d
            join people_membership m on m.user_id = d.id
            where d.id = u.deputy_id and d.is_active
              and d.organisation_id = u.organisation_id
              and m.from_on <= %(today)s
              and (m.until_on is null or m.until_on > %(today)s))
    """,
    "no FG who looks the log over and hears of noodtoegang": """
        select (not exists (
            select 1 from people_desk d
            join people_membership m on m.desk_id = d.group_id and m.role = 'fg'
            join people_user u on u.id = m.user_id
            where d.kind = 'fg' and d.is_active and u.is_active
              and m.from_on <= %(today)s
              and (m.until_on is null or m.until_on > %(today)s)))::int
    """,
    "closed cases and advice kept beyond their day": """
        select (select count(*) from cases_case where keep_until < %(today)s)
             + (select count(*) from cases_consultation where keep_until < %(today)s)
    """,
    "open work at a desk where everybody knows the people": """
        select count(*) from work_workitem w
        where w.state = 'open' and w.owner_user_id is null and w."case" is not null
          and exists (
            select 1 from cases_exclusion x where x.case_id = w."case")
          and not exists (
            select 1 from people_membership m join people_user u on u.id = m.user_id
            where m.desk_id = w.owner_desk_id and u.is_active
              and m.from_on <= %(today)s
              and (m.until_on is null or m.until_on > %(today)s)
              and not exists (
                select 1 from cases_exclusion x
                where x.case_id = w."case" and x.user_id = u.id))
    """,
}
"""Worth knowing, and for the beheerder to mend; no breach."""
