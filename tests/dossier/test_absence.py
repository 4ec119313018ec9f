"""A deputy sees nothing, works in somebody's name, and sees nothing again."""

from datetime import timedelta

import pytest

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.audit.models import AuditEntry
from casework.cases.absence import (
    NoDeputy,
    dormant_stand_ins,
    end_absence,
    set_deputy,
    settle_absences,
    start_absence,
)
from casework.cases.dossier import add_note
from casework.cases.excluding import exclude_colleague
from casework.cases.findings import ask_for_deputies
from casework.cases.grants import difference
from casework.cases.models import Case, Event, Participation
from casework.cases.parties import invite_party
from casework.cases.readings import log_reading
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted
from casework.people.models import Absence, User
from casework.people.transitions import leave_desk
from casework.work import inbox
from casework.work.due import Due
from casework.work.items import open_item
from casework.work.models import Delivery, WorkItem
from tests.replay import replays
from tests.world import AT, DAY, asked, opened

LATER, BACK = AT + timedelta(hours=1), AT + timedelta(days=2)


@pytest.fixture
def team_lead(world):
    world.procesregisseur.team_lead = world.other_manager
    world.procesregisseur.save(update_fields=["team_lead"])
    return world.other_manager


def away(world, **facts) -> Absence:
    return start_absence(
        world.procesregisseur,
        **{"by": world.deputy, "at": LATER, "reason": "Ziek gemeld", **facts},
    )


def leaves(user, world, *, how: str) -> None:
    """Let somebody be here no longer: at no desk, elsewhere or without an account."""
    if how == "desk":
        leave_desk(user.memberships.get(), on=DAY)
    elif how == "organisation":
        user.organisation = world.police
    else:
        user.is_active = False
    user.save()


def to_be_told(case, world, *, hours: int) -> WorkItem:
    """Open work about a case for the procesregisseur, within some hours."""
    return open_item(
        "case.inform",
        title="Vertel de melder wat ermee gebeurt",
        about=f"case:{case.pk}:test",
        link=f"/casussen/{case.reference}/",
        owner=world.procesregisseur,
        due=Due.moment(AT + timedelta(hours=hours)),
        case=case.pk,
        by=world.procesregisseur,
        at=AT,
    )


class TestSetDeputy:
    def test_gives_the_deputy_nothing_yet(self, world, case) -> None:
        set_deputy(
            world.procesregisseur,
            by=world.procesregisseur,
            at=AT,
            deputy=world.other_procesregisseur,
        )

        assert world.procesregisseur.deputy == world.other_procesregisseur
        assert not scopes(world.other_procesregisseur, case, at=AT)

    def test_refuses_somebody_of_another_organisation(self, world) -> None:
        with pytest.raises(InvalidInput):
            set_deputy(
                world.procesregisseur,
                by=world.procesregisseur,
                at=AT,
                deputy=world.officer,
            )

    def test_refuses_who_has_left(self, world) -> None:
        """Catches a deputy who would come into all her cases without a desk."""
        leaves(world.other_procesregisseur, world, how="desk")

        with pytest.raises(InvalidInput):
            set_deputy(
                world.procesregisseur,
                by=world.procesregisseur,
                at=AT,
                deputy=world.other_procesregisseur,
            )

    def test_refuses_who_makes_himself_the_deputy(self, world) -> None:
        """Catches a colleague who lets himself into another's cases."""
        with pytest.raises(NotPermitted):
            set_deputy(
                world.procesregisseur,
                by=world.manager,
                at=AT,
                deputy=world.manager,
            )


