"""
How many statements and blocks things take: gates, since neither of them wobbles.

Times are never asserted; `make bench` measures them. The same limits hold at 1,000 and
at 10,000 grants: what stays within them at both sizes does not grow.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TestCase

from ave.board.reading import levels_of
from ave.escalation.flow import EscalationFlow
from ave.escalation.flow import answer as answer_escalation
from bench import page, peers
from bench.measure import (
    Contender,
    NotTheSame,
    Operation,
    buffers_of,
    count,
    measure,
)
from bench.town import Size, Town, Viewers, as_owner, build
from casework.access.grants import scopes
from casework.access.pages import page_for
from casework.access.permissions import Permission
from casework.cases import attention, grants
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import Bottleneck, Case, CaseDeskGrant, CaseUserGrant
from casework.people.models import Role
from casework.plan.answering import report_task
from casework.plan.models import TaskDesk
from casework.work import inbox, ladder
from tests.access.asking import Browser

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIST_BUFFERS = 400
SEARCH_BUFFERS = 20
PAGE_BUFFERS = 600


def steered(user, number: int) -> list[Case]:
    cases = Case._base_manager.filter(procesregisseur=user, status="open")
    return list(cases.order_by("pk")[:number])


class Gates:
    """What must hold in a region of any size; its data are made once for a class."""

    CASES: ClassVar[int]
    GRANTS: ClassVar[int]
    town: Town
    viewers: Viewers

    @classmethod
    def setUpTestData(cls) -> None:
        cls.town = build(Size(cls.CASES, log_per_case=1), at=AT)
        as_owner("analyze")
        connection.check_constraints()  # now, not at the end of each test
        ContentType.objects.clear_cache()  # an emptied database numbers them anew
        ContentType.objects.get_for_model(Case)  # kept, as in a process that runs
        cls.viewers = cls.town.viewers()

    def test_the_region_has_its_size_and_is_the_same_in_every_run(self):
        """Catches chance in the generator: two runs must be about the same rows."""
        last = Case._base_manager.order_by("-pk")[0]
        held = CaseUserGrant.objects.count() + CaseDeskGrant.objects.count()

        assert held == pytest.approx(self.GRANTS, rel=0.2)
        assert last.reference == f"AVE-2026-{self.CASES:06}"
        assert last.pk == self.town.first_case + self.CASES - 1
        assert grants.difference([last.pk], at=AT) == 0

    def test_my_cases_take_one_statement_and_few_blocks(self):
        """Catches a list whose cost grows with what others can see."""
        for user in (self.viewers.median, self.viewers.p95, self.viewers.busiest):

            def listed(user=user) -> list[Case]:
                return page_for(Case, user, at=AT)

            assert count(listed).statements == 1
            assert buffers_of(listed) <= LIST_BUFFERS

    def test_my_cases_are_those_of_the_peers(self):
        """Catches a fast list that is another list."""
        user = self.viewers.busiest

        ours = [case.pk for case in page_for(Case, user, at=AT)]

        by_exists = peers.cases_by_exists(user, at=AT)[:50]
        assert ours == [case.pk for case in by_exists]
        assert ours == [case.pk for case in peers.cases_by_guardian(user)[:50]]

    def test_the_count_per_level_is_one_statement_and_that_of_guardian(self):
        """Catches a count that leaves out grants of desks, or takes them twice."""
        user = self.viewers.busiest

        counted = {
            each.level.value: each.count
            for each in levels_of(user, at=AT)
            if each.count
        }

        assert counted == peers.levels_by_guardian(user)
        assert count(lambda: levels_of(user, at=AT)).statements == 1

    def test_the_count_per_level_reads_nothing_of_the_archive(self):
        """Catches a cost that grows with everything that was ever closed."""
        user = self.viewers.busiest
        visible = Case.objects.visible_to(user, at=AT).filter(status="open")

        counted = buffers_of(lambda: levels_of(user, at=AT))

        assert counted <= buffers_of(lambda: list(visible))

    def test_rights_take_one_statement(self):
        """Catches a question for each desk, and one for each row of a page."""
        user = self.viewers.busiest
        (case,) = steered(user, 1)
        keys = [each.pk for each in page_for(Case, user, at=AT)]
        steering = Case.objects.visible_to(
            user, at=AT, permission=Permission.STEER_CASE
        )

        assert count(lambda: scopes(user, case, at=AT)).statements == 1
        assert count(lambda: user.has_perm("cases.steer_case", case)).statements == 1
        assert count(lambda: list(steering.filter(pk__in=keys))).statements == 1

    def test_my_work_takes_as_many_statements_for_much_as_for_little(self):
        """Catches a query for each row, or for each person who is away."""
        for role in (Role.PROCESREGISSEUR, Role.KETENPARTNER):
            user = self.town.folk.people[role][0]

            listed = count(lambda user=user: list(inbox.foremost(user, 50, at=AT)))

            assert listed.statements <= 3

    def test_my_work_reads_no_more_than_a_page_needs(self):
        """Catches a page that reads all that waits at a desk, to show what is first."""
        user = self.viewers.busiest
        whole = list(inbox.mine(user, at=AT))

        assert list(inbox.foremost(user, 50, at=AT)) == whole[:50]
        read = buffers_of(lambda: list(inbox.foremost(user, 50, at=AT)))
        assert read <= PAGE_BUFFERS

    def test_the_page_is_given_also_with_the_filters_of_the_peer(self):
        """Catches a peer that the page can no longer ask: the run would stop there."""
        browser = Browser(self.viewers.busiest)

        ours = browser.ask("GET", "/")
        with page._filters_of_guardian():
            theirs = browser.ask("GET", "/")

        assert (ours.status_code, theirs.status_code) == (200, 200)

    def test_looking_for_reminders_costs_nothing_when_none_is_due(self):
        """Catches a clock that reads everything that waits, every few seconds."""

        def find() -> int:
            return ladder.plan_due(at=AT, call=pytest.fail)

        assert count(find).statements == 1
        assert buffers_of(find) <= SEARCH_BUFFERS

    def test_finding_many_reminders_takes_three_statements(self):
        """The rows, the policy and the calendar; then one transaction for each."""
        later = AT + timedelta(hours=36)

        found = count(
            lambda: ladder.plan_due(at=later, call=pytest.fail, stop=lambda: True)
        )

        assert found.statements == 3

    def test_a_day_that_moves_takes_one_statement(self):
        """Catches a write for each grant of a case."""
        (case,) = steered(self.viewers.busiest, 1)

        assert count(lambda: attention.follow([case.pk])).statements == 1
        assert count(lambda: grants.follow([case.pk], at=AT)).statements == 1

    def test_a_task_is_answered_in_18(self):
        """Catches statements that creep in: more must be somebody's decision."""
        place = TaskDesk._base_manager.select_related("task__case", "taker")
        given = place.filter(state=TaskDesk.State.PICKED_UP).order_by("pk")[0]

        asked = count(
            lambda: report_task(given.task, by=given.taker, at=AT, answer="Ja.")
        )

        assert asked.statements <= 18

    def test_an_escalation_is_asked_and_decided_in_60(self):
        """With its procedure, grants, events, log, work and day."""
        stuck = Bottleneck._base_manager.select_related("case__procesregisseur")
        bottleneck = stuck.filter(level=2).order_by("pk")[0]
        manager = self.town.folk.people[Role.MANAGER][0]

        def both() -> None:
            escalation = EscalationFlow.start.begin(
                bottleneck,
                by=bottleneck.case.procesregisseur,
                at=AT,
                question="Wie regelt de plek?",
            )
            answer_escalation(
                escalation, by=manager, at=AT, answer="decide", text="De stichting."
            )

        assert count(both).statements <= 60

    def test_handing_over_twenty_cases_takes_as_many_as_two(self):
        """Catches a statement for each case: a region hands over hundreds."""
        first, second = self.town.procesregisseurs()[:2]
        taken = []
        for number in (2, 20):
            cases = steered(first, number)
            assert len(cases) == number

            def hand_over(cases=cases) -> None:
                hand_over_procesregie(cases, by=first, at=AT, user=second)

            with transaction.atomic():
                taken.append(count(hand_over).statements)
                transaction.set_rollback(True)

        assert taken[0] == taken[1] <= 30


class TestAtAThousandGrants(Gates, TestCase):
    CASES, GRANTS = 240, 1_000


class TestAtTenThousandGrants(Gates, TestCase):
    CASES, GRANTS = 2_400, 10_000


def test_unequal_results_stop_the_run():
    """Catches a time for something that is not the same."""
    operation = Operation(
        "twee wegen",
        ours=Contender("ours", lambda _: 1),
        bound=Contender("bound", lambda _: 2),
    )

    with pytest.raises(NotTheSame):
        measure(operation, rounds=1)
