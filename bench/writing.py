"""The lower bounds of what is written: the raw statements of one step, committed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bench.raw import Raw
from casework.access.permissions import Permission
from casework.cases.models import Bottleneck
from casework.people.models import User
from casework.plan.models import TaskDesk

ANSWER = "De huur is tot en met oktober betaald."

_LOCK = "select version from cases_case where id = %(case)s for no key update"
_EVENT = """
    insert into cases_event (case_id, kind, at, by_id, on_behalf_of_id, facts, changes)
    values (%(case)s, %(kind)s, %(at)s, %(by)s, null,
            jsonb_build_object('about', %(about)s::text), '[]')
"""
_LOG = """
    insert into audit_auditentry (at, verb, action, by_id, by_role, on_behalf_of_id,
        "case", about, granted, break_glass, ground, access_basis, ip, channel,
        request_id, query)
    values (%(at)s, %(kind)s, 'U', %(by)s, '', null, %(case)s, %(about)s, true, false,
        '', '', null, 'command', null, null)
"""
_CLOSE = """
    update work_workitem set state = 'done', closed_at = %(at)s, closed_by_id = %(by)s,
        next_step_at = null
    where about = %(about)s and state = 'open'
"""
_OPEN = """
    insert into work_workitem (kind, title, about, link, "case", reference, level,
        owner_user_id, due_on, term, counted_from, chosen_by, urgent, legal, opened_by_id,
        opened_at, state, revision, policy_version, ladder, step, next_step_at, failures,
        paused_for)
    values (%(item)s, 'Beantwoord de vraag', %(for)s, '/', %(case)s, %(reference)s, 3,
        %(owner)s, %(due)s, 'decision', %(at)s, '', false, false, %(by)s,
        %(at)s, 'open', 0, '', '[]', 0, %(at)s, 0, '')
"""
# With the new version, the day of attention and the grants that carry it.
_SETTLE = """
    with moved as (
        update cases_case c set version = version + 1, {more}
            attention_on = coalesce((
                select min(due_on) from work_workitem w
                where w."case" = c.id and w.state = 'open'), '9999-01-01')
        where id = %(case)s returning id, attention_on
    ), users as (
        update cases_caseusergrant g set attention_on = moved.attention_on
        from moved where g.content_object_id = moved.id
        and g.attention_on <> moved.attention_on
    )
    update cases_casedeskgrant g set attention_on = moved.attention_on
    from moved where g.content_object_id = moved.id
    and g.attention_on <> moved.attention_on
