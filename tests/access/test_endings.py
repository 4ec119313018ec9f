"""Access ends by itself: of whom it was, of his deputy, and in a tab that is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.models import Escalation
from ave.escalation.transitions import take_back, withdraw_escalation
from casework.access.grants import held_by, scopes
from casework.access.pages import count_per_level, page_for
from casework.cases import grants
from casework.cases.absence import (
    end_absence,
    set_deputy,
    settle_absences,
    start_absence,
)
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.dossier import add_note
from casework.cases.excluding import exclude_colleague
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import (
    Case,
    CaseDeskGrant,
    CaseUserGrant,
    Note,
    Participation,
)
from casework.cases.participations import join_case
from casework.cases.seers import seers_of
from casework.people.absence import acting_for, lent_desks, roles_of
from casework.people.errors import NotVisible
from casework.people.models import Desk, User
from casework.people.transitions import leave_desk
from casework.work import items
from casework.work.days import local_day
from tests.replay import replays
from tests.standing import begins_with
from tests.world import AT, DAY, World, asked, begin, opened

pytestmark = pytest.mark.access

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LATER = AT + timedelta(hours=1)


def _begin() -> tuple[World, Case]:
    """A case with a casusregisseur and a note."""
    world, case = begin()
    appoint_casusregisseur(
        case, by=world.procesregisseur, at=AT, user=world.casusregisseur
    )
    add_note(case, by=world.procesregisseur, at=AT, text="Tekst.", mark="fact")
    return world, case


_begun = begins_with(_begin)


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def escalation(world, case):
    return asked(world, case)


def lent_to(user: User, *, at=LATER) -> list[Desk]:
    return list(Desk.objects.filter(pk__in=lent_desks(user, at=at)))


class Tab:
    """A page that somebody has open; he logs in again where his session ended."""

    def __init__(self, user: User, path: str) -> None:
        self.client, self.path, self.user = Client(), path, user

    def status(self, at=LATER) -> int:
        with time_machine.travel(at, tick=False):
            self.client.force_login(self.user, BACKEND)
            return self.client.get(self.path).status_code


def open_tab(user: User, thing: Case | Escalation) -> Tab:
    memo = isinstance(thing, Escalation)
    path = f"/besluiten/{thing.pk}/" if memo else f"/casussen/{thing.reference}/"
    tab = Tab(user, path)
    assert tab.status(AT) == 200
    return tab


def rows_of(user: User, case: Case, *, at=LATER) -> int:
    """How many rows still give him something, by name or by a desk of his."""
    desks = user.memberships.on(local_day(at)).values("desk")
    return (
        CaseUserGrant.objects.filter(user=user, content_object=case)
        .exclude(until__lte=at)
        .count()
        + CaseDeskGrant.objects.filter(group__in=desks, content_object=case)
        .exclude(until__lte=at)
        .count()
    )


def nothing_left(user: User, case: Case, *, at=LATER) -> None:
    assert rows_of(user, case, at=at) == 0
    sees_nothing(user, case, at=at)


def sees_nothing(user: User, case: Case, *, at=LATER) -> None:
    """Whatever the rows of his grants still say."""
    assert not scopes(user, case, at=at)
    assert not page_for(Case, user, at=at)
    assert not count_per_level(Case, user, at=at)
    for model in (Case, Note, Escalation, Participation):
        assert not model.objects.visible_to(user, at=at).exists(), model.__name__


def deputy_of(user: User, deputy: User):
    set_deputy(user, by=user, at=AT, deputy=deputy)
    return start_absence(user, by=user, at=AT, reason="Vakantie")


class TestWithTheParticipation:
    def test_of_a_former_casusregisseur(self, world, case):
        gone = world.casusregisseur
        tab = open_tab(gone, case)
        successor = User.objects.create_user(
            "cor@zuiderveen.example", name="Cor", organisation=world.municipality
        )
        desk = gone.memberships.get().desk
        from_role = {"role": "casusregisseur", "from_on": DAY}
        successor.memberships.create(desk=desk, **from_role)

        appoint_casusregisseur(case, by=world.procesregisseur, at=LATER, user=successor)

        nothing_left(gone, case)
        assert tab.status() == 404

    def test_of_his_deputy(self, world, case):
        gone, deputy = world.casusregisseur, world.other_manager
        deputy_of(gone, deputy)
        tab = open_tab(deputy, case)

        exclude_colleague(case, by=world.procesregisseur, at=LATER, user=gone)
        exclude_colleague(case, by=world.procesregisseur, at=LATER, user=deputy)

        nothing_left(gone, case)
        nothing_left(deputy, case)
        assert tab.status() == 404

    def test_of_a_former_procesregisseur_and_his_deputy(self, world, case):
        gone, deputy = world.procesregisseur, world.deputy
        deputy_of(gone, deputy)
        tabs = [open_tab(user, case) for user in (gone, deputy)]

        hand_over_procesregie(
            [case], by=gone, at=LATER, user=world.other_procesregisseur
        )

        for user in (gone, deputy):
            mine = CaseUserGrant.objects.filter(user=user, content_object=case)
            assert not mine.exists()
            assert not Note.objects.visible_to(user, at=LATER).exists()
        assert [tab.status() for tab in tabs] == [404, 404]

    def test_when_its_day_comes_and_the_clock_stands_still(self, world, case):
        guest = world.other_manager
        join_case(
            case,
            Participation.Role.RECEIVER,
            at=AT,
            user=guest,
            until=LATER,
        )
        grants.follow([case.pk], at=AT)
        tab = open_tab(guest, case)

        nothing_left(guest, case, at=LATER)
        assert tab.status(LATER) == 404
        assert CaseUserGrant.objects.filter(user=guest).exists()

        grants.tidy(at=LATER)
        assert not CaseUserGrant.objects.filter(user=guest).exists()


def solved(bottleneck, world):
    """The procesregisseur ends a bottleneck, wherever it stands."""
    bottleneck.refresh_from_db()
    end_bottleneck(
        bottleneck, by=world.procesregisseur, at=LATER, state="solved", reason="Klaar."
    )


class TestOnTheWayDown:
    def test_of_the_answerer_and_his_deputy(self, world, case, escalation):
        """Catches a manager who reads on after the bottleneck came back."""
        deputy_of(world.manager, world.other_manager)
        both = (world.manager, world.other_manager)
        tabs = [open_tab(user, escalation) for user in both]
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")
        bottleneck = escalation.bottleneck
        bottleneck.refresh_from_db()

        take_back(bottleneck, by=world.procesregisseur, at=LATER)

        for user, tab in zip(both, tabs, strict=True):
            nothing_left(user, case)
            assert tab.status(LATER + timedelta(days=1)) == 404

    def test_when_the_bottleneck_is_ended_instead(self, world, case, escalation):
        """Catches "Rond af" after a decision: the manager read on into the aftercare."""
        deputy_of(world.manager, world.other_manager)
        both = (world.manager, world.other_manager)
        tabs = [open_tab(user, escalation) for user in both]
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")

        with replays(case):
            solved(escalation.bottleneck, world)

        for user, tab in zip(both, tabs, strict=True):
            nothing_left(user, case)
            assert tab.status(LATER + timedelta(days=1)) == 404

    def test_of_what_was_good_to_know_of_what_is_over(self, world, case, escalation):
        """Catches who never reads it, and keeps the memo of what was solved long ago."""
        notice = EscalationFlow.known.begin(escalation, by=world.procesregisseur, at=AT)
        tab = open_tab(world.burgemeester, notice)
        answer(escalation, by=world.manager, at=AT, answer="pick_up")
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")
        bottleneck = escalation.bottleneck
        bottleneck.refresh_from_db()
        take_back(bottleneck, by=world.procesregisseur, at=AT)
        assert tab.status(AT) == 200

        with replays(case):
            solved(bottleneck, world)

        nothing_left(world.burgemeester, case)
        assert tab.status(LATER) == 409
        assert not items.open_about(notice.key).exists()

    def test_when_the_question_is_withdrawn(self, world, case, escalation):
        tab = open_tab(world.manager, escalation)

        withdraw_escalation(escalation, by=world.procesregisseur, at=LATER)

        nothing_left(world.manager, case)
        assert tab.status(LATER + timedelta(days=1)) == 404

    def test_of_a_level_that_sent_it_on(self, world, case, escalation):
        """Catches a manager who reads what the burgemeester is asked."""
        tab = open_tab(world.manager, escalation)

        answer(escalation, by=world.manager, at=LATER, answer="higher", text="Ja.")

        nothing_left(world.manager, case)
        assert tab.status() == 404


class TestOnLeavingAnOrganisation:
    def test_of_a_desk(self, world):
        """Catches a colleague who left and reads what his desk still may."""
        case = opened(world)
        desk, gone = world.procesregie, world.other_procesregisseur
        join_case(case, Participation.Role.ARCHIVE, at=AT, desk=desk)
        grants.follow([case.pk], at=AT)
        tab = open_tab(gone, case)

        leave_desk(gone.memberships.get(), on=local_day(LATER))

        nothing_left(gone, case)
        assert tab.status() == 404
        assert CaseDeskGrant.objects.filter(content_object=case).exists()

    def test_of_an_account_that_is_closed(self, world, case):
        """Catches an inactive account, whose rows stay until somebody takes over."""
        gone = world.casusregisseur
        tab = open_tab(gone, case)

        gone.is_active = False
        gone.save(update_fields=["is_active"])

        sees_nothing(gone, case)
        assert tab.status() in {302, 404}

    @pytest.mark.parametrize("who", ["casusregisseur", "procesregisseur", "manager"])
    def test_of_a_place_by_name_although_the_clock_stands_still(
        self, world, case, escalation, who
    ):
        """Catches grants by name that wait for the clock when their holder left."""
        gone = getattr(world, who)
        tab = open_tab(gone, escalation if who == "manager" else case)

        leave_desk(gone.memberships.get(), on=local_day(LATER))

        sees_nothing(gone, case)
        assert tab.status() == 404
        assert CaseUserGrant.objects.filter(user=gone, content_object=case).exists()
        places = held_by(case, at=LATER).values("participation")
        assert not Participation._base_manager.filter(pk__in=places, user=gone).exists()
        with pytest.raises(NotVisible):
            add_note(case, by=gone, at=LATER, text="Nog iets.", mark="fact")

    def test_of_a_deputy_although_the_clock_stands_still(self, world, case):
        """Catches who left every desk and reads on, by name or by a desk, for another."""
        away, gone = world.procesregisseur, world.deputy
        join_case(case, Participation.Role.TRIAGE, at=AT, desk=world.procesregie)
        grants.follow([case.pk], at=AT)
        deputy_of(away, gone)
        tab = open_tab(gone, case)

        leave_desk(gone.memberships.get(), on=local_day(LATER))

        sees_nothing(gone, case)
        assert tab.status() == 404
        assert not acting_for(gone, at=LATER)
        assert not roles_of(gone, at=LATER).lent
        assert not lent_to(gone, at=LATER)
        readers = [r.user for seer in seers_of(case, at=LATER) for r in seer.people]
        assert gone not in readers


class TestAtTheEndOfAnAbsence:
    @pytest.fixture
    def tab(self, world, case):
        self.absence = deputy_of(world.procesregisseur, world.other_manager)
        return open_tab(world.other_manager, case)

    def test_when_he_is_back(self, world, case, tab):
        end_absence(self.absence, by=world.procesregisseur, at=LATER)

        nothing_left(world.other_manager, case)
        assert tab.status() == 404
        assert open_tab(world.procesregisseur, case).status() == 200

    def test_by_its_day_although_the_clock_stands_still(self, world, case):
        deputy = world.other_manager
        set_deputy(
            world.procesregisseur, by=world.procesregisseur, at=AT, deputy=deputy
        )
        start_absence(
            world.procesregisseur,
            by=world.procesregisseur,
            at=AT,
            reason="Ziek",
            until=DAY,
        )
        tab = open_tab(deputy, case)
        tomorrow = AT + timedelta(days=1)

        nothing_left(deputy, case, at=tomorrow)
        assert tab.status(tomorrow) == 404

        settle_absences(at=tomorrow)
        grants.tidy(at=tomorrow)
        assert not CaseUserGrant.objects.filter(user=deputy).exists()
