"""A casusregisseur is away and her deputy knows these people: who finds another."""

from datetime import timedelta

import pytest
import time_machine

from casework.cases.absence import end_absence, settle_absences, start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.excluding import exclude_colleague
from casework.cases.handover import hand_over_procesregie
from casework.cases.uncovered import UNCOVERED, find_another
from casework.people.errors import NotVisible
from casework.people.models import Role, User
from casework.people.transitions import join_desk
from casework.work.models import WorkItem
from tests.dossier.conftest import at as page_of
from tests.dossier.conftest import post
from tests.replay import replays
from tests.world import AT, DAY

LATER, OVER = AT + timedelta(hours=1), AT + timedelta(days=3)


@pytest.fixture
def away(world, case) -> User:
    """The casusregisseur, of whom the deputy knows the people of this case."""
    user = world.casusregisseur
    user.deputy, user.team_lead = world.manager, world.other_manager
    user.save(update_fields=["deputy", "team_lead"])
    appoint_casusregisseur(case, by=world.procesregisseur, at=AT, user=user)
    exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.manager)
    return user


@pytest.fixture
def colleague(world) -> User:
    user = User.objects.create_user(
        "nel@1.example", name="Nel Naast", organisation=world.municipality
    )
    desk = world.casusregisseur.memberships.get().desk
    join_desk(user, desk, role=Role.CASUSREGISSEUR, on=DAY)
    return user


def goes(user: User, **facts):
    return start_absence(user, by=user, at=AT, reason="", **facts)


def questions() -> list[WorkItem]:
    rows = WorkItem.objects.system_scope("test").open().filter(kind=UNCOVERED)
    return list(rows.order_by("pk"))


def test_asks_the_procesregisseur(world, case, away, colleague, as_user) -> None:
    """Catches a case whose casusregisseur is away and of which nobody hears; and a
    question to a team lead, who may appoint nobody."""
    with replays(case):
        goes(away)

    [item] = questions()
    assert (item.owner, item.link) == (
        world.procesregisseur,
        page_of(case, "partijen/"),
    )
    assert settle_absences(at=LATER) == 0
    client = as_user(world.procesregisseur)
    with time_machine.travel(LATER, tick=False):
        assert client.get(item.link).status_code == 200
        assert case.reference not in client.get("/afwezig/").content.decode()
        assert client.get(f"/afwezig/casus/{item.pk}/").status_code == 404
    with pytest.raises(NotVisible):
        find_another(item, by=world.procesregisseur, at=LATER, user=colleague)

    with replays(case):
        appoint_casusregisseur(case, by=world.procesregisseur, at=LATER, user=colleague)

    item.refresh_from_db()
    assert (item.state, item.closed_by) == ("done", world.procesregisseur)
    assert settle_absences(at=LATER) == 0
    assert questions() == []


def test_asks_when_the_deputy_turns_out_to_know_them(world, case, away) -> None:
    """Catches a deputy who is shut out during the absence, of which nobody hears."""
    away.deputy = world.other_manager
    away.save(update_fields=["deputy"])
    goes(away)
    assert questions() == []
    exclude_colleague(
        case, by=world.procesregisseur, at=LATER, user=world.other_manager
    )

    settle_absences(at=LATER)

    assert [item.owner for item in questions()] == [world.procesregisseur]


def test_asks_nobody_any_more_when_she_is_back(world, case, away) -> None:
    """Catches a casusregisseur who is replaced although she is there."""
    absence = goes(away)

    end_absence(absence, by=away, at=LATER)

    assert questions() == []


def test_asks_nobody_any_more_when_her_day_is_over(world, case, away) -> None:
    """Catches a question that stays for ever, and keeps the case from closing."""
    goes(away, until=DAY + timedelta(days=1))
    [item] = questions()

    settle_absences(at=OVER)

    item.refresh_from_db()
    assert item.state == WorkItem.State.LAPSED


def test_goes_with_the_procesregie(world, case, away) -> None:
    """Catches a question that stays with who may appoint nobody any more."""
    goes(away)
    successor = world.other_procesregisseur

    hand_over_procesregie([case], by=world.procesregisseur, at=LATER, user=successor)

    assert [item.owner for item in questions()] == [successor]
    assert settle_absences(at=LATER) == 0


def test_comes_after_the_question_for_a_procesregisseur(
    world, case, colleague, as_user
) -> None:
    """Catches who is both, and of whom only the procesregie finds another."""
    both, by = world.procesregisseur, world.procesregisseur
    desk = world.casusregisseur.memberships.get().desk
    join_desk(both, desk, role=Role.CASUSREGISSEUR, on=DAY)
    appoint_casusregisseur(case, by=by, at=AT, user=both)
    exclude_colleague(case, by=by, at=AT, user=world.deputy)
    goes(both)
    [item] = questions()
    assert item.owner == world.procesregie
    successor = world.other_procesregisseur
    with time_machine.travel(LATER, tick=False):
        path = f"/afwezig/casus/{item.pk}/"
        assert post(as_user(successor), path, user=successor.pk).status_code == 303

    settle_absences(at=LATER)

    assert [item.owner for item in questions()] == [successor]


def test_who_stands_in_for_the_procesregisseur_finds_another(
    world, case, away, colleague, as_user
) -> None:
    """Catches two who are away at once, and a question that only they can read."""
    goes(away)
    goes(world.procesregisseur)
    [item] = questions()

    with time_machine.travel(LATER, tick=False):
        client = as_user(world.deputy)
        assert item.link in client.get("/").content.decode()
    appoint_casusregisseur(case, by=world.deputy, at=LATER, user=colleague)

    assert questions() == []
