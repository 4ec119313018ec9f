"""The pages of a dossier: what they show, to whom, and what they write down."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client

from ave.escalation.flow import answer
from casework.audit.models import AuditEntry
from casework.cases.absence import end_absence, start_absence
from casework.cases.confirmations import Given
from casework.cases.dossier import add_note
from casework.cases.household import birthdays
from casework.cases.models import Breach, Disclosure, Exclusion, Person, Retraction
from casework.cases.parties import appoint_casusregisseur, invite_party
from casework.people.models import Absence
from casework.work.models import WorkItem
from tests.world import AT, CANARIES, DAY, asked, opened

TABS = ("huishouden", "partijen", "tijdlijn", "wie-zag-dit")


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT + timedelta(minutes=5), tick=False):
        yield


@pytest.fixture
def as_():
    """A browser in which somebody is logged in."""

    def log_in(user) -> Client:
        client = Client()
        client.force_login(
            user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return log_in


@pytest.fixture
def note(world, case):
    return add_note(
        case,
        by=world.procesregisseur,
        at=AT,
        text=CANARIES["police"],
        mark="fact",
        tag="police",
        source=world.police,
    )


def at(case, part: str) -> str:
    return f"/casussen/{case.reference}/{part}"


def post(client: Client, path: str, **data):
    return client.post(path, {"submit_id": str(uuid4()), **data})


class TestTabs:
    @pytest.mark.parametrize("tab", TABS)
    def test_are_for_who_reads_the_dossier_and_hidden_from_the_rest(
        self, world, case, person, note, as_, tab
    ) -> None:
        path = at(case, f"{tab}/")

        assert as_(world.procesregisseur).get(path).status_code == 200
        others = (
            world.manager,
            world.officer,
            world.deputy,
            world.aov,
            world.beleidsmedewerker,
            world.privacy_officer,
            world.fg,
            world.beheerder,
            world.other_procesregisseur,
        )
        for user in others:
            hidden = as_(user).get(path)
            nowhere = as_(user).get("/casussen/AVE-1999-0001/" + f"{tab}/")
            assert hidden.status_code == nowhere.status_code == 404
            assert hidden.content == nowhere.content
            assert CANARIES["name"] not in hidden.content.decode()

    @pytest.mark.parametrize(
        ("tab", "verb"),
        [
            ("huishouden", "household.read"),
            ("partijen", "case.read"),
            ("tijdlijn", "timeline.read"),
            ("wie-zag-dit", "who_read.read"),
        ],
    )
    def test_write_down_who_read_and_why_he_could(
        self, world, case, as_, tab, verb
    ) -> None:
        as_(world.procesregisseur).get(at(case, f"{tab}/"))

        entry = AuditEntry.objects.filter(verb=verb, case=case.pk).latest("pk")
        assert entry.by == world.procesregisseur
        assert entry.by_role == "procesregisseur"
        assert entry.access_basis.startswith("participation:")

    @pytest.mark.parametrize("tab", TABS)
    def test_show_nothing_when_the_log_cannot_be_written(
        self, world, case, person, as_, tab, monkeypatch
    ) -> None:
        """Catches content that is rendered before its reading is written down."""

        def broken(*args, **kwargs):
            raise DatabaseError

        client = as_(world.procesregisseur)
        monkeypatch.setattr(AuditEntry, "save", broken)
        page = client.get(at(case, f"{tab}/"))

        assert page.status_code == 503
        assert CANARIES["name"] not in page.content.decode()

    @pytest.mark.parametrize("tab", ["huishouden", "tijdlijn", "wie-zag-dit"])
    @pytest.mark.parametrize("given", ["x", "-1", "9" * 40, "\x00"])
    def test_refuse_a_page_that_is_not_there(
        self, world, case, as_, tab, given
    ) -> None:
        page = as_(world.procesregisseur).get(at(case, f"{tab}/"), {"voor": given})

        assert page.status_code == 422
        assert "Deze pagina is er niet" in page.content.decode()


class TestShowHousehold:
    def test_shows_people_notes_and_what_waits(
        self, world, case, person, note, as_
    ) -> None:
        page = as_(world.procesregisseur).get(at(case, "huishouden/")).content.decode()

        assert CANARIES["name"] in page
        assert CANARIES["police"] in page
        assert "Van de politie" in page
        assert "nog niet: Eerst een afspraak" in page

    def test_hides_police_notes_from_a_casusregisseur_elsewhere(
        self, world, case, person, note, as_
    ) -> None:
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )

        page = as_(world.casusregisseur).get(at(case, "huishouden/")).content.decode()

        assert CANARIES["name"] in page
        assert CANARIES["police"] not in page

    def test_says_who_consents_until_a_child_is_of_age(self, world, case, as_) -> None:
        Person.objects.create(
            case=case,
            role="family",
            name=CANARIES["child"],
            from_on=DAY,
            informed_on=DAY,
            birth_on=DAY.replace(year=DAY.year - 18) + timedelta(days=1),
        )
        client = as_(world.procesregisseur)
        consent = "Ouder geeft toestemming"

        assert consent in client.get(at(case, "huishouden/")).content.decode()
        with time_machine.travel(AT + timedelta(days=2), tick=False):
            birthdays(at=AT + timedelta(days=2))
            client = as_(world.procesregisseur)
            page = client.get(at(case, "huishouden/")).content.decode()
        assert consent not in page
        assert "Kijk opnieuw naar grondslag en informeren" in page

    def test_asks_the_same_number_of_queries_for_many(
        self, world, case, person, note, as_, django_assert_max_num_queries
    ) -> None:
        for number in range(20):
            Person.objects.create(
                case=case, role="family", name=f"P {number}", from_on=DAY
            )
            add_note(case, by=world.procesregisseur, at=AT, text="n", mark="fact")
        client = as_(world.procesregisseur)

        with django_assert_max_num_queries(35):
            client.get(at(case, "huishouden/"))


class TestForms:
    def test_put_somebody_in_the_household_once(self, world, case, as_) -> None:
        client = as_(world.procesregisseur)
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

    def test_keep_what_was_typed_when_it_is_not_right(self, world, case, as_) -> None:
        page = post(
            as_(world.procesregisseur),
            at(case, "huishouden/persoon/"),
            name="Teun Kwikstaart",
            role="family",
        )

        assert page.status_code == 422
        assert "Teun Kwikstaart" in page.content.decode()
        assert "schrijf waarom nog niet" in page.content.decode()

    def test_refuse_a_stale_correction_and_can_be_sent_again(
        self, world, case, person, as_
    ) -> None:
        client = as_(world.procesregisseur)
        path = at(case, f"huishouden/persoon/{person.pk}/")
        data = {"name": "Jansje Q.", "role": "main"}
        assert post(client, path, seen="1", **data).status_code == 303

        page = post(client, path, seen="1", name="Jansje Z.", role="main")

        assert page.status_code == 409
        assert "Jansje Z." in page.content.decode()
        assert 'name="seen" value="2"' in page.content.decode()

    @pytest.mark.parametrize("typed", ["\x00", "x" * 100_000])
    def test_refuse_what_can_not_be_kept(self, world, case, as_, typed) -> None:
        page = post(
            as_(world.procesregisseur),
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
        self, world, case, as_, part
    ) -> None:
        path = at(case, part)

        assert as_(world.procesregisseur).get(path).status_code == 200
        assert as_(world.officer).get(path).status_code == 404
        assert post(as_(world.officer), path).status_code == 404

    def test_refuse_who_only_works_on_the_case_what_the_procesregisseur_does(
        self, world, case, as_
    ) -> None:
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )
        client = as_(world.casusregisseur)

        assert client.get(at(case, "partijen/procesregie/")).status_code == 403
        assert client.get(at(case, "huishouden/notitie/")).status_code == 200

    def test_warn_and_end_the_warning(self, world, case, as_) -> None:
        client = as_(world.procesregisseur)
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

    def test_state_and_review_a_ground(self, world, case, as_) -> None:
        client = as_(world.procesregisseur)
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
        self, world, case, person, as_
    ) -> None:
        """Catches a person that is found by key alone."""
        other = opened(world)

        page = as_(world.procesregisseur).get(
            at(other, f"huishouden/persoon/{person.pk}/")
        )

        assert page.status_code == 404


class TestShowParties:
    def test_shows_who_takes_part_and_who_can_see(self, world, case, as_) -> None:
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

        page = as_(world.procesregisseur).get(at(case, "partijen/")).content.decode()

        assert "Politie Eenheid Oost" in page
        assert "PL-31" in page
        assert "Marloes de Wit" in page
        assert "Beantwoordt een opschaling" in page
        assert "Je bent hier procesregisseur" in page

    def test_hands_over_and_sends_who_gave_it_home(self, world, case, as_) -> None:
        client = as_(world.procesregisseur)

        done = post(
            client,
            at(case, "partijen/procesregie/"),
            user=world.other_procesregisseur.pk,
        )

        assert done["Location"] == "/"
        assert client.get(at(case, "partijen/")).status_code == 404
        page = as_(world.other_procesregisseur).get(at(case, "partijen/"))
        assert "Ik ben ingelezen" in page.content.decode()
        read = post(as_(world.other_procesregisseur), at(case, "partijen/ingelezen/"))
        assert read.status_code == 303

    def test_excludes_who_knows_these_people(self, world, case, as_) -> None:
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )
        client = as_(world.casusregisseur)

        done = post(client, at(case, "partijen/ik-ken-deze-mensen/"))

        assert done.status_code == 303
        assert client.get(at(case, "partijen/")).status_code == 404
        assert Exclusion.objects.get().user == world.casusregisseur


class TestShowTimeline:
    def test_reads_in_dutch_with_who_must_act(self, world, case, as_) -> None:
        asked(world, case)

        page = as_(world.procesregisseur).get(at(case, "tijdlijn/")).content.decode()

        assert "Procesregie start." in page
        assert "Knelpunt 1 naar procesniveau. Fatima El Amrani is aan zet." in page
        assert "Knelpunt 1 gevraagd aan management." in page

    def test_says_in_whose_name_and_what_is_new(self, world, case, as_) -> None:
        as_(world.procesregisseur).get(at(case, "tijdlijn/"))
        later = AT + timedelta(hours=1)
        start_absence(
            world.procesregisseur, by=world.deputy, at=later, reason="Ziek gemeld"
        )
        add_note(case, by=world.deputy, at=later, text="x", mark="fact")

        with time_machine.travel(AT + timedelta(hours=2), tick=False):
            client = as_(world.procesregisseur)
            page = client.get(at(case, "tijdlijn/")).content.decode()

        assert "Sinds je laatste bezoek" in page
        assert "Bram Hoekstra namens Fatima El Amrani" in page
        assert "Bram Hoekstra neemt waar voor Fatima El Amrani." in page

    def test_goes_on_page_after_page(self, world, case, as_) -> None:
        for _ in range(120):
            add_note(case, by=world.procesregisseur, at=AT, text="x", mark="fact")
        client = as_(world.procesregisseur)
        path, seen = at(case, "tijdlijn/"), 0

        address = path
        while address:
            page = client.get(address)
            timeline = page.context["timeline"]
            seen += len(timeline.fresh) + len(timeline.older)
            address = (
                path + page.context["next_url"] if page.context["next_url"] else ""
            )

        assert seen == case.events.count()


class TestShowWhoRead:
    def test_names_who_looked(self, world, case, as_) -> None:
        client = as_(world.procesregisseur)
        client.get(at(case, "huishouden/"))

        page = client.get(at(case, "wie-zag-dit/")).content.decode()

        assert "bekeek het huishouden" in page


class TestAbsence:
    def test_deputy_sees_nothing_then_all_then_nothing(
        self, world, case, person, as_
    ) -> None:
        client = as_(world.deputy)
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
            back = as_(world.procesregisseur)
            assert "Ik ben er weer" in back.get("/afwezig/").content.decode()
            assert post(back, f"/afwezig/{row.pk}/terug/").status_code == 303
            assert as_(world.deputy).get(path).status_code == 404

    def test_shows_what_a_deputy_may_do(self, world, as_) -> None:
        page = as_(world.deputy).get("/afwezig/").content.decode()

        assert "Ik neem waar vanaf nu" in page
        assert "Fatima El Amrani" in page

    def test_is_not_for_strangers(self, world, as_) -> None:
        client = as_(world.manager)
        path = f"/afwezig/{world.procesregisseur.pk}/begin/"

        assert client.get(path).status_code == 404
        assert post(client, path, reason="x").status_code == 404
        deputy = f"/afwezig/{world.procesregisseur.pk}/vervanger/"
        assert as_(world.deputy).get(deputy).status_code == 404

    def test_lets_the_team_lead_find_another_for_a_case(self, world, case, as_) -> None:
        world.procesregisseur.team_lead = world.other_manager
        world.procesregisseur.save(update_fields=["team_lead"])
        Exclusion.objects.create(
            case=case, user=world.deputy, by=world.procesregisseur, at=AT
        )
        start_absence(
            world.procesregisseur, by=world.deputy, at=AT, reason="Ziek gemeld"
        )
        item = WorkItem.objects.system_scope("test").get(kind="absence.uncovered")
        lead = as_(world.other_manager)
        assert case.reference in lead.get("/afwezig/").content.decode()
        assert as_(world.manager).get(f"/afwezig/casus/{item.pk}/").status_code == 404

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

    def test_chooses_a_deputy(self, world, as_) -> None:
        client = as_(world.manager)
        path = f"/afwezig/{world.manager.pk}/vervanger/"

        assert post(client, path, deputy=world.officer.pk).status_code == 422
        assert post(client, path, deputy=world.other_manager.pk).status_code == 303
        world.manager.refresh_from_db()
        assert world.manager.deputy == world.other_manager


class TestRetraction:
    def test_takes_back_and_leaves_a_line(self, world, case, note, as_) -> None:
        client = as_(world.procesregisseur)
        path = at(case, f"terughalen/notitie/{note.pk}/")
        assert client.get(path).status_code == 200

        done = post(client, path, reason="wrong_case")

        assert done.status_code == 303
        page = client.get(at(case, "huishouden/")).content.decode()
        assert CANARIES["police"] not in page
        assert "Hier stond een notitie. Teruggehaald als vergissing" in page
        assert client.get(path).status_code == 404

    def test_privacy_officer_decides_without_reading(
        self, world, case, person, as_
    ) -> None:
        post(
            as_(world.procesregisseur),
            at(case, f"terughalen/persoon/{person.pk}/"),
            reason="wrong_person",
        )
        client, path = as_(world.privacy_officer), f"/vergissing/persoon/{person.pk}/"

        page = client.get(path).content.decode()
        assert case.reference in page
        assert "Fatima El Amrani" in page
        assert CANARIES["name"] not in page
        assert as_(world.procesregisseur).get(path).status_code == 403

        assert post(client, path, decision="refuse").status_code == 422
        assert post(client, path, decision="agree").status_code == 303
        assert Retraction.objects.system_scope("test").get().decision == "destroyed"
        again = post(client, path, decision="agree")
        assert again.status_code == 409

    def test_disclosure_is_destroyed_and_judged(self, world, case, as_) -> None:
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
        assert as_(world.officer).get(path).status_code == 404
        client = as_(world.procesregisseur)
        take = at(case, f"terughalen/verstrekking/{disclosure.pk}/")
        assert "opende niemand dit" in client.get(take).content.decode()
        assert post(client, take, reason="not_allowed").status_code == 303

        page = as_(world.officer).get(path)
        assert page.status_code == 200
        assert CANARIES["medical"] not in page.content.decode()
        assert as_(world.housing_worker).get(path).status_code == 404
        assert post(as_(world.officer), path).status_code == 303

        found = Breach.objects.system_scope("test").get()
        judge, address = as_(world.privacy_officer), f"/datalek/{found.pk}/"
        assert "72 uur" in judge.get(address).content.decode()
        assert as_(world.manager).get(address).status_code == 403
        assert post(judge, address, conclusion="none").status_code == 422
        done = post(judge, address, conclusion="none", text="Niemand opende het.")
        assert done.status_code == 303


class TestConfirmSpoken:
    @pytest.fixture
    def spoken(self, world, case):
        request = asked(world, case)
        answer(
            request,
            by=world.procesregisseur,
            at=AT,
            answer="decide",
            text="De ggz begint maandag.",
            given=Given(channel="telephone", at=AT, by=world.manager),
        )
        return request.answers.get(kind="decide")

    def test_is_for_who_said_it(self, world, spoken, as_) -> None:
        path = f"/klopt-dit/answer:{spoken.pk}/"

        page = as_(world.manager).get(path)
        assert "De ggz begint maandag." in page.content.decode()
        assert as_(world.other_manager).get(path).status_code == 404
        assert post(as_(world.manager), path, right="yes").status_code == 303
        spoken.refresh_from_db()
        assert spoken.is_confirmed
        assert post(as_(world.manager), path, right="yes").status_code == 409

    def test_disputes_with_a_reason_that_is_talked_over(
        self, world, spoken, as_
    ) -> None:
        path = f"/klopt-dit/answer:{spoken.pk}/"

        assert post(as_(world.manager), path, right="no").status_code == 422
        done = post(as_(world.manager), path, right="no", reason="Ik zei dinsdag")
        assert done.status_code == 303
        writer = as_(world.procesregisseur)
        assert "Ik zei dinsdag" in writer.get(path).content.decode()
        assert post(writer, path).status_code == 303

    @pytest.mark.parametrize("about", ["answer:0", "user:1", "answer:x", "answer"])
    def test_knows_nothing_else(self, world, as_, about) -> None:
        assert as_(world.manager).get(f"/klopt-dit/{about}/").status_code == 404


class TestShowLog:
    def test_is_for_who_watches_and_is_logged(self, world, case, as_) -> None:
        for user in (world.fg, world.privacy_officer):
            page = as_(user).get("/logboek/")
            assert page.status_code == 200
            assert case.reference in page.content.decode()
            assert AuditEntry.objects.filter(verb="log.read", by=user).exists()
        assert as_(world.procesregisseur).get("/logboek/").status_code == 403

    def test_filters_by_reference_and_refuses_nonsense(self, world, case, as_) -> None:
        client = as_(world.fg)

        found = client.get("/logboek/", {"reference": case.reference})
        assert case.reference in found.content.decode()
        assert client.get("/logboek/", {"reference": "x"}).status_code == 422
        assert client.get("/logboek/", {"after": "x"}).status_code == 422


def test_no_name_stands_in_an_address_an_event_a_log_line_or_a_task(
    world, case, person, note, as_
) -> None:
    """Catches a name or a text that leaves the dossier with a key."""
    client = as_(world.procesregisseur)
    for tab in TABS:
        client.get(at(case, f"{tab}/"))
    absence = start_absence(
        world.procesregisseur, by=world.deputy, at=AT, reason="Ziek gemeld"
    )
    end_absence(absence, by=world.deputy, at=AT + timedelta(minutes=1))

    written = [str(row) for row in case.events.values_list("facts", "changes")]
    written += [str(row) for row in AuditEntry.objects.values_list("about", "ground")]
    items = WorkItem.objects.system_scope("test")
    written += [str(row) for row in items.values_list("title", "about", "link")]
    for word in CANARIES.values():
        assert not any(word in line for line in written)
