"""What has to be so in the programme, each counting the rows that break it."""

from __future__ import annotations

PROGRAMME: dict[str, str] = {
    "an activity stands as was last told of it": """
        select count(*) from programme_activity a
        where a.status <> coalesce((
            select u.status from programme_progressupdate u
            where u.activity_id = a.id order by u.id desc limit 1), 'planned')
    """,
    "who answers for an activity is kept with since when": """
        select count(*) from programme_activity a
        left join programme_activityowner o
          on o.activity_id = a.id and o.ended_at is null
        where a.owner_id is distinct from o.owner_id
    """,
    "who answers for what goes on is asked how it goes, and nobody else": """
        select count(*) from programme_activity a
        join programme_programme p on p.id = a.programme_id
        left join people_user u on u.id = a.owner_id and u.is_active
        where array(
            select w.owner_user_id from work_workitem w
            where w.about = 'activity:' || a.id and w.kind = 'activity.progress'
              and w.state = 'open'
        ) <> case
            when u.id is null or p.closed_at is not null
              or a.status in ('achieved', 'partly', 'not_done', 'dropped')
            then array[]::bigint[] else array[u.id] end
    """,
    "an owner is looked for only where nobody answers for what goes on": """
        select count(*) from work_workitem w
        join programme_activity a on w.about = 'activity:' || a.id
        join programme_programme p on p.id = a.programme_id
        where w.kind = 'activity.appoint' and w.state = 'open' and (
            a.owner_id is not null or p.closed_at is not null
            or a.status in ('achieved', 'partly', 'not_done', 'dropped'))
    """,
}
