"""Who confirms what was said, after the case in which it was said is closed."""

import pytest

from casework.cases.absence import set_deputy, start_absence
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.confirmations import (
    CONFIRM,
    DISPUTED,
    TALKED_OVER,
    confirm,
    dispute,
    dispute_of,
    key_of,
    settle_dispute,
    talk_over,
)
from casework.cases.excluding import exclude_colleague
from casework.cases.lifecycle import close_case, reopen_case
from casework.people.errors import NotVisible
from casework.people.models import Desk
from casework.work import items
from tests.dossier.conftest import post
from tests.replay import replays
from tests.world import AT, bottleneck_of
from workers.verify import count_of

pytestmark = pytest.mark.usefixtures("_now")

INVARIANTS = (
    "a closed case has no open work",
    "a case asks for attention on the day of its first open work",
    "an answer that another wrote down is confirmed or chased",
    "what an asker wrote down as an answer is chased at who gave it",
    "open work has an owner who can do it",
)


def close(world, case) -> None:
    """The procesregisseur, who wrote it down herself, closes the case at once."""
    by = {"by": world.procesregisseur, "at": AT}
    end_bottleneck(bottleneck_of(case), state="solved", reason="Klaar.", **by)
    waits = items.open_for_case(case.pk).exclude(kind__in=(CONFIRM, TALKED_OVER))
    items.close_items(list(waits.values_list("about", flat=True)), **by)
    with replays(case):
        close_case(case, outcome="solved", **by)


def broken() -> dict[str, int]:
    found = {name: count_of(name, at=AT) for name in INVARIANTS}
    return {name: count for name, count in found.items() if count}


def waiting(spoken) -> list[tuple[str, object]]:
    return [(each.kind, each.owner) for each in items.open_about(key_of(spoken))]


def test_is_still_asked_of_who_is_said_to_have_said_it(
    world, case, spoken, as_user
) -> None:
    """Catches who invents a decision and closes the case, so that nobody is asked."""
    close(world, case)

    assert waiting(spoken) == [(CONFIRM, world.manager)]
    assert broken() == {}
    path = f"/klopt-dit/{key_of(spoken)}/"
    assert spoken.text in as_user(world.manager).get(path).content.decode()
    with replays(case):
        assert post(as_user(world.manager), path, right="yes").status_code == 303
    spoken.refresh_from_db()
    assert spoken.is_confirmed
    assert waiting(spoken) == []
    assert broken() == {}


def test_is_not_confirmed_by_who_steered_as_his_deputy(world, case, spoken) -> None:
    """Catches an asker whose closed case no longer says that she steers it."""
    close(world, case)
    colleague = world.other_procesregisseur
    set_deputy(world.manager, by=world.manager, at=AT, deputy=colleague)
    start_absence(world.manager, by=world.manager, at=AT, reason="")

    with pytest.raises(NotVisible):
        confirm(spoken, by=colleague, at=AT)


def test_a_no_is_work_of_the_desk_that_can_reopen(world, case, spoken, as_user) -> None:
    """Catches a dispute of which only who invented the decision hears."""
    close(world, case)
    desk = Desk.objects.get(kind=Desk.Kind.PROCESREGIE)

    with replays(case):
        dispute(spoken, by=world.manager, at=AT, reason="Nooit gezegd")

    assert waiting(spoken) == [(DISPUTED, desk)]
    assert dispute_of(spoken) == "Klopt niet, zegt Marloes de Wit"
    assert broken() == {}
    colleague, path = (
        as_user(world.other_procesregisseur),
        f"/klopt-dit/{key_of(spoken)}/",
    )
    page = colleague.get(path).content.decode()
    assert "Nooit gezegd" in page
    assert "We hebben het besproken" in page
    with replays(case):
        talk_over(spoken, by=world.other_procesregisseur, at=AT)
    assert waiting(spoken) == [(TALKED_OVER, world.manager)]
    assert broken() == {}
    settle_dispute(spoken, by=world.manager, at=AT)
    assert waiting(spoken) == []
    assert broken() == {}


def test_closing_settles_no_dispute(world, case, spoken) -> None:
    """Catches who says that it was talked over and closes before that is answered."""
    dispute(spoken, by=world.manager, at=AT, reason="Nooit gezegd")
    talk_over(spoken, by=world.procesregisseur, at=AT)

    close(world, case)

    assert waiting(spoken) == [(TALKED_OVER, world.manager)]
    assert broken() == {}


def test_is_still_asked_of_the_privacy_officer(world, case, spoken) -> None:
    """Catches who shuts the decider out first and closes the case then."""
    exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.manager)

    close(world, case)

    desk = world.privacy_officer.memberships.get().desk
    assert waiting(spoken) == [(CONFIRM, desk)]
    assert broken() == {}


def test_a_no_is_of_who_opens_the_case_again(world, case, spoken, as_user) -> None:
    """Catches a desk that reads on what was said in a case that is not its own now."""
    close(world, case)
    dispute(spoken, by=world.manager, at=AT, reason="Nooit gezegd")

    with replays(case):
        reopen_case(case, by=world.procesregisseur, at=AT, reason="Weer mis.")

    assert waiting(spoken) == [(DISPUTED, world.procesregisseur)]
    path = f"/klopt-dit/{key_of(spoken)}/"
    assert as_user(world.other_procesregisseur).get(path).status_code == 404
    assert as_user(world.procesregisseur).get(path).status_code == 200
    assert broken() == {}


def test_stays_asked_when_the_case_opens_again(world, case, spoken) -> None:
    """Catches a case that can't be opened, or closed again, for what is asked."""
    close(world, case)

    with replays(case):
        reopen_case(case, by=world.procesregisseur, at=AT, reason="Weer mis.")

    assert waiting(spoken) == [(CONFIRM, world.manager)]
    assert broken() == {}
