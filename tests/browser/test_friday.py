"""Vrijdag 16.55: spoed by telephone."""

from datetime import UTC, datetime

from ave.escalation.models import Escalation
from tests.browser.telling import (
    reference_on,
    refers_by_phone,
    starts_procesregie,
    the_clock_ticks,
)

FRIDAY = datetime(2026, 11, 27, 15, 55, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
FRIDAY_IN_MARCH = datetime(2027, 3, 26, 15, 55, tzinfo=UTC)
SATURDAY_IN_MARCH = datetime(2027, 3, 27, 15, 55, tzinfo=UTC)
SUNDAY_AFTER_THE_CHANGE = datetime(2027, 3, 28, 15, 56, tzinfo=UTC)
OPENING = 14


def test_spoed_by_telephone_reaches_piket_without_a_name(as_role, clock):
    """Catches spoed that waits for Monday, or that mails what was said."""
    clock.move_to(FRIDAY)
    fatima = as_role("procesregisseur")
    fatima.open("/casussen/melden/")
    assert "Gevaar nu? Bel eerst 112." in fatima.text
    assert "Wie bel je nu?" in fatima.text
    assert "Piket zorg en veiligheid" in fatima.text

    fatima.efforts = 0
    reference = refers_by_phone(fatima, urgent=True)

    assert fatima.efforts <= OPENING
    assert "Nog geen niveau." in fatima.text
    assert "Spoed" in fatima.text
    fatima.open("/")
    row = fatima.page.locator(".work-item", has_text=reference).text_content()
    assert "vandaag, 20.55 uur" in row
    assert "bij Piket zorg en veiligheid" in row

    mailed = [each for each in the_clock_ticks() if reference in each]
    assert mailed
    assert all("20.55 uur" in each for each in mailed)
    for secret in ("Ina", "geschreeuwd", "06 12", "Ooievaarsteeg"):
        assert not any(secret in each for each in mailed)

    manager = as_role("manager")
    assert reference not in manager.text
    manager.open(f"/casussen/{reference}/")
    assert manager.status == 404


def test_an_oral_decision_of_saturday_counts_at_once(as_role, clock):
    """Catches a decision by telephone that waits until somebody logs in."""
    clock.move_to(FRIDAY)
    fatima = as_role("procesregisseur")
    reference = refers_by_phone(fatima, urgent=True)
    starts_procesregie(fatima)
    fatima.open(f"/casussen/{reference}/opschalen/")
    fatima.fill("Welke beslissing wil je?", "Mag het gezin vannacht naar de opvang?")
    fatima.unfold("Spoed, of een niveau overslaan")
    fatima.choose("Spoed: antwoord is nodig binnen 24 uur")
    fatima.choose("Sla een niveau over")
    fatima.fill("Waarom sla je een niveau over?", "De managers zijn niet bereikbaar.")
    fatima.press("Stuur vraag naar")
    assert "bestuurlijk" in fatima.text

    clock.move_to(SATURDAY)
    fatima = as_role("procesregisseur")
    fatima.open(f"/casussen/{reference}/opschalen/")
    fatima.follow("Leg een mondeling antwoord vast")
    fatima.choose("Per telefoon")
    fatima.fill("Op welke dag?", "2026-11-28")
    fatima.fill("Hoe laat?", "10:15")
    fatima.choose("Ik besluit nu")
    fatima.fill("Toelichting", "De opvang neemt het gezin op tot maandag.")
    fatima.press("Leg antwoord vast")
    fatima.open(f"/casussen/{reference}/")

    assert "De opvang neemt het gezin op tot maandag." in fatima.text
    assert "nog niet bevestigd" in fatima.text
    assert reference_on(fatima) == reference
    wethouder = as_role("Wim Terpstra", width=390)
    row = wethouder.page.locator(".work-item", has_text=reference)
    row.get_by_role("link", name="Klopt dit?", exact=True).click()
    assert "De opvang neemt het gezin op tot maandag." in wethouder.text
    assert "Fatima El Amrani schreef dit op namens Wim Terpstra" in wethouder.text


def test_spoed_counts_hours_through_the_night_of_the_clock_change(as_role, clock):
    """Catches 24 hours that become 23 by the clock on the wall, or wait for Monday."""
    clock.move_to(FRIDAY_IN_MARCH)
    fatima = as_role("procesregisseur")
    reference = refers_by_phone(fatima, urgent=True)
    assert "vandaag, 20.55 uur" in fatima.open("/").text
    fatima.open(f"/casussen/{reference}/beoordelen/")
    starts_procesregie(fatima)

    clock.move_to(SATURDAY_IN_MARCH)
    fatima = as_role("procesregisseur")
    fatima.open(f"/casussen/{reference}/opschalen/")
    fatima.fill("Welke beslissing wil je?", "Mag het gezin vannacht naar de opvang?")
    fatima.unfold("Spoed, of een niveau overslaan")
    fatima.choose("Spoed: antwoord is nodig binnen 24 uur")
    fatima.press("Stuur vraag naar")
    answerer = Escalation.objects.system_scope("test").latest("pk").answerer
    manager = as_role(answerer.name, width=390)
    row = manager.page.locator(".work-item", has_text=reference)
    assert "morgen, 17.55 uur" in row.text_content()
    row.locator("a[href*=waarom]").click()
    assert "24 uur na zaterdag 27 maart 2027, 16.55 uur" in manager.text
    assert "zondag 28 maart 2027, 17.55 uur" in manager.text

    mailed = [each for each in the_clock_ticks() if reference in each]
    assert any("17.55 uur" in each for each in mailed)
    mailed = [
        each for each in the_clock_ticks(SUNDAY_AFTER_THE_CHANGE) if reference in each
    ]
    assert mailed