"""


def answer_task(raw: Raw, place: TaskDesk, *, by: User, at: datetime) -> None:
    """Write the answer of a desk and all that follows from it."""
    facts = {
        "case": place.case_id,
        "task": place.task_id,
        "place": place.pk,
        "by": by.pk,
        "at": at,
        "kind": "task.done",
        "about": f"task:{place.task_id}",
        "organisation": by.organisation_id,
        "answer": ANSWER,
    }
    with raw.transaction():
        raw.rows(_LOCK, facts)
        assert raw.rows(
            """select 1 from plan_taskdesk d join people_membership m
            on m.desk_id = d.desk_id where d.id = %(place)s and m.user_id = %(by)s
            and d.taker_id = %(by)s and d.state = 'picked_up'""",
            facts,
        )
        raw.run(
            """insert into plan_report (by_id, by_name, by_organisation_id,
                recorded_by_id, channel, at, disputed_reason, case_id, task_id,
                place_id, choice, answer, tag)
            values (%(by)s, '', %(organisation)s, %(by)s, 'here', %(at)s, '', %(case)s,
                %(task)s, %(place)s, '', %(answer)s, '')""",
            facts,
        )
        raw.run(
            "update plan_taskdesk set state = 'done', ended_at = %(at)s "
            "where id = %(place)s",
            facts,
        )
        raw.run(
            "update plan_task set state = 'done', settled_at = %(at)s, "
            "version = version + 1 where id = %(task)s",
            facts,
        )
        raw.run(_CLOSE, facts)
        raw.run(_EVENT, facts)
        raw.run(_LOG, facts)
        raw.run(_SETTLE.format(more=""), facts)


def ask(
    raw: Raw,
    bottleneck: Bottleneck,
    *,
    by: User,
    answerer: User,
    scopes: Mapping[Permission, int],
    at: datetime,
) -> int:
    """Write a question to the next level, with the access of who answers it."""
    facts = _facts(bottleneck, by, at) | {
        "kind": "escalation.requested",
        "answerer": answerer.pk,
        "owner": answerer.pk,
        "organisation": answerer.organisation_id,
        "scopes": [scopes[Permission.READ_MEMO], scopes[Permission.REVIEW_ESCALATION]],
        "item": "escalation.review",
        "due": at.date() + timedelta(days=7),
    }
    with raw.transaction():
        raw.rows(_LOCK, facts)
        ((key,),) = raw.rows(
            """insert into escalation_escalation (case_id, bottleneck_id, kind,
                question, if_nothing, from_level, to_level, urgent, jump_reason,
                asker_id, answerer_id, turn, ending, due_on, policy_version,
                skipped_reviewed, asked_at, version)
            values (%(case)s, %(bottleneck)s, 'decision', 'Wie regelt de plek?', '', 2,
                3, false, '', %(by)s, %(answerer)s, 'review', '', %(due)s, '', false,
                %(at)s, 1) returning id""",
            facts,
        )
        facts |= {"about": f"escalation:{key}", "for": f"escalation:{key}"}
        raw.run(
            "update cases_bottleneck set asked = true, version = version + 1 "
            "where id = %(bottleneck)s",
            facts,
        )
        raw.run(
            """with place as (
                insert into cases_participation (case_id, role, organisation_id,
                    user_id, about, scope, ground, their_reference, from_at)
                values (%(case)s, 'answerer', %(organisation)s, %(answerer)s, %(about)s,
                    '', '', '', %(at)s) returning id
            )
            insert into cases_caseusergrant (permission_id, user_id, content_object_id,
                participation_id, is_open, attention_on)
            select scope, %(answerer)s, %(case)s, place.id, true, c.attention_on
            from place, unnest(%(scopes)s::int[]) scope, cases_case c
            where c.id = %(case)s
            on conflict do nothing""",
            facts,
        )
        raw.run(_OPEN, facts)
        raw.run(_EVENT, facts)
        raw.run(_LOG, facts)
        raw.run(_SETTLE.format(more=""), facts)
    return int(key)


def decide(
    raw: Raw, bottleneck: Bottleneck, asked: int, *, by: User, at: datetime
) -> None:
    """Write a decision, with the level that follows from it."""
    facts = _facts(bottleneck, by, at) | {
        "kind": "escalation.answered",
        "asked": asked,
        "about": f"escalation:{asked}",
        "for": f"bottleneck:{bottleneck.pk}",
        "owner": bottleneck.case.procesregisseur_id,
        "item": "bottleneck.next",
        "due": at.date() + timedelta(days=3),
    }
    with raw.transaction():
        raw.rows(_LOCK, facts)
        raw.run(
            """with answer as (
                insert into escalation_answer (by_id, by_name, recorded_by_id, channel,
                    at, disputed_reason, escalation_id, kind, ends, level, text)
                values (%(by)s, '', %(by)s, 'here', %(at)s, '', %(asked)s, 'decide',
                    true, 3, 'De corporatie regelt de plek.') returning id, text
            )
            insert into escalation_decision (answer_id, case_id, text, role, binding,
                formal_reference)
            select id, %(case)s, text, 'Manager', '', '' from answer""",
            facts,
        )
        raw.run(
            """update escalation_escalation set turn = 'ended', ending = 'decided',
                ended_at = %(at)s, version = version + 1 where id = %(asked)s""",
            facts,
        )
        raw.run(
            "update cases_bottleneck set asked = false, level = 3, "
            "version = version + 1 where id = %(bottleneck)s",
            facts,
        )
        raw.run(_CLOSE, facts)
        raw.run(_OPEN, facts)
        raw.run(_EVENT, facts)
        raw.run(_LOG, facts)
        raw.run(_SETTLE.format(more="level = 3,"), facts)


def add_history(raw: Raw, case: int, count: int, *, at: datetime) -> None:
    """Let a great deal have happened in a case."""
    facts = {"case": case, "count": count, "at": at}
    raw.run(
        """insert into cases_event (case_id, kind, at, facts, changes)
        select %(case)s, 'case.changed', %(at)s, '{}', '[]'
        from generate_series(1, %(count)s)""",
        facts,
    )
    raw.run(
        """insert into audit_auditentry (at, verb, action, by_role, "case", about,
            granted, break_glass, ground, access_basis, channel)
        select %(at)s, 'case.changed', 'U', '', %(case)s, '', true, false, '', '', 'web'
        from generate_series(1, %(count)s)""",
        facts,
    )


def _facts(bottleneck: Bottleneck, by: User, at: datetime) -> dict[str, Any]:
    return {
        "case": bottleneck.case_id,
        "bottleneck": bottleneck.pk,
        "reference": bottleneck.case.reference,
        "by": by.pk,
        "at": at,
    }
