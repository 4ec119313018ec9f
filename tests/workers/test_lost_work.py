"""Work and procedures of a case with which something is wrong are seen, and are work."""

import pytest
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework.people.transitions import leave_desk
from casework.work import items
from casework.work.models import Heartbeat
from tests.workers.test_auditor import all_ticked, asked, codes, never
from tests.world import AT, referred
from tests.world import asked as asked_question
from tests.world import opened as opened_case
from workers import auditor, jobs
from workers.app import PERIODIC


@pytest.mark.django_db
class TestWhoLeft:
    @pytest.fixture
    def left(self, world):
        """Who must answer a question and who picked up a referral have both left."""
        request = asked_question(world, opened_case(world))
        referral = referred(world)
        [item] = items.open_about(referral.key, kind="triage")
        items.claim(item, by=world.other_procesregisseur, at=AT)
        for user in (request.answerer, world.other_procesregisseur):
            leave_desk(user.memberships.get(), on=AT.date())
            user.is_active = False
            user.save(update_fields=["is_active"])
        all_ticked(AT)

    def test_work_that_stays_with_him_is_seen_and_is_work(self, left):
        """Catches work of nobody, of which the clock says that all is well."""
        [finding] = auditor.audit_next_steps(at=AT)

        assert (finding.code, finding.count) == ("work_lost", 2)
        assert asked() == {"clock.work_lost"}

    def test_keeps_nobody_awake_where_the_clock_gives_it_on(self, left):
        """Catches an alarm at each departure."""
        for each in PERIODIC:
            if each.name in ("audit_next_steps", "settle_leavings"):
                jobs.run(each, stop=never, at=AT)

        assert asked() == set()
        assert Heartbeat.objects.get(name=auditor.FOUND).detail == {}


@pytest.mark.django_db
class TestProcedure:
    @pytest.mark.parametrize(
        "broken", [{"status": STATUS.ERROR}, {"flow_task": "ave/triage.flow.Gone.on"}]
    )
    def test_that_broke_is_seen_and_is_work(self, world, broken):
        """Catches a question that nobody can answer any more, and nobody knows of."""
        referred(world)
        all_ticked(AT)
        assert codes(AT) == set()
        steps = Task.objects.filter(finished__isnull=True)
        whole = {"status": STATUS.NEW, "flow_task": steps.get().flow_task}

        steps.update(**broken)
        assert codes(AT) == {"procedure_failed"}
        assert asked() == {"clock.procedure_failed"}

        steps.update(**whole)
        assert codes(AT) == set()
        assert asked() == set()
