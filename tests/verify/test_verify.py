"""Each invariant is broken on purpose, and `verify` must say which."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from ave.escalation.dissenting import write_dissent
from ave.escalation.flow import DeescalationFlow, answer
from ave.escalation.voices import ask_voice, give_voice
from casework.audit.sealer import seal
from casework.cases.absence import start_absence
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.confirmations import Given
from casework.cases.lifecycle import close_case
from casework.cases.reading_in import finish_reading_in
from casework.jobs.making import make_due
from casework.jobs.models import Job
from casework.jobs.transitions import ask_for
from casework.people.transitions import leave_desk
from casework.plan.answering import pick_up_task
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task, record_report_for
from casework.work import items
from casework.work.models import WorkItem
from programme.importing import TYNAARLO, import_programme
from programme.leaving import let_owners_go
from programme.models import Activity
from programme.transitions import assign_owner, post_progress
from tests.traces import VERBS
from tests.world import AT, STUCK, asked, calmed, make_world, opened, referred
from workers.verify import FINDINGS, LEVEL_MOVERS, STATEMENTS, count_of, verify

AFTERCARE = "a case in aftercare is looked back on, or waits to be closed"

A_CLOSED = "(select id from cases_case where closed_at is not null limit 1)"
AN_OPEN = "(select id from cases_case where status = 'open' order by id limit 1)"
RUNNING = (
    "(select id from escalation_escalation where ended_at is null order by id limit 1)"
)
ENDED = (
    "(select id from escalation_escalation where ended_at is not null "
    "order by id limit 1)"
)
NOT_ASKED = """
    update work_workitem set state = 'done', closed_at = now(), next_step_at = null
    where kind = 'confirm' and about like '{0}:%'"""
FREE = "alter table {0} drop constraint {1}"

BREACHES: dict[str, str] = {
    "every event stands in the log": f"""
        insert into cases_event (case_id, kind, at, facts, changes)
        values ({AN_OPEN}, 'note.written', now(), '{{"about": "note:1"}}', '[]')""",
    "a case stands at the level of its highest open bottleneck": f"""
        update cases_case set level = 4 where id = {AN_OPEN}""",
    "a case asks for attention on the day of its first open work": f"""
        update cases_case set attention_on = attention_on + 1 where id = {AN_OPEN}""",
    "an open bottleneck stands at proces or above": """
        update cases_bottleneck set level = 1 where state = 'open'""",
    "a referral has no level yet": f"""
        {FREE.format("cases_case", "case_in_triage_has_no_level_yet")};
        update cases_case set level = 2 where status = 'in_triage'""",
    "a level changes only by triage, an answer, a taking back or an end": f"""
        insert into cases_event (case_id, kind, at, facts, changes)
        values ({AN_OPEN}, 'note.written', now(), '{{}}',
                '[["case:1", "level", 2, 3]]')""",
    "an open case has one procesregisseur": f"""
        update cases_participation set ended_at = now()
        where role = 'procesregisseur' and case_id = {AN_OPEN}""",
    "a casusregisseur takes part in his case": """
        update cases_participation set ended_at = now()
        where role = 'casusregisseur' and ended_at is null""",
    "a deputy's place stands beside that of whom it is for": """
        update cases_participation set ended_at = now()
        where ended_at is null and on_behalf_of_id is null and user_id in (
            select on_behalf_of_id from cases_participation)""",
    "a bottleneck knows whether a request about it runs": """
        update cases_bottleneck set asked = not asked where state = 'open'""",
    "a running request has one open work item": f"""
        update work_workitem set state = 'done', closed_at = now(), next_step_at = null
        where about = 'escalation:' || {RUNNING}""",
    "a running request waits for somebody who is here": """
        update people_user set is_active = false where id in (
            select owner_user_id from work_workitem where kind = 'escalation.review')""",
    "who is asked is of the municipality or of a party of that moment": """
        with elsewhere as (
            insert into people_organisation (name, short_name, kind, is_active)
            values ('Elders', 'Elders', 'ketenpartner', true) returning id)
        update cases_participation set organisation_id = elsewhere.id from elsewhere
        where role = 'answerer' and ended_at is null""",
    "a running request has one open turn": """
        update viewflow_task set status = 'DONE' where status = 'NEW'
          and flow_task like '%EscalationFlow%'""",
    "an ended request has no open turn and no open work": f"""
        update work_workitem set about = 'escalation:' || {ENDED}
        where id = (select id from work_workitem where state = 'open' limit 1)""",
    "an ended request has one ending answer": f"""
        {FREE.format("escalation_answer", "answer_ends_by_its_kind")};
        update escalation_answer set ends = false where escalation_id = {ENDED}""",
    "nobody answers his own request": f"""
        update escalation_answer set by_id = (
            select asker_id from escalation_escalation where id = {ENDED})
        where escalation_id = {ENDED}""",
    "nobody takes a case over from himself": """
        insert into escalation_acceptance
            (stop_id, accepted, by_id, by_name, recorded_by_id, channel, at,
             disputed_reason)
        select id, true, asker_id, '', asker_id, 'here', now(), ''
        from escalation_deescalation where answered_at is null""",
    "an answer that another wrote down is confirmed or chased": NOT_ASKED.format(
        "answer"
    ),
    "a voice that another wrote down is confirmed or chased": NOT_ASKED.format("voice"),
    "an acceptance that another wrote down is confirmed or chased": NOT_ASKED.format(
        "acceptance"
    ),
    "a dissent that another wrote down is confirmed or chased": NOT_ASKED.format(
        "dissent"
    ),
    "a report that another wrote down is confirmed or chased": NOT_ASKED.format(
        "report"
    ),
    "what an asker wrote down as an answer is chased at who gave it": """
        update work_workitem set paused_until = '2027-11-01', paused_for = 'agreed'
        where kind = 'confirm' and about like 'answer:%'""",
    "an open voice has one open work item, and no other has any": """
        update work_workitem set state = 'done', closed_at = now(), next_step_at = null
        where kind = 'escalation.voice'""",
    "an ended request has no open voice, and nobody beside it reads it": f"""
        insert into escalation_voice
            (escalation_id, kind, user_id, asked_by_id, asked_at, stance, text,
             by_name, channel, disputed_reason)
        select {ENDED}, 'advice', min(id), min(id), now(), '', '', '', 'here', ''
        from people_user""",
    "nobody above reads the memo of a bottleneck that is over": """
        update cases_bottleneck set state = 'solved', asked = false, ended_at = now()
        where state = 'open'""",
    "a decision belongs to a deciding answer": """
        delete from escalation_decision""",
    "a stop that runs has one open work item": """
        update work_workitem set state = 'done', closed_at = now(), next_step_at = null
        where kind = 'stop.receive'""",
    "procesregie stops with nothing stuck or asked": f"""
        update cases_case set status = 'aftercare' where id = {AN_OPEN}""",
    AFTERCARE: """
        update work_workitem set state = 'done', closed_at = now(), next_step_at = null
        where kind = 'stop.aftercare'""",
    "a case in triage is being assessed": """
        update work_workitem set state = 'done', closed_at = now(), next_step_at = null
        where kind = 'triage'""",
    "a closed case has no open work": f"""
        update work_workitem set "case" = {A_CLOSED}
        where id = (select id from work_workitem where state = 'open' limit 1)""",
    "a closed case has no open request or bottleneck": f"""
        update cases_bottleneck set state = 'open', ended_at = null
        where case_id = {A_CLOSED}""",
    "a closed case has no place in it but the archive": f"""
        update cases_participation set ended_at = null
        where role = 'procesregisseur' and case_id = {A_CLOSED}""",
    "a place for an emergency lasts four hours and has its reason": """
        update cases_participation set role = 'break_glass'
        where id = (select min(id) from cases_participation)""",
    "an emergency is reviewed, or waits for that": """
        insert into cases_breakglass
            (case_id, participation_id, by_id, at, until, reason, outcome, note)
        select case_id, id, (select min(id) from people_user), now(), now(),
            'Zonder dat iemand kijkt', '', ''
        from cases_participation limit 1""",
    "open work has an owner who can do it": """
        update people_user set is_active = false where id in (
            select owner_user_id from work_workitem where state = 'open')""",
    "who picked work up can still do it": """
        update work_workitem set claimed_by_id = (
            select user_id from people_membership where role = 'fg')
        where state = 'open' and owner_desk_id is not null""",
    "open work has a next step": f"""
        {FREE.format("work_workitem", "work_open_has_a_next_step")};
        update work_workitem set next_step_at = null where state = 'open'""",
    "a deputy's place ends with the absence": """
        update people_absence set ends_at = starts_at""",
    "nobody takes part in a case who has no account": """
        update people_user set is_active = false where id in (
            select user_id from cases_participation where ended_at is null)""",
    "nobody has a place in a case without a desk and its role": """
        update people_membership set until_on = from_on where user_id in (
            select user_id from cases_participation where ended_at is null)""",
    "the file of a long job is whole, or gone with its key": """
        delete from jobs_piece""",
    "what was sent too late is kept a week and no longer": """
        insert into keys_keptform (user_id, mark, sealed, kept_at)
        select id, '', '', '2000-01-01' from people_user limit 1""",
    "the stock tables of guardian are empty": """
        insert into guardian_userobjectpermission
            (object_pk, content_type_id, permission_id, user_id)
        select '1', p.content_type_id, p.id, u.id
        from auth_permission p, people_user u limit 1""",
    "no step of a procedure failed": """
        update viewflow_task set status = 'ERROR'""",
    "who is asked to look at a case that stands still, is asked while it does": f"""
        update work_workitem
        set kind = 'case.still', about = 'case:' || {A_CLOSED}, "case" = {A_CLOSED}
        where id = (select id from work_workitem where state = 'open' limit 1)""",
    "who is asked to look at a plan again, is asked about one that runs": """
        update work_workitem set kind = 'plan.review', about = 'plan:0'
        where id = (select id from work_workitem where state = 'open' limit 1)""",
    "an activity stands as was last told of it": """
        update programme_activity set status = 'running' where code = 'ZV-01'""",
    "who answers for an activity is kept with since when": """
        update programme_activityowner set ended_at = now() where ended_at is null""",
    "who answers for what goes on is asked how it goes, and nobody else": """
        update work_workitem set owner_user_id = (
            select user_id from people_membership where role = 'aov')
        where kind = 'activity.progress' and state = 'open'""",
    "an owner is looked for only where nobody answers for what goes on": """
        update programme_activity set status = 'dropped'
        where id in (
            select split_part(about, ':', 2)::bigint from work_workitem
            where kind = 'activity.appoint' and state = 'open')""",
    "access is what the participations say": """
        update cases_caseusergrant set until = now()""",
    "events give back the state": f"""
        update cases_case set urgent = true where id = {AN_OPEN}""",
    "every step of a procedure still exists": """
        update viewflow_task set flow_task = replace(flow_task, '.review', '.gone')
        where status = 'NEW'""",
}
"""The breach of each invariant, by the owner and round every constraint."""


@pytest.fixture(scope="module")
def rich(django_db_setup, django_db_blocker):
    """One world for the module, in which every kind of row is there and sound."""
    with django_db_blocker.unblock(), transaction.atomic():
        _make_rich()
        yield
        transaction.set_rollback(True)


def _make_rich() -> None:
    world = make_world()
    referred(world)
    lower = asked(world, opened(world))
    answer(lower, by=world.manager, at=AT, answer="lower", text="Zelf.")
    spoken = asked(world, opened(world))
    given = Given(channel="telephone", at=AT, by=world.manager)
    regisseur = world.procesregisseur
    answer(
        spoken, by=regisseur, at=AT, answer="decide", text="De ggz begint.", given=given
    )
    running = opened(world)
    raise_bottleneck(running, by=regisseur, at=AT, **STUCK)
    _beside(world, asked(world, running))
    _spoken(world, spoken)
    _stopping(world)
    _taken_over(world)
    _looked_back(world)
    _closed(world)
    _in_the_programme(world)
    start_absence(regisseur, by=regisseur, at=AT, reason="Ziek")
    seal(at=AT)
    ask_for(Job.Kind.LOG_EXPORT, by=world.fg, at=AT)
    make_due(at=AT, stop=lambda: False)
    seal(at=AT)


def _beside(world, request) -> None:
    """One who was asked and did not react yet, and one who said it by telephone."""
    by = {"by": world.procesregisseur, "at": AT}
    ask_voice(request, **by, kind="advice", user=world.aov)
    spoken = ask_voice(request, **by, kind="advice", user=world.other_manager)
    given = Given(channel="telephone", at=AT, by=world.other_manager)
    give_voice(spoken, **by, text="Begin klein.", given=given)


def _spoken(world, decided) -> None:
    """What was said of a task, of taking over, and of what was decided."""
    by = {"by": world.procesregisseur, "at": AT}
    told = Given(channel="telephone", at=AT, by_name="mw. Smit")
    ask = Ask(
        kind="visit",
        question="Is het rustig?",
        desk=world.police_desk,
        due_on=AT.date() + timedelta(days=14),
    )
    pick_up_task(offer_task(decided.case, ask, **by), by=world.officer, at=AT)
    write_dissent(decided, **by, text="Te vroeg.", organisation=world.police)
    task = offer_task(decided.case, ask, **by)
    record_report_for(task, **by, given=told, answer="Nee.")
    stop = _stopping(world)
    said = Given(channel="telephone", at=AT, by=world.casusregisseur)
    DeescalationFlow.receive.complete(stop, **by, accepts=True, given=said)


def _in_the_programme(world) -> None:
    """One activity with an owner, one without, and one whose owner has left."""
    import_programme(TYNAARLO, by=world.aov, at=AT)
    for code, owner in (("ZV-02", world.fg), ("OND-02", world.housing_worker)):
        activity = Activity.objects.get(code=code)
        assign_owner(activity, owner=owner, by=world.aov, at=AT)
        post_progress(activity, status="running", by=world.aov, at=AT)
    leave_desk(world.housing_worker.memberships.get(), on=AT.date())
    let_owners_go(at=AT)


def _calm(world):
    case = calmed(world, opened(world))
    return finish_reading_in(case, by=world.casusregisseur, at=AT)


def _stopping(world):
    return DeescalationFlow.start.begin(
        _calm(world),
        by=world.procesregisseur,
        at=AT,
        receiver=world.casusregisseur,
        reason="Het loopt.",
        aftercare_on=AT.date() + timedelta(days=30),
    )


def _taken_over(world):
    """A case in aftercare: its day to look back must still come."""
    stop, by = _stopping(world), world.casusregisseur
    return DeescalationFlow.receive.complete(stop, by=by, at=AT, accepts=True)


def _looked_back(world) -> None:
    """A case in aftercare that waits to be closed."""
    stop, by = _taken_over(world), world.procesregisseur
    DeescalationFlow.aftercare.complete(stop, by=by, at=AT, text="Het gaat goed.")


def _closed(world) -> None:
    case = _calm(world)
    for kind in ("case.inform", "triage.tell"):
        items.close_items(case.key, by=world.procesregisseur, at=AT, kind=kind)
    close_case(case, by=world.procesregisseur, at=AT, outcome="solved")


def _well(at=AT) -> dict[str, bool]:
    return {
        each.name: each.count == 0
        for each in verify(at=at)
        if not each.name.startswith("log:")
    }


@pytest.mark.usefixtures("rich", "db")
class TestVerify:
    def test_finds_nothing_wrong_in_a_sound_world(self) -> None:
        found = [name for name, well in _well().items() if not well]
        assert set(found) <= set(FINDINGS)

    def test_every_invariant_has_a_breach_here(self) -> None:
        """Catches an invariant that nobody ever saw broken."""
        assert set(STATEMENTS) <= set(BREACHES)
        assert set(BREACHES) == set(_well()) - set(FINDINGS)

    def test_every_mover_of_a_level_is_an_event_that_is_written(self) -> None:
        """Catches a misspelt event, so that what is allowed counts as a breach."""
        assert set(LEVEL_MOVERS) <= set(VERBS)

    @pytest.mark.parametrize("name", sorted(BREACHES))
    def test_finds_each_breach(self, name: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("reset role")
            cursor.execute("set constraints all immediate")
            for statement in BREACHES[name].split(";"):
                cursor.execute(statement.replace("%", "%%"), [])
            cursor.execute(f"set role {settings.APPLICATION_ROLE}")
            assert _well()[name] is False
            transaction.set_rollback(True)

    def test_finds_aftercare_that_nobody_is_asked_to_close(self) -> None:
        """Catches a check that is content once somebody looked back."""
        with transaction.atomic():
            closing = WorkItem.objects.system_scope("test").open()
            abouts = closing.filter(kind="case.close").values_list("about", flat=True)
            items.close_items(list(abouts), by=None, at=AT, kind="case.close")

            assert count_of(AFTERCARE, at=AT) == 1
            transaction.set_rollback(True)

    def test_the_command_leaves_with_one(self, capsys) -> None:
        """Catches a command that says ok whatever it found."""
        with connection.cursor() as cursor:
            cursor.execute(f"update cases_case set urgent = true where id = {AN_OPEN}")

        with pytest.raises(SystemExit) as left:
            call_command("verify")

        assert left.value.code == 1
        assert "BREACH" in capsys.readouterr().out
