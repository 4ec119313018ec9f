"""Van knelpunt naar beleid, en het programma beweegt."""

import re

from programme.models import PolicySignal
from tests.browser.staging import NO_PLACE, procesregie
from tests.browser.telling import REFERENCE, shows_no_canary
from tests.world import CANARIES

NETWORK = "Samenwerking netwerkpartners zorg en veiligheid versterken"
WITHOUT = re.compile(r"(\d+) van de 20 activiteiten hebben nog geen actiehouder")
BIBOB = "Bibob-beleid en implementatie"
DECIDED = (
    "Doorzettingsbesluit van Bram Hoekstra (AOV).",
    "Twee mensen werken tot februari aan het beleid.",
    "Collegebesluit mandaat veiligheid, van di 13 januari",
    "De wet vraagt dit beleid.",
    "Team Vergunningen",
    "De manager Vergunningen vindt het krap.",
    "vr 26 februari 2027",
    "Een intern besluit, geen besluit in de zin van de Awb.",
)


def test_a_signal_reaches_policy_without_the_case(as_role):
    """Catches a signal that gives a household away, or that nobody answers."""
    case = procesregie(**NO_PLACE)
    fatima = as_role("procesregisseur").open(f"/casussen/{case.reference}/")
    assert "Dit zie je vaker." in fatima.text
    fatima.follow("Stuur een beleidssignaal")
    fatima.fill("Wat zie je in de praktijk?", "De moeder van Ooievaarsteeg 7 wacht.")
    fatima.pick("Bij welke activiteit", NETWORK)
    fatima.press("Stuur beleidssignaal")
    assert fatima.status == 422
    assert CANARIES["address"] in fatima.page.locator(".error-summary").text_content()
    words = "Mensen met deze zorgvraag wachten overal een half jaar."
    fatima.fill("Wat zie je in de praktijk?", words).press("Stuur beleidssignaal")
    assert fatima.path == "/beleidssignalen/"

    lies = as_role("beleidsmedewerker")
    assert "Beantwoord een beleidssignaal" in lies.text
    signal = f"/beleidssignalen/{PolicySignal.objects.latest('pk').pk}/"
    lies.open(signal)
    assert words in lies.text
    assert "Komt vaker voor, mei tot november" in lies.text
    assert NETWORK in lies.text
    assert not REFERENCE.search(lies.all_text)
    assert "Fatima" not in lies.text
    assert shows_no_canary(lies)
    lies.fill("Jouw antwoord", "We praten in december met de aanbieders.")
    lies.press("Verstuur antwoord")

    assert "Lees het antwoord op je beleidssignaal" in fatima.open("/").text
    fatima.open(signal)
    assert "We praten in december met de aanbieders." in fatima.text
    bram = as_role("aov").open("/beleidssignalen/")
    assert not REFERENCE.search(bram.all_text)


def test_the_programme_moves(as_role):
    """Catches an activity that nobody can give an owner, or get going when it fails."""
    bram = as_role("aov").open("/programma/")
    before = int(WITHOUT.search(bram.text)[1])
    bram.follow(BIBOB)
    assert "Wacht op voorstel: Extra capaciteit ondermijning" in bram.text
    bram.pick("Actiehouder", "Lies Verhage").press("Wijs een actiehouder aan")
    assert int(WITHOUT.search(bram.open("/programma/").text)[1]) == before - 1

    lies = as_role("beleidsmedewerker").open("/programma/").follow(BIBOB)
    lies.choose("Niet gelukt").press("Meld voortgang")
    said = "Schrijf waarom het niet lukte. Kies een reden of leg het uit."
    assert lies.status == 422
    assert said in lies.text
    lies.pick("Waarom niet?", "Te weinig mensen").press("Meld voortgang")
    bram.open("/programma/").follow(BIBOB)
    assert "Niet gelukt" in bram.text
    assert "te weinig mensen" in bram.text.lower()
    _breaks_through(bram)
    assert "Loopt gevaar" in bram.text

    assert "Meld voortgang na een doorzettingsbesluit" in lies.open("/").text
    lies.open("/programma/").follow(BIBOB)
    for said in DECIDED:
        assert said in lies.text
    for somebody in (bram, lies):
        assert shows_no_canary(somebody.open("/programma/"))
    with bram.page.expect_download() as fetched:
        bram.follow("Download voor de raad")
    table = fetched.value.path().read_text("utf-8-sig")
    assert f"{BIBOB};Loopt gevaar;" in table
    assert not REFERENCE.search(table)
    assert not any(word in table for word in CANARIES.values())
    small = re.compile(r"(?:^|;)[0-4](?:;|$)", re.MULTILINE)
    assert not small.search(table)


def _breaks_through(bram):
    """He decides with mandate, for whom and who was heard; an address stops him."""
    bram.follow("Neem een doorzettingsbesluit")
    bram.fill("Wat besluit je?", "Twee mensen werken tot februari aan het beleid.")
    bram.fill("Waarop berust je mandaat?", "Collegebesluit mandaat veiligheid")
    bram.fill("Van welke dag is dat mandaat?", "2026-01-13")
    bram.fill("Op welke grond zet je door", f"Klachten bij {CANARIES['address']}.")
    bram.fill("Voor wie geldt het?", "Team Vergunningen")
    bram.fill("Wie is gehoord", "De manager Vergunningen vindt het krap.")
    bram.fill("Tot en met wanneer geldt het?", "2027-02-26")
    bram.press("Neem dit besluit")
    assert bram.status == 422
    assert CANARIES["address"] in bram.page.locator(".error-summary").text_content()
    bram.fill("Op welke grond zet je door", "De wet vraagt dit beleid.")
    bram.press("Neem dit besluit")
