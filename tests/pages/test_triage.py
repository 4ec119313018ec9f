"""From the first phone call to procesregie, and what the melder hears."""

from __future__ import annotations

import pytest

from casework.audit.models import AuditEntry
from casework.cases.absence import start_absence
from casework.cases.models import Case, Consultation
from tests.pages.conftest import MONSTROUS, text_of
from tests.world import AT, referred

PHONE = {
    "referrer_name": "Kees Buurman",
    "reason": "Buren horen elke nacht geschreeuw.",
    "channel": "telephone",
}
REFER = {
    "reason": "Het gezin krijgt van acht kanten hulp.",
    "kind": "jeugd",
    "informed": "yes",
}
CRITERIA = dict.fromkeys(("problems", "safety", "bottleneck", "chain"), "yes")
START = {
    **CRITERIA,
    "outcome": "procesregie",
    "kind": "woonoverlast",
    "ground": "avg-6-1-e",
    "purpose": "Hulp weer op gang brengen",
    "description": "De ggz en de corporatie wachten op elkaar.",
    "kinds": ["cooperation"],
    "theme": "no_owner",
    "since": "2026-10-01",
    "tried": "Twee keer overlegd.",
}


def the_case():
    return Case.objects.system_scope("test").get()


class TestRefer:
    def test_says_first_whom_to_call(self, world, browser):
        """Catches a form that somebody in danger fills in."""
        said = text_of(browser(world.officer).get("/casussen/melden/"))

        assert "Gevaar nu? Bel eerst 112. Wie bel je nu? Piket: 0101234567" in said

    def test_takes_in_a_call_with_three_fields(self, world, browser):
        """Catches a phone form that asks more than there is time for."""
        sent = browser(world.procesregisseur).send(
            "/casussen/melden/", {**PHONE, "urgent": "on"}
        )

        assert sent.status_code == 303
        case = the_case()
        assert sent.url == f"/casussen/{case.reference}/beoordelen/"
        assert case.urgent

    def test_tells_a_partner_when_he_hears(self, world, browser):
        """Catches a referral after which nobody knows what happens."""
        page = browser(world.officer).send("/casussen/melden/", REFER, follow=True)

        said = text_of(page)
        assert "Je hoort uiterlijk ma 30 november wat we doen." in said
        assert "Ontvangen" in said
        assert the_case().referral.referrer == world.officer

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"reason": ""}, "Schrijf op waarom je meldt. Een paar zinnen is genoeg."),
            ({"informed": ""}, "Kies of de inwoner weet dat je dit meldt."),
            ({"informed": "no"}, "Schrijf waarom de inwoner het nog niet weet."),
            ({"reason": "a\x00b"}, "Er staat een teken in"),
            ({"reason": MONSTROUS}, "Dit is te lang."),
            ({"kind": "x"}, "Kies iets uit de lijst."),
        ],
    )
    def test_refuses_what_is_wrong(self, world, browser, change, error):
        """Catches bad input that gives 500 or loses the text."""
        page = browser(world.officer).send("/casussen/melden/", {**REFER, **change})

        assert page.status_code == 422
        assert error in text_of(page)
        assert not Case.objects.system_scope("test").exists()

    def test_sends_an_anonymous_tip_elsewhere(self, world, browser):
        """Catches a tip of nobody that becomes a case."""
        page = browser(world.procesregisseur).send(
            "/casussen/melden/", {**PHONE, "referrer_name": "Anoniem"}
        )

        assert page.status_code == 422
        assert "Een anonieme tip hoort hier niet." in text_of(page)

    def test_sent_twice_is_one_case(self, world, browser):
        """Catches two cases from a double click."""
        form = {**REFER, "submit_id": "7b7f4f8e-6d5c-4f3c-9a58-31bd6ac9a004"}
        officer = browser(world.officer)

        first, second = (officer.send("/casussen/melden/", form) for _ in range(2))

        assert (first.status_code, second.status_code) == (303, 303)
        assert Case.objects.system_scope("test").count() == 1

    def test_is_for_who_meets_inhabitants(self, world, browser):
        """Catches a form in a role that refers nobody."""
        for other in (world.manager, world.burgemeester, world.fg, world.beheerder):
            assert browser(other).get("/casussen/melden/").status_code == 403


class TestReported:
    def test_shows_ones_own_and_no_more_than_the_outcome(self, world, browser):
        """Catches a melder who reads the case, or what a colleague referred."""
        officer = browser(world.officer)
        officer.send("/casussen/melden/", REFER)
        case = the_case()
        regie = browser(world.procesregisseur)
        path = f"/casussen/{case.reference}/"
        assert regie.send(f"{path}beoordelen/", START).status_code == 303

        said = text_of(officer.get("/gemeld/"))

        assert "Procesregie gestart" in said
        assert "Bel Fatima El Amrani: 0101234567" in said
        assert "wachten op elkaar" not in said
        assert officer.get(path).status_code == 404
        assert case.reference not in text_of(
            browser(world.other_officer).get("/gemeld/")
        )

    def test_is_put_away_by_who_referred(self, world, browser):
        """Catches an outcome that stays new, or that another puts away."""
        officer = browser(world.officer)
        officer.send("/casussen/melden/", REFER)
        case = the_case()
        browser(world.procesregisseur).send(
            f"/casussen/{case.reference}/beoordelen/", START
        )
        path = f"/gemeld/{case.reference}/gelezen/"

        assert browser(world.other_officer).send(path).status_code == 404
        assert officer.send(path).status_code == 303
        assert officer.send(path).status_code == 404
        assert "Er wacht niets op je." in text_of(officer.get("/"))


