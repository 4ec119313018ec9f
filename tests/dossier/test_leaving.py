"""Who has left holds no place in a case, and no case is left alone."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.voices import ask_voice
from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.absence import (
    dormant_stand_ins,
    replace_who_left,
    set_deputy,
    start_absence,
)
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.dossier import add_note
from casework.cases.excluding import exclude_colleague
from casework.cases.grants import difference
from casework.cases.handover import VACANT
from casework.cases.leaving import appoint_successor, leave, settle_leavings
from casework.cases.models import Event, Participation
from casework.cases.reading_in import APPOINT
from casework.people.absence import acting_for
from casework.people.errors import NotVisible
from casework.people.models import Absence, Role
from casework.people.transitions import join_desk, leave_desk
from casework.work import items
from tests.dossier.conftest import post
from tests.replay import replays
from tests.world import AT, DAY, asked, opened
from workers.jobs import settle_leavings as tick
from workers.verify import count_of

LATER = AT + timedelta(minutes=1)
NO_DESK = "nobody has a place in a case without a desk and its role"
CAN_DO_IT = "open work has an owner who can do it"
WAITS = "a running request waits for somebody who is here"
ONE = "an open case has one procesregisseur"


def leaves(user) -> None:
    leave_desk(user.memberships.get(), on=DAY)


def loses_account(user) -> None:
    leaves(user)
    user.is_active = False
    user.save(update_fields=["is_active"])


@pytest.fixture
def heir(world):
    """The deputy of the procesregisseur, who is a procesregisseur himself."""
    set_deputy(
        world.procesregisseur,
        by=world.procesregisseur,
        at=AT,
        deputy=world.other_procesregisseur,
    )
    return world.other_procesregisseur


@pytest.fixture
def team_lead(world):
    world.procesregisseur.team_lead = world.other_manager
    world.procesregisseur.save(update_fields=["team_lead"])
    return world.other_manager


class TestLeave:
    def test_gives_the_cases_to_the_deputy(self, world, case, heir) -> None:
        """Catches a procesregisseur without a desk who reads and writes on."""
        gone, second = world.procesregisseur, opened(world)
        leaves(gone)
        assert count_of(NO_DESK, at=LATER) == 2

        with replays(case), replays(second):
            assert settle_leavings(at=LATER) == 2

        assert not scopes(gone, case, at=LATER)
        with pytest.raises(NotVisible):
            add_note(case, by=gone, at=LATER, text="x", mark="fact")
        assert Permission.STEER_CASE in scopes(heir, case, at=LATER)
        case.refresh_from_db()
        assert case.procesregisseur == heir
        assert not items.open_for_case(case.pk).filter(owner_user=gone).exists()
        assert difference([case.pk, second.pk], at=LATER) == 0
        assert count_of(NO_DESK, at=LATER) == count_of(ONE, at=LATER) == 0
        assert settle_leavings(at=LATER) == 0

    @pytest.mark.usefixtures("_now")
    def test_asks_the_team_lead_where_no_deputy_can(
        self, world, case, team_lead, as_user
    ) -> None:
        """Catches a case without procesregisseur of which nobody hears."""
        leaves(world.procesregisseur)

        with replays(case):
            settle_leavings(at=LATER)

        assert not scopes(world.procesregisseur, case, at=LATER)
        [item] = items.open_about(case.key, kind=VACANT)
        assert item.owner_user == team_lead
        client = as_user(team_lead)
        assert case.reference in client.get("/afwezig/").content.decode()
        path = f"/afwezig/casus/{item.pk}/"
        assert as_user(world.manager).get(path).status_code == 404
        assert client.get(path).status_code == 200
        user = world.other_procesregisseur
        assert post(client, path, user=user.pk).status_code == 303
        assert Permission.STEER_CASE in scopes(user, case, at=LATER)
        assert not items.open_about(case.key, kind=VACANT).exists()
        assert count_of(ONE, at=LATER) == 0

    def test_asks_the_beheerder_where_nobody_leads(self, world, case) -> None:
        leaves(world.procesregisseur)
        settle_leavings(at=LATER)

        [item] = items.open_about(case.key, kind=VACANT)
        assert item.owner_desk is not None
        assert item.owner_desk.kind == "beheer"
        successor = world.other_procesregisseur
        given = {"at": LATER, "user": successor}
        with pytest.raises(NotVisible):
            appoint_successor(case, by=world.manager, **given)
        with replays(case):
            appoint_successor(case, by=world.beheerder, **given)
        assert case.procesregisseur == successor
        assert not scopes(world.beheerder, case, at=LATER)
        with pytest.raises(NotVisible):
            appoint_successor(case, by=world.beheerder, **given)

    def test_asks_nobody_who_knows_these_people_or_is_away(
        self, world, case, team_lead
    ) -> None:
        """Catches a question that waits for a team lead on leave, or for a beheerder
        who may not know of the case."""
        set_deputy(team_lead, by=team_lead, at=AT, deputy=world.manager)
        start_absence(team_lead, by=team_lead, at=AT, reason="Vakantie")
        exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.beheerder)
        leaves(world.procesregisseur)

        with replays(case):
            settle_leavings(at=LATER)

        [item] = items.open_about(case.key, kind=VACANT)
        assert item.owner == world.procesregie
        successor = world.other_procesregisseur
        appoint_successor(case, by=successor, at=LATER, user=successor)
        assert case.procesregisseur == successor

    def test_asks_another_when_the_team_lead_leaves_too(
        self, world, case, team_lead
    ) -> None:
        """Catches a case whose successor only somebody without an account can find."""
        leaves(world.procesregisseur)
        settle_leavings(at=LATER)
        [item] = items.open_about(case.key, kind=VACANT)
        assert item.owner == team_lead
        loses_account(team_lead)
        assert count_of(CAN_DO_IT, at=LATER) == 1

        settle_leavings(at=LATER)

        item.refresh_from_db()
        assert item.owner == world.beheerder.memberships.get().desk
        assert count_of(CAN_DO_IT, at=LATER) == 0
        with CaptureQueriesContext(connection) as asked_anew:
            assert settle_leavings(at=LATER) == 0
        assert not any("FOR NO KEY UPDATE" in each["sql"] for each in asked_anew)

    def test_gives_nothing_to_a_deputy_who_knows_these_people(
        self, world, case, heir
    ) -> None:
        """Catches a way around "Ik ken deze mensen" along a departure."""
        other = opened(world)
        exclude_colleague(case, by=world.procesregisseur, at=AT, user=heir)
        leaves(world.procesregisseur)

        with replays(case), replays(other):
            leave(world.procesregisseur, at=LATER)

        assert not scopes(heir, case, at=LATER)
        assert Permission.STEER_CASE in scopes(heir, other, at=LATER)
        assert items.open_about(case.key, kind=VACANT).exists()

    def test_ends_the_place_of_a_casusregisseur(self, world, case) -> None:
        gone = world.casusregisseur
        appoint_casusregisseur(case, by=world.procesregisseur, at=AT, user=gone)
        leaves(gone)

        with replays(case):
            assert leave(gone, at=LATER) == 1

        assert not scopes(gone, case, at=LATER)
        case.refresh_from_db()
        assert case.casusregisseur is None
        [item] = items.open_about(case.key, kind=APPOINT)
        assert item.owner_user == world.procesregisseur
        event = Event.objects.system_scope("test").filter(case=case).latest("pk")
        assert (event.kind, event.by) == ("colleague.left", None)

    def test_ends_the_place_of_who_lost_the_role(self, world, case, heir) -> None:
        """Catches a procesregisseur who became a manager and steers on."""
        leaves(world.procesregisseur)
        desk = world.manager.memberships.get().desk
        join_desk(world.procesregisseur, desk, role=Role.MANAGER, on=DAY)

        settle_leavings(at=LATER)

        assert not scopes(world.procesregisseur, case, at=LATER)
        assert Permission.STEER_CASE in scopes(heir, case, at=LATER)

    def test_ends_the_place_of_who_must_answer(self, world, case) -> None:
        request = asked(world, case)
        leaves(request.answerer)

        with replays(case):
            assert settle_leavings(at=LATER) == 1

        assert not scopes(request.answerer, case, at=LATER)
        assert count_of("a running request has one open work item", at=LATER) == 0

    def test_leaves_who_works_here_alone(self, world, case) -> None:
        assert leave(world.procesregisseur, at=LATER) == 0
        assert Permission.STEER_CASE in scopes(world.procesregisseur, case, at=LATER)

    def test_ends_it_of_who_was_away(self, world, case, heir) -> None:
        start_absence(world.procesregisseur, by=world.procesregisseur, at=AT, reason="")
        leaves(world.procesregisseur)

        with replays(case):
            settle_leavings(at=LATER)

        running = Participation.objects.system_scope("test").running(LATER)
        [place] = running.filter(case=case, role="procesregisseur")
        assert (place.user, place.on_behalf_of) == (heir, None)


class TestAskSuccessors:
    @pytest.mark.parametrize("kind", ["notice", "decision"])
    def test_asks_the_next_one_of_the_level(self, world, case, as_user, kind) -> None:
        """Catches a question that only somebody who has left can read."""
        request = asked(world, case, kind=kind)
        loses_account(request.answerer)
        assert count_of(CAN_DO_IT, at=LATER) == count_of(WAITS, at=LATER) == 1

        with replays(case):
            tick(at=LATER)

        request.refresh_from_db()
        assert request.answerer == world.other_manager
        [item] = items.open_about(request.key)
        assert item.owner_user == world.other_manager
        with time_machine.travel(LATER, tick=False):
            client = as_user(world.other_manager)
            assert client.get(item.link).status_code == 200
        assert count_of(CAN_DO_IT, at=LATER) == count_of(WAITS, at=LATER) == 0
        assert difference([case.pk], at=LATER) == 0
        assert tick(at=LATER) == 0
        step = "read" if kind == "notice" else "decide"
        answer(request, by=world.other_manager, at=LATER, answer=step, text="Goed.")
        assert request.ended_at == LATER

    def test_asks_him_his_word_no_longer(self, world, case) -> None:
        """Catches who answers a question and is also asked for advice about it."""
        request, by = asked(world, case), world.procesregisseur
        user = world.other_manager
        voice = ask_voice(request, by=by, at=AT, kind="advice", user=user)
        leaves(request.answerer)

        with replays(case):
            tick(at=LATER)

        voice.refresh_from_db()
        assert voice.lapsed_at == LATER
        assert not items.open_about(voice.key).exists()

    def test_lets_who_steers_know_where_nobody_else_may_answer(
        self, world, case
    ) -> None:
        """Catches a case that stays open for a question that nobody can read."""
        exclude_colleague(
            case, by=world.procesregisseur, at=AT, user=world.other_manager
        )
        request = asked(world, case, kind="notice")
        leaves(request.answerer)

        with replays(case):
            tick(at=LATER)

        [item] = items.open_about(request.key)
        assert item.owner_user == world.procesregisseur
        assert not scopes(world.other_manager, case, at=LATER)
        assert tick(at=LATER) == 0
        EscalationFlow.interrupt(
            EscalationFlow.withdraw, request, by=world.procesregisseur, at=LATER
        )
        assert not items.open_about(request.key).exists()

    def test_keeps_what_is_supplied_with_who_steers(self, world, case) -> None:
        """Catches a turn that comes back to who has left."""
        request, by = asked(world, case), world.procesregisseur
        first = request.answerer
        answer(request, by=first, at=AT, answer="ask_first", text="Sinds wanneer?")
        leaves(first)

        with replays(case):
            tick(at=LATER)

        [item] = items.open_about(request.key)
        assert item.owner_user == by
        request.refresh_from_db()
        EscalationFlow.supply.complete(request, by=by, at=LATER, text="Sinds mei.")
        [item] = items.open_about(request.key)
        assert item.owner_user == request.answerer == world.other_manager


class TestReplaceWhoLeft:
    def test_lets_the_next_one_stand_in(self, world, case, team_lead) -> None:
        """Catches a deputy who left during an absence and works on in her name."""
        start_absence(world.procesregisseur, by=world.procesregisseur, at=AT, reason="")
        world.procesregisseur.deputy = world.other_procesregisseur
        world.procesregisseur.save(update_fields=["deputy"])
        leaves(world.deputy)

        with replays(case):
            tick(at=LATER)

        assert not scopes(world.deputy, case, at=LATER)
        assert not acting_for(world.deputy, at=LATER)
        held = scopes(world.other_procesregisseur, case, at=LATER)
        assert Permission.STEER_CASE in held
        assert dormant_stand_ins(at=LATER) == count_of(NO_DESK, at=LATER) == 0

    @pytest.mark.parametrize("how", ["desk", "account"])
    def test_lets_the_team_lead_stand_in_where_no_deputy_is_left(
        self, world, case, team_lead, how
    ) -> None:
        """Catches an absence that ends although her team lead is there."""
        start_absence(world.procesregisseur, by=world.procesregisseur, at=AT, reason="")
        if how == "desk":
            leaves(world.deputy)
        else:
            world.deputy.is_active = False
            world.deputy.save(update_fields=["is_active"])

        with replays(case):
            assert replace_who_left(at=LATER) == 1

        [absence] = Absence.objects.active(LATER)
        assert (absence.user, absence.deputy) == (world.procesregisseur, team_lead)
        assert Permission.STEER_CASE in scopes(team_lead, case, at=LATER)
        assert dormant_stand_ins(at=LATER) == 0
        assert replace_who_left(at=LATER) == 0

    def test_lets_another_stand_in_for_a_deputy_who_is_away(
        self, world, case, heir
    ) -> None:
        """Catches two absences that began as one, each with the other as deputy."""
        for user, deputy in (
            (world.procesregisseur, world.deputy),
            (world.deputy, world.procesregisseur),
        ):
            Absence.objects.create(
                user=user, deputy=deputy, started_by=user, starts_at=AT, reason="Weg"
            )

        with replays(case):
            assert replace_who_left(at=LATER) == 2

        [absence] = Absence.objects.active(LATER)
        assert (absence.user, absence.deputy) == (world.procesregisseur, heir)
        assert Permission.STEER_CASE in scopes(heir, case, at=LATER)
        assert dormant_stand_ins(at=LATER) == 0
        assert replace_who_left(at=LATER) == 0

    def test_ends_the_absence_where_nobody_is_left(self, world, case) -> None:
        start_absence(world.procesregisseur, by=world.procesregisseur, at=AT, reason="")
        leaves(world.deputy)

        assert replace_who_left(at=LATER) == 1

        assert not scopes(world.deputy, case, at=LATER)
        assert not Absence.objects.active(LATER).exists()
        assert replace_who_left(at=LATER) == 0
