"""A case as it was: the same that was so, and the same that somebody could see."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from ave.escalation.flow import answer
from ave.escalation.transitions import take_back
from casework.access.grants import scopes
from casework.audit import log
from casework.audit.models import AuditEntry
from casework.cases.absence import end_absence, start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.excluding import exclude_colleague
from casework.cases.handover import hand_over_procesregie
from casework.cases.journal import state_of
from casework.cases.lifecycle import close_case
from casework.cases.looking_back import opened_by, scopes_at, state_at
from casework.people.models import Absence, Role, User
from casework.people.transitions import join_desk, leave_desk
from casework.work import items
from casework.work.models import WorkItem
from tests.world import (
    AT,
    CANARIES,
    asked,
    bottleneck_of,
    referred,
    with_canaries,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def world(begun):
    return begun[0]


class Story:
    """What happens in a case, one thing an hour."""

    def __init__(self, world, case):
        self.world, self.case = world, case
        self.regisseur, self.other = world.procesregisseur, world.other_procesregisseur

    def steps(self):
        return (
            self.appoint,
            self.ask,
            self.decide,
            self.come_down,
            self.go_away,
            self.come_home,
            self.exclude,
            self.hand_over,
            self.solve,
            self.close,
        )

    def appoint(self, at):
        appoint_casusregisseur(
            self.case, by=self.regisseur, at=at, user=self.world.casusregisseur
        )

    def ask(self, at):
        self.request = asked(self.world, self.case, at=at)

    def decide(self, at):
        by = self.world.manager
        answer(self.request, by=by, at=at, answer="decide", text="De ggz.")

    def come_down(self, at):
        self.request.bottleneck.refresh_from_db()
        take_back(self.request.bottleneck, by=self.regisseur, at=at)

    def go_away(self, at):
        self.absence = start_absence(
            self.regisseur, by=self.regisseur, at=at, reason="Ziek"
        )

    def come_home(self, at):
        end_absence(self.absence, by=self.regisseur, at=at)

    def exclude(self, at):
        exclude_colleague(
            self.case, by=self.regisseur, at=at, user=self.world.casusregisseur
        )

    def hand_over(self, at):
        hand_over_procesregie([self.case], by=self.regisseur, at=at, user=self.other)

    def solve(self, at):
        self.case.refresh_from_db()
        bottleneck = bottleneck_of(self.case)
        end_bottleneck(
            bottleneck, by=self.other, at=at, state="solved", reason="Gelukt."
        )

    def close(self, at):
        self.case.refresh_from_db()
        for item in WorkItem.objects.system_scope("test").filter(
            case=self.case.pk, state="open"
        ):
            items.close_items(item.about, by=self.other, at=at)
        close_case(self.case, by=self.other, at=at, outcome="solved")


def seen(case, at):
    return {user.pk: set(scopes(user, case, at=at)) for user in User.objects.all()}


class TestLookingBack:
    def test_gives_what_was_so_at_every_moment(self, world, case):
        """Catches a page of history that shows today, or rights that were never there."""
        moments = []
        for number, step in enumerate(Story(world, case).steps(), start=1):
            at = AT + number * HOUR
            step(at)
            later = at + HOUR / 2
            moments.append(
                (step.__name__, later, state_of([case.pk]), seen(case, later))
            )

        people = list(User.objects.all())
        for name, at, state, rights in moments:
            then = state_at(case, at=at)
            assert then == state, name
            found = {
                user.pk: set(scopes_at(case, user, at=at, state=then))
                for user in people
            }
            assert found == rights, name
        assert len({str(rights) for _, _, _, rights in moments}) >= 6

    def test_is_empty_before_the_case_began(self, world, case):
        assert state_at(case, at=AT - HOUR) == {}
        assert scopes_at(case, world.procesregisseur, at=AT - HOUR) == {}

    def test_knows_who_looked_and_when(self, world, case):
        with time_machine.travel(AT + HOUR, tick=False):
            client = Client()
            client.force_login(world.procesregisseur, BACKEND)
            client.get(f"/casussen/{case.reference}/")

        assert not opened_by(case, world.procesregisseur, until=AT + HOUR / 2).filter(
            action="R"
        )
        assert opened_by(case, world.procesregisseur, until=AT + HOUR * 2).filter(
            action="R"
        )


class TestOnTheDayThatSomebodyJoinsOrLeaves:
    """The desk procesregie reads a case that is judged; who is in it changes at noon."""

    @pytest.fixture
    def case(self, world):
        return referred(world)

    def tell(self, verb, place, at):
        log.write(verb, by=None, at=at, about=f"user:{place.user_id}", role=place.role)

    def test_who_left_could_until_then(self, world, case):
        """Catches "could see nothing" of a morning in which he read the dossier."""
        user = world.procesregisseur
        before = set(scopes(user, case, at=AT))
        place = user.memberships.get(desk=world.procesregie)
        leave_desk(place, on=AT.date())
        self.tell("desk.left", place, AT + 5 * HOUR)

        assert set(scopes_at(case, user, at=AT + HOUR)) == before != set()
        assert scopes_at(case, user, at=AT + 6 * HOUR) == {}

    def test_who_joined_could_from_then(self, world, case):
        """Catches "could read it" of a morning in which he did not work here yet."""
        user = world.casusregisseur
        place = join_desk(
            user, world.procesregie, role=Role.PROCESREGISSEUR, on=AT.date()
        )
        self.tell("desk.joined", place, AT + 5 * HOUR)

        assert scopes_at(case, user, at=AT + HOUR) == {}
        assert set(scopes_at(case, user, at=AT + 6 * HOUR)) == set(
            scopes(user, case, at=AT + 6 * HOUR)
        )

    def test_a_stand_in_has_the_desk_of_whom_he_stands_in_for_until_then(
        self, world, case
    ):
        """Catches a stand-in whose morning is lost when the other leaves at noon."""
        user, deputy = world.procesregisseur, world.deputy
        Absence.objects.create(user=user, deputy=deputy, starts_at=AT, started_by=user)
        before = set(scopes(deputy, case, at=AT + HOUR))
        place = user.memberships.get(desk=world.procesregie)
        leave_desk(place, on=AT.date())
        self.tell("desk.left", place, AT + 5 * HOUR)

        assert set(scopes_at(case, deputy, at=AT + HOUR)) == before != set()
        assert scopes_at(case, deputy, at=AT + 6 * HOUR) == {}

    def test_who_has_a_place_by_name_and_no_desk_could_see_nothing(self, world, case):
        """Catches somebody who left and still could, in what the page says."""
        user = world.procesregisseur
        for place in user.memberships.all():
            leave_desk(place, on=AT.date())
            self.tell("desk.left", place, AT + 5 * HOUR)

        later = AT + 6 * HOUR
        assert set(scopes(user, case, at=later)) == set(scopes_at(case, user, at=later))
        assert scopes_at(case, user, at=later) == {}
        assert scopes_at(case, user, at=AT + HOUR)

    def test_without_a_row_days_count_as_the_page_says(self, world, case):
        """Catches a page that says another thing of those days than is counted."""
        joins, leaves = world.casusregisseur, world.procesregisseur
        join_desk(joins, world.procesregie, role=Role.PROCESREGISSEUR, on=AT.date())
        place = leaves.memberships.get(desk=world.procesregie)
        leave_desk(place, on=AT.date())

        assert scopes_at(case, joins, at=AT)
        assert scopes_at(case, leaves, at=AT) == {}


class TestPage:
    @pytest.fixture
    def ask(self, world):
        client = Client()

        def get(case, **asked):
            with time_machine.travel(AT + timedelta(days=2), tick=False):
                client.force_login(world.privacy_officer, BACKEND)
                return client.get(f"/logboek/casus/{case.reference}/", asked)

        return get

    def test_shows_what_somebody_could_see_then_and_whether_he_looked(
        self, world, case, ask
    ):
        with_canaries(world, case)
        asked(world, case, at=AT + HOUR)

        before = ask(case, op="2026-11-23", tijd="10:30", wie=world.manager.pk)
        after = ask(case, op="2026-11-23", tijd="11:30", wie=world.manager.pk)

        assert "kon deze casus toen niet zien" in before.content.decode()
        assert "Mag een opschaling beantwoorden" in after.content.decode()
        assert "telt de eerste dag helemaal mee" in after.content.decode()
        assert "Nee. In het logboek" in after.content.decode()
        for canary in CANARIES.values():
            assert canary not in before.content.decode() + after.content.decode()

    def test_is_in_the_log_itself(self, world, case, ask):
        ask(case, op="2026-11-23", wie=world.procesregisseur.pk)

        row = AuditEntry.objects.order_by("-pk").first()
        assert (row.verb, row.action, row.case) == ("history.read", "R", case.pk)
        assert (row.by, row.about) == (
            world.privacy_officer,
            f"user:{world.procesregisseur.pk}",
        )

    @pytest.mark.parametrize(
        "wrong",
        [
            {"op": "2026-11-31"},
            {"op": "2026-12-24"},
            {"op": "0001-01-01"},
            {"op": "9999-12-31"},
            {"op": "2026-11-23", "tijd": "25:00"},
            {"op": "2026-11-23", "wie": "999999"},
            {"op": "2026-11-23", "wie": "\x00"},
            {"tijd": "10:00"},
        ],
    )
    def test_names_what_is_wrong(self, world, case, ask, wrong):
        response = ask(case, **wrong)

        assert response.status_code == 422
        assert "error" in response.content.decode()

    def test_says_that_there_was_nothing_yet(self, world, case, ask):
        response = ask(case, op="2026-11-01")

        assert "Toen was deze casus er nog niet" in response.content.decode()

    @pytest.mark.parametrize("reference", ["%00", "AVE-2026-0412%00", "x" * 300])
    def test_is_not_there_for_what_is_no_reference(self, world, as_user, reference):
        """Catches an address that the database can't hold: a page that fails, no row."""
        client = as_user(world.privacy_officer)

        assert client.get(f"/logboek/casus/{reference}/").status_code == 404
        assert AuditEntry.objects.filter(verb="page.refused").count() == 1

    def test_is_not_there_for_who_knows_these_people(self, world, case, ask):
        """Catches a privacy officer who looks back at the case of his neighbours."""
        by = {"by": world.procesregisseur, "at": AT}
        assert ask(case).status_code == 200

        exclude_colleague(case, **by, user=world.privacy_officer)

        assert ask(case).status_code == 404

    @pytest.mark.parametrize("who", ["fg", "procesregisseur", "beheerder"])
    def test_is_for_the_privacy_officer_only(self, world, case, who):
        client = Client()
        client.force_login(getattr(world, who), BACKEND)
        assert client.get(f"/logboek/casus/{case.reference}/").status_code == 403
