"""The forms of a dossier: what they do, refuse, and keep of what was typed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from casework.cases.appointing import appoint_casusregisseur
from casework.cases.models import Person
from tests.dossier.conftest import at, post
from tests.world import AT, DAY, opened

pytestmark = pytest.mark.usefixtures("_now")


class TestForms:
    def test_put_somebody_in_the_household_once(self, world, case, as_user) -> None:
        client = as_user(world.procesregisseur)
        path = at(case, "huishouden/persoon/")
        data = {
            "submit_id": str(uuid4()),
            "name": "Teun Kwikstaart",
            "role": "family",
            "informed_on": DAY.isoformat(),
        }

        first, again = client.post(path, data), client.post(path, data)

        assert first.status_code == again.status_code == 303
        assert first["Location"] == at(case, "huishouden/")
        assert Person.objects.system_scope("test").filter(case=case).count() == 1

    def test_keep_what_was_typed_when_it_is_not_right(
        self, world, case, as_user
    ) -> None:
        page = post(
            as_user(world.procesregisseur),
            at(case, "huishouden/persoon/"),
            name="Teun Kwikstaart",
            role="family",
        )

        assert page.status_code == 422
        assert "Teun Kwikstaart" in page.content.decode()
        assert "schrijf waarom nog niet" in page.content.decode()

    def test_refuse_a_stale_correction_and_can_be_sent_again(
        self, world, case, person, as_user
    ) -> None:
        client = as_user(world.procesregisseur)
        path = at(case, f"huishouden/persoon/{person.pk}/")
        data = {"name": "Jansje Q.", "role": "main"}
        assert post(client, path, seen="1", **data).status_code == 303

        page = post(client, path, seen="1", name="Jansje Z.", role="main")

        assert page.status_code == 409
        assert "Jansje Z." in page.content.decode()
        assert 'name="seen" value="2"' in page.content.decode()

    @pytest.mark.parametrize("typed", ["\x00", "x" * 100_000])
    def test_refuse_what_can_not_be_kept(self, world, case, as_user, typed) -> None:
        page = post(
            as_user(world.procesregisseur),
            at(case, "huishouden/notitie/"),
            text=typed,
            mark="fact",
        )

        assert page.status_code == 422

    @pytest.mark.parametrize(
        "part",
        [
            "huishouden/persoon/",
            "huishouden/notitie/",
            "huishouden/let-op/",
            "huishouden/grondslag/",
            "partijen/partij/",
            "partijen/casusregisseur/",
            "partijen/procesregie/",
            "partijen/ik-ken-deze-mensen/",
            "partijen/uitsluiten/",
        ],
    )
    def test_open_for_who_steers_and_are_hidden_from_others(
        self, world, case, as_user, part
    ) -> None:
        path = at(case, part)

        assert as_user(world.procesregisseur).get(path).status_code == 200
        assert as_user(world.officer).get(path).status_code == 404
        assert post(as_user(world.officer), path).status_code == 404

    def test_refuse_who_only_works_on_the_case_what_the_procesregisseur_does(
        self, world, case, as_user
    ) -> None:
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )
        client = as_user(world.casusregisseur)

        assert client.get(at(case, "partijen/procesregie/")).status_code == 403
        assert client.get(at(case, "huishouden/notitie/")).status_code == 200

    def test_warn_and_end_the_warning(self, world, case, as_user) -> None:
        client = as_user(world.procesregisseur)
        post(
            client,
            at(case, "huishouden/let-op/"),
            text="Grote hond",
            until_on=(DAY + timedelta(days=9)).isoformat(),
        )
        warning = case.warnings.get()
        assert "Grote hond" in client.get(at(case, "huishouden/")).content.decode()

        post(client, at(case, f"huishouden/let-op/{warning.pk}/voorbij/"))
        page = client.get(at(case, "huishouden/")).content.decode()
        assert "Grote hond" not in page

    def test_state_and_review_a_ground(self, world, case, as_user) -> None:
        client = as_user(world.procesregisseur)
        post(
            client,
            at(case, "huishouden/grondslag/"),
            code="wgs",
            purpose="Overleg",
            review_on=(DAY + timedelta(days=90)).isoformat(),
        )
        ground = case.grounds.get(code="wgs")
        path = at(case, f"huishouden/grondslag/{ground.pk}/")

        assert client.get(path).status_code == 200
        done = post(
            client,
            path,
            note="Nog nodig",
            review_on=(DAY + timedelta(days=120)).isoformat(),
        )
        assert done.status_code == 303

    def test_let_a_person_of_another_case_be_nobody(
        self, world, case, person, as_user
    ) -> None:
        """Catches a person that is found by key alone."""
        other = opened(world)

        page = as_user(world.procesregisseur).get(
            at(other, f"huishouden/persoon/{person.pk}/")
        )

        assert page.status_code == 404
