"""What was for one reader alone ends when he has left."""

from datetime import timedelta

from ave.escalation.flow import answer
from ave.triage.flow import IntakeFlow
from casework.cases.confirmations import CONFIRM, Given
from casework.people.transitions import leave_desk
from casework.work import items
from casework.work.due import Due
from casework.work.own import write_own
from tests.replay import replays
from tests.world import ALL_YES, AT, DAY, asked, referred
from workers.jobs import settle_leavings
from workers.verify import count_of, verify

LATER = AT + timedelta(minutes=1)
CAN_DO_IT = "open work has an owner who can do it"


def loses_account(user) -> None:
    leave_desk(user.memberships.get(), on=DAY)
    user.is_active = False
    user.save(update_fields=["is_active"])


class TestLapseOfWhoLeft:
    """Catches a departure after which `verify` finds work that nobody can do."""

    def test_ends_what_was_for_him_alone(self, world) -> None:
        case = referred(world, referrer=world.officer)
        IntakeFlow.assess.complete(
            case,
            by=world.procesregisseur,
            at=AT,
            criteria=ALL_YES,
            reasons={},
            outcome="refused",
            note="Niet voor ons.",
        )
        write_own("Bel Kees", due=Due.day(DAY), by=world.officer, at=AT)
        loses_account(world.officer)
        assert count_of(CAN_DO_IT, at=LATER) == 2

        assert settle_leavings(at=LATER) == 2

        assert count_of(CAN_DO_IT, at=LATER) == 0
        assert settle_leavings(at=LATER) == 0

    def test_asks_another_what_he_was_asked_to_confirm(self, world, case) -> None:
        """Catches a decision in the name of who leaves, of which nobody says whether it
        was taken."""
        given = Given(channel="telephone", at=AT, by=world.manager)
        answer(
            asked(world, case),
            by=world.procesregisseur,
            at=AT,
            answer="lower",
            text="Zelf.",
            given=given,
        )
        loses_account(world.manager)
        assert count_of(CAN_DO_IT, at=LATER) == 1

        with replays(case):
            settle_leavings(at=LATER)

        broken = [each.name for each in verify(at=LATER) if each.count]
        assert broken == []
        [item] = items.open_for_case(case.pk).filter(kind=CONFIRM)
        assert item.owner == world.privacy_officer.memberships.get().desk
        assert settle_leavings(at=LATER) == 0

    def test_ends_it_where_no_privacy_officer_is(self, world, case) -> None:
        """Catches work that nobody can do, and that stays."""
        given = Given(channel="telephone", at=AT, by=world.manager)
        by = world.procesregisseur
        request = asked(world, case)
        answer(request, by=by, at=AT, answer="lower", text="Zelf.", given=given)
        loses_account(world.privacy_officer)
        loses_account(world.manager)

        settle_leavings(at=LATER)

        assert not items.open_for_case(case.pk).filter(kind=CONFIRM).exists()

    def test_leaves_what_waits_for_who_is_here(self, world) -> None:
        write_own("Bel Kees", due=Due.day(DAY), by=world.officer, at=AT)

        assert settle_leavings(at=LATER) == 0
