"""Who asked something and answered it too: the SQL that counts them."""

from __future__ import annotations

BOTH_SIDES = """
    select count(*) from {answer} a join {question} q on q.id = a.{key}
    where {answers} and exists (
        select 1 from (
            select q.asker_id as user_id
            union all
            select p.on_behalf_of_id from cases_participation p
            where p.case_id = q.case_id and p.role = 'procesregisseur'
              and p.user_id = q.asker_id and p.on_behalf_of_id is not null
              and p.from_at <= q.asked_at
              and (p.ended_at is null or p.ended_at >= q.asked_at)
            union all
            select p.user_id from cases_participation p
            where p.case_id = q.case_id and p.role = 'procesregisseur'
              and p.on_behalf_of_id is null and a.channel = 'here'
              and p.from_at <= a.at and (p.ended_at is null or p.ended_at > a.at)
        ) side
        where side.user_id = a.by_id or (
            a.channel = 'here' and not {of_himself} and exists (
                select 1 from people_absence x
                where x.deputy_id = a.by_id and x.user_id = side.user_id
                  and x.starts_at <= a.at
                  and (x.ends_at is null or x.ends_at > a.at))))
"""
"""
Who answers, stands on the side of who asked: he asked it, or it was in his name, or he
steers the case then, or stands in for one of them while it is asked of another. What was
spoken has the moment of the words, not of the answer: then only who asked is looked at.
"""
