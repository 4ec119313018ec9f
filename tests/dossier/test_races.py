"""Several cases in one transition: locked in one order, whoever comes first."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.absence import dormant_stand_ins, end_absence, start_absence
from casework.cases.grants import difference
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import Participation
from casework.people.models import Absence, User
from tests.races.harness import one_winner, race, racers
from tests.races.interleaving import elsewhere, interrupted
from tests.world import AT, make_world, opened

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LATER = AT + timedelta(hours=1)
MOST = 200


def reports_away(user: User, *, at=LATER) -> Absence:
    me = User.objects.get(pk=user.pk)
    return start_absence(me, by=me, at=at, reason="")


def stands_in(deputy: User, user: User) -> None:
    User.objects.filter(pk=user.pk).update(deputy=deputy)


def locked_in(said: CaptureQueriesContext) -> list[int]:
    """Give the cases that were locked, the last time that somebody locked any."""
    locks = [
        each["sql"]
        for each in said
        if "FOR NO KEY UPDATE" in each["sql"] and '"cases_case"' in each["sql"]
    ]
    [keys] = re.findall(r"IN \(([\d, ]+)\)", locks[-1])
    return [int(key) for key in keys.split(",")]


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


def test_deputies_of_each_other_do_not_wait_for_each_other() -> None:
    """Catches two people of whom each holds himself, and waits for the other."""
    world = make_world()
    fatima, other = world.procesregisseur, world.other_procesregisseur
    stands_in(fatima, other)
    stands_in(other, fatima)
    opened(world)

    with racers(2) as both:
        for number in range(5):
            at = LATER + timedelta(minutes=number)
            ended = both(
                lambda at=at: reports_away(fatima, at=at),
                lambda at=at: reports_away(other, at=at),
            )

            assert one_winner(ended).startswith("Er is nog geen vervanger die er is.")
            absence = Absence.objects.active(at).get()
            end_absence(absence, by=absence.user, at=at + timedelta(seconds=30))


@pytest.mark.parametrize("first", ["who is stood in for", "the deputy"])
def test_a_deputy_who_reports_away_meanwhile_is_none(first) -> None:
    """
    Catches a case that hangs on a deputy who is away: he reported that in the same
    moment, and neither of the two had seen the other.
    """
    world = make_world()
    fatima, deputy, third = (
        world.procesregisseur,
        world.other_procesregisseur,
        world.deputy,
    )
    stands_in(deputy, fatima)
    stands_in(third, deputy)
    case, others = opened(world), opened(world)
    hand_over_procesregie([others], by=fatima, at=AT, user=deputy)
    one, two = (fatima, deputy) if first == "who is stood in for" else (deputy, fatima)
    acted: list[bool] = []

    with elsewhere() as there:
        for statement in range(MOST):
            acted.clear()
            with transaction.atomic(), CaptureQueriesContext(connection) as said:
                interrupted(
                    lambda: reports_away(one),
                    at=statement,
                    happens=lambda: acted.append(there.do(lambda: reports_away(two))),
                )
                running = Absence.objects.active(LATER)
                away = set(running.values_list("user", flat=True))
                assert not running.filter(deputy__in=away).exists(), statement
                assert dormant_stand_ins(at=LATER) == 0
                if acted == [True]:
                    assert away == {fatima.pk, deputy.pk}
                    for each in (case, others):
                        held = scopes(third, each, at=LATER)
                        assert Permission.STEER_CASE in held, statement
                    assert case.pk in locked_in(said), statement
                transaction.set_rollback(True)
            there.put_back()
            # Who is held off, waits for locks that are kept from here on.
            if acted == [False]:
                break

    assert acted == [False], "he was never held off"
    assert statement > 0, "he was held off before anything was looked at"