class TestAssess:
    def test_starts_procesregie_with_its_first_bottleneck(self, world, browser):
        """Catches a start without a level, a ground or a bottleneck."""
        case = referred(world)

        sent = browser(world.procesregisseur).send(
            f"/casussen/{case.reference}/beoordelen/", START
        )

        assert (sent.status_code, sent.url) == (303, f"/casussen/{case.reference}/")
        case.refresh_from_db()
        assert (case.status, case.level) == ("open", 2)

    def test_gives_advice_and_tells_the_melder(self, world, browser):
        """Catches an outcome that the melder never hears."""
        case = referred(world)
        me = browser(world.procesregisseur)
        path = f"/casussen/{case.reference}/beoordelen/"
        form = {
            **CRITERIA,
            "outcome": "advice",
            "note": "Bel de huisarts.",
            "kind": "jeugd",
        }

        sent = me.send(path, form)
        said = text_of(me.get(path))
        told = me.send(f"{path}verteld/")

        assert (sent.status_code, sent.url) == (303, path)
        assert "Vertel de melder wat we doen" in said
        assert told.status_code == 303
        case.refresh_from_db()
        assert case.outcome == "advice"

    def test_gives_advice_to_a_melder_who_reads_the_outcome_himself(
        self, world, browser
    ):
        """Catches a melder who reads that he gets advice, and nobody gives it."""
        officer, regie = browser(world.officer), browser(world.procesregisseur)
        officer.send("/casussen/melden/", REFER)
        case = the_case()
        path = f"/casussen/{case.reference}/beoordelen/"
        advice = {"outcome": "advice", "note": "Bel de huisarts.", "kind": "jeugd"}

        assert regie.send(path, {**CRITERIA, **advice}).url == path
        before = text_of(officer.get("/gemeld/"))
        asked = text_of(regie.get(path))
        regie.send(f"{path}verteld/")

        assert "Je hoort uiterlijk" in before
        assert f"Bel {world.officer.name}" in asked
        assert "geef je advies" in asked
        assert "Je kreeg advies" in text_of(officer.get("/gemeld/"))
        case.refresh_from_db()
        assert (case.status, case.outcome) == ("closed", "advice")

    def test_says_so_to_who_comes_second_and_gives_his_words_back(self, world, browser):
        """Catches an assessment that is thrown away without a word."""
        case = referred(world)
        path = f"/casussen/{case.reference}/beoordelen/"
        refused = {**CRITERIA, "outcome": "refused", "note": "Niet voor ons."}
        advice = {**CRITERIA, "outcome": "advice", "note": "Bel de huisarts."}
        first, second = browser(world.procesregisseur), browser(world.procesregisseur)

        assert first.send(path, refused | {"kind": "jeugd"}).status_code == 303
        late = second.send(path, advice | {"kind": "jeugd"})

        assert late.status_code == 409
        assert "Deze melding is net al beoordeeld." in text_of(late)
        assert "Bel de huisarts." in text_of(late)
        assert "net al beoordeeld" not in text_of(second.get(path))
        overview = text_of(second.get(f"/casussen/{case.reference}/"))
        assert "Beoordeel de melding" not in overview

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"safety": ""}, "Kies een antwoord bij: is er een risico"),
            (
                {"safety": "unknown"},
                'Je koos "weet ik niet" bij veiligheid. '
                "Schrijf op bij wie je dit navraagt.",
            ),
            ({"outcome": ""}, "Kies een uitkomst."),
            ({"outcome": "refused"}, "Schrijf op waarom je dit kiest."),
            ({"description": ""}, "Schrijf op wat vastloopt."),
            ({"kinds": []}, "Kies waar het op vastloopt"),
            ({"since": "2026-11-31"}, "31 november bestaat niet."),
            ({"ground": ""}, "Kies een grondslag."),
            ({"purpose": ""}, "Schrijf waarvoor je de gegevens gebruikt."),
        ],
    )
    def test_refuses_what_is_missing_and_keeps_the_rest(
        self, world, browser, change, error
    ):
        """Catches half an assessment, or typed words that are lost."""
        case = referred(world)

        page = browser(world.procesregisseur).send(
            f"/casussen/{case.reference}/beoordelen/", {**START, **change}
        )

        assert page.status_code == 422
        assert error in text_of(page)
        assert "Twee keer overlegd." in text_of(page)
        case.refresh_from_db()
        assert case.status == "in_triage"

    def test_says_all_that_is_missing_at_once(self, world, browser):
        """Catches a second round of errors, and "may stay empty" beside an error."""
        case = referred(world)
        empty = dict.fromkeys((*START, "kinds"), "")
        given = {"outcome": "procesregie", "kind": "jeugd", "chain": "no"}

        page = browser(world.procesregisseur).send(
            f"/casussen/{case.reference}/beoordelen/",
            {**empty, **CRITERIA, "safety": "unknown", **given},
        )

        said = text_of(page)
        assert page.status_code == 422
        for error in (
            'Je koos "weet ik niet" bij veiligheid.',
            'Je koos "nee" bij partijen. Schrijf op waarom procesregie toch start.',
            "Schrijf op wat vastloopt.",
            "Kies een grondslag.",
        ):
            assert error in said
        for label in (
            "Wat loopt vast?",
            "Sinds wanneer?",
            "Op welke grondslag leg je gegevens vast?",
        ):
            assert f"{label} (nodig als procesregie start)" in said
        assert "Waarom kies je dit? (nodig als procesregie niet start)" in said
        assert "Wie kan het losmaken? (mag leeg blijven)" in said

    def test_a_stale_form_is_shown_again(self, world, browser):
        """Catches an assessment of a referral that just changed."""
        case = referred(world)

        page = browser(world.procesregisseur).send(
            f"/casussen/{case.reference}/beoordelen/", {**START, "seen": "99"}
        )

        assert page.status_code == 409
        assert "Twee keer overlegd." in text_of(page)

    def test_is_for_the_desk_that_assesses(self, world, browser):
        """Catches a referral that somebody else opens by its reference."""
        case = referred(world)
        path = f"/casussen/{case.reference}/beoordelen/"

        assert browser(world.other_procesregisseur).get(path).status_code == 200
        for other in (world.officer, world.manager, world.aov, world.casusregisseur):
            assert browser(other).get(path).status_code == 404
            assert browser(other).send(path, START).status_code == 404

    def test_is_for_who_stands_in_for_the_desk(self, world, browser):
        """Catches work on the list of a deputy that he can't open, or in whose name."""
        case = referred(world)
        start_absence(world.procesregisseur, by=world.aov, at=AT, reason="Ziek")
        deputy = browser(world.aov)
        assert case.reference in text_of(deputy.get("/"))

        page = deputy.get(f"/casussen/{case.reference}/beoordelen/")

        assert page.status_code == 200
        assert "namens Fatima El Amrani" in text_of(page)
        read = AuditEntry.objects.filter(case=case.pk, by=world.aov).latest("pk")
        assert read.on_behalf_of == world.procesregisseur
        assert read.access_basis
        after = deputy.send(
            f"/casussen/{case.reference}/beoordelen/", START, follow=True
        )
        assert after.status_code == 200
        assert "Fatima El Amrani blijft procesregisseur." in text_of(after)


