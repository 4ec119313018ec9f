"""Several cases in one transition: locked in one order, whoever comes first."""

from datetime import timedelta

import pytest

from casework.cases.absence import dormant_stand_ins, start_absence
from casework.cases.grants import difference
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import Participation
from casework.people.models import Absence, User
from tests.races.harness import one_winner, race
from tests.world import AT, make_world, opened

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LATER = AT + timedelta(hours=1)


def test_an_absence_and_a_successor_do_not_wait_for_each_other() -> None:
    """Catches cases that are locked in the order in which they were given."""
    world = make_world()
    cases = [opened(world) for _ in range(8)]

    def away() -> None:
        user = User.objects.get(pk=world.procesregisseur.pk)
        start_absence(user, by=user, at=LATER, reason="")

    def successor() -> None:
        hand_over_procesregie(
            list(reversed(cases)),
            by=world.procesregisseur,
            at=LATER,
            user=world.other_procesregisseur,
        )

    race(away, successor)

    assert difference([case.pk for case in cases], at=LATER) == 0
    assert dormant_stand_ins(at=LATER) == 0
    regisseurs = (
        Participation.objects.system_scope("test")
        .running(LATER)
        .filter(role="procesregisseur", on_behalf_of__isnull=True)
    )
    assert regisseurs.count() == len(cases)


def test_two_reports_of_one_absence_have_one_effect() -> None:
    """Catches the deputy and the team lead who report somebody at the same time."""
    world = make_world()
    case = opened(world)

    def away() -> None:
        user = User.objects.get(pk=world.procesregisseur.pk)
        start_absence(user, by=world.deputy, at=LATER, reason="Ziek gemeld")

    said = one_winner(race(away, away))

    assert said == "Deze collega is al afwezig gemeld."
    assert Absence.objects.count() == 1
    places = Participation.objects.system_scope("test").filter(user=world.deputy)
    assert places.filter(case=case).count() == 1
