"""Whom a question may reach: the municipality, and the parties of that case alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation import reading
from ave.escalation.colleagues import whom
from ave.escalation.flow import answer, review_skipped
from ave.escalation.models import Escalation
from ave.escalation.outsiders import let_outsiders_out
from ave.escalation.succeeding import ask_successors
from ave.escalation.voices import give_voice
from ave.policy.answerers import NobodyToAsk
from casework.access.grants import scopes
from casework.cases.excluding import exclude_colleague
from casework.cases.models import Case, Participation
from casework.cases.parties import end_party, invite_party
from casework.cases.timeline import timeline_for
from casework.levels import Level
from casework.people.errors import InvalidInput
from casework.people.models import Desk, Role, User
from casework.people.transitions import join_desk, leave_desk, open_desk
from casework.work import items
from tests.engine.voices.conftest import adviser
from tests.replay import replays
from tests.world import AT, DAY, FIRST_DAY, asked, bottleneck_of, opened
from workers.jobs import settle_leavings

pytestmark = pytest.mark.engine

LATER = AT + timedelta(hours=1)


def joins(world, kind: Desk.Kind, role: Role, name: str) -> User:
    """Let GGZ Zuid have a desk of a level, with somebody who leads it."""
    desk = open_desk(world.health, name=name, kind=kind, portfolio="openbare-orde")
    user = User.objects.create_user(
        f"{role}@ggz.example", name=name, organisation=world.health
    )
    join_desk(user, desk, role=role, on=FIRST_DAY, is_lead=True)
    return user


@pytest.fixture
def case(world) -> Case:
    return opened(world)


@pytest.fixture
def director(world) -> User:
    return joins(world, Desk.Kind.MANAGEMENT, Role.MANAGER, "Directie GGZ")


@pytest.fixture
def executive(world) -> User:
    return joins(world, Desk.Kind.BESTUUR, Role.BESTUURDER, "Bestuur GGZ")


def takes_part(world, case: Case) -> Participation:
    return invite_party(
        case,
        by=world.procesregisseur,
        at=AT,
        organisation=world.health,
        scope="Behandeling",
        ground="avg-6-1-e",
    )


def stuck_at_home(world, case: Case) -> None:
    """Let the bottleneck be stuck at the municipality itself."""
    bottleneck = bottleneck_of(case)
    bottleneck.cause = world.municipality
    bottleneck.save(update_fields=["cause"])


def preview(world, case: Case, level: Level, **facts) -> reading.Preview:
    return reading.preview_of(
        case,
        level,
        **{
            "cause": None,
            "asker": world.procesregisseur,
            "urgent": False,
            "at": AT,
            **facts,
        },
    )


def known_at_home(world, case: Case, *users: User) -> None:
    for user in users:
        exclude_colleague(case, by=world.procesregisseur, at=AT, user=user)


class TestAnswerers:
    def test_are_of_no_organisation_without_a_part(self, world, case, director) -> None:
        """Catches a director who answers for, and reads of, people whom her
        organisation has nothing to do with."""
        stuck_at_home(world, case)

        with pytest.raises(NobodyToAsk) as refusal:
            asked(world, case)
        with pytest.raises(NobodyToAsk):
            preview(world, case, Level.MANAGEMENT, cause=world.municipality)

        assert "van een partij in deze casus" in refusal.value.user_message
        assert not scopes(director, case, at=AT)

    def test_nor_where_everybody_at_home_knows_these_people(
        self, world, case, director
    ) -> None:
        """Catches the same way out of the municipality along "Ik ken deze mensen"."""
        known_at_home(world, case, world.manager, world.other_manager)

        with pytest.raises(NobodyToAsk):
            asked(world, case)

    def test_nor_at_the_top(self, world, case, executive) -> None:
        """Catches a bestuurder of elsewhere, by a jump, "hogerop" and the clock."""
        known_at_home(world, case, world.burgemeester, world.wethouder)
        request = asked(world, case)

        with pytest.raises(NobodyToAsk):
            answer(request, by=world.manager, at=AT, answer="higher", text="Doen.")
        with pytest.raises(NobodyToAsk):
            preview(world, case, Level.BESTUURLIJK)

        assert not scopes(executive, case, at=AT)

    def test_nor_to_look_back(self, world, case, director) -> None:
        """Catches a skipped level that is looked for elsewhere."""
        known_at_home(world, case, world.manager, world.other_manager)
        asked(
            world,
            case,
            to_level=Level.BESTUURLIJK,
            urgent=True,
            jump_reason="Het kan niet wachten.",
        )

        review_skipped(at=AT)

        assert not scopes(director, case, at=AT)

    def test_may_be_of_a_party(self, world, case, director) -> None:
        """Catches a bound so tight that a party never answers for what it can break."""
        takes_part(world, case)
        stuck_at_home(world, case)

        with replays(case):
            request = asked(world, case)

        assert request.answerer == director

    def test_are_of_the_municipality_first(self, world, case, executive) -> None:
        """Catches the portfolio of a party that goes before the burgemeester's."""
        takes_part(world, case)

        assert preview(world, case, Level.BESTUURLIJK).name == world.burgemeester.name

    def test_nor_after_its_part_ran_out(self, world, case, director) -> None:
        """Catches a part that counts on after its day, or after it ended."""
        party = takes_part(world, case)
        stuck_at_home(world, case)
        assert party.until_at is not None

        facts = {"cause": world.municipality, "at": party.until_at}
        with pytest.raises(NobodyToAsk):
            preview(world, case, Level.MANAGEMENT, **facts)
        end_party(party, by=world.procesregisseur, at=AT)
        with pytest.raises(NobodyToAsk):
            asked(world, case)


