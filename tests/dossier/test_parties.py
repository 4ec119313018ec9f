"""Which parties take part in a case, for what and until when."""

from datetime import timedelta

import pytest

from casework.access.grants import scopes
from casework.cases.models import Event, Participation
from casework.cases.parties import StillAtWork, end_party, extend_party, invite_party
from casework.cases.reviews import ask_reviews
from casework.people.errors import AlreadyDone, NotVisible
from casework.work import items
from casework.work.due import Due
from tests.replay import replays
from tests.world import AT, DAY

LATER = AT + timedelta(days=1)


def invite(world, case, **facts) -> Participation:
    return invite_party(
        case,
        by=world.procesregisseur,
        at=AT,
        **{
            "organisation": world.police,
            "scope": "Advies over veiligheid",
            "ground": "wpg-16-20",
            "their_reference": "PL-2026-31",
            **facts,
        },
    )


class TestInviteParty:
    def test_takes_part_until_the_plan_is_reviewed_and_sees_nothing(
        self, world, case
    ) -> None:
        with replays(case):
            party = invite(world, case)

        assert party.until_at > AT + timedelta(days=40)
        assert party.their_reference == "PL-2026-31"
        assert scopes(world.officer, case, at=AT) == frozenset()

    def test_refuses_twice_while_it_runs(self, world, case) -> None:
        invite(world, case)

        with pytest.raises(AlreadyDone):
            invite(world, case)

    def test_asks_no_more_about_a_part_that_ran_out(self, world, case) -> None:
        """Catches "Doet deze partij nog mee?" that nobody can answer any more."""
        party = invite(world, case, until=DAY + timedelta(days=2))
        ask_reviews(at=AT)
        assert items.open_about(party.key).exists()

        invite_party(
            case,
            by=world.procesregisseur,
            at=AT + timedelta(days=5),
            organisation=world.police,
            scope="Weer",
            ground="wpg-16-20",
        )

        assert not items.open_about(party.key).exists()

    def test_lets_a_party_in_again_after_its_day(self, world, case) -> None:
        """Catches a row that ran out and still counts as there."""
        invite(world, case, until=DAY + timedelta(days=2))
        after = AT + timedelta(days=5)

        with replays(case):
            invite_party(
                case,
                by=world.procesregisseur,
                at=after,
                organisation=world.police,
                scope="Weer",
                ground="wpg-16-20",
            )

    def test_asks_whether_it_still_takes_part(self, world, case) -> None:
        party = invite(world, case, until=DAY + timedelta(days=10))

        assert ask_reviews(at=AT + timedelta(days=5)) == 1
        with replays(case):
            extend_party(
                party,
                by=world.procesregisseur,
                at=AT + timedelta(days=5),
                until=DAY + timedelta(days=60),
            )
        assert not items.open_about(party.key).exists()

    def test_refuses_who_only_reads(self, world, case) -> None:
        with pytest.raises(NotVisible):
            invite_party(
                case,
                by=world.officer,
                at=AT,
                organisation=world.police,
                scope="x",
                ground="wgs",
            )


class TestEndParty:
    def test_ends_it_and_refuses_twice(self, world, case) -> None:
        party = invite(world, case)

        with replays(case):
            end_party(party, by=world.procesregisseur, at=LATER)
        with pytest.raises(AlreadyDone):
            end_party(party, by=world.procesregisseur, at=LATER)

    @pytest.mark.parametrize(
        ("number", "says"),
        [(1, "Er staat nog 1 taak open"), (2, "Er staan nog 2 taken open")],
    )
    def test_refuses_while_its_desk_has_work(self, world, case, number, says) -> None:
        """Catches a party that leaves with its tasks still open, and "er staat 2"."""
        party = invite(world, case)
        for each in range(number):
            items.open_item(
                "task",
                title="Geef advies",
                about=f"task:{each}",
                link=f"/taken/{each}/",
                owner=world.police_desk,
                due=Due.day(DAY),
                by=None,
                at=AT,
                case=case.pk,
            )

        with pytest.raises(StillAtWork) as refused:
            end_party(party, by=world.procesregisseur, at=LATER)

        assert refused.value.user_message.startswith(says)


def test_no_event_of_a_party_holds_words(world, case) -> None:
    """Catches what-for and reference that end up in an event."""
    invite(world, case)

    event = Event.objects.system_scope("test").filter(case=case).latest("pk")
    written = f"{event.facts}{event.changes}"
    assert "Advies" not in written
    assert "PL-2026-31" not in written
