"""What has to be so of a request, of who answers it and of a stop; for `verify`."""

from __future__ import annotations

from workers.sides import BOTH_SIDES

ESCALATION: dict[str, str] = {
    "a bottleneck knows whether a request about it runs": """
        select count(*) from cases_bottleneck b
        where b.asked <> exists (
            select 1 from escalation_escalation e
            where e.bottleneck_id = b.id and e.ended_at is null and e.kind <> 'notice')
    """,
    "a running request has one open work item": """
        select count(*) from escalation_escalation e
        where e.ended_at is null and 1 <> (
            select count(*) from work_workitem w
            where w.about = 'escalation:' || e.id and w.state = 'open'
              and w.kind = case e.turn
                  when 'supply' then 'escalation.supply'
                  when 'carry' then 'escalation.carry'
                  else case e.kind when 'notice' then 'escalation.notice'
                       else 'escalation.review' end end)
    """,
    "a running request waits for somebody who is here": """
        select count(*) from escalation_escalation e
        join work_workitem w on w.about = 'escalation:' || e.id and w.state = 'open'
          and w.kind in (
            'escalation.review', 'escalation.notice', 'escalation.carry')
        join people_user u on u.id = w.owner_user_id
        where e.ended_at is null and not u.is_active
    """,
    "who is asked is of the municipality or of a party of that moment": """
        select count(*) from cases_participation p
        join people_organisation o on o.id = p.organisation_id
        where p.role in ('answerer', 'adviser', 'executive') and p.ended_at is null
          and o.kind <> 'gemeente' and not exists (
            select 1 from cases_participation q
            where q.case_id = p.case_id and q.role = 'party'
              and q.organisation_id = p.organisation_id and q.from_at <= p.from_at
              and (q.ended_at is null or q.ended_at > p.from_at)
              and (q.until_at is null or q.until_at > p.from_at))
    """,
    "a running request has one open turn": """
        select count(*) from escalation_escalation e
        where e.ended_at is null and 1 <> (
            select count(*) from escalation_escalationprocess p
            join viewflow_task t on t.process_id = p.process_ptr_id
            where p.subject_id = e.id and t.status = 'NEW'
              and split_part(t.flow_task, '.', -1) = e.turn)
    """,
    "an ended request has no open turn and no open work": """
        select count(*) from escalation_escalation e
        where e.ended_at is not null and (
            exists (
                select 1 from escalation_escalationprocess p
                join viewflow_task t on t.process_id = p.process_ptr_id
                where p.subject_id = e.id and t.status = 'NEW')
            or exists (
                select 1 from work_workitem w
                where w.about = 'escalation:' || e.id and w.state = 'open'))
    """,
    "an ended request has one ending answer": """
        select count(*) from escalation_escalation e
        where (e.ended_at is not null)::int <> (
            select count(*) from escalation_answer a
            where a.escalation_id = e.id and a.ends)
    """,
    "nobody answers his own request": BOTH_SIDES.format(
        answer="escalation_answer",
        question="escalation_escalation",
        key="escalation_id",
        answers="a.kind not in ('supplied', 'withdraw') "
        "and (a.kind <> 'read' or a.by_id = q.asker_id)",
        of_himself="""exists (
            select 1 from cases_participation w
            where w.case_id = q.case_id and w.role = 'answerer'
              and w.about = 'escalation:' || q.id
              and w.user_id = a.by_id and w.on_behalf_of_id is null)""",
    ),
    "nobody takes a case over from himself": BOTH_SIDES.format(
        answer="escalation_acceptance",
        question="escalation_deescalation",
        key="stop_id",
        answers="true",
        of_himself="(a.by_id = q.receiver_id)",
    ),
    "an open voice has one open work item, and no other has any": """
        select count(*) from escalation_voice v
        where (v.at is null and v.lapsed_at is null)::int <> (
            select count(*) from work_workitem w
            where w.about = 'voice:' || v.id and w.state = 'open'
              and w.kind = 'escalation.voice')
    """,
    "an ended request has no open voice, and nobody beside it reads it": """
        select count(*) from escalation_escalation e
        where e.ended_at is not null and (
            exists (
                select 1 from escalation_voice v
                where v.escalation_id = e.id
                  and v.at is null and v.lapsed_at is null)
            or exists (
                select 1 from cases_participation p
                where p.case_id = e.case_id and p.about = 'escalation:' || e.id
                  and p.role in ('adviser', 'executive') and p.ended_at is null))
    """,
    "nobody above reads the memo of a bottleneck that is over": """
        select count(*) from cases_participation p
        join escalation_escalation e on p.about = 'escalation:' || e.id
        join cases_bottleneck b on b.id = e.bottleneck_id
        where p.role in ('answerer', 'adviser', 'executive')
          and p.ended_at is null and b.state <> 'open'
    """,
    "a decision belongs to a deciding answer": """
        select count(*) from escalation_answer a
        left join escalation_decision d on d.answer_id = a.id
        where (a.kind = 'decide') <> (d.answer_id is not null)
    """,
    "a stop that runs has one open work item": """
        select count(*) from escalation_deescalation d
        where d.ended_at is null and 1 <> (
            select count(*) from work_workitem w
            where w.about = 'deescalation:' || d.id and w.state = 'open')
    """,
    "procesregie stops with nothing stuck or asked": """
        select count(*) from cases_case c
        where c.status = 'aftercare' and (
            exists (select 1 from cases_bottleneck b
                    where b.case_id = c.id and b.state = 'open')
            or exists (select 1 from escalation_escalation e
                       where e.case_id = c.id and e.ended_at is null))
    """,
    "a case in aftercare is looked back on, or waits to be closed": """
        select count(*) from cases_case c
        where c.status = 'aftercare' and 1 <> (
            select count(*) from (
                select w.id from work_workitem w
                where w.about = 'case:' || c.id and w.state = 'open'
                  and w.kind = 'case.close'
                union all
                select w.id from escalation_deescalation d
                join work_workitem w on w.about = 'deescalation:' || d.id
                  and w.state = 'open' and w.kind = 'stop.aftercare'
                where d.case_id = c.id and d.state = 'aftercare') asked)
    """,
}
"""What SQL can say of it, each counting the rows that break it."""
