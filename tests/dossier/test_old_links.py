"""Forms about a case that are reached when what they ask was done, or can't be done."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from casework.audit import log
from casework.cases.absence import start_absence
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.break_glass import end_break_glass, open_break_glass
from casework.cases.confirmations import confirm, dispute
from casework.cases.household import add_person, inform_person, leave_household
from casework.cases.lifecycle import close_case
from casework.cases.models import LegalBasis
from casework.cases.parties import end_party, invite_party
from casework.cases.retraction import agree_destruction, take_back
from casework.work.models import WorkItem
from tests.dossier.conftest import at
from tests.world import AT, DAY, asked, bottleneck_of

pytestmark = pytest.mark.usefixtures("_now")


@pytest.fixture
def by(world):
    return {"by": world.procesregisseur, "at": AT}


def form_of(client, path) -> tuple[str, bool]:
    """Give a page, and whether it has a form of its own to send."""
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    page = response.content.decode()
    return page, 'name="submit_id"' in page


class TestHousehold:
    def test_informs_nobody_twice(self, case, person, by, world, as_user):
        """Catches "wanneer hoorde deze persoon het?" about who heard it."""
        inform_person(person, informed_on=DAY, **by)
        path = at(case, f"huishouden/persoon/{person.pk}/geinformeerd/")

        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Dit is al vastgelegd." in page
        assert not has_form

    @pytest.mark.parametrize("part", ["", "vertrokken/"])
    def test_changes_nobody_who_left(self, case, person, by, world, as_user, part):
        """Catches a form about somebody who belongs to the household no longer."""
        leave_household(person, on=DAY, destination="onbekend", **by)
        path = at(case, f"huishouden/persoon/{person.pk}/{part}")

        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Deze persoon hoort niet meer bij dit huishouden." in page
        assert not has_form

    def test_settles_nothing_where_somebody_stands(self, case, person, world, as_user):
        """Catches "is er niemand te informeren?" where somebody is."""
        path = at(case, "huishouden/niemand/")

        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Er staat iemand in dit huishouden." in page
        assert not has_form

    def test_settles_nothing_that_is_settled(self, case, world, as_user):
        """Catches a reason that is asked again after it was given."""
        WorkItem.objects.system_scope("test").filter(kind="case.inform").delete()

        path = at(case, "huishouden/niemand/")
        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Dit is al gedaan." in page
        assert not has_form

    def test_puts_nobody_in_without_a_ground(self, case, world, as_user):
        """Catches a long form that is refused for what stood there from the start."""
        LegalBasis.objects.system_scope("test").filter(case=case).delete()

        path = at(case, "huishouden/persoon/")
        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Leg eerst de grondslag en het doel vast." in page
        assert at(case, "huishouden/grondslag/") in page
        assert not has_form

    def test_says_that_nobody_is_there_any_more(self, case, person, by, world, as_user):
        """Catches "er staat nog niemand" above who left."""
        leave_household(person, on=DAY, destination="onbekend", **by)

        page, _ = form_of(as_user(world.procesregisseur), at(case, "huishouden/"))

        assert "Er staat nog niemand in dit huishouden" not in page
        assert "Er staat nu niemand in dit huishouden" in page


class TestParties:
    def test_lets_nobody_who_stopped_go_on(self, case, world, by, as_user):
        """Catches "tot wanneer doet deze partij mee?" about who takes no part."""
        party = invite_party(
            case, organisation=world.police, scope="Wonen", ground="avg-6-1-e", **by
        )
        end_party(party, **by)

        path = at(case, f"partijen/partij/{party.pk}/")
        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Deze partij doet al niet meer mee." in page
        assert not has_form

    def test_lets_nobody_go_who_steers(self, case, world, as_user):
        """Catches a red button that can only be refused."""
        path = at(case, "partijen/ik-ken-deze-mensen/")
        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Draag de procesregie eerst over aan een collega." in page
        assert at(case, "partijen/procesregie/") in page
        assert not has_form


class TestBottleneck:
    def test_ends_once(self, case, by, world, as_user):
        """Catches "is knelpunt 1 voorbij?" about what is."""
        end_bottleneck(bottleneck_of(case), state="solved", reason="Klaar.", **by)

        path = at(case, "knelpunt/1/afronden/")
        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Dit knelpunt is al afgerond." in page
        assert not has_form

    def test_waits_for_an_answer(self, case, world, as_user):
        """Catches a form that is refused as long as a question runs."""
        asked(world, case)

        path = at(case, "knelpunt/1/afronden/")
        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Er loopt al een vraag over dit knelpunt." in page
        assert at(case, "opschalen/") in page
        assert not has_form

    def test_comes_in_no_case_in_aftercare(self, case, world, as_user):
        """Catches a bottleneck that is written and refused."""
        case.status = case.Status.AFTERCARE
        case.save(update_fields=["status"])

        path = at(case, "knelpunt/nieuw/")
        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "Deze casus is in nazorg." in page
        assert not has_form


class TestClosing:
    def test_waits_for_a_bottleneck(self, case, world, as_user):
        """Catches a form that says nothing of what stands in the way."""
        path = at(case, "afsluiten/")
        page, has_form = form_of(as_user(world.procesregisseur), path)

        assert "er is nog een knelpunt open" in page
        assert not has_form

    def test_waits_for_what_somebody_still_has_to_do(self, case, by, world, as_user):
        """Catches a button under "je kunt pas afsluiten als dit klaar is"."""
        end_bottleneck(bottleneck_of(case), state="solved", reason="Klaar.", **by)

        page, has_form = form_of(as_user(world.procesregisseur), at(case, "afsluiten/"))

        assert "eerst moet klaar zijn wat hierboven staat" in page
        assert not has_form

    @pytest.mark.parametrize(
        "part",
        [
            "afsluiten/",
            "gegevens/",
            "knelpunt/1/afronden/",
            "knelpunt/1/beleidssignaal/",
            "huishouden/notitie/",
            "partijen/procesregie/",
        ],
    )
    def test_is_said_by_the_forms_of_a_closed_case(
        self, case, by, world, as_user, part
    ):
        """Catches "dit doet de procesregisseur" to who was it until he closed it."""
        end_bottleneck(bottleneck_of(case), state="solved", reason="Klaar.", **by)
        WorkItem.objects.system_scope("test").filter(case=case.pk).delete()
        close_case(case, outcome="solved", **by)

        response = as_user(world.procesregisseur).get(at(case, part))

        assert response.status_code == 403
        assert "Deze casus is afgesloten." in response.content.decode()


class TestAbsence:
    def test_begins_once(self, world, by, as_user):
        """Catches "ben je er niet?" to who said so."""
        start_absence(world.procesregisseur, reason="", **by)

        for user, said in (
            (world.procesregisseur, "Je bent al afwezig gemeld."),
            (world.deputy, "Deze collega is al afwezig gemeld."),
        ):
            path = f"/afwezig/{world.procesregisseur.pk}/begin/"
            page, has_form = form_of(as_user(user), path)
            assert said in page
            assert "krijgen bericht" not in page
            assert not has_form

    def test_needs_a_deputy(self, world, as_user):
        """Catches a form that is refused for what stood there from the start."""
        me = world.other_procesregisseur

        page, has_form = form_of(as_user(me), f"/afwezig/{me.pk}/begin/")

        assert "Er is nog geen vervanger die er is." in page
        assert f"/afwezig/{me.pk}/vervanger/" in page
        assert not has_form


class TestSpoken:
    def test_is_looked_at_once(self, world, spoken, as_user):
        """Catches "kijk na of het zo gezegd is" above "dit is nagekeken"."""
        path, look = f"/klopt-dit/answer:{spoken.pk}/", "Kijk na of het zo gezegd is."
        assert look in form_of(as_user(world.manager), path)[0]
        assert look not in form_of(as_user(world.procesregisseur), path)[0]
        confirm(spoken, by=world.manager, at=AT)

        page, has_form = form_of(as_user(world.manager), path)

        assert "Dit is nagekeken en klopt." in page
        assert look not in page
        assert not has_form

    def test_says_that_it_was_disputed(self, world, spoken, as_user):
        """Catches a question whether it is right to who said that it is not."""
        dispute(spoken, by=world.manager, at=AT, reason="Ik zei dinsdag")

        path = f"/klopt-dit/answer:{spoken.pk}/"
        page, _ = form_of(as_user(world.manager), path)

        assert "Ik zei dinsdag" in page
        assert "Kijk na of het zo gezegd is." not in page


class TestRetraction:
    def test_is_decided_once(self, world, case, by, as_user):
        """Catches "mag de tekst vernietigd worden?" about a text that is destroyed."""
        person = add_person(
            case, name="Jan Mus", role="family", not_informed_reason="Nog niet.", **by
        )
        take_back(person, reason="wrong_person", **by)
        path = f"/vergissing/persoon/{person.pk}/"
        client, asks = as_user(world.privacy_officer), "Mag de tekst vernietigd worden?"
        assert asks in form_of(client, path)[0]
        row = case.retractions.get()
        agree_destruction(row, by=world.privacy_officer, at=AT)

        page, has_form = form_of(client, path)

        assert asks not in page
        assert "Over deze tekst is besloten" in page
        assert not has_form


class TestEmergency:
    def test_ended_when_it_ended(self, world, case, by, as_user):
        """Catches access of days, "stopped earlier", when the case was closed."""
        opened = open_break_glass(
            case.reference,
            by=world.casusregisseur,
            at=AT,
            reason="Er wordt gebeld dat er nu brand is.",
        )
        days = AT + timedelta(days=2)
        log.write("case.read", by=world.casusregisseur, at=days, case=case.pk)
        later = {**by, "at": AT + timedelta(days=3)}
        end_bottleneck(bottleneck_of(case), state="solved", reason="Klaar.", **later)
        WorkItem.objects.system_scope("test").filter(case=case.pk).delete()
        close_case(case, outcome="solved", **later)

        with time_machine.travel(AT + timedelta(days=4), tick=False):
            client = as_user(world.privacy_officer)
            page = client.get(f"/noodtoegang/{opened.pk}/").content.decode()

        assert "eerder gestopt" not in page
        assert "23 november, 14.00 uur" in page
        assert "25 november" not in page
        assert "26 november" not in page

    def test_says_that_one_stopped_earlier(self, world, case, as_user):
        """Catches four hours where somebody stopped after one."""
        who = {"by": world.casusregisseur}
        reason = "Er wordt gebeld dat er nu brand is."
        opened = open_break_glass(case.reference, at=AT, reason=reason, **who)
        end_break_glass(opened, at=AT + timedelta(minutes=3), **who)

        client = as_user(world.privacy_officer)
        page = client.get(f"/noodtoegang/{opened.pk}/").content.decode()

        assert "10.03 uur, eerder gestopt" in page
