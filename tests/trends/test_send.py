"""The page on which a beleidssignaal is made, and what policy then sees."""

import re
import uuid

import pytest
from django.utils import timezone

from casework.audit.models import AuditEntry
from casework.cases import grants
from casework.cases.participations import join_case
from casework.people.models import Absence
from programme.models import PolicySignal
from tests.world import AT, CANARIES, bottleneck_of, opened, with_canaries


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def address(case):
    return f"/casussen/{case.reference}/knelpunt/1/beleidssignaal/"


@pytest.fixture
def form(facts):
    return {
        "theme": facts["theme"],
        "text": facts["text"],
        "desk": facts["desk"].pk,
        "activity": facts["activity"].pk,
    }


class TestSend:
    def test_sends_and_shows_it_to_the_sender(self, world, address, form, browser):
        client = browser(world.procesregisseur)

        response = client.post(address, form)

        assert response.status_code == 303
        assert response["Location"] == "/beleidssignalen/"
        assert "Geen plek" in text_of(client.get("/beleidssignalen/"))

    def test_is_not_offered_again(self, world, case, address, form, browser):
        """Catches a form that is filled in for nothing: it is refused when it is sent."""
        client = browser(world.procesregisseur)
        assert address in text_of(client.get(f"/casussen/{case.reference}/"))
        client.post(address, form)

        page = text_of(client.get(f"/casussen/{case.reference}/"))

        assert address not in page
        assert "Hierover ging een beleidssignaal." in page
        again = client.get(address)
        assert again.status_code == 409
        assert "Over dit knelpunt ging al een beleidssignaal." in text_of(again)

    def test_says_who_sees_what(self, world, address, programme, browser):
        page = text_of(browser(world.procesregisseur).get(address))

        assert "Dit ziet de beleidsmedewerker" in page
        assert "Dit ziet hij of zij niet" in page

    @pytest.mark.parametrize(
        "who",
        [
            "other_procesregisseur",
            "officer",
            "manager",
            "burgemeester",
            "aov",
            "beleidsmedewerker",
            "fg",
            "beheerder",
        ],
    )
    def test_does_not_exist_for_others(self, world, address, programme, browser, who):
        """Catches a page that tells that a reference exists."""
        client = browser(getattr(world, who))

        hidden = client.get(address)
        absent = client.get("/casussen/AVE-2026-9999/knelpunt/1/beleidssignaal/")

        assert hidden.status_code == absent.status_code == 404
        assert client.post(address, {}).status_code == 404

    def test_writes_down_that_the_bottleneck_was_read(
        self, world, case, address, browser
    ):
        """Catches a reading of a case that the log does not have."""
        browser(world.procesregisseur).get(address)

        entry = AuditEntry.objects.get(verb="memo.read")
        assert (entry.by, entry.case) == (world.procesregisseur, case.pk)

    def test_is_for_who_steers_the_case(self, world, case, address, browser):
        join_case(case, "casusregisseur", user=world.casusregisseur, at=AT)
        grants.follow([case.pk], at=AT)

        response = browser(world.casusregisseur).get(address)

        assert response.status_code == 403
        assert "Dit doet de procesregisseur van deze casus." in text_of(response)

    def test_does_not_know_another_bottleneck(self, world, address, browser):
        client = browser(world.procesregisseur)

        assert client.get(address.replace("/1/", "/9/")).status_code == 404

    def test_refuses_a_name_and_keeps_the_text(self, world, address, form, browser):
        """The story: "de moeder van Ooievaarsteeg 7" stays standing with its error."""
        typed = "De moeder van Ooievaarsteeg 7 wacht al een jaar."

        response = browser(world.procesregisseur).post(address, {**form, "text": typed})

        page = text_of(response)
        assert response.status_code == 422
        assert (
            "In je tekst staat een naam of adres: &quot;Ooievaarsteeg 7&quot;" in page
        )
        assert typed in page
        assert not PolicySignal.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("text", ""),
            ("text", "a\x00b"),
            ("text", "x" * 100_000),
            ("theme", "weather"),
            ("theme", ""),
            ("desk", "999999"),
            ("desk", "\x00"),
            ("activity", "-1"),
            ("activity", "9" * 100_000),
        ],
    )
    def test_answers_nonsense_with_the_form(
        self, world, address, form, browser, field, value
    ):
        response = browser(world.procesregisseur).post(address, {**form, field: value})

        assert response.status_code == 422
        assert "Dit is nog niet gelukt" in text_of(response)

    def test_refuses_a_stale_form_and_keeps_the_text(
        self, world, address, form, browser
    ):
        response = browser(world.procesregisseur).post(address, {**form, "seen": 0})

        assert response.status_code == 409
        assert form["text"] in text_of(response)

    def test_does_it_once_for_a_double_click(self, world, address, form, browser):
        client = browser(world.procesregisseur)
        sent = {**form, "submit_id": str(uuid.uuid4())}

        statuses = [client.post(address, sent).status_code for _ in range(2)]

        assert statuses == [303, 303]
        assert PolicySignal.objects.count() == 1

    def test_sends_the_answer_of_a_deputy_to_whom_he_stands_in_for(
        self, world, programme, form, browser
    ):
        """Catches an answer that Fatima never sees because Bram sent the signal."""
        Absence.objects.create(
            user=world.procesregisseur,
            deputy=world.deputy,
            starts_at=timezone.now(),
            started_by=world.procesregisseur,
            reason="Ziek",
        )
        case = with_canaries(world, opened(world, at=timezone.now()))

        response = browser(world.deputy).post(
            f"/casussen/{case.reference}/knelpunt/1/beleidssignaal/", form
        )

        assert response.status_code == 303
        assert PolicySignal.objects.get().asked_by == world.procesregisseur


class TestAnonymity:
    @pytest.mark.parametrize("who", ["beleidsmedewerker", "aov"])
    def test_no_page_of_the_shelf_tells_of_a_case(
        self, world, case, address, form, browser, who
    ):
        """Catches a reference, a name, a party or a day of a case on any page."""
        browser(world.procesregisseur).post(address, form)
        signal = PolicySignal.objects.get()
        client = browser(getattr(world, who))
        secrets = (
            *CANARIES.values(),
            case.reference,
            case.get_kind_display(),
            bottleneck_of(case).description,
            "Fatima El Amrani",
            "Buurtbewoner",
        )

        for path in (
            "/programma/",
            "/programma/ZV-02/",
            "/beleidssignalen/",
            f"/beleidssignalen/{signal.pk}/",
        ):
            response = client.get(path)
            page = response.content.decode()
            assert response.status_code == 200
            for secret in secrets:
                assert secret not in _without_choices(page), (path, secret)


def _without_choices(page):
    """The page without the list from which the AOV chooses an owner."""
    return re.sub(r"<select.*?</select>", "", page, flags=re.DOTALL)
