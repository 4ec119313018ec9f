"""A case in which nobody acts comes back by itself, to who steers it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ave.stagnation.transitions import look_into_stillness, set_threat
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.models import Bottleneck, Case
from casework.cases.stillness import STILL, ask_about_stillness
from casework.people.errors import AlreadyDone, NotPermitted
from casework.people.models import User
from casework.plan.answering import pick_up_task
from casework.plan.transitions import make_plan
from casework.work import inbox, items
from casework.work.models import WorkItem
from tests.access.many import many_cases
from tests.replay import replays
from tests.world import AT, DAY, asked, bottleneck_of
from workers import jobs
from workers.app import PERIODIC
from workers.verify import count_of

IS_ASKED = "who is asked to look at a case that stands still, is asked while it does"
HOURLY = [
    each
    for each in PERIODIC
    if each.every_seconds == 3600 and each.name != "keep_anchor"
]


def after(days: int):
    return AT + timedelta(days=days)


def asked_about(case: Case) -> list[WorkItem]:
    return list(items.open_about(case.key, kind=STILL))


@pytest.fixture
def quiet(world, case):
    """The stuck case after its first work is done: a plan, and nothing is asked."""
    by = {"by": world.procesregisseur, "at": AT}
    make_plan(case, **by, discussed=True)
    for item in items.open_for_case(case.pk):
        items.close_items(item.about, **by)
    assert bottleneck_of(case).is_open
    return case


@pytest.fixture
def still(quiet):
    assert ask_about_stillness(at=after(14)) == 1
    return quiet


def test_the_clock_alone_brings_it_back_within_three_weeks(world, quiet) -> None:
    """Catches a bottleneck that is open for half a year without work for anybody."""
    for days in range(1, 22):
        for each in HOURLY:
            jobs.run(each, stop=lambda: False, at=after(days))

    [item] = items.open_for_case(quiet.pk).filter(owner_user=world.procesregisseur)
    assert item.kind == STILL
    assert item.title == "Deze casus dreigt stil te staan. Kijk wat er nodig is"
    assert item.opened_at == after(14)
    assert item.due_on == date(2026, 12, 14)
    assert inbox.mine(world.procesregisseur, at=after(21)).filter(pk=item.pk).exists()


class TestAskAboutStillness:
    def test_waits_for_the_term_in_working_days(self, quiet) -> None:
        """Catches a term that counts weekends, or a day too many."""
        assert ask_about_stillness(at=after(13)) == 0
        assert ask_about_stillness(at=after(14)) == 1

    def test_asks_once_until_somebody_acts(self, still) -> None:
        """Catches a question that comes back every hour."""
        assert ask_about_stillness(at=after(14)) == 0
        assert ask_about_stillness(at=after(60)) == 0
        assert len(asked_about(still)) == 1

    def test_gives_time_where_the_day_is_over_already(self, quiet) -> None:
        """Catches work that is too late for its deputy at the moment that it comes."""
        ask_about_stillness(at=after(60))

        assert asked_about(quiet)[0].due_on == DAY + timedelta(days=64)

    def test_asks_nothing_about_what_is_asked_already(self, world, quiet) -> None:
        """Catches the steerer who is to act while a manager must answer."""
        asked(world, quiet)

        assert ask_about_stillness(at=after(30)) == 0

    def test_asks_nothing_about_a_case_in_which_nothing_is_stuck(
        self, world, quiet
    ) -> None:
        """Catches calm, after which procesregie may stop, taken for standing still."""
        solved = Bottleneck.State.SOLVED
        end_bottleneck(
            bottleneck_of(quiet),
            by=world.procesregisseur,
            at=AT,
            state=solved,
            reason="Opgelost.",
        )

        assert ask_about_stillness(at=after(30)) == 0

    def test_asks_nobody_who_has_left(self, world, quiet) -> None:
        """Catches work for somebody who can't log in any more."""
        User.objects.filter(pk=world.procesregisseur.pk).update(is_active=False)

        assert ask_about_stillness(at=after(30)) == 0


@pytest.mark.parametrize("many", [400, pytest.param(4000, marks=pytest.mark.long)])
def test_asks_as_much_about_many_cases_as_about_40(world, case, many) -> None:
    """Catches a query for each case, every hour."""
    ask_about_stillness(at=after(30))
    found = []
    for number in (40, many - 40):
        many_cases(world, number)
        stand_still()
        with CaptureQueriesContext(connection) as captured:
            assert ask_about_stillness(at=after(30)) == number
        found.append(len(captured))

    assert found[0] == found[1] <= 12


def stand_still() -> None:
    """What was made in a few statements: opened, and nobody is asked about it."""
    Bottleneck.objects.system_scope("test").update(asked=False)
    Case.objects.system_scope("test").update(opened_at=AT)


class TestEnds:
    def test_by_any_act_also_of_a_desk_that_hears_nothing_of_it(
        self, world, still, offered
    ) -> None:
        """Catches work that stays while people act, and a desk that finds it as done."""
        with replays(still):
            task = offered(
                desk=world.police_desk, at=after(15), due_on=DAY + timedelta(days=45)
            )
        assert asked_about(still) == []
        ask_about_stillness(at=after(40))

        pick_up_task(task, by=world.officer, at=after(41))

        assert asked_about(still) == []
        assert not inbox.done(world.officer).filter(kind=STILL).exists()
        assert count_of(IS_ASKED, at=after(41)) == 0

    def test_by_saying_that_nothing_is_needed_and_the_term_runs_anew(
        self, world, still
    ) -> None:
        """Catches a question that comes back the next hour, or never."""
        with replays(still):
            look_into_stillness(still, by=world.procesregisseur, at=after(15))

        assert asked_about(still) == []
        assert ask_about_stillness(at=after(28)) == 0
        assert ask_about_stillness(at=after(29)) == 1

    def test_refuses_who_does_not_steer_and_twice(self, world, still) -> None:
        with pytest.raises(NotPermitted):
            look_into_stillness(still, by=world.casusregisseur, at=after(15))
        look_into_stillness(still, by=world.procesregisseur, at=after(15))
        with pytest.raises(AlreadyDone):
            look_into_stillness(still, by=world.procesregisseur, at=after(15))

    def test_sets_the_day_of_attention_back(self, world, still) -> None:
        """Catches a list that keeps its order for work that is over."""
        still.refresh_from_db()
        assert still.attention_on == date(2026, 12, 14)

        set_threat(still, reason="Stil.", by=world.casusregisseur, at=after(15))

        still.refresh_from_db()
        assert still.attention_on.year == 9999


class TestPage:
    @pytest.fixture(autouse=True)
    def _now(self):
        with time_machine.travel(after(15), tick=False):
            yield

    def test_asks_who_steers_and_nobody_else(self, world, still, as_user) -> None:
        url = f"/casussen/{still.reference}/vast/"

        assert "Er is nu niets nodig" in as_user(world.procesregisseur).get(url).text
        other = as_user(world.casusregisseur).get(url)
        assert "Er is nu niets nodig" not in other.text

    def test_the_button_ends_it(self, world, still, as_user) -> None:
        url = f"/casussen/{still.reference}/vast/"
        client = as_user(world.procesregisseur)

        sent = {"action": "look", "submit_id": str(uuid.uuid4())}
        assert client.post(url, sent).status_code == 303

        assert "Er is nu niets nodig" not in client.get(url).text
        assert asked_about(still) == []
