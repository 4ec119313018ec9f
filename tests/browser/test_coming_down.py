"""Afschalen, teruggekaatst, nazorg, en een verslag waar een partij het anders ziet."""

from datetime import UTC, datetime

from django.utils import timezone

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.transitions import take_back
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.household import inform_person
from casework.plan.answering import pick_up_task
from tests.browser.staging import agreed, asked, person, procesregie
from workers import jobs

STOPPING = 8
QUIET = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)
LOOK_BACK = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def calm_again(case):
    """Let management decide, take it back, and solve it."""
    request = asked(case)
    at, by = timezone.now(), case.procesregisseur
    answer(request, by=request.answerer, at=at, answer="decide", text="De ggz begint.")
    bottleneck = case.bottlenecks.get(number=1)
    take_back(bottleneck, by=by, at=at)
    for each in case.persons.all():
        inform_person(each, by=by, at=at, informed_on=timezone.localdate(at))
    end_bottleneck(bottleneck, by=by, at=at, state="solved", reason="Het loopt.")
    return request


def test_procesregie_stops_when_somebody_takes_over(as_role, clock):
    """Catches a case that falls between two people, and access that stays behind."""
    case = procesregie()
    request = calm_again(case)
    address = f"/casussen/{case.reference}/"
    clock.move_to(QUIET)
    jobs.run(jobs.named("propose_stops"), stop=lambda: False)
    fatima = as_role("procesregisseur")
    fatima.efforts += 1
    fatima.page.locator(".work-item", has_text=case.reference).get_by_role(
        "link", name="Kan procesregie stoppen?", exact=True
    ).click()
    fatima.fill("Waarom kan procesregie nu stoppen?", "Het is acht weken rustig.")
    fatima.press("Vraag of Sanne Pinas het overneemt")
    assert fatima.efforts <= STOPPING
    assert "Gevraagd aan Sanne Pinas" in fatima.text

    sanne = as_role("casusregisseur")
    sanne.page.locator(".work-item", has_text=case.reference).get_by_role(
        "link", name="Neem je deze casus over?", exact=True
    ).click()
    assert "Het is acht weken rustig." in sanne.text
    sanne.press("Ik neem het niet over")
    assert sanne.status == 422
    sanne.fill("Waarom neem je het nu niet over?", "De zoon is nog niet gestart.")
    sanne.press("Ik neem het niet over")
    fatima.open(address + "tijdlijn/")
    assert "Sanne Pinas" in fatima.text
    assert "De zoon is nog niet gestart." in fatima.open(address + "afschalen/").text

    fatima.fill("Wanneer kijk je terug?", "2027-03-01")
    fatima.fill("Waarom kan procesregie nu stoppen?", "De zoon is gestart.")
    fatima.press("Vraag of Sanne Pinas het overneemt")
    sanne.open(address + "afschalen/").press("Ik neem het over")
    fatima.open(address)
    assert "Nazorg" in fatima.text
    assert fatima.page.locator(".staircase").text_content().count("knelpunt hier") == 0
    for role in ("manager", "bestuurder"):
        other = as_role(role)
        assert other.open(address).status == 404
        assert other.open(f"/besluiten/{request.pk}/").status == 404

    clock.move_to(LOOK_BACK)
    fatima = as_role("procesregisseur")
    fatima.page.locator(".work-item", has_text=case.reference).get_by_role(
        "link", name="Kijk terug: hoe gaat het nu?", exact=True
    ).click()
    fatima.fill("Hoe gaat het nu?", "Het gaat goed.").press("Leg nazorg vast")
    fatima.open(address).follow("Kan deze casus dicht?")
    fatima.page.get_by_role("radio").first.check()
    fatima.press("Sluit casus af")
    assert "Afgesloten met als uitkomst" in fatima.open(address).text


def test_nobody_above_reads_on_when_a_bottleneck_is_ended(as_role):
    """Catches "Rond af" after a decision, without "Neem terug": both read on for ever."""
    case = procesregie()
    request = asked(case)
    by = {"by": case.procesregisseur, "at": timezone.now()}
    notice = EscalationFlow.known.begin(request, **by)
    places = {"manager": request, "bestuurder": notice}
    for role, asks in places.items():
        above = as_role(role).open(f"/besluiten/{asks.pk}/")
        assert "De ggz en de corporatie wachten op elkaar." in above.text
    marloes = as_role("manager").open(f"/besluiten/{request.pk}/")
    marloes.choose("Ik besluit nu").fill("Toelichting", "De ggz begint.")
    marloes.press("Verstuur besluit")

    fatima = as_role("procesregisseur").open(f"/casussen/{case.reference}/")
    fatima.follow("Rond af")
    fatima.choose("Opgelost").fill("Schrijf kort op hoe", "De ggz begon.")
    fatima.press("Rond knelpunt af")

    for role, asks in places.items():
        above = as_role(role)
        assert above.open(f"/casussen/{case.reference}/").status == 404
        assert above.open(f"/besluiten/{asks.pk}/").status in {404, 409}
        assert "wachten op elkaar" not in above.text


def test_a_party_that_disagrees_stands_beside_the_agreement(as_role):
    """Catches an opinion that takes the agreement of the others away."""
    case = procesregie()
    task, other = agreed(
        case,
        ("advice_housing", "Wonen en overlast", "Kan de woning blijven?"),
        ("advice_care", "Bemoeizorg", "Wanneer start de zorg?"),
    )
    pick_up_task(task, by=person("Joost Bos"), at=timezone.now())
    joost = as_role("ketenpartner-wonen").open(f"/taken/{task.pk}/")
    joost.follow("Klopt de afspraak niet?")
    assert "Je kunt reageren tot en met do 26 november." in joost.text
    joost.page.locator("textarea").fill("Wij zeiden: pas na de keuring.")
    joost.press("Verstuur")
    assert "Wanneer start de zorg?" not in joost.all_text

    fatima = as_role("procesregisseur")
    fatima.open(f"/casussen/{case.reference}/afspraken/")
    assert "Woonstichting Veenland zegt dat dit niet klopt" in fatima.text
    assert "Wij zeiden: pas na de keuring." in fatima.text
    assert other.title in fatima.text
    kemal = as_role("ketenpartner-politie")
    assert kemal.open(f"/taken/{task.pk}/klopt-niet/").status == 404
