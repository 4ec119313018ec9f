"""The pages on which a mistake is taken back, and judged."""

import pytest

from casework.cases.breaches import close_breach
from casework.cases.excluding import exclude_colleague
from casework.cases.models import Breach, Disclosure, Retraction
from casework.cases.retraction import agree_destruction, take_back
from casework.people.errors import NotVisible
from tests.dossier.conftest import at, post
from tests.world import AT, CANARIES

pytestmark = pytest.mark.usefixtures("_now")


class TestRetraction:
    def test_takes_back_and_leaves_a_line(self, world, case, note, as_user) -> None:
        client = as_user(world.procesregisseur)
        path = at(case, f"terughalen/notitie/{note.pk}/")
        assert client.get(path).status_code == 200

        done = post(client, path, reason="wrong_case")

        assert done.status_code == 303
        page = client.get(at(case, "huishouden/")).content.decode()
        assert CANARIES["police"] not in page
        assert "Hier stond een notitie. Teruggehaald als vergissing" in page
        assert client.get(path).status_code == 404

    def test_privacy_officer_decides_without_reading(
        self, world, case, person, as_user
    ) -> None:
        post(
            as_user(world.procesregisseur),
            at(case, f"terughalen/persoon/{person.pk}/"),
            reason="wrong_person",
        )
        client, path = (
            as_user(world.privacy_officer),
            f"/vergissing/persoon/{person.pk}/",
        )

        page = client.get(path).content.decode()
        assert case.reference in page
        assert "Fatima El Amrani" in page
        assert CANARIES["name"] not in page
        assert as_user(world.procesregisseur).get(path).status_code == 403

        assert post(client, path, decision="refuse").status_code == 422
        assert post(client, path, decision="agree").status_code == 303
        assert Retraction.objects.system_scope("test").get().decision == "destroyed"
        again = post(client, path, decision="agree")
        assert again.status_code == 409

    def test_is_not_for_a_privacy_officer_who_knows_these_people(
        self, world, case, note, as_user
    ) -> None:
        """Catches somebody who judges what his neighbours should not have been asked."""
        by = {"by": world.procesregisseur, "at": AT}
        take_back(note, **by, reason="wrong_case")
        found = Breach.objects.create(
            case=case, about=note.key, noticed_at=AT, report_by=AT, by=by["by"]
        )
        judge, paths = (
            as_user(world.privacy_officer),
            (f"/vergissing/notitie/{note.pk}/", f"/datalek/{found.pk}/"),
        )
        assert [judge.get(path).status_code for path in paths] == [200, 200]

        exclude_colleague(case, **by, user=world.privacy_officer)

        for path in paths:
            assert judge.get(path).status_code == 404
            assert post(judge, path, decision="agree").status_code == 404
        retraction = Retraction.objects.system_scope("test").get()
        with pytest.raises(NotVisible):
            agree_destruction(retraction, by=world.privacy_officer, at=AT)
        told = {"conclusion": "none", "text": "Niemand opende het."}
        with pytest.raises(NotVisible):
            close_breach(found, by=world.privacy_officer, at=AT, **told)

    @pytest.mark.parametrize("did", ["shared", "took back"])
    def test_is_not_for_who_leaked_it_himself(self, world, case, as_user, did) -> None:
        """Catches a regisseur who is privacy officer too, and judges his own leak."""
        other, himself = world.procesregisseur, world.privacy_officer
        shared_by, by = (himself, other) if did == "shared" else (other, himself)
        disclosure = Disclosure.objects.create(
            case=case,
            about="task:77",
            desk=world.police_desk,
            package="chosen",
            text="Tekst.",
            ground="wgs",
            at=AT,
            by=shared_by,
        )
        found = Breach.objects.create(
            case=case, about=disclosure.key, noticed_at=AT, report_by=AT, by=by
        )
        judge, path = as_user(himself), f"/datalek/{found.pk}/"

        page = judge.get(path).content.decode()

        assert "Een ander beoordeelt het" in page
        assert "Leg conclusie vast" not in page
        told = {"conclusion": "no_risk", "text": "Niemand opende het."}
        assert post(judge, path, **told).status_code == 403
        found.refresh_from_db()
        assert found.closed_at is None

    def test_disclosure_is_destroyed_and_judged(self, world, case, as_user) -> None:
        disclosure = Disclosure.objects.create(
            case=case,
            about="task:77",
            desk=world.police_desk,
            package="chosen",
            text=CANARIES["medical"],
            ground="wgs",
            at=AT,
            by=world.procesregisseur,
        )
        path = f"/verstrekking/{disclosure.pk}/vernietigd/"
        assert as_user(world.officer).get(path).status_code == 404
        client = as_user(world.procesregisseur)
        take = at(case, f"terughalen/verstrekking/{disclosure.pk}/")
        assert "opende niemand dit" in client.get(take).content.decode()
        assert post(client, take, reason="not_allowed").status_code == 303

        page = as_user(world.officer).get(path)
        assert page.status_code == 200
        assert CANARIES["medical"] not in page.content.decode()
        assert as_user(world.housing_worker).get(path).status_code == 404
        assert post(as_user(world.officer), path).status_code == 303

        found = Breach.objects.system_scope("test").get()
        judge, address = as_user(world.privacy_officer), f"/datalek/{found.pk}/"
        assert "72 uur" in judge.get(address).content.decode()
        assert as_user(world.manager).get(address).status_code == 403
        assert post(judge, address, conclusion="none").status_code == 422
        done = post(judge, address, conclusion="none", text="Niemand opende het.")
        assert done.status_code == 303
