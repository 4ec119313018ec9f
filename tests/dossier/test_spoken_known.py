"""Who confirms what was said, where who said it knows these people or is not there."""

import pytest

from ave.escalation.flow import answer
from casework.cases.absence import end_absence, set_deputy, start_absence
from casework.cases.confirmations import (
    CONFIRM,
    Given,
    confirm,
    dispute,
    dispute_of,
    key_of,
    may_confirm,
    settle_dispute,
    talk_over,
)
from casework.cases.excluding import exclude_colleague
from casework.people.errors import NotVisible
from casework.people.models import Role
from casework.people.transitions import join_desk
from casework.work import items
from tests.dossier.conftest import post
from tests.replay import replays
from tests.world import AT, DAY, asked
from workers.verify import count_of, verify

pytestmark = pytest.mark.usefixtures("_now")

CHASED = "an answer that another wrote down is confirmed or chased"
ASKER = "what an asker wrote down as an answer is chased at who gave it"


@pytest.fixture
def desk(world):
    """The desk that is asked in his place."""
    return world.privacy_officer.memberships.get().desk


@pytest.fixture
def path(spoken) -> str:
    return f"/klopt-dit/{key_of(spoken)}/"


def exclude(world, case) -> None:
    """Who wrote it down shuts out who is said to have said it."""
    exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.manager)


def broken() -> int:
    return count_of(CHASED, at=AT) + count_of(ASKER, at=AT)


def test_asks_the_privacy_officer(world, case, spoken, desk, path, as_user) -> None:
    """Catches an invented decision that stays, since who "gave" it was shut out."""
    with replays(case):
        exclude(world, case)

    [item] = items.open_about(key_of(spoken))
    assert (item.kind, item.owner) == (CONFIRM, desk)
    assert broken() == 0
    page = as_user(world.privacy_officer).get(path).content.decode()
    assert spoken.text in page
    assert "Marloes de Wit kan dit niet meer nakijken." in page
    assert as_user(world.manager).get(path).status_code == 404
    with pytest.raises(NotVisible):
        confirm(spoken, by=world.procesregisseur, at=AT)
    assert post(as_user(world.privacy_officer), path, right="yes").status_code == 303
    spoken.refresh_from_db()
    assert spoken.is_confirmed
    assert not items.open_about(key_of(spoken)).exists()


def test_a_no_is_the_privacy_officers(world, case, spoken, desk, path, as_user) -> None:
    """Catches a dispute in the name of who was never asked, and that the writer ends."""
    exclude(world, case)

    with replays(case):
        dispute(spoken, by=world.privacy_officer, at=AT, reason="Zij weet van niets")

    assert dispute_of(spoken) == "Klopt niet, zegt de privacy officer"
    page = as_user(world.procesregisseur).get(path).content.decode()
    assert "Dit klopt niet, zegt de privacy officer." in page
    talk_over(spoken, by=world.procesregisseur, at=AT)
    [item] = items.open_about(key_of(spoken))
    assert item.owner == desk
    assert broken() == 0
    with pytest.raises(NotVisible):
        settle_dispute(spoken, by=world.manager, at=AT)
    settle_dispute(spoken, by=world.privacy_officer, at=AT)
    assert "besproken" in dispute_of(spoken)


def test_who_wrote_it_is_not_asked_as_privacy_officer(world, case, spoken) -> None:
    """Catches a small town, where one person has both desks, and confirms himself."""
    desk = world.privacy_officer.memberships.get().desk
    join_desk(world.procesregisseur, desk, role=Role.PRIVACY_OFFICER, on=DAY)
    exclude(world, case)

    with pytest.raises(NotVisible):
        confirm(spoken, by=world.procesregisseur, at=AT)


def test_where_nobody_can_be_asked_verify_says_so(world, case, spoken, desk) -> None:
    """Catches a decision that nobody confirms and of which nobody hears."""
    desk.is_active = False
    desk.save(update_fields=["is_active"])

    with replays(case):
        exclude(world, case)

    assert not items.open_about(key_of(spoken)).exists()
    assert spoken.is_unconfirmed
    assert count_of(CHASED, at=AT) == 1


def test_what_was_talked_over_stays_disputed(world, case, spoken) -> None:
    """Catches who is shut out and is still asked whether it was talked over."""
    dispute(spoken, by=world.manager, at=AT, reason="Nooit gezegd")
    talk_over(spoken, by=world.procesregisseur, at=AT)

    exclude(world, case)

    assert not items.open_about(key_of(spoken)).exists()
    assert dispute_of(spoken) == "Klopt niet, zegt Marloes de Wit"
    assert broken() == 0


def test_who_steers_confirms_nothing_in_anothers_name(world, case) -> None:
    """Catches an asker whose deputy wrote it down, and who confirms it as the deputy of
    who is said to have said it."""
    asker, writer = world.procesregisseur, world.deputy
    request = asked(world, case)
    absence = start_absence(asker, by=asker, at=AT, reason="")
    given = Given(channel="telephone", at=AT, by=world.manager)
    answer(request, by=writer, at=AT, answer="decide", text="Doen.", given=given)
    end_absence(absence, by=asker, at=AT)
    said = request.answers.get(kind="decide")
    set_deputy(world.manager, by=world.manager, at=AT, deputy=asker)
    start_absence(world.manager, by=world.manager, at=AT, reason="")

    with pytest.raises(NotVisible):
        confirm(said, by=asker, at=AT)

    assert may_confirm(said, world.manager, at=AT)


def test_where_everybody_who_can_be_asked_knows_them_verify_says_so(
    world, case, spoken
) -> None:
    """Catches a question that waits for ever at a desk that may not see it."""
    exclude(world, case)
    assert known_to_all() == 0

    exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.privacy_officer)

    assert known_to_all() == 1


def known_to_all() -> int:
    name = "open work at a desk where everybody knows the people"
    return {each.name: each.count for each in verify(at=AT)}[name]
