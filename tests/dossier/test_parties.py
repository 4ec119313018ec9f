"""Who takes part in a case, who steers it, and who may not see it."""

from datetime import timedelta

import pytest

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.absence import set_deputy, start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.dossier import add_note
from casework.cases.excluding import HandOverFirst, exclude_colleague, exclude_myself
from casework.cases.grants import difference
from casework.cases.handover import hand_over_procesregie
from casework.cases.models import Case, Event, Exclusion, Participation
from casework.cases.parties import StillAtWork, end_party, extend_party, invite_party
from casework.cases.reading_in import finish_reading_in
from casework.cases.reviews import ask_reviews
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from casework.people.models import Absence
from casework.work import items, ladder, outbox
from casework.work.due import Due
from casework.work.mail import StoreTransport
from casework.work.models import Delivery
from tests.replay import replays
from tests.world import AT, DAY, asked, opened
from workers import jobs
from workers.verify import count_of

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


class TestExcludeMyself:
    def test_sees_nothing_any_more_and_leaves_the_case(self, world, case) -> None:
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )

        with replays(case):
            exclude_myself(case, by=world.casusregisseur, at=LATER)

        case.refresh_from_db()
        assert case.casusregisseur is None
        assert not scopes(world.casusregisseur, case, at=LATER)
        assert items.open_about(case.key, kind="case.appoint").exists()

    def test_holds_for_what_a_desk_sees_too(self, world, case) -> None:
        """Catches an exclusion that only looks at one's own places."""
        exclude_colleague(
            case, by=world.procesregisseur, at=AT, user=world.other_procesregisseur
        )
        assert Exclusion.objects.filter(case=case).count() == 1
        seen = Case.objects.visible_to(world.other_procesregisseur, at=LATER)
        assert not seen.filter(pk=case.pk).exists()

    def test_holds_for_the_mail_of_the_next_morning(self, world, case) -> None:
        """Catches a digest with work about people whom its reader turns out to know."""
        items.open_item(
            "case.look",
            title="Kijk dit na",
            about="look:1",
            link="/",
            owner=world.casusregisseur,
            due=Due.day(AT.date() + timedelta(days=7)),
            by=world.procesregisseur,
            at=AT,
            case=case.pk,
            reference=case.reference,
        )
        ladder.plan_due(at=AT, call=jobs.call)
        Exclusion.objects.create(
            case=case, user=world.casusregisseur, by=world.procesregisseur, at=AT
        )

        morning = AT.replace(hour=8) + timedelta(days=1)
        outbox.deliver_due(at=morning, connect=StoreTransport)

        mail = Delivery.objects.get(kind="digest", to_user=world.casusregisseur)
        assert (mail.state, mail.last_error) == (Delivery.State.DROPPED, "empty")

    def test_refuses_the_procesregisseur_himself(self, world, case) -> None:
        with pytest.raises(HandOverFirst):
            exclude_myself(case, by=world.procesregisseur, at=AT)

    def test_refuses_while_a_question_waits_for_him(self, world, case) -> None:
        """Catches a question that nobody can answer any more."""
        asked(world, case)

        with pytest.raises(HandOverFirst):
            exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.manager)

    def test_ends_the_place_of_who_stands_in_for_him(self, world, case) -> None:
        """Catches a deputy who writes in a case that the absent one lost."""
        steers = {"by": world.procesregisseur, "at": AT}
        set_deputy(
            world.casusregisseur,
            by=world.casusregisseur,
            at=AT,
            deputy=world.other_manager,
        )
        appoint_casusregisseur(case, **steers, user=world.casusregisseur)
        start_absence(
            world.casusregisseur, by=world.casusregisseur, at=AT, reason="Ziek"
        )
        assert Permission.WORK_CASE in scopes(world.other_manager, case, at=LATER)

        with replays(case):
            exclude_colleague(
                case, by=world.procesregisseur, at=LATER, user=world.casusregisseur
            )

        assert not scopes(world.other_manager, case, at=LATER)
        assert difference([case.pk], at=LATER) == 0
        with pytest.raises(NotVisible):
            add_note(case, by=world.other_manager, at=LATER, text="x", mark="fact")
        assert not count_of(
            "a deputy's place stands beside that of whom it is for", at=LATER
        )

    def test_holds_for_who_has_answered(self, world, case, spoken) -> None:
        """Catches a manager who turns out to know these people, and reads on."""
        assert items.open_about(f"answer:{spoken.pk}").exists()

        exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.manager)

        assert not Case.objects.visible_to(world.manager, at=LATER).exists()
        assert (
            not items.open_for_case(case.pk).filter(owner_user=world.manager).exists()
        )
        assert not spoken.is_confirmed
        assert not count_of(
            "an answer that another wrote down is confirmed or chased", at=AT
        )

    def test_refuses_who_does_not_see_it_anyway(self, world, case) -> None:
        with pytest.raises(NotVisible):
            exclude_myself(case, by=world.beleidsmedewerker, at=AT)
        asked(world, case)
        with pytest.raises(NotPermitted):
            exclude_myself(case, by=world.manager, at=AT)


def test_no_event_of_a_party_holds_words(world, case) -> None:
    """Catches what-for and reference that end up in an event."""
    invite(world, case)

    event = Event.objects.system_scope("test").filter(case=case).latest("pk")
    written = f"{event.facts}{event.changes}"
    assert "Advies" not in written
    assert "PL-2026-31" not in written
