"""A case that the deputy may not see: who is asked for another, and until when."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases.absence import set_deputy, settle_absences, start_absence
from casework.cases.dossier import add_note
from casework.cases.excluding import exclude_colleague
from casework.cases.handover import hand_over_procesregie
from casework.cases.uncovered import UNCOVERED, find_another
from casework.people.errors import AlreadyDone, NotVisible
from casework.people.models import Absence, Desk, Role, User
from casework.people.transitions import join_desk
from casework.work import items
from casework.work.models import WorkItem
from casework.work.recipients import owners
from tests.dossier.conftest import post
from tests.replay import replays
from tests.world import AT, DAY, asked

LATER, TOMORROW = AT + timedelta(hours=1), DAY + timedelta(days=1)
OVER = AT + timedelta(days=3)
BACK = "Deze collega is er al weer."


@pytest.fixture
def team_lead(world) -> User:
    world.procesregisseur.team_lead = world.other_manager
    world.procesregisseur.save(update_fields=["team_lead"])
    return world.other_manager


def away(world, **facts) -> Absence:
    return start_absence(
        world.procesregisseur,
        **{"by": world.procesregisseur, "at": AT, "reason": "", **facts},
    )


def knows(user: User, case, world, *, at=AT) -> None:
    """Let somebody not see a case, since he knows these people."""
    exclude_colleague(case, by=world.procesregisseur, at=at, user=user)


def questions() -> list[WorkItem]:
    rows = WorkItem.objects.system_scope("test").open().filter(kind=UNCOVERED)
    return list(rows.order_by("pk"))


class TestWhatIsOver:
    """
    Catches "Zoek een ander" that stays when an absence ended by its day: it nags the
    team lead for ever, keeps the case from closing, and an answer to it takes the case
    from a procesregisseur who has been back for weeks.
    """

    @pytest.fixture
    def item(self, world, case, team_lead) -> WorkItem:
        knows(world.deputy, case, world)
        away(world, until=TOMORROW)
        [item] = questions()
        return item

    def test_asks_nobody_any_more(self, world, case, item) -> None:
        assert settle_absences(at=LATER) == 0
        assert questions() == [item]

        assert settle_absences(at=OVER) == 1

        item.refresh_from_db()
        assert (item.state, item.closed_by) == (WorkItem.State.LAPSED, None)
        assert settle_absences(at=OVER) == 0

    def test_lets_nobody_take_the_case_over(self, world, case, item, team_lead) -> None:
        """The clock may be late: the day counts."""
        to = world.other_procesregisseur
        with pytest.raises(AlreadyDone, match="done before") as refused:
            find_another(item, by=team_lead, at=OVER, user=to)
        assert refused.value.user_message == BACK

        case.refresh_from_db()
        assert case.procesregisseur == world.procesregisseur

    def test_says_so_on_the_page(self, world, case, item, team_lead, as_user) -> None:
        client = as_user(team_lead)
        with time_machine.travel(OVER, tick=False):
            said = post(
                client,
                f"/afwezig/casus/{item.pk}/",
                user=world.other_procesregisseur.pk,
            )

        assert said.status_code == 409
        assert BACK in said.content.decode()

    def test_asks_nobody_about_a_case_that_is_anothers_by_now(
        self, world, case, item, team_lead
    ) -> None:
        """Catches a question that no page can answer, while the absence goes on."""
        hand_over_procesregie(
            [case], by=team_lead, at=LATER, user=world.other_procesregisseur
        )

        assert settle_absences(at=LATER) == 1

        assert questions() == []


class TestAwayAgainBeforeTheClockCame:
    """Catches a deputy who has the work of a new absence and may not do it."""

    def test_he_sees_the_case_again(self, world, case) -> None:
        away(world, until=TOMORROW)

        with replays(case):
            start_absence(
                world.procesregisseur,
                by=world.procesregisseur,
                at=OVER,
                reason="Weer ziek",
            )

        note = {"text": "Hij belde.", "mark": "fact"}
        assert add_note(case, by=world.deputy, at=OVER, **note)
        assert settle_absences(at=OVER) == 0

    def test_the_clock_mends_what_was_left(self, world, case) -> None:
        """The places of two absences were one: from before this was seen."""
        away(world, until=TOMORROW)
        Absence.objects.create(
            user=world.procesregisseur,
            deputy=world.deputy,
            starts_at=OVER,
            started_by=world.procesregisseur,
            reason="Weer ziek",
        )

        assert settle_absences(at=OVER) > 0

        note = {"text": "Hij belde.", "mark": "fact"}
        assert add_note(case, by=world.deputy, at=OVER, **note)
        assert settle_absences(at=OVER) == 0


class TestWhoKnowsThemLater:
    """Catches a case of which nobody hears that the deputy sees it no longer."""

    def test_lets_the_team_lead_be_asked(self, world, case, team_lead) -> None:
        away(world)
        knows(world.deputy, case, world, at=LATER)
        assert questions() == []

        settle_absences(at=LATER)

        [item] = questions()
        assert (item.owner_user, item.case) == (team_lead, case.pk)

    def test_asks_once(self, world, case, team_lead) -> None:
        """Catches a question that is back a minute after it was answered."""
        away(world)
        knows(world.deputy, case, world, at=LATER)
        settle_absences(at=LATER)
        [item] = questions()
        items.close_items(item.about, by=team_lead, at=LATER)

        with CaptureQueriesContext(connection) as asked:
            assert settle_absences(at=LATER) == 0

        assert questions() == []
        assert not any("FOR NO KEY UPDATE" in each["sql"] for each in asked)

    def test_locks_nothing_where_nobody_can_be_asked(self, world, case) -> None:
        """Catches a clock that locks the same cases every minute of an absence."""
        nobody = (world.other_procesregisseur.pk, world.beheerder.pk)
        User.objects.filter(pk__in=nobody).update(is_active=False)
        away(world)
        knows(world.deputy, case, world, at=LATER)

        with CaptureQueriesContext(connection) as asked:
            assert settle_absences(at=LATER) == 0

        assert not any("FOR NO KEY UPDATE" in each["sql"] for each in asked)


class TestWhereTheTeamLeadCanNotBeAsked:
    """Catches a case that waits for somebody who is away, of which nobody hears."""

    def test_asks_the_desk_where_he_knows_these_people_too(
        self, world, case, team_lead
    ) -> None:
        knows(world.deputy, case, world)
        knows(team_lead, case, world)

        with replays(case):
            away(world)

        [item] = questions()
        assert (item.owner, item.case) == (world.procesregie, case.pk)
        assert settle_absences(at=LATER) == 0

    def test_asks_the_desk_where_nobody_leads(self, world, case) -> None:
        knows(world.deputy, case, world)

        away(world)

        assert [item.owner for item in questions()] == [world.procesregie]

    def test_asks_the_desk_where_he_is_away(self, world, case, team_lead) -> None:
        set_deputy(team_lead, by=team_lead, at=AT, deputy=world.manager)
        start_absence(team_lead, by=team_lead, at=AT, reason="Vakantie")
        knows(world.deputy, case, world)

        away(world)

        assert [item.owner for item in questions()] == [world.procesregie]

    def test_asks_the_beheerder_where_nobody_of_the_desk_is_left(
        self, world, case, team_lead
    ) -> None:
        for user in (world.deputy, team_lead, world.other_procesregisseur):
            knows(user, case, world)

        away(world)

        [item] = questions()
        assert isinstance(item.owner, Desk)
        assert item.owner.kind == Desk.Kind.BEHEER

    def test_asks_the_desk_when_he_turns_out_to_know_them(
        self, world, case, team_lead
    ) -> None:
        """Catches the question that went to whom it is about: who is away."""
        knows(world.deputy, case, world)
        away(world)
        assert [item.owner for item in questions()] == [team_lead]

        knows(team_lead, case, world, at=LATER)
        settle_absences(at=LATER)

        assert [item.owner for item in questions()] == [world.procesregie]
        assert settle_absences(at=LATER) == 0

    def test_asks_nobody_of_the_desk_who_knows_them(
        self, world, case, team_lead, as_user
    ) -> None:
        """Catches a colleague who reads of people he knows on the list of his desk."""
        other = _colleague(world)
        for user in (world.deputy, team_lead, other):
            knows(user, case, world)
        away(world)
        [item] = questions()

        with time_machine.travel(LATER, tick=False):
            shown = as_user(other).get("/afwezig/").content.decode()
            page = as_user(other).get(f"/afwezig/casus/{item.pk}/")
            told = [each.user for each in owners(item, at=LATER)]

        assert case.reference not in shown
        assert page.status_code == 404
        assert told == [world.other_procesregisseur]
        with pytest.raises(NotVisible):
            find_another(item, by=other, at=LATER, user=world.other_procesregisseur)

    def test_lets_a_colleague_of_the_desk_take_it(
        self, world, case, team_lead, as_user
    ) -> None:
        """Catches a question to a desk of which nobody can answer it."""
        knows(world.deputy, case, world)
        knows(team_lead, case, world)
        away(world)
        [item], colleague = questions(), world.other_procesregisseur
        client, path = as_user(colleague), f"/afwezig/casus/{item.pk}/"

        with time_machine.travel(LATER, tick=False), replays(case):
            assert path in client.get("/afwezig/").content.decode()
            assert client.get(path).status_code == 200
            assert post(client, path, user=colleague.pk).status_code == 303

        case.refresh_from_db()
        assert case.procesregisseur == colleague
        assert questions() == []

    def test_takes_nothing_from_who_is_not_away(self, world, case, team_lead) -> None:
        """Catches a case that is taken from its new procesregisseur, who is there."""
        knows(world.deputy, case, world)
        away(world)
        [item], successor = questions(), world.other_procesregisseur
        hand_over_procesregie([case], by=team_lead, at=LATER, user=successor)

        with pytest.raises(AlreadyDone):
            find_another(item, by=team_lead, at=LATER, user=_colleague(world))

        case.refresh_from_db()
        assert case.procesregisseur == successor


def _colleague(world) -> User:
    """Somebody else of the desk procesregie."""
    user = User.objects.create_user(
        "nel@1.example", name="Nel Naast", organisation=world.municipality
    )
    join_desk(user, world.procesregie, role=Role.PROCESREGISSEUR, on=DAY)
    return user


class TestFindAnother:
    @pytest.fixture
    def item(self, world, case, team_lead) -> WorkItem:
        knows(world.deputy, case, world)
        away(world)
        [item] = questions()
        return item

    def test_refuses_twice(self, world, case, item, team_lead) -> None:
        """Catches two forms of which the second finds yet another."""
        find_another(item, by=team_lead, at=LATER, user=world.other_procesregisseur)

        case.refresh_from_db()
        assert case.procesregisseur == world.other_procesregisseur
        assert questions() == []
        with pytest.raises(AlreadyDone):
            find_another(item, by=team_lead, at=LATER, user=world.deputy)

    def test_refuses_who_is_not_asked(self, world, case, item) -> None:
        with pytest.raises(NotVisible):
            find_another(
                item, by=world.manager, at=LATER, user=world.other_procesregisseur
            )


class TestWhoIsNoRegisseur:
    def test_is_no_question_of_his_team_lead(self, world, case) -> None:
        """Catches work that its owner can only be refused, and that keeps the case from
        closing: nobody but a regisseur is replaced there."""
        request = asked(world, case)
        manager = request.answerer
        manager.deputy, manager.team_lead = world.other_manager, world.aov
        manager.save(update_fields=["deputy", "team_lead"])
        knows(world.other_manager, case, world)

        start_absence(manager, by=manager, at=AT, reason="")

        assert questions() == []
        assert settle_absences(at=LATER) == 0
        [work] = items.open_about(request.key)
        assert owners(work, at=LATER)