class TestConsult:
    FORM = {
        "asked_by": "Wijkteam Oost",
        "question": "Wie belt als de ggz niet komt?",
        "advice": "Bel de crisisdienst.",
        "minutes": "15",
    }

    def test_writes_down_advice_without_a_case(self, world, browser):
        """Catches advice that becomes a case, or is lost."""
        me = browser(world.procesregisseur)

        page = me.send("/vraag/", self.FORM, follow=True)

        assert "Bel de crisisdienst." in text_of(page)
        assert Consultation._base_manager.get().minutes == 15
        assert not Case.objects.system_scope("test").exists()

    @pytest.mark.parametrize("field", ["question", "advice"])
    @pytest.mark.parametrize(
        "named",
        ["Mevrouw Jansje Kwikstaart belt.", "Ooievaarsteeg 7", "Bel 06-12345678"],
    )
    def test_refuses_what_leads_to_an_inhabitant(self, world, browser, field, named):
        """Catches a person in what has no case, and so no ground and no log."""
        page = browser(world.procesregisseur).send(
            "/vraag/", {**self.FORM, field: f"Wat nu? {named}"}
        )

        assert page.status_code == 422
        assert "In je tekst staat iets dat naar iemand leidt" in text_of(page)
        assert f'id="id_{field}_error"' in page.content.decode()
        assert not Consultation._base_manager.exists()

    @pytest.mark.parametrize("minutes", ["0", "601", "x", "", "9" * 30])
    def test_asks_for_minutes_that_can_be(self, world, browser, minutes):
        """Catches a number that the database refuses with a 500."""
        page = browser(world.procesregisseur).send(
            "/vraag/", {**self.FORM, "minutes": minutes}
        )

        assert page.status_code == 422
        assert "Vul het aantal minuten in: 1 tot 600." in text_of(page)

    def test_is_for_who_gives_advice(self, world, browser):
        """Catches questions that a partner reads."""
        for other in (world.officer, world.manager, world.fg):
            assert browser(other).get("/vraag/").status_code == 403
