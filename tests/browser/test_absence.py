"""Ziek, en stilte bij de manager."""

from datetime import UTC, datetime

from ave.escalation.models import Escalation
from tests.browser.staging import asked, person, procesregie, second_bottleneck
from tests.browser.telling import the_clock_ticks

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
THE_DAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 4, 8, 30, tzinfo=UTC)


def stands_in(bram):
    """Say that one stands in from now on, with a reason."""
    bram.open("/afwezig/").follow("Ik neem waar vanaf nu")
    bram.press("Ik neem waar vanaf nu")
    assert bram.status == 422
    assert "Schrijf waarom je dit nu doet." in bram.text
    bram.fill("Reden", "Fatima is er niet.").press("Ik neem waar vanaf nu")


def test_a_deputy_sees_nothing_outside_an_absence(as_role, clock):
    """Catches a deputy who reads beforehand, in silence, or afterwards."""
    clock.move_to(TUESDAY)
    case = procesregie()
    address = f"/casussen/{case.reference}/"
    fatima = as_role("procesregisseur").open(address)
    bram = as_role("aov").open(address)
    assert bram.status == 404

    stands_in(bram)
    bram.open("/")
    row = bram.page.locator(".work-item", has_text=case.reference).first
    assert "namens Fatima El Amrani" in row.text_content()
    assert bram.open(address).status == 200
    assert "Je werkt hier namens Fatima El Amrani." in bram.text
    told = " ".join(the_clock_ticks())
    for name in ("fatima.el.amrani", "marloes.de.wit", "priya.verma"):
        assert name in told

    second_bottleneck(case, by=person("Bram Hoekstra"))
    fatima.open("/afwezig/").press("Ik ben er weer")
    assert bram.open(address).status == 404
    assert case.reference not in bram.open("/").text
    fatima.open(address + "tijdlijn/")
    assert "Sinds je laatste bezoek" in fatima.text
    assert "namens Fatima El Amrani" in fatima.text
    assert as_role("Lies Verhage").open(address).status == 404


def test_a_request_is_with_the_deputy_while_the_manager_is_away(as_role, clock):
    """Catches a request that waits for who is away, or stays with who stood in."""
    case = procesregie()
    request = asked(case)
    jan = as_role("Jan de Boer", width=390)
    address = f"/besluiten/{request.pk}/"
    assert case.reference not in jan.text
    assert jan.open(address).status == 404

    marloes = as_role("manager").open("/afwezig/")
    marloes.follow("Ik ben er niet").press("Ik ben er niet, vanaf nu")
    row = jan.open("/").page.locator(".work-item", has_text=case.reference)
    assert "namens Marloes de Wit" in row.text_content()
    assert jan.open(address).status == 200
    assert "Wil je besluiten wie er begint?" in jan.text

    marloes.open("/afwezig/").press("Ik ben er weer")
    assert case.reference in marloes.open("/").text
    assert case.reference not in jan.open("/").text
    assert jan.open(address).status == 404


def test_silence_reaches_the_deputy_and_then_the_top(as_role, clock):
    """Catches a question that nobody answers and nobody hears of."""
    case = procesregie()
    asked(case)
    clock.move_to(THE_DAY)
    mailed = [each for each in the_clock_ticks() if case.reference in each]
    assert any("marloes.de.wit" in each for each in mailed)
    clock.move_to(LATER)
    stands_in(as_role("aov"))
    for _ in range(3):
        mailed += [each for each in the_clock_ticks() if case.reference in each]
    assert any("jan.de.boer" in each for each in mailed)
    bram = as_role("aov").open(f"/casussen/{case.reference}/")
    bram.follow("Moet bestuurlijk dit weten?")
    assert "Er is nog geen antwoord." in bram.text
    bram.choose("Ja").press("Leg vast wat je kiest")

    above = Escalation.objects.system_scope("test").latest("pk").answerer
    assert above.name in {"Wim Terpstra", "Joke Klaassen"}
    wethouder = as_role(above.name, width=390)
    wethouder.page.locator(".work-item", has_text=case.reference).get_by_role(
        "link"
    ).first.click()
    assert wethouder.page.locator("h1").text_content() == "Goed om te weten"
    wethouder.press("Gelezen")
    assert case.reference not in wethouder.open("/").text
