"""Who loses the role of regisseur by a new list, loses the cases with it."""

import pytest
from django.core.management import call_command

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.absence import set_deputy
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.grants import difference
from casework.cases.handover import VACANT
from casework.cases.reading_in import APPOINT
from casework.people.models import User
from casework.work import items
from tests.engine.voices.conftest import adviser
from tests.replay import replays
from tests.world import AT, asked, make_world, opened
from workers.verify import count_of

pytestmark = pytest.mark.django_db

HEADING = "organisatie;soort organisatie;bureau;soort bureau;naam;e-mailadres;rol"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def case(world):
    return opened(world)


@pytest.fixture
def hand_in(tmp_path, world):
    """Hand in a list in which somebody has these places: the desk, its kind, the role."""

    def hand_in(user: User, *places: str, **how: bool) -> None:
        home = "Gemeente Zuiderveen;gemeente"
        rows = [
            f"{home};{{}};{user.name};{user.email};{{}}".format(*_of(place))
            for place in places
        ]
        path = tmp_path / "mensen.csv"
        path.write_text("\n".join([HEADING, *rows]), encoding="utf-8")
        call_command("import_people", str(path), by=world.beheerder.email, **how)

    return hand_in


def _of(place: str) -> tuple[str, str]:
    desk, role = place.split(" als ")
    return desk, role


MANAGER = "Management;management als manager"
CASES = "Wijkteam;casusregie als casusregisseur"


def test_the_procesregisseur_reads_her_cases_no_longer(world, case, hand_in) -> None:
    """Catches who steers and reads on by name until the clock comes by."""
    gone, heir = world.procesregisseur, world.other_procesregisseur
    set_deputy(gone, by=gone, at=AT, deputy=heir)

    with replays(case):
        hand_in(gone, MANAGER)

    assert not scopes(gone, case, at=AT)
    assert Permission.STEER_CASE in scopes(heir, case, at=AT)
    assert not items.open_for_case(case.pk).filter(owner_user=gone).exists()
    assert difference([case.pk], at=AT) == 0
    assert count_of("an open case has one procesregisseur", at=AT) == 0


def test_where_no_deputy_can_somebody_is_asked(world, case, hand_in) -> None:
    """Catches a case that is left alone, since its procesregisseur reads it no more."""
    with replays(case):
        hand_in(world.procesregisseur, MANAGER)

    assert not scopes(world.procesregisseur, case, at=AT)
    assert items.open_about(case.key, kind=VACANT).exists()


def test_the_casusregisseur_reads_it_no_longer(world, case, hand_in) -> None:
    """Catches who works on in a case with another job."""
    gone = world.casusregisseur
    appoint_casusregisseur(case, by=world.procesregisseur, at=AT, user=gone)

    with replays(case):
        hand_in(gone, MANAGER)

    assert not scopes(gone, case, at=AT)
    [item] = items.open_about(case.key, kind=APPOINT)
    assert item.owner_user == world.procesregisseur


@pytest.mark.parametrize(
    "places",
    [
        ["OOV;aov als procesregisseur"],
        ["Procesregie;procesregie als manager", "OOV;aov als procesregisseur"],
    ],
)
def test_who_has_the_role_at_another_desk_keeps_them(
    world, case, hand_in, places
) -> None:
    """Catches a colleague who moves to another desk and loses every case underway."""
    hand_in(world.procesregisseur, *places)

    assert Permission.STEER_CASE in scopes(world.procesregisseur, case, at=AT)


def test_who_was_asked_reads_the_question_no_longer(world, case, hand_in) -> None:
    """Catches a manager who decides and reads on at another desk, with a clock that
    stands still for as long as that."""
    request = asked(world, case)
    gone, other = request.answerer, world.other_manager
    voice = adviser(world, request, user=world.wethouder)

    with replays(case):
        hand_in(gone, CASES)

    request.refresh_from_db()
    assert request.answerer == other
    assert not scopes(gone, case, at=AT)
    assert difference([case.pk], at=AT) == 0

    with replays(case):
        hand_in(world.wethouder, CASES)

    voice.refresh_from_db()
    assert voice.lapsed_at == AT
    assert not scopes(world.wethouder, case, at=AT)


def test_a_check_takes_no_case_away(world, case, hand_in) -> None:
    """Catches a try that was none."""
    hand_in(world.procesregisseur, MANAGER, check=True)

    assert Permission.STEER_CASE in scopes(world.procesregisseur, case, at=AT)
