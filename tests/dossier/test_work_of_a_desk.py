"""What an absent one's desk has is her deputy's while she is away."""

import pytest

from ave.triage.flow import IntakeFlow
from casework.access.grants import scopes
from casework.access.pages import page_for
from casework.access.permissions import Permission
from casework.cases.absence import end_absence
from casework.cases.models import Case, Event, Exclusion
from casework.work.models import WorkItem
from tests.dossier.test_absence import BACK, LATER, away
from tests.replay import replays
from tests.world import ALL_YES, AT, STUCK, referred


class TestWorkOfADesk:
    """Catches a deputy who is mailed for the desk and may not read what it is about."""

    @pytest.fixture
    def fresh(self, world) -> Case:
        return referred(world)

    def test_is_hers_while_she_is_away(self, world, fresh) -> None:
        assert not scopes(world.deputy, fresh, at=LATER)

        absence = away(world)

        assert Permission.TRIAGE_CASE in scopes(world.deputy, fresh, at=LATER)
        assert fresh in Case.objects.visible_to(world.deputy, at=LATER)
        assert fresh in page_for(Case, world.deputy, at=LATER)

        end_absence(absence, by=world.procesregisseur, at=BACK)

        assert not scopes(world.deputy, fresh, at=BACK)
        assert fresh not in Case.objects.visible_to(world.deputy, at=BACK)
        assert fresh not in page_for(Case, world.deputy, at=BACK)

    def test_starts_procesregie_in_her_name(self, world, fresh) -> None:
        """Catches a case whose procesregisseur is none, or who can't go on with it."""
        away(world)

        with replays(fresh):
            assess(fresh, by=world.deputy)

        assert fresh.procesregisseur == world.procesregisseur
        assert Permission.STEER_CASE in scopes(world.deputy, fresh, at=LATER)
        event = Event.objects.system_scope("test").filter(case=fresh).latest("pk")
        assert event.kind == "case.triaged"
        assert event.by == world.deputy
        assert event.on_behalf_of == world.procesregisseur
        inform = WorkItem.objects.system_scope("test").get(
            kind="case.inform", case=fresh.pk
        )
        assert inform.owner_user == world.procesregisseur
        assert inform in WorkItem.objects.mine(world.deputy, at=LATER)

    def test_stays_a_colleagues_in_his_own_name(self, world, fresh) -> None:
        """Catches a colleague of the desk who acts for the other without need."""
        world.procesregisseur.deputy = world.other_procesregisseur
        world.procesregisseur.save(update_fields=["deputy"])
        away(world, by=world.procesregisseur)

        assess(fresh, by=world.other_procesregisseur)

        assert fresh.procesregisseur == world.other_procesregisseur

    def test_not_of_people_whom_she_knows(self, world, fresh) -> None:
        """Catches a way around "Ik ken deze mensen" along a desk."""
        Exclusion.objects.create(case=fresh, user=world.deputy, by=world.deputy, at=AT)
        away(world)

        assert not scopes(world.deputy, fresh, at=LATER)
        assert fresh not in page_for(Case, world.deputy, at=LATER)


def assess(case: Case, *, by) -> None:
    IntakeFlow.assess.complete(
        case,
        by=by,
        at=LATER,
        criteria=ALL_YES,
        reasons={},
        outcome="procesregie",
        ground="avg-6-1-e",
        purpose="Hulp en veiligheid weer op gang brengen",
        bottleneck=STUCK,
    )
