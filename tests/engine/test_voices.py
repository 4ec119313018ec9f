"""One table for a voice: who may ask for it and give it; and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.models import Escalation, Voice
from ave.escalation.transitions import withdraw_escalation
from ave.escalation.voices import ask_voice, give_voice
from casework.cases.absence import set_deputy, start_absence
from casework.cases.confirmations import Given, confirm
from casework.cases.journal import State, state_of
from casework.cases.models import Case, Event, Participation
from casework.cases.parties import exclude_colleague, invite_party
from casework.levels import Level
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import Desk, Role, User
from casework.people.transitions import join_desk, open_desk
from casework.work import items
from casework.work.models import WorkItem
from tests.replay import replays
from tests.standing import standing
from tests.world import AT, DAY, FIRST_DAY, World, asked, make_world, opened

pytestmark = pytest.mark.engine

PEOPLE = (
    "procesregisseur",
    "other_procesregisseur",
    "casusregisseur",
    "officer",
    "manager",
    "other_manager",
    "burgemeester",
    "wethouder",
    "aov",
    "director",
    "fg",
    "privacy_officer",
    "beheerder",
    "beleidsmedewerker",
)
TURNS = ("review", "carry", "supply", "ended")
OK, NO, HIDDEN, DONE = "ok", "NotPermitted", "NotVisible", "AlreadyDone"
UNFIT = "InvalidInput"

MAY_ASK = {"procesregisseur": OK, "manager": OK}
MAY_GIVE = {"other_manager": OK, "procesregisseur": NO, "manager": NO}
MAY_RECORD = {"procesregisseur": OK, "manager": NO, "other_manager": NO}
"""By hand, while the request runs; to all others it is hidden."""

FIT = {
    "advice": {"other_manager", "burgemeester", "wethouder", "aov", "director"},
    "position": {"director"},
    "second": set(),
}
SECOND_AT_THE_TOP = {"wethouder"}
"""Who may be asked for what by the procesregisseur, of everybody."""


@dataclass
class Stage:
    """A request that runs, about a case with a party that has a manager."""

    world: World
    case: Case
    request: Escalation


def make_stage() -> Stage:
    world = make_world()
    desk = open_desk(world.health, name="Directie", kind=Desk.Kind.PARTNER)
    director = User.objects.create_user(
        "directeur@ggz.example", name="Els Drent", organisation=world.health
    )
    join_desk(director, desk, role=Role.MANAGER, on=FIRST_DAY)
    world.director = director
    case = opened_with_a_party(world)
    return Stage(world, case, asked(world, case))


def opened_with_a_party(world: World) -> Case:
    case = opened(world)
    invite_party(
        case,
        by=world.procesregisseur,
        at=AT,
        organisation=world.health,
        scope="Behandeling",
        ground="avg-6-1-e",
    )
    return case


@pytest.fixture(scope="module")
def _stage(django_db_setup, django_db_blocker) -> Iterator[Stage]:
    yield from standing(django_db_blocker, make_stage)


@pytest.fixture
def stage(_stage, db) -> Stage:
    return deepcopy(_stage)


@pytest.fixture
def world(stage) -> World:
    return stage.world


@pytest.fixture
def case(stage) -> Case:
    return stage.case


@pytest.fixture
def request_(stage) -> Escalation:
    return stage.request


@pytest.fixture
def at_the_top(world) -> Escalation:
    return asked(
        world,
        opened_with_a_party(world),
        urgent=True,
        to_level=Level.BESTUURLIJK,
        jump_reason="Het kan niet wachten.",
    )


def bring_to(world, request: Escalation, turn: str) -> Escalation:
    steps = {"review": (), "carry": ("pick_up",), "supply": ("ask_first",)}
    for kind in steps.get(turn, ("decide",)):
        answer(request, by=world.manager, at=AT, answer=kind, text="Hierom.")
    return fresh(request)


def fresh(row):
    """The row as somebody loads it."""
    return type(row)._base_manager.get(pk=row.pk)


def adviser(world, request: Escalation, **facts) -> Voice:
    return ask_voice(
        request,
        **{
            "by": world.procesregisseur,
            "at": AT,
            "kind": "advice",
            "user": world.other_manager,
            **facts,
        },
    )


def outcome(case, deed, *, before: State) -> str:
    """Try something; says how it went. A refusal leaves nothing behind."""
    events = Event.objects.system_scope("test").filter(case=case)
    told = events.count()
    found = OK
    point = transaction.savepoint()
    with replays(case, before=before):
        try:
            with transaction.atomic():
                deed()
        except TransitionRefused as refusal:
            found = type(refusal).__name__
    assert (events.count() > told) is (found == OK)
    transaction.savepoint_rollback(point)
    return found


def waits(voice: Voice) -> bool:
    return items.open_about(voice.key, kind="escalation.voice").count() == 1


def places(request: Escalation, user: User) -> int:
    rows = Participation.objects.system_scope("test").running(AT)
    return rows.filter(user=user, about=request.key).count()


def of_everybody(world, case, deed) -> dict[str, str]:
    """How it goes when each of them does it, or it is done to him."""
    before = state_of([case.pk])
    return {
        person: outcome(case, partial(deed, getattr(world, person)), before=before)
        for person in PEOPLE
    }


class TestTable:
    @pytest.mark.parametrize("turn", TURNS)
    def test_who_asks(self, world, case, request_, turn):
        """Catches a right too many or too few, and a refusal that left something."""
        request = bring_to(world, request_, turn)
        wanted = dict.fromkeys(PEOPLE, HIDDEN) | MAY_ASK
        if turn == "ended":
            wanted |= dict.fromkeys(MAY_ASK, DONE)

        found = of_everybody(
            world,
            case,
            lambda by: adviser(world, fresh(request), by=by, user=world.wethouder),
        )

        assert found == wanted

    @pytest.mark.parametrize("turn", TURNS)
    @pytest.mark.parametrize("spoken", [False, True])
    def test_who_gives(self, world, case, request_, turn, spoken):
        """Catches a word of a stranger, and one after the request has ended."""
        voice = adviser(world, request_)
        bring_to(world, request_, turn)
        may = MAY_RECORD if spoken else MAY_GIVE
        wanted = dict.fromkeys(PEOPLE, HIDDEN) | may
        if turn == "ended":
            wanted["other_manager"] = HIDDEN
            wanted["procesregisseur"] = DONE if spoken else NO
        given = Given(channel="telephone", at=AT, by=voice.user) if spoken else None

        found = of_everybody(
            world,
            case,
            lambda by: give_voice(
                fresh(voice), by=by, at=AT, text="Doe het.", given=given
            ),
        )

        assert found == wanted

    @pytest.mark.parametrize("kind", sorted(FIT))
    def test_who_is_asked_at_management(self, world, case, request_, kind):
        """Catches the asker, the answerer or a colleague without the role as a voice."""
        found = of_everybody(
            world,
            case,
            lambda user: adviser(world, fresh(request_), kind=kind, user=user),
        )

        assert found == dict.fromkeys(PEOPLE, UNFIT) | dict.fromkeys(FIT[kind], OK)

    def test_who_is_a_second_executive(self, world, at_the_top):
        """Catches the answerer as his own second."""
        found = of_everybody(
            world,
            at_the_top.case,
            lambda user: adviser(world, fresh(at_the_top), kind="second", user=user),
        )

        wanted = dict.fromkeys(PEOPLE, UNFIT) | dict.fromkeys(SECOND_AT_THE_TOP, OK)
        assert found == wanted


class TestAsking:
    def test_gives_a_place_and_work_until_the_day_of_the_request(self, world, request_):
        """Catches a voice without work, or with a day of its own."""
        voice = adviser(world, request_)

        item = items.open_about(voice.key, kind="escalation.voice").get()
        assert item.due_on == request_.due_on
        assert item.due.basis is not None
        assert item.owner_user == world.other_manager
        assert item.asked_by == world.procesregisseur
        assert places(request_, world.other_manager) == 1

    def test_once_in_a_request(self, world, request_):
        """Catches somebody who is asked twice, also round the transition."""
        adviser(world, request_)

        with pytest.raises(InvalidInput) as refusal:
            adviser(world, request_)
        assert refusal.value.field == "whom"
        with pytest.raises(IntegrityError), transaction.atomic():
            Voice.objects.create(
                escalation=request_,
                kind="advice",
                user=world.other_manager,
                asked_by=world.procesregisseur,
                asked_at=AT,
            )

    def test_not_of_who_knows_these_people(self, world, case, request_):
        exclude_colleague(
            case, by=world.procesregisseur, at=AT, user=world.other_manager
        )

        with pytest.raises(InvalidInput):
            adviser(world, request_)

    def test_not_of_oneself(self, world, case, request_):
        """Catches an acting deputy who asks himself for advice."""
        start_absence(world.procesregisseur, by=world.aov, at=AT, reason="Ziek")

        with pytest.raises(InvalidInput):
            adviser(world, request_, by=world.aov, user=world.aov)
        assert adviser(world, request_, by=world.aov).asked_by == world.aov

    def test_not_beside_a_notice(self, world):
        notice = asked(world, opened(world), kind="notice")

        with pytest.raises(NotPermitted):
            adviser(world, notice)

    def test_not_of_a_manager_whose_party_left(self, world, case, request_):
        """Catches a position of an organisation that takes part no longer."""
        Participation.objects.system_scope("test").filter(role="party").update(
            until_at=AT
        )

        with pytest.raises(InvalidInput):
            adviser(world, request_, kind="position", user=world.director)


class TestGiving:
    def test_closes_the_work_and_keeps_the_place(self, world, case, request_):
        voice = adviser(world, request_)

        with replays(case):
            give_voice(voice, by=world.other_manager, at=AT, text=" Begin klein. ")

        voice.refresh_from_db()
        assert (voice.text, voice.by) == ("Begin klein.", world.other_manager)
        assert voice.is_confirmed
        assert not waits(voice)
        assert places(request_, world.other_manager) == 1
        request_.refresh_from_db()
        assert (request_.turn, request_.to_level) == ("review", Level.MANAGEMENT)

    def test_is_done_once(self, world, request_):
        voice = adviser(world, request_)
        give_voice(voice, by=world.other_manager, at=AT, text="Begin klein.")

        with pytest.raises(AlreadyDone):
            give_voice(voice, by=world.other_manager, at=AT, text="Toch niet.")

    @pytest.mark.parametrize("text", ["", "  ", "Bel Jansje Kwikstaart."])
    def test_needs_words_without_a_name(self, world, case, request_, text):
        case.mnemonic = "Jansje Kwikstaart"
        case.save(update_fields=["mnemonic"])
        voice = adviser(world, request_)

        with pytest.raises(InvalidInput) as refusal:
            give_voice(voice, by=world.other_manager, at=AT, text=text)

        assert refusal.value.field == "text"

    def test_of_a_second_executive_needs_a_stance(self, world, at_the_top):
        voice = adviser(world, at_the_top, kind="second", user=world.wethouder)
        say = {"by": world.wethouder, "at": AT, "text": "Het past bij ons beleid."}

        with pytest.raises(InvalidInput) as refusal:
            give_voice(voice, **say)
        assert refusal.value.field == "stance"
        assert give_voice(voice, **say, stance="agrees").stance == "agrees"

    def test_of_an_adviser_has_no_stance(self, world, request_):
        """Catches a vote where only advice was asked."""
        voice = adviser(world, request_)

        give_voice(voice, by=world.other_manager, at=AT, text="Ja.", stance="agrees")

        voice.refresh_from_db()
        assert voice.stance == ""

    @pytest.mark.parametrize(
        "wrong",
        [
            {"stance": "agrees"},
            {"text": ""},
            {"at": None},
            {"lapsed_at": AT},
            {"recorded_by": None},
        ],
    )
    def test_is_whole_also_round_the_transition(self, world, request_, wrong):
        """Catches a word without a moment, and a stance where none belongs."""
        voice = adviser(world, request_)
        give_voice(voice, by=world.other_manager, at=AT, text="Begin klein.")

        with pytest.raises(IntegrityError), transaction.atomic():
            Voice.objects.system_scope("test").filter(pk=voice.pk).update(**wrong)

    def test_that_was_spoken_is_confirmed_by_who_said_it(self, world, case, request_):
        voice = adviser(world, request_)
        given = Given(channel="telephone", at=AT, by=world.other_manager)

        with replays(case):
            give_voice(
                voice, by=world.procesregisseur, at=AT, text="Begin klein.", given=given
            )

        assert not voice.is_confirmed
        chased = items.open_about(voice.key, kind="confirm").get()
        assert chased.owner_user == world.other_manager
        confirm(voice, by=world.other_manager, at=AT)
        assert voice.is_confirmed


class TestAbsence:
    def test_the_deputy_gives_it_in_his_name(self, world, case, request_):
        """Catches a voice that stays out because somebody is away."""
        away, deputy = world.other_manager, world.wethouder
        set_deputy(away, by=away, at=AT, deputy=deputy)
        voice = adviser(world, request_)
        start_absence(away, by=away, at=AT, reason="Vakantie")

        with replays(case):
            give_voice(voice, by=deputy, at=AT, text="Begin klein.")

        event = Event.objects.system_scope("test").filter(case=case).latest("pk")
        assert (voice.by, event.on_behalf_of) == (deputy, away)

    def test_the_deputy_is_there_when_he_is_away_already(self, world, request_):
        away = world.other_manager
        set_deputy(away, by=away, at=AT, deputy=world.wethouder)
        start_absence(away, by=away, at=AT, reason="Vakantie")

        voice = adviser(world, request_)

        assert places(request_, world.wethouder) == 1
        give_voice(voice, by=world.wethouder, at=AT, text="Begin klein.")

    def test_the_answerer_is_no_voice_in_the_name_of_another(self, world, request_):
        """Catches an answerer who advises himself."""
        away = world.other_manager
        set_deputy(away, by=away, at=AT, deputy=world.manager)
        voice = adviser(world, request_)
        start_absence(away, by=away, at=AT, reason="Vakantie")

        with pytest.raises(NotPermitted):
            give_voice(voice, by=world.manager, at=AT, text="Zeker.")


class TestEnding:
    @pytest.mark.parametrize("kind", ["decide", "lower", "withdraw"])
    def test_of_the_request_lets_them_lapse(self, world, case, request_, kind):
        """Catches an open voice about nothing, and one who keeps reading."""
        still, said = (
            adviser(world, request_),
            adviser(world, request_, user=world.aov),
        )
        give_voice(said, by=world.aov, at=AT, text="Begin klein.")

        with replays(case):
            if kind == "withdraw":
                EscalationFlow.interrupt(
                    withdraw_escalation, request_, by=world.procesregisseur, at=AT
                )
            else:
                answer(request_, by=world.manager, at=AT, answer=kind, text="Zo.")

        still.refresh_from_db()
        said.refresh_from_db()
        assert (still.lapsed_at, said.lapsed_at) == (AT, None)
        assert not waits(still)
        item = WorkItem.objects.system_scope("test").get(about=still.key)
        assert item.state == WorkItem.Outcome.LAPSED
        for user in (still.user, said.user):
            assert places(request_, user) == 0

    def test_higher_lets_them_stay_until_the_new_day(self, world, case, request_):
        """Catches what was asked or said that is lost on the way up."""
        still, said = (
            adviser(world, request_),
            adviser(world, request_, user=world.aov),
        )
        give_voice(said, by=world.aov, at=AT, text="Begin klein.")
        was = request_.due_on

        with replays(case):
            answer(request_, by=world.manager, at=AT, answer="higher", text="Te groot.")

        request_.refresh_from_db()
        item = items.open_about(still.key, kind="escalation.voice").get()
        assert item.due_on == request_.due_on > was
        for user in (still.user, said.user):
            assert places(request_, user) == 1
        assert places(request_, world.manager) == 0

    def test_higher_asks_who_must_answer_now_no_longer(self, world, case, request_):
        """Catches a burgemeester who advises and decides on the same question."""
        voice = adviser(world, request_, user=world.burgemeester)

        with replays(case):
            answer(request_, by=world.manager, at=AT, answer="higher", text="Te groot.")

        voice.refresh_from_db()
        request_.refresh_from_db()
        assert request_.answerer == world.burgemeester
        assert voice.lapsed_at == AT
        assert not waits(voice)
        assert places(request_, world.burgemeester) == 1

    def test_supplied_late_moves_their_day_too(self, world, case, request_):
        """Catches a voice that is late for a request that is not."""
        voice = adviser(world, request_)
        late = AT + timedelta(days=(request_.due_on - DAY).days)
        answer(request_, by=world.manager, at=AT, answer="ask_first", text="Wie?")

        EscalationFlow.supply.complete(
            request_, by=world.procesregisseur, at=late, text="De ggz."
        )

        item = items.open_about(voice.key, kind="escalation.voice").get()
        assert item.due_on == request_.due_on > voice.asked_at.date()

    def test_excluding_somebody_lets_his_lapse(self, world, case, request_):
        """Catches work of somebody who may not see it any more."""
        voice = adviser(world, request_)

        with replays(case):
            exclude_colleague(
                case, by=world.procesregisseur, at=AT, user=world.other_manager
            )

        voice.refresh_from_db()
        assert voice.lapsed_at == AT
        assert not waits(voice)

    def test_events_carry_no_words(self, world, case, request_):
        """Catches a text or a name in what is kept for ever."""
        voice = adviser(world, request_)
        give_voice(voice, by=world.other_manager, at=AT, text="Begin klein.")

        told = Event.objects.system_scope("test").filter(kind__startswith="voice.")
        assert {each.kind for each in told} == {"voice.asked", "voice.given"}
        written = repr([(each.facts, each.changes) for each in told])
        assert "Begin klein" not in written
        assert world.other_manager.name not in written
