"""Who becomes the casusregisseur of a case, and what that gives him."""

from datetime import timedelta

import pytest

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.reading_in import finish_reading_in
from casework.people.errors import AlreadyDone, InvalidInput
from casework.people.models import Absence
from casework.work import items
from tests.replay import replays
from tests.world import AT

LATER = AT + timedelta(days=1)


class TestAppointCasusregisseur:
    def test_gets_access_and_is_asked_to_read(self, world, case) -> None:
        with replays(case):
            appoint_casusregisseur(
                case, by=world.procesregisseur, at=AT, user=world.casusregisseur
            )

        held = scopes(world.casusregisseur, case, at=AT)
        assert Permission.WORK_CASE in held
        assert Permission.STEER_CASE not in held
        assert not items.open_about(case.key, kind="case.appoint").exists()
        assert items.open_for_case(case.pk).filter(kind="case.read_in").count() == 1

        with replays(case):
            finish_reading_in(case, by=world.casusregisseur, at=LATER)
        assert not items.open_for_case(case.pk).filter(kind="case.read_in").exists()
        with pytest.raises(AlreadyDone):
            finish_reading_in(case, by=world.casusregisseur, at=LATER)

    def test_lets_a_deputy_read_for_who_is_away(self, world, case) -> None:
        """Catches work of somebody away that his deputy sees and can't end."""
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )
        Absence.objects.create(
            user=world.casusregisseur,
            deputy=world.procesregisseur,
            starts_at=AT,
            started_by=world.casusregisseur,
            reason="Weg",
        )

        finish_reading_in(case, by=world.procesregisseur, at=LATER)

        assert not items.open_for_case(case.pk).filter(kind="case.read_in").exists()

    def test_refuses_who_is_no_casusregisseur(self, world, case) -> None:
        with pytest.raises(InvalidInput):
            appoint_casusregisseur(
                case, by=world.procesregisseur, at=AT, user=world.manager
            )

    def test_refuses_twice(self, world, case) -> None:
        facts = {"by": world.procesregisseur, "user": world.casusregisseur}
        appoint_casusregisseur(case, at=AT, **facts)

        with pytest.raises(AlreadyDone):
            appoint_casusregisseur(case, at=LATER, **facts)