class TestStartAbsence:
    def test_deputy_is_blind_then_steers_then_is_blind(self, world, case) -> None:
        second = opened(world)
        assert not scopes(world.deputy, case, at=AT)

        with replays(case), replays(second):
            absence = away(world)
        assert Permission.STEER_CASE in scopes(world.deputy, case, at=LATER)
        assert Permission.STEER_CASE in scopes(world.deputy, second, at=LATER)
        assert difference([case.pk, second.pk], at=LATER) == 0
        assert dormant_stand_ins(at=LATER) == 0

        with replays(case), replays(second):
            end_absence(absence, by=world.procesregisseur, at=BACK)
        assert not scopes(world.deputy, case, at=BACK)
        assert Permission.STEER_CASE in scopes(world.procesregisseur, case, at=BACK)
        assert difference([case.pk, second.pk], at=BACK) == 0
        assert dormant_stand_ins(at=BACK) == 0

    def test_what_the_deputy_does_is_in_her_name(self, world, case) -> None:
        away(world)
        add_note(case, by=world.deputy, at=LATER, text="Gebeld", mark="fact")

        event = Event.objects.system_scope("test").filter(case=case).latest("pk")
        assert event.on_behalf_of == world.procesregisseur
        logged = AuditEntry.objects.get(verb="note.written", case=case.pk)
        assert logged.on_behalf_of == world.procesregisseur

    def test_what_the_deputy_does_is_by_the_place_by_which_he_reads(
        self, world, case
    ) -> None:
        """Catches a change that the log explains by another role than the reading, or
        by none."""
        away(world)
        log_reading("case.read", case, world.deputy, at=LATER)
        add_note(case, by=world.deputy, at=LATER, text="Gebeld", mark="fact")

        read, changed = (
            AuditEntry.objects.get(verb=verb, by=world.deputy)
            for verb in ("case.read", "note.written")
        )
        place = Participation.objects.system_scope("test").get(user=world.deputy)
        assert (changed.by_role, changed.access_basis) == (
            "procesregisseur",
            f"participation:{place.pk}",
        )
        assert (read.by_role, read.access_basis) == (
            changed.by_role,
            changed.access_basis,
        )

    def test_the_three_of_them_and_the_fg_hear_it(self, world, case, team_lead) -> None:
        away(world)

        told = Delivery.objects.filter(kind=Delivery.Kind.ABSENCE)
        assert {mail.to_user for mail in told} == {
            world.procesregisseur,
            world.deputy,
            team_lead,
            world.fg,
        }
        assert not any(case.reference in mail.text for mail in told)

    def test_ends_by_itself_on_its_day(self, world, case) -> None:
        """Catches access that needs somebody or the clock to end."""
        away(world, until=DAY + timedelta(days=1))

        assert scopes(world.deputy, case, at=LATER)
        after = AT + timedelta(days=3)
        assert not scopes(world.deputy, case, at=after)
        assert dormant_stand_ins(at=after) == 0

        with replays(case):
            assert settle_absences(at=after) == 1
        assert settle_absences(at=after) == 0

    def test_does_not_show_a_case_of_people_whom_the_deputy_knows(
        self, world, case, team_lead
    ) -> None:
        other = opened(world)
        exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.deputy)

        with replays(case):
            absence = away(world)

        assert not scopes(world.deputy, case, at=LATER)
        assert scopes(world.deputy, other, at=LATER)
        assert not Case.objects.visible_to(world.deputy, at=LATER).filter(pk=case.pk)
        to_be_told(case, world, hours=2)
        told = to_be_told(other, world, hours=3)
        assert list(inbox.foremost(world.deputy, 1, at=LATER)) == [told]
        asked_of = WorkItem.objects.system_scope("test").filter(
            kind="absence.uncovered"
        )
        assert [item.owner_user for item in asked_of] == [team_lead]
        assert settle_absences(at=LATER) == 0

        end_absence(absence, by=world.procesregisseur, at=BACK)
        assert not asked_of.open().exists()

    def test_covers_what_comes_while_she_is_away(self, world, case) -> None:
        world.manager.deputy = world.other_manager
        world.manager.save(update_fields=["deputy"])
        start_absence(world.manager, by=world.manager, at=AT, reason="")

        with replays(case):
            asked(world, case, at=LATER)

        held = scopes(world.other_manager, case, at=LATER)
        assert Permission.REVIEW_ESCALATION in held

    def test_whom_she_stood_in_for_goes_on_to_her_deputy(self, world, case) -> None:
        """Catches a case that nobody sees because the deputy fell ill as well."""
        world.deputy.deputy = world.other_procesregisseur
        world.deputy.save(update_fields=["deputy"])
        away(world)

        with replays(case):
            start_absence(world.deputy, by=world.deputy, at=BACK, reason="")

        assert not scopes(world.deputy, case, at=BACK)
        third = scopes(world.other_procesregisseur, case, at=BACK)
        assert Permission.STEER_CASE in third
        running = Participation.objects.system_scope("test").running(BACK)
        place = running.get(case=case, user=world.other_procesregisseur)
        assert place.on_behalf_of == world.procesregisseur
        assert dormant_stand_ins(at=BACK) == 0

    def test_goes_along_the_deputies_to_who_is_there(self, world, case) -> None:
        world.deputy.deputy = world.other_procesregisseur
        world.deputy.save(update_fields=["deputy"])
        start_absence(world.deputy, by=world.deputy, at=AT, reason="")

        absence = away(world, by=world.procesregisseur, reason="")

        assert absence.deputy == world.other_procesregisseur

    def test_refuses_a_colleague(self, world, case) -> None:
        with pytest.raises(NotPermitted):
            away(world, by=world.other_procesregisseur)

    def test_refuses_twice(self, world) -> None:
        away(world)

        with pytest.raises(AlreadyDone):
            away(world)

    def test_refuses_without_a_deputy(self, world) -> None:
        with pytest.raises(NoDeputy):
            start_absence(world.manager, by=world.manager, at=AT, reason="")

    @pytest.mark.parametrize("how", ["desk", "organisation", "account"])
    def test_gives_nothing_to_a_deputy_who_has_left(self, world, case, how) -> None:
        """Catches a colleague who left and lets himself into all her cases."""
        leaves(world.deputy, world, how=how)

        with pytest.raises(NotPermitted):
            away(world)
        with pytest.raises(NoDeputy):
            away(world, by=world.procesregisseur)
        assert not scopes(world.deputy, case, at=LATER)

    def test_goes_along_no_deputy_who_has_left(self, world, case, team_lead) -> None:
        """Catches a chain of deputies that goes on behind who left."""
        world.deputy.deputy = world.other_procesregisseur
        world.deputy.save(update_fields=["deputy"])
        start_absence(world.deputy, by=world.deputy, at=AT, reason="")
        leaves(world.other_procesregisseur, world, how="desk")

        assert away(world, by=world.procesregisseur).deputy == team_lead

    def test_refuses_a_team_lead_who_has_left(self, world, team_lead) -> None:
        """Catches a former team lead who makes himself the deputy."""
        leaves(team_lead, world, how="desk")

        with pytest.raises(NotPermitted):
            away(world, by=team_lead)
        with pytest.raises(NotPermitted):
            set_deputy(world.procesregisseur, by=team_lead, at=AT, deputy=world.manager)

    def test_asks_for_another_deputy_when_he_has_left(self, world, case) -> None:
        """Catches a procesregisseur of whom everybody believes that she has one."""
        assert ask_for_deputies(at=AT) == 0
        leaves(world.deputy, world, how="desk")

        assert ask_for_deputies(at=LATER) == 1

    def test_wants_a_reason_of_another(self, world) -> None:
        with pytest.raises(InvalidInput):
            away(world, reason=" ")

    def test_gives_a_deputy_nothing_of_an_ended_place(self, world, case) -> None:
        party = invite_party(
            case,
            by=world.procesregisseur,
            at=AT,
            organisation=world.police,
            scope="Advies",
            ground="wgs",
        )
        away(world)

        copies = Participation.objects.system_scope("test").filter(
            case=case, on_behalf_of=world.procesregisseur
        )
        assert [copy.role for copy in copies] == ["procesregisseur"]
        assert party.role == "party"

    def test_takes_as_many_statements_for_many_cases(
        self, world, django_assert_max_num_queries
    ) -> None:
        for _ in range(5):
            opened(world)

        with django_assert_max_num_queries(45):
            away(world)


class TestEndAbsence:
    def test_refuses_twice(self, world) -> None:
        absence = away(world)
        end_absence(absence, by=world.deputy, at=BACK)

        with pytest.raises(AlreadyDone):
            end_absence(absence, by=world.deputy, at=BACK)

    def test_refuses_a_colleague(self, world) -> None:
        with pytest.raises(NotPermitted):
            end_absence(away(world), by=world.manager, at=BACK)

    def test_refuses_a_team_lead_who_has_left(self, world, team_lead) -> None:
        absence = away(world)
        leaves(team_lead, world, how="desk")

        with pytest.raises(NotPermitted):
            end_absence(absence, by=team_lead, at=BACK)

    def test_refuses_who_is_team_lead_no_longer(self, world, team_lead) -> None:
        """Catches a right that is read before the lock."""
        absence = away(world)
        assert absence.user.team_lead == team_lead
        User.objects.filter(pk=absence.user_id).update(team_lead=None)

        with pytest.raises(NotPermitted):
            end_absence(absence, by=team_lead, at=BACK)
