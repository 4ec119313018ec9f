"""Procesregie goes to a successor, with the work and the access."""

from datetime import timedelta

import pytest

from casework.access.grants import scopes
from casework.cases.excluding import exclude_colleague
from casework.cases.grants import difference
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import Participation
from casework.people.errors import InvalidInput, NotVisible
from casework.work import items
from tests.replay import replays
from tests.world import AT, opened

LATER = AT + timedelta(days=1)


class TestHandOverProcesregie:
    def test_gives_cases_work_and_access_to_the_successor(self, world) -> None:
        cases = [opened(world) for _ in range(3)]

        with replays(cases[0]):
            hand_over_procesregie(
                cases,
                by=world.procesregisseur,
                at=LATER,
                user=world.other_procesregisseur,
            )

        for case in cases:
            assert case.procesregisseur == world.other_procesregisseur
            assert not scopes(world.procesregisseur, case, at=LATER)
            open_items = items.open_for_case(case.pk)
            assert not open_items.filter(owner_user=world.procesregisseur).exists()
            assert open_items.filter(kind="case.read_in").count() == 1
        assert difference([case.pk for case in cases], at=LATER) == 0

    def test_may_be_done_by_the_team_lead(self, world, case) -> None:
        world.procesregisseur.team_lead = world.manager
        world.procesregisseur.save(update_fields=["team_lead"])

        hand_over_procesregie(
            [case], by=world.manager, at=LATER, user=world.other_procesregisseur
        )

        assert case.procesregisseur == world.other_procesregisseur
        assert not scopes(world.manager, case, at=LATER)
        place = Participation.objects.system_scope("test").latest("pk")
        assert place.organisation == world.municipality

    def test_refuses_somebody_elses_case(self, world, case) -> None:
        with pytest.raises(NotVisible):
            hand_over_procesregie(
                [case],
                by=world.other_procesregisseur,
                at=LATER,
                user=world.other_procesregisseur,
            )

    def test_refuses_a_successor_who_knows_these_people(self, world, case) -> None:
        exclude_colleague(
            case, by=world.procesregisseur, at=AT, user=world.other_procesregisseur
        )

        with pytest.raises(InvalidInput):
            hand_over_procesregie(
                [case],
                by=world.procesregisseur,
                at=LATER,
                user=world.other_procesregisseur,
            )

    def test_the_old_one_may_not_do_it_again(self, world, case) -> None:
        facts = {"by": world.procesregisseur, "at": LATER}
        hand_over_procesregie([case], user=world.other_procesregisseur, **facts)

        with pytest.raises(NotVisible):
            hand_over_procesregie([case], user=world.other_procesregisseur, **facts)

    def test_takes_the_same_number_of_statements_but_for_the_invitations(
        self, world, django_assert_max_num_queries
    ) -> None:
        cases = [opened(world) for _ in range(6)]

        with django_assert_max_num_queries(35 + 8 * len(cases)):
            hand_over_procesregie(
                cases,
                by=world.procesregisseur,
                at=LATER,
                user=world.other_procesregisseur,
            )
