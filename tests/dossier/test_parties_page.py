"""The page of who takes part in a case, and who leaves it there."""

from datetime import date, timedelta

import pytest

from ave.escalation.flow import DeescalationFlow
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.excluding import HandOverFirst, exclude_colleague
from casework.cases.models import Bottleneck, Exclusion
from casework.cases.parties import invite_party
from casework.work.due import Due
from casework.work.items import open_item
from tests.dossier.conftest import at, post
from tests.world import AT, DAY, asked, bottleneck_of

pytestmark = pytest.mark.usefixtures("_now")


class TestShowParties:
    def test_shows_who_takes_part_and_who_can_see(self, world, case, as_user) -> None:
        invite_party(
            case,
            by=world.procesregisseur,
            at=AT,
            organisation=world.police,
            scope="Advies over veiligheid",
            ground="wpg-16-20",
            their_reference="PL-31",
        )
        asked(world, case)

        page = (
            as_user(world.procesregisseur).get(at(case, "partijen/")).content.decode()
        )

        assert "Politie Eenheid Oost" in page
        assert "PL-31" in page
        assert "Marloes de Wit" in page
        assert "Beantwoordt een opschaling" in page
        assert "Je bent hier procesregisseur" in page

    def test_names_the_last_day_that_a_party_takes_part(
        self, world, case, as_user
    ) -> None:
        """Catches a Saturday beside a review on the Friday that was chosen."""
        invite_party(
            case,
            by=world.procesregisseur,
            at=AT,
            organisation=world.police,
            scope="Advies over veiligheid",
            ground="wpg-16-20",
            until=date(2026, 12, 4),
        )

        page = as_user(world.procesregisseur).get(at(case, "partijen/"))

        assert "tot en met vr 4 december" in page.content.decode()
        assert "5 december" not in page.content.decode()

    def test_says_which_work_keeps_a_party_and_leads_back(
        self, world, case, as_user
    ) -> None:
        """Catches a refusal that says that somebody changed something, and leads away."""
        party = invite_party(
            case,
            by=world.procesregisseur,
            at=AT,
            organisation=world.police,
            scope="Advies over veiligheid",
            ground="wpg-16-20",
        )
        open_item(
            "task.offered",
            title="Geef advies",
            about="task:1",
            link="/taken/1/",
            owner=world.police_desk,
            due=Due(DAY),
            by=None,
            at=AT,
            case=case.pk,
        )

        page = post(
            as_user(world.procesregisseur),
            at(case, f"partijen/partij/{party.pk}/klaar/"),
        )

        said = page.content.decode()
        assert page.status_code == 409
        assert "Er is net iets veranderd" not in said
        assert "<h1>Dit kan nu niet</h1>" in said
        assert "Er staat nog 1 taak open bij deze partij." in said
        assert f'href="{at(case, "partijen/")}">Ga terug naar de casus' in said

    def test_hands_over_and_sends_who_gave_it_home(self, world, case, as_user) -> None:
        client = as_user(world.procesregisseur)

        done = post(
            client,
            at(case, "partijen/procesregie/"),
            user=world.other_procesregisseur.pk,
        )

        assert done["Location"] == "/"
        assert client.get(at(case, "partijen/")).status_code == 404
        page = as_user(world.other_procesregisseur).get(at(case, "partijen/"))
        assert "Ik ben ingelezen" in page.content.decode()
        read = post(
            as_user(world.other_procesregisseur), at(case, "partijen/ingelezen/")
        )
        assert read.status_code == 303

    def test_excludes_who_knows_these_people(self, world, case, as_user) -> None:
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )
        client = as_user(world.casusregisseur)

        done = post(client, at(case, "partijen/ik-ken-deze-mensen/"))

        assert done.status_code == 303
        assert client.get(at(case, "partijen/")).status_code == 404
        assert Exclusion.objects.get().user == world.casusregisseur

    def test_says_what_first_to_who_is_asked_something(
        self, world, case, as_user
    ) -> None:
        """Catches a red button that is refused, and the words for who shuts another out
        to somebody who can take no question back."""
        by = {"by": world.procesregisseur, "at": AT}
        appoint_casusregisseur(case, user=world.casusregisseur, **by)
        solved = Bottleneck.State.SOLVED
        end_bottleneck(bottleneck_of(case), state=solved, reason="Opgelost.", **by)
        DeescalationFlow.start.begin(
            case,
            receiver=world.casusregisseur,
            reason="Het loopt.",
            aftercare_on=DAY + timedelta(days=30),
            **by,
        )
        his, path = (
            as_user(world.casusregisseur),
            at(case, "partijen/ik-ken-deze-mensen/"),
        )

        page = his.get(path).content.decode()
        refused = post(his, path).content.decode()

        for said in (page, refused):
            assert "Er wacht nog een vraag in deze casus op jou." in said
        assert "Ja, ik wil dit niet zien" not in page
        assert "Ga naar Mijn werk" in page
        with pytest.raises(HandOverFirst) as error:
            exclude_colleague(case, user=world.casusregisseur, **by)
        assert "Trek die eerst in bij op- en afschalen" in error.value.user_message
