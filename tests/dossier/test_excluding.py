"""Who knows these people says so, or a colleague is shut out: what both leave behind."""

from datetime import timedelta

import pytest

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.absence import set_deputy, start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.dossier import add_note
from casework.cases.excluding import HandOverFirst, exclude_colleague, exclude_myself
from casework.cases.grants import difference
from casework.cases.models import Case, Exclusion
from casework.people.errors import NotPermitted, NotVisible
from casework.work import items, ladder, outbox
from casework.work.due import Due
from casework.work.mail import StoreTransport
from casework.work.models import Delivery
from tests.replay import replays
from tests.world import AT, asked
from workers import jobs
from workers.verify import count_of

LATER = AT + timedelta(days=1)


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