def told(world, case: Case) -> str:
    """What the timeline says last."""
    lines = timeline_for(case, world.procesregisseur, at=LATER)
    return lines.older[0].text


class TestWhoseOrganisationLeft:
    @pytest.fixture
    def request_(self, world, case, director) -> Escalation:
        """A question to a director of a party that takes part no longer."""
        party = takes_part(world, case)
        known_at_home(world, case, world.manager, world.other_manager)
        request = asked(world, case)
        party.until_at = LATER
        party.save(update_fields=["until_at"])
        return request

    def test_answers_no_more_and_another_does(
        self, world, case, director, request_
    ) -> None:
        """Catches a question that outlives the part by which it was asked."""
        case.exclusions.filter(user=world.other_manager).delete()

        with replays(case):
            assert ask_successors(at=LATER) == 1

        request_.refresh_from_db()
        assert request_.answerer == world.other_manager
        assert not scopes(director, case, at=LATER)
        assert ask_successors(at=LATER) == 0

    def test_reads_no_more_where_nobody_else_may_answer(
        self, world, case, director, request_
    ) -> None:
        """Catches a memo that stays open to who left, since nobody follows her."""
        with replays(case):
            ask_successors(at=LATER)

        assert not scopes(director, case, at=LATER)
        [item] = items.open_about(request_.key)
        assert item.owner_user == world.procesregisseur
        assert ask_successors(at=LATER) == 0

    def test_reads_no_more_from_the_moment_that_its_part_ends(
        self, world, case, director
    ) -> None:
        """Catches a director who reads and decides on until the clock comes."""
        party = takes_part(world, case)
        stuck_at_home(world, case)
        request = asked(world, case)
        assert request.answerer == director

        with replays(case):
            end_party(party, by=world.procesregisseur, at=LATER)

        assert not scopes(director, case, at=LATER)
        [item] = items.open_about(request.key)
        assert item.owner_user == world.procesregisseur
        assert ask_successors(at=LATER) == 0

    def test_leaves_work_that_says_what_is_asked_of_whom(
        self, world, case, request_
    ) -> None:
        """Catches "Beantwoord de vraag" to who asked it, and then to nobody."""
        ask_successors(at=LATER)

        [item] = items.open_about(request_.key)
        assert item.title == (
            "Niemand kan de vraag over knelpunt 1 beantwoorden. Hoe nu verder?"
        )
        assert told(world, case).startswith("Niemand kan de vraag over knelpunt 1 nog")

        case.exclusions.filter(user=world.other_manager).delete()
        ask_successors(at=LATER + timedelta(days=1))

        [item] = items.open_about(request_.key)
        assert item.owner_user == world.other_manager
        assert item.title == "Beantwoord de vraag over knelpunt 1"
        name = world.other_manager.name
        assert told(world, case).startswith(
            f"De vraag over knelpunt 1 is nu aan {name}"
        )


class TestWhoIsOfTheLevelNoLonger:
    def test_answers_no_more_and_another_does(self, world, case) -> None:
        """Catches a manager who went to another desk and decides and reads on."""
        request = asked(world, case)
        gone = request.answerer
        leave_desk(gone.memberships.get(), on=DAY)
        join_desk(gone, world.housing_desk, role=Role.KETENPARTNER, on=DAY)

        with replays(case):
            assert ask_successors(at=LATER) == 1

        request.refresh_from_db()
        assert request.answerer == world.other_manager
        assert not scopes(gone, case, at=LATER)
        assert ask_successors(at=LATER) == 0


