"""What has to be so about what one said and another wrote down; for `verify`."""

from __future__ import annotations

_CONFIRMED_OR_CHASED = """
    select count(*) from {table} s
    where s.by_id is distinct from s.recorded_by_id and s.recorded_by_id is not null
      and s.confirmed_at is null and s.disputed_at is null and not exists (
        select 1 from work_workitem w
        where w.about = '{noun}:' || s.id and w.kind = 'confirm'
          and (w.state = 'open' or (w.state = 'lapsed' and w.owner_user_id is null and exists (
            select 1 from cases_event v where v.case_id = w."case"
              and v.kind = 'case.closed' and v.at = w.closed_at))))
      and not exists (
        select 1 from people_user u where u.id = s.by_id and not u.is_active)
      and {asked}
"""
"""Not of who has left where no privacy officer can be asked. Nor of a desk when the case
was closed meanwhile: who never answers keeps no case open."""


def _chased(table: str, *, asked: str = "true") -> str:
    noun = table.partition("_")[2]
    return _CONFIRMED_OR_CHASED.format(table=table, noun=noun, asked=asked)


SPOKEN: dict[str, str] = {
    "an answer that another wrote down is confirmed or chased": _chased(
        "escalation_answer"
    ),
    "a voice that another wrote down is confirmed or chased": _chased(
        "escalation_voice"
    ),
    "an acceptance that another wrote down is confirmed or chased": _chased(
        "escalation_acceptance"
    ),
    # A party that takes part without a desk was never asked.
    "a dissent that another wrote down is confirmed or chased": _chased(
        "escalation_dissent",
        asked="""exists (
            select 1 from work_workitem o
            where o.about = 'dissent:' || s.id and o.kind = 'confirm')""",
    ),
    "a report that another wrote down is confirmed or chased": _chased("plan_report"),
    "what an asker wrote down as an answer is chased at who gave it": """
        select count(*) from escalation_answer a
        join escalation_escalation e on e.id = a.escalation_id
        where a.recorded_by_id = e.asker_id and a.by_id <> a.recorded_by_id
          and a.confirmed_at is null
          and not exists (
            select 1 from work_workitem w
            where w.about = 'answer:' || a.id and w.state = 'open'
              and w.paused_until is null
              and (w.kind = 'disputed'
                or w.owner_user_id is distinct from a.recorded_by_id)
              and w.kind in ('confirm', 'confirm.talked_over', 'disputed')
              and (w.kind = 'confirm') = (a.disputed_at is null))
          and not exists (
            select 1 from cases_event s
            where s.case_id = e.case_id and s.kind = 'dispute.settled'
              and s.facts->>'row' = 'answer:' || a.id)
          and not (a.disputed_at is not null and exists (
            select 1 from cases_exclusion x
            where x.case_id = e.case_id and x.user_id = a.by_id))
          and not exists (
            select 1 from people_user u where u.id = a.by_id and not u.is_active)
    """,
}
"""What SQL can say of it, each counting the rows that break it."""
