"""The fictional municipality: sound, of today, and something to do for everybody."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from ave.escalation.models import Dissent, Escalation
from ave.stagnation.models import StuckReport
from casework.cases.models import Bottleneck, Case, Consultation
from casework.meetings.models import Objection
from casework.people.models import User
from casework.work import inbox
from casework.work.models import Delivery, WorkItem
from config.demo.people import DEMO_ROLES, address_of
from programme.models import ProgressUpdate
from tests.demo.monday import the_demo
from tests.standing import settled
from tests.world import AT
from workers import jobs
from workers.figures import figures
from workers.seeding import seed_if_empty
from workers.verify import verify

LATER = timedelta(minutes=2)


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, originals):
    """One municipality for the module."""
    yield from settled(django_db_blocker, originals, the_demo)


@pytest.fixture(autouse=True)
def _monday():
    """Let it be two minutes later: by then all has been told."""
    with time_machine.travel(AT + LATER):
        yield


@pytest.mark.usefixtures("town", "db")
class TestSeed:
    def test_is_told_once(self) -> None:
        """Catches a second municipality on top of what somebody did in the first."""
        assert not seed_if_empty()

    def test_breaks_no_invariant(self) -> None:
        """Catches a story that goes round a transition, and a log without its seal."""
        assert [
            each.name for each in verify(at=timezone.now()) if not each.is_well
        ] == []

    def test_has_no_mail_that_is_late(self) -> None:
        """Catches a first look at the clock that tells of mail nine days late."""
        waits = figures(at=timezone.now())

        assert waits.waiting
        assert waits.oldest_due_seconds <= LATER.total_seconds()

    def test_has_cases_at_every_level_and_in_every_state(self) -> None:
        """Catches a demo on which a page stays empty."""
        cases = Case.objects.system_scope("test")
        assert cases.count() >= 40
        assert set(cases.values_list("level", flat=True)) == {1, 2, 3, 4}
        assert set(cases.values_list("status", flat=True)) == set(Case.Status.values)

    def test_shows_what_else_can_be(self) -> None:
        """Catches a kind of request, or an end of a bottleneck, that nobody sees."""
        bottlenecks = Bottleneck.objects.system_scope("test")
        requests = Escalation.objects.system_scope("test")
        reports = StuckReport.objects.system_scope("test")

        states = set(bottlenecks.values_list("state", flat=True))
        assert states == set(Bottleneck.State.values)
        kinds = set(requests.values_list("kind", flat=True))
        assert kinds == set(Escalation.Kind.values)
        assert {report.task is None for report in reports} == {True, False}
        for model in (Consultation, Dissent, Objection, ProgressUpdate):
            assert model._base_manager.exists()

    def test_leaves_little_unread(self) -> None:
        """Catches a demo in which the work of today drowns in what was long ago."""
        unread = WorkItem.objects.system_scope("test").filter(
            closed_at=None, kind__in=("referral.outcome", "case.read_in")
        )
        assert 1 <= unread.count() <= 6

    def test_is_never_later_than_now(self) -> None:
        """Catches a story that is told of tomorrow."""
        now = timezone.now()
        for case in Case.objects.system_scope("test"):
            assert all(event.at <= now for event in case.events.all())

    @pytest.mark.parametrize("role", sorted(DEMO_ROLES))
    def test_lets_every_role_land_on_something(self, role: str) -> None:
        """Catches a role whose first page is empty or broken."""
        client = Client()

        entered = client.post("/demo/", {"role": role})

        assert entered.status_code == 303
        page = client.get("/")
        assert page.status_code == 200
        assert DEMO_ROLES[role].name in page.content.decode()
        user = User.objects.get(email=address_of(DEMO_ROLES[role].name))
        assert inbox.mine(user, at=timezone.now()).exists()

    def test_reminds_within_reason(self) -> None:
        """Catches a demo that starts with a mountain of mail."""
        jobs.plan_due(at=timezone.now(), stop=lambda: False)
        sent = Counter(Delivery.objects.values_list("to_user__name", flat=True))
        assert sent
        assert max(sent.values()) < 60

    def test_refuses_a_role_that_is_not_there(self) -> None:
        """Catches a 500 on a role that somebody made up."""
        answer = Client().post("/demo/", {"role": "koning"})

        assert answer.status_code == 422
        assert "Deze rol bestaat niet" in answer.content.decode()

    def test_says_so_when_the_demo_began_again(self) -> None:
        """Catches a button for somebody who is not there."""
        somebody = DEMO_ROLES["fg"]
        User.objects.filter(email=address_of(somebody.name)).update(
            email="weg@x.example"
        )

        answer = Client().post("/demo/", {"role": "fg"})

        assert "De demo is opnieuw begonnen" in answer.content.decode()