class TestVoices:
    @pytest.mark.parametrize(
        ("desk", "role", "kind"),
        [
            ("management", "manager", "advice"),
            ("bestuur", "bestuurder", "advice"),
            ("bestuur", "bestuurder", "second"),
        ],
    )
    def test_are_of_no_organisation_without_a_part(
        self, world, case, desk, role, kind
    ) -> None:
        """Catches a memo that an adviser or second executive of elsewhere reads."""
        user = joins(world, Desk.Kind(desk), Role(role), "Els Drent")
        request = asked(
            world,
            case,
            to_level=Level.BESTUURLIJK,
            urgent=True,
            jump_reason="Het kan niet wachten.",
        )

        assert user not in whom(request, kind, at=AT)
        with pytest.raises(InvalidInput):
            adviser(world, request, kind=kind, user=user)
        assert not scopes(user, case, at=AT)

        takes_part(world, case)
        assert user in whom(request, kind, at=AT)

    @pytest.mark.parametrize("given", [False, True])
    def test_end_with_the_part_of_their_organisation(self, world, case, given) -> None:
        """Catches a director who reads on what her organisation has left."""
        user = joins(world, Desk.Kind.MANAGEMENT, Role.MANAGER, "Els Drent")
        party = takes_part(world, case)
        request = asked(world, case)
        voice = adviser(world, request, kind="position", user=user)
        if given:
            give_voice(voice, by=user, at=AT, text="Goed zo.", stance="agrees")
        assert let_outsiders_out(at=LATER) == 0

        with replays(case):
            end_party(party, by=world.procesregisseur, at=LATER)

        assert not scopes(user, case, at=LATER)
        voice.refresh_from_db()
        assert voice.lapsed_at == (None if given else LATER)
        assert not items.open_about(voice.key, kind="escalation.voice").exists()
        assert let_outsiders_out(at=LATER) == 0

    def test_end_when_its_part_runs_out(self, world, case) -> None:
        """Catches who reads on for a party whose day is over, and nobody ended it."""
        user = joins(world, Desk.Kind.MANAGEMENT, Role.MANAGER, "Els Drent")
        party = takes_part(world, case)
        adviser(world, asked(world, case), kind="position", user=user)
        party.until_at = LATER
        party.save(update_fields=["until_at"])
        assert let_outsiders_out(at=AT) == 0

        with replays(case):
            assert let_outsiders_out(at=LATER) == 1

        assert not scopes(user, case, at=LATER)

    def test_end_with_the_role_they_were_asked_for(self, world, case) -> None:
        """Catches an adviser who went to a desk of another kind and reads on."""
        request, user = asked(world, case), world.other_manager
        adviser(world, request, user=user)
        leave_desk(user.memberships.get(), on=DAY)
        join_desk(user, world.procesregie, role=Role.PROCESREGISSEUR, on=DAY)

        with replays(case):
            assert settle_leavings(at=LATER) == 1

        assert not scopes(user, case, at=LATER)
        assert scopes(request.answerer, case, at=LATER)


class TestWhoAnsweredBefore:
    @pytest.fixture
    def answered(self, world, case, director) -> Escalation:
        """A question that a director of a party decided on; it did not come back yet."""
        world.party = takes_part(world, case)
        stuck_at_home(world, case)
        request = asked(world, case)
        answer(request, by=director, at=AT, answer="decide", text="Doen.")
        assert scopes(director, case, at=AT)
        return request

    def test_reads_no_more_when_his_organisation_left(
        self, world, case, director, answered
    ) -> None:
        """Catches a memo that stays open to who decided, whatever becomes of him."""
        assert let_outsiders_out(at=LATER) == 0

        with replays(case):
            end_party(world.party, by=world.procesregisseur, at=LATER)

        assert not scopes(director, case, at=LATER)

    def test_nor_when_he_went_to_another_desk(
        self, world, case, director, answered
    ) -> None:
        leave_desk(director.memberships.get(), on=DAY)
        join_desk(director, world.health_desk, role=Role.KETENPARTNER, on=DAY)

        with replays(case):
            assert let_outsiders_out(at=LATER) == 1

        assert not scopes(director, case, at=LATER)
