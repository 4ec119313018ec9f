"""What the page of the household shows, and to whom."""

from datetime import timedelta

import pytest
import time_machine

from casework.cases.absence import start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.birthdays import birthdays
from casework.cases.dossier import add_note
from casework.cases.household import leave_household
from casework.cases.models import Person
from casework.work import items
from tests.dossier.conftest import at, post
from tests.world import AT, CANARIES, DAY

pytestmark = pytest.mark.usefixtures("_now")


class TestShowHousehold:
    def test_shows_people_notes_and_what_waits(
        self, world, case, person, note, as_user
    ) -> None:
        page = (
            as_user(world.procesregisseur).get(at(case, "huishouden/")).content.decode()
        )

        assert CANARIES["name"] in page
        assert CANARIES["police"] in page
        assert "Van de politie" in page
        assert "nog niet: Eerst een afspraak" in page

    def test_says_who_the_work_is_about(self, world, case, person, as_user) -> None:
        """Catches "persoon 2" that no page explains, on the list or where it leads."""
        work = items.open_about(person.key).get()
        client = as_user(world.procesregisseur)

        page = client.get(work.link).content.decode()
        form = client.get(at(case, f"huishouden/persoon/{person.pk}/geinformeerd/"))

        told = page.partition(f'id="{work.link.partition("#")[2]}"')[2]
        assert told.index(CANARIES["name"]) < told.index("Persoon 1")
        assert f"Het gaat om {CANARIES['name']} (persoon 1)." in form.content.decode()

    def test_lets_who_left_be_informed_too(self, world, case, person, as_user) -> None:
        """Catches "Informeer de inwoner" that leads to a page without a button."""
        leave_household(
            person, by=world.procesregisseur, at=AT, on=DAY, destination="Vader"
        )
        client = as_user(world.procesregisseur)
        path = at(case, f"huishouden/persoon/{person.pk}/geinformeerd/")

        assert path in client.get(at(case, "huishouden/")).content.decode()
        assert post(client, path, on=DAY.isoformat()).status_code == 303
        assert path not in client.get(at(case, "huishouden/")).content.decode()

    def test_lets_a_household_without_anybody_be_told_of(
        self, world, case, as_user
    ) -> None:
        """Catches "Informeer de inwoner" that nobody can finish: there is no inwoner."""
        client = as_user(world.procesregisseur)
        path = at(case, "huishouden/niemand/")

        assert path in client.get(at(case, "huishouden/")).content.decode()
        assert post(client, path, reason="Het pand staat leeg.").status_code == 303
        page = client.get(at(case, "huishouden/")).content.decode()
        assert path not in page
        assert "Waarom niemand geïnformeerd is: Het pand staat leeg." in page

    def test_says_in_whose_name_a_note_was_written(self, world, case, as_user) -> None:
        """Catches a note that a deputy wrote in his own name, unlike all he does."""
        me, later = world.procesregisseur, AT + timedelta(hours=1)
        add_note(case, by=me, at=AT, text="Eerst dit", mark="fact")
        start_absence(me, by=world.deputy, at=AT, reason="Ziek gemeld")
        add_note(case, by=world.deputy, at=later, text="Daarna dat", mark="fact")

        with time_machine.travel(AT + timedelta(hours=2), tick=False):
            page = as_user(world.deputy).get(at(case, "huishouden/")).content.decode()

        assert ">Fatima El Amrani, 23 november" in page
        assert page.count("Bram Hoekstra namens Fatima El Amrani") == 1

    def test_hides_police_notes_from_a_casusregisseur_elsewhere(
        self, world, case, person, note, as_user
    ) -> None:
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )

        page = (
            as_user(world.casusregisseur).get(at(case, "huishouden/")).content.decode()
        )

        assert CANARIES["name"] in page
        assert CANARIES["police"] not in page

    def test_says_who_consents_until_a_child_is_of_age(
        self, world, case, as_user
    ) -> None:
        Person.objects.create(
            case=case,
            role="family",
            name=CANARIES["child"],
            from_on=DAY,
            informed_on=DAY,
            birth_on=DAY.replace(year=DAY.year - 18) + timedelta(days=1),
        )
        client = as_user(world.procesregisseur)
        consent = "Ouder geeft toestemming"

        assert consent in client.get(at(case, "huishouden/")).content.decode()
        with time_machine.travel(AT + timedelta(days=2), tick=False):
            birthdays(at=AT + timedelta(days=2))
            client = as_user(world.procesregisseur)
            page = client.get(at(case, "huishouden/")).content.decode()
        assert consent not in page
        assert "Kijk opnieuw naar grondslag en informeren" in page

    def test_asks_the_same_number_of_queries_for_many(
        self, world, case, person, note, as_user, django_assert_max_num_queries
    ) -> None:
        for number in range(20):
            Person.objects.create(
                case=case, role="family", name=f"P {number}", from_on=DAY
            )
            add_note(case, by=world.procesregisseur, at=AT, text="n", mark="fact")
        client = as_user(world.procesregisseur)

        with django_assert_max_num_queries(35):
            client.get(at(case, "huishouden/"))
