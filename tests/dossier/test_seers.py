"""Who can see a case: what the grants say, with why and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.flow import answer
from ave.escalation.voices import ask_voice
from casework.access.grants import scopes
from casework.cases import grants
from casework.cases.models import Exclusion, Participation
from casework.cases.participations import join_case
from casework.cases.parties import invite_party
from casework.cases.seers import Seer, seers_of
from casework.people.models import Absence, User
from tests.world import AT, asked, referred


def names(case, *, at=AT) -> set[str]:
    return {
        seer.place.user.name if seer.place.user else seer.place.desk.name
        for seer in seers_of(case, at=at)
    }


def seer_of(case, user: User) -> Seer:
    return next(each for each in seers_of(case, at=AT) if each.place.user == user)


def test_who_is_asked_for_advice_is_there_while_the_request_runs(world, case):
    """Catches a colleague who reads a memo and stands in no list."""
    request = asked(world, case)
    ask_voice(
        request,
        by=world.procesregisseur,
        at=AT,
        kind="advice",
        user=world.other_manager,
    )

    seer = seer_of(case, world.other_manager)
    assert seer.place.get_role_display() == "Adviseert bij een opschaling"
    assert (seer.reads, seer.until) == ("één knelpunt", "zolang de vraag loopt")
    answer(request, by=world.manager, at=AT, answer="decide", text="De ggz begint.")
    assert world.other_manager.name not in names(case)
    assert world.manager.name in names(case)


def test_a_place_that_gave_nothing_is_not_there(world, case):
    """Catches a list that is read from the participations a second time."""
    Participation.objects.create(
        case=case, role="casusregisseur", user=world.casusregisseur, from_at=AT
    )
    assert world.casusregisseur.name not in names(case)

    grants.follow([case.pk], at=AT)

    assert seer_of(case, world.casusregisseur).reads == "het dossier"


def test_a_place_that_ended_by_the_clock_is_not_there(world, case):
    until = AT + timedelta(hours=1)
    join_case(case, "receiver", at=AT, user=world.casusregisseur, until=until)
    grants.follow([case.pk], at=AT)

    assert world.casusregisseur.name in names(case)
    assert world.casusregisseur.name not in names(case, at=until)


@pytest.mark.parametrize("gone", ["excluded", "inactive"])
def test_who_sees_nothing_is_not_there(world, case, gone):
    """Catches a row that the lock skips and the list shows."""
    request = asked(world, case)
    if gone == "excluded":
        Exclusion.objects.create(
            case=case, user=request.answerer, at=AT, by=world.procesregisseur
        )
    else:
        User.objects.filter(pk=request.answerer_id).update(is_active=False)

    assert request.answerer.name not in names(case)


def test_a_desk_is_there_by_its_name_and_a_party_is_not(world, case):
    invite_party(
        case,
        by=world.procesregisseur,
        at=AT,
        organisation=world.health,
        scope="Behandeling",
        ground="avg-6-1-e",
    )

    assert names(case) == {world.procesregisseur.name}
    assert world.procesregie.name in names(referred(world))


@pytest.mark.parametrize("shut_out", [False, True])
def test_of_a_desk_everybody_is_named_who_sees_it(world, shut_out):
    """Catches a stand-in who reads what the list gives to a desk he is not in, or the
    name of somebody who knows these people."""
    case = referred(world)
    Absence.objects.create(
        user=world.procesregisseur,
        deputy=world.deputy,
        starts_at=AT,
        started_by=world.procesregisseur,
    )
    if shut_out:
        Exclusion.objects.create(case=case, user=world.deputy, by=world.deputy, at=AT)

    [seer] = seers_of(case, at=AT)

    named = {reader.user: reader.instead_of for reader in seer.people}
    assert set(named) == {
        user for user in User.objects.all() if scopes(user, case, at=AT)
    }
    stood_in = {} if shut_out else {world.deputy: world.procesregisseur}
    assert {user: of for user, of in named.items() if of is not None} == stood_in


def test_of_a_closed_case_the_archive_says_how_long(world, case):
    """Catches "as long as the case runs" in a case that runs no more."""
    place = Participation(case=case, role="archive", desk=world.police_desk, from_at=AT)

    assert Seer(place).until == "zolang we de casus bewaren"
