"""The page on which somebody is away, comes back, and has a deputy."""

from datetime import date, timedelta

import pytest
import time_machine

from casework.audit.models import AuditEntry
from casework.cases.absence import start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.models import Exclusion
from casework.people.errors import InvalidInput
from casework.people.models import Absence
from casework.people.transitions import leave_desk
from casework.work.models import WorkItem
from tests.dossier.conftest import at, post
from tests.world import AT

pytestmark = pytest.mark.usefixtures("_now")


class TestAbsence:
    def test_deputy_sees_nothing_then_all_then_nothing(
        self, world, case, person, as_user
    ) -> None:
        client = as_user(world.deputy)
        path = at(case, "huishouden/")
        assert client.get(path).status_code == 404

        done = post(
            client, f"/afwezig/{world.procesregisseur.pk}/begin/", reason="Ziek gemeld"
        )
        assert done.status_code == 303
        page = client.get(path)
        assert page.status_code == 200
        assert "Je werkt hier namens Fatima El Amrani" in page.content.decode()
        logged = AuditEntry.objects.filter(verb="household.read").latest("pk")
        assert logged.on_behalf_of == world.procesregisseur

        row = Absence.objects.get()
        with time_machine.travel(AT + timedelta(hours=1), tick=False):
            back = as_user(world.procesregisseur)
            assert "Ik ben er weer" in back.get("/afwezig/").content.decode()
            assert post(back, f"/afwezig/{row.pk}/terug/").status_code == 303
            assert as_user(world.deputy).get(path).status_code == 404

    def test_is_not_for_a_deputy_who_has_left(self, world, case, as_user) -> None:
        """Catches a former colleague who lets himself in as if he were deputy."""
        leave_desk(world.deputy.memberships.get(), on=AT.date())
        client = as_user(world.deputy)
        path = f"/afwezig/{world.procesregisseur.pk}/begin/"

        assert post(client, path, reason="Ziek").status_code == 404
        assert not Absence.objects.exists()
        assert "Fatima El Amrani" not in client.get("/afwezig/").content.decode()

    def test_names_the_last_day_away(self, world, case, as_user) -> None:
        """Catches the day of coming back, said as the last day away."""
        absent = world.casusregisseur
        absent.deputy = world.deputy
        absent.save(update_fields=["deputy"])
        start_absence(absent, by=absent, at=AT, reason="", until=date(2026, 12, 4))

        page = as_user(absent).get("/afwezig/").content.decode()

        assert ", tot en met vr 4 december." in page
        assert "5 december" not in page
        with pytest.raises(InvalidInput) as refused:
            appoint_casusregisseur(case, by=world.procesregisseur, at=AT, user=absent)
        assert "niet tot en met vr 4 december" in refused.value.user_message

    def test_shows_what_a_deputy_may_do(self, world, as_user) -> None:
        page = as_user(world.deputy).get("/afwezig/").content.decode()

        assert "Ik neem waar vanaf nu" in page
        assert "Fatima El Amrani" in page

    def test_is_not_for_strangers(self, world, as_user) -> None:
        client = as_user(world.manager)
        path = f"/afwezig/{world.procesregisseur.pk}/begin/"

        assert client.get(path).status_code == 404
        assert post(client, path, reason="x").status_code == 404
        deputy = f"/afwezig/{world.procesregisseur.pk}/vervanger/"
        assert as_user(world.deputy).get(deputy).status_code == 404

    def test_lets_the_team_lead_find_another_for_a_case(
        self, world, case, as_user
    ) -> None:
        world.procesregisseur.team_lead = world.other_manager
        world.procesregisseur.save(update_fields=["team_lead"])
        Exclusion.objects.create(
            case=case, user=world.deputy, by=world.procesregisseur, at=AT
        )
        start_absence(
            world.procesregisseur, by=world.deputy, at=AT, reason="Ziek gemeld"
        )
        item = WorkItem.objects.system_scope("test").get(kind="absence.uncovered")
        lead = as_user(world.other_manager)
        assert case.reference in lead.get("/afwezig/").content.decode()
        assert (
            as_user(world.manager).get(f"/afwezig/casus/{item.pk}/").status_code == 404
        )

        done = post(
            lead,
            f"/afwezig/casus/{item.pk}/",
            user=world.other_procesregisseur.pk,
        )

        assert done.status_code == 303
        case.refresh_from_db()
        assert case.procesregisseur == world.other_procesregisseur
        item.refresh_from_db()
        assert not item.is_open

    def test_says_where_nobody_can_be_chosen(self, world, as_user) -> None:
        """Catches a list without a name, and no word of what to do then."""
        alone = as_user(world.housing_worker)
        path = f"/afwezig/{world.housing_worker.pk}/vervanger/"

        page = alone.get(path).content.decode()

        assert "Daar is nu niemand anders." in page
        assert "Vraag de beheerder om een collega toe te voegen." in page
        assert "Kies deze vervanger" not in page

    @pytest.mark.parametrize(
        ("who", "warned"),
        [
            ("privacy_officer", "een privacy officer"),
            ("beheerder", "een functioneel beheerder"),
            ("procesregisseur", ""),
            ("beleidsmedewerker", ""),
        ],
    )
    def test_says_what_a_deputy_without_the_role_cannot_do(
        self, world, as_user, who, warned
    ) -> None:
        """Catches a deputy who gets work on pages that refuse him, chosen unknowingly."""
        person = getattr(world, who)

        page = as_user(person).get(f"/afwezig/{person.pk}/vervanger/").content.decode()

        said = f"Sommige pagina&#x27;s zijn alleen voor {warned}."
        assert (said in page) is bool(warned)
        assert ("Kies iemand met dezelfde rol" in page) is bool(warned)

    def test_chooses_a_deputy(self, world, as_user) -> None:
        client = as_user(world.manager)
        path = f"/afwezig/{world.manager.pk}/vervanger/"

        assert post(client, path, deputy=world.officer.pk).status_code == 422
        assert post(client, path, deputy=world.other_manager.pk).status_code == 303
        world.manager.refresh_from_db()
        assert world.manager.deputy == world.other_manager
