"""What people do again and again in the stories, and the clock that follows them."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils import timezone

from casework.work.models import Delivery
from tests.browser.visitor import Visitor
from tests.world import CANARIES
from workers import jobs

REFERENCE = re.compile(r"AVE-\d{4}-\d{4,6}")
CRITERIA = (
    "Zijn er problemen op meer gebieden?",
    "Is er een risico voor de veiligheid?",
    "Loopt het vast op inhoud of samenwerking?",
    "Zijn er partijen uit meer domeinen nodig?",
)
STUCK = "De ggz en de corporatie wachten op elkaar."


def reference_on(visitor: Visitor) -> str:
    """Read the reference of the case that a page is about."""
    found = REFERENCE.search(visitor.path) or REFERENCE.search(visitor.text)
    assert found, visitor.text
    return found[0]


def refers_by_phone(fatima: Visitor, *, urgent: bool = False) -> str:
    """Write down who called and why; nothing else is needed."""
    fatima.open("/").follow("Meld een casus")
    fatima.fill("Wie meldt dit?", "Buurvrouw Ina")
    fatima.fill("Telefoonnummer van de melder", "06 12 34 56 78")
    fatima.fill("Wat vertelt de melder?", "Er wordt al uren geschreeuwd en gegooid.")
    if urgent:
        fatima.choose("Spoed: er moet vandaag iets gebeuren")
    fatima.press("Verstuur melding")
    return reference_on(fatima)


def starts_procesregie(fatima: Visitor, *, stuck: str = STUCK) -> None:
    """Assess a referral with four times yes, and write down what is stuck."""
    for question in CRITERIA:
        fatima.page.get_by_role("group", name=question).get_by_label(
            "Ja", exact=True
        ).check()
    fatima.choose("Procesregie start")
    fatima.unfold("Start procesregie? Vul dit ook in")
    fatima.pick("Op welke grondslag leg je gegevens vast?", "Publieke taak")
    fatima.fill("Waarvoor gebruik je de gegevens?", "Rust en hulp in dit huis")
    fatima.fill("Wat loopt vast?", stuck)
    fatima.choose("Samenwerking")
    fatima.pick("Waar gaat het over?", "Niemand is eigenaar")
    fatima.fill("Sinds wanneer?", "2026-10-24")
    fatima.fill("Wat is al geprobeerd?", "Twee keer overlegd, zonder afspraak.")
    fatima.press("Leg uitkomst vast")


def the_clock_ticks(at: datetime | None = None) -> list[str]:
    """Let the clock remind and mail; give all that was mailed now, each as one text."""
    gone = Delivery.objects.filter(state=Delivery.State.SENT)
    before = set(gone.values_list("pk", flat=True))
    for name in ("plan_due", "tell_absences", "deliver_due"):
        jobs.run(jobs.named(name), stop=lambda: False, at=at or timezone.now())
    return [
        f"{each.address} {each.subject} {each.text} {each.html}"
        for each in gone.exclude(pk__in=before)
    ]


def shows_no_canary(visitor: Visitor) -> bool:
    """Whether nothing that was sent holds a name, an address or a secret."""
    sent = visitor.all_text
    return not any(canary in sent for canary in CANARIES.values())
