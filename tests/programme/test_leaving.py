"""An activity whose owner has left: nobody answers for it, and an AOV finds another."""

from datetime import timedelta

import pytest

from casework.audit.models import AuditEntry
from casework.people.models import Desk
from casework.people.transitions import leave_desk
from programme.asking import APPOINT_OWNER, REPORT_PROGRESS
from programme.leaving import let_owners_go
from programme.models import ActivityOwner
from programme.transitions import (
    NoAccount,
    assign_owner,
    close_period,
    post_progress,
    reopen_period,
)
from tests.programme.conftest import text_of, work
from tests.world import AT
from workers import jobs
from workers.verify import count_of

LATER = AT + timedelta(minutes=1)


def close_account(user):
    user.is_active = False
    user.save(update_fields=["is_active"])


def leave_every_desk(user):
    for place in user.memberships.all():
        leave_desk(place, on=AT.date())


@pytest.fixture
def left(world, owned):
    close_account(world.manager)
    return owned


class TestTheClock:
    @pytest.mark.parametrize("leaves", [close_account, leave_every_desk])
    def test_leaves_nothing_with_who_left(self, world, owned, leaves):
        """Catches a question that stays with somebody who can't read it any more."""
        leaves(world.manager)

        jobs.run(jobs.named("settle_leavings"), stop=lambda: False, at=LATER)

        owned.refresh_from_db()
        assert owned.owner is None
        assert not work(owned.key, REPORT_PROGRESS).open().exists()
        assert count_of("open work has an owner who can do it", at=LATER) == 0


class TestLetOwnersGo:
    def test_keeps_who_answered_and_until_when(self, world, left):
        """Catches a history that ends with an owner who left long ago."""
        assert let_owners_go(at=LATER) == 1

        row = ActivityOwner.objects.get(activity=left)
        assert (row.owner, row.ended_at) == (world.manager, LATER)

    def test_asks_the_aov_for_another(self, world, left):
        """Catches an activity that is nobody's without anybody hearing it."""
        let_owners_go(at=LATER)

        item = work(left.key).open().get()
        assert (item.kind, item.title) == (
            APPOINT_OWNER,
            "Wijs een nieuwe actiehouder aan",
        )
        assert item.owner_desk.kind == Desk.Kind.AOV
        assert item.link == "/programma/OND-02/"

    def test_records_it(self, left):
        let_owners_go(at=LATER)

        entry = AuditEntry.objects.get(verb="activity.vacated")
        assert (entry.by, entry.about) == (None, left.key)

    def test_makes_a_form_of_before_stale(self, left):
        """Catches a version that stays, so that an old page still fits."""
        before = left.version

        let_owners_go(at=LATER)

        left.refresh_from_db()
        assert left.version == before + 1

    def test_does_it_once(self, left):
        let_owners_go(at=LATER)

        assert let_owners_go(at=LATER) == 0
        assert work(left.key, APPOINT_OWNER).count() == 1

    def test_leaves_alone_who_is_here(self, world, owned):
        assert let_owners_go(at=LATER) == 0

        owned.refresh_from_db()
        assert owned.owner == world.manager

    def test_leaves_alone_what_has_an_outcome(self, world, owned):
        """Catches what was achieved that counts as without an owner afterwards."""
        post_progress(owned, status="achieved", by=world.manager, at=AT)
        close_account(world.manager)

        assert let_owners_go(at=LATER) == 0

    def test_leaves_alone_what_is_closed_until_it_opens(self, world, programme, left):
        """Catches a period that opens and asks who is not there, or nobody."""
        close_period(programme, by=world.aov, at=AT)
        assert let_owners_go(at=LATER) == 0

        reopen_period(programme, by=world.aov, at=LATER)
        assert not work(left.key).open().exists()
        assert let_owners_go(at=LATER) == 1
        assert work(left.key).open().get().kind == APPOINT_OWNER

    def test_asks_nobody_where_no_aov_is_left(self, world, left):
        """Catches work of a desk at which nobody is, and a clock that stops at it."""
        leave_every_desk(world.aov)

        assert let_owners_go(at=LATER) == 1

        assert not work(left.key).open().exists()


class TestAfterwards:
    @pytest.fixture
    def vacated(self, left):
        let_owners_go(at=LATER)
        return left

    def test_it_counts_as_without_an_owner(self, world, vacated, browser):
        """Catches a list and a page that still name who left."""
        client = browser(world.aov)

        page = text_of(client.get("/programma/OND-02/"))
        found = text_of(client.get("/programma/?stand=zonder-actiehouder"))
        assert "Nog geen actiehouder" in page
        assert "Wijs een actiehouder aan" in page
        assert "Bibob-beleid en implementatie" in found
        assert "Wijs een nieuwe actiehouder aan" in text_of(client.get("/"))

    def test_another_owner_ends_the_question(self, world, vacated):
        assign_owner(vacated, owner=world.other_manager, by=world.aov, at=LATER)

        assert work(vacated.key, APPOINT_OWNER).get().state == "done"
        item = work(vacated.key).open().get()
        assert (item.kind, item.owner_user) == (REPORT_PROGRESS, world.other_manager)

    def test_an_outcome_ends_the_question(self, world, vacated):
        """Catches an owner that is looked for of what fell away."""
        post_progress(
            vacated, status="dropped", text="Niet nodig.", by=world.aov, at=LATER
        )

        assert work(vacated.key, APPOINT_OWNER).get().state == "lapsed"

    def test_a_closed_period_looks_for_nobody(self, world, programme, vacated):
        """Catches a question that nobody can answer, and one that is not asked again."""
        close_period(programme, by=world.aov, at=LATER)
        assert work(vacated.key, APPOINT_OWNER).get().state == "lapsed"

        reopen_period(programme, by=world.aov, at=LATER)
        assert work(vacated.key).open().get().kind == APPOINT_OWNER


def test_who_has_left_becomes_no_owner(world, bibob, browser):
    """Catches an owner whom the clock takes away again within the minute."""
    leave_every_desk(world.manager)

    with pytest.raises(NoAccount):
        assign_owner(bibob, owner=world.manager, by=world.aov, at=AT)

    page = text_of(browser(world.aov).get("/programma/OND-02/"))
    assert world.other_manager.name in page
    assert world.manager.name not in page
