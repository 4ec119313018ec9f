"""Whether what one wrote down for another is confirmed, or still asked of him."""

from __future__ import annotations

CHASED = """
    select count(*) from escalation_{noun} s
    where s.by_id <> s.recorded_by_id and s.confirmed_at is null
      and s.disputed_at is null and not exists (
        select 1 from work_workitem w
        where w.about = '{noun}:' || s.id and w.kind = 'confirm'
          and (w.state = 'open' or (w.state = 'lapsed' and exists (
            select 1 from cases_event v where v.case_id = w."case"
              and v.kind = 'case.closed' and v.at = w.closed_at))))
      and not exists (
        select 1 from escalation_escalation e
        join cases_exclusion x on x.case_id = e.case_id and x.user_id = s.by_id
        where e.id = s.escalation_id)
      and not exists (
        select 1 from people_user u where u.id = s.by_id and not u.is_active)
"""
"""Rows of one kind that nobody stands behind, and of which nobody is asked; no more
when his case was closed meanwhile, or he has left or knows these people."""
