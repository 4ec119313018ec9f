"""Twee knelpunten, twee niveaus, één casus."""

from django.utils import timezone

from ave.escalation.flow import EscalationFlow
from tests.browser.staging import asked, procesregie, second_bottleneck
from tests.browser.telling import shows_no_canary
from tests.world import CANARIES

ESCALATING = 9
SAYS = (
    ("Ik pak dit knelpunt op", "Verstuur antwoord"),
    ("Ik besluit nu", "Verstuur besluit"),
    ("Ik wil eerst iets weten", "Vraag meer uitleg"),
    ("Dit moet hogerop", "Stuur door naar bestuurlijk"),
    ("Dit kan op procesniveau", "Verstuur antwoord"),
)
"""What the button says when an answer is chosen."""


def test_a_name_in_the_question_comes_back(as_role):
    """Catches a name that goes up, a text that is lost, and a preview that lies."""
    case = procesregie()
    second_bottleneck(case)
    address = f"/casussen/{case.reference}/"
    fatima = as_role("procesregisseur").open(address)
    fatima.page.locator("article", has_text="Knelpunt 1").get_by_role(
        "link", name="Schaal op"
    ).click()
    question = f"Wie begint er in {CANARIES['address']}?"
    fatima.fill("Welke beslissing wil je?", question)
    fatima.press("Stuur vraag naar management")

    assert fatima.status == 422
    assert (
        f'In je tekst staat een naam of adres: "{CANARIES["address"]}".' in fatima.text
    )
    field = fatima.page.get_by_label("Welke beslissing wil je?")
    assert field.input_value() == question
    summary = fatima.page.locator(".error-summary").get_by_role("link").first
    words = summary.text_content().strip()
    assert fatima.page.locator("main").text_content().count(words) == 2

    fatima.open(address).efforts = 0
    fatima.page.locator("article", has_text="Knelpunt 1").get_by_role(
        "link", name="Schaal op"
    ).click()
    fatima.efforts += 1
    fatima.fill("Welke beslissing wil je?", "Wie begint er?")
    fatima.press("Bekijk wie wat ziet")
    assert "Dit ziet Marloes de Wit" in fatima.text
    assert "Dit ziet Marloes de Wit niet:" in fatima.text
    assert "Er is nog niets verstuurd." in fatima.text
    fatima.press("Stuur vraag naar management")
    assert fatima.efforts <= ESCALATING
    assert "Knelpunt 1 gevraagd aan management" in fatima.text
    assert (
        "Marloes de Wit antwoordt uiterlijk ma 30 november" in fatima.open(address).text
    )
    stairs = fatima.page.locator(".staircase").text_content()
    assert "gevraagd, antwoord uiterlijk ma 30 november" in stairs


def test_the_manager_picks_one_up_and_sends_one_back(as_role):
    """
    Catches a case that moves with its bottleneck, and a manager who reads it.

    And a button that does not say which answer it sends.
    """
    case = procesregie()
    second = second_bottleneck(case)
    one = asked(case)
    fatima = as_role("procesregisseur")
    marloes = as_role("manager")
    marloes.open(f"/besluiten/{one.pk}/")
    assert marloes.page.locator("h1").text_content().startswith("Wat besluit je over")
    assert "Je krijgt één vraag, niet de casus." in marloes.text
    for answer, says in SAYS:
        button = marloes.choose(answer).page.locator("main button[type=submit]").last
        assert button.inner_text() == says
    marloes.choose("Ik wil eerst iets weten").fill("Toelichting", "Wat wil de ggz?")
    marloes.press("Vraag meer uitleg", exact=True)

    fatima.open("/")
    row = fatima.page.locator(".work-item", has_text=case.reference)
    row.locator(".work-item__link", has_text="Vul de vraag over knelpunt 1 aan").click()
    fatima.fill("Wat wil je aanvullen?", "De ggz wil eerst een woning.")
    fatima.press("Stuur aanvulling")

    marloes.open(f"/besluiten/{one.pk}/")
    assert "De ggz wil eerst een woning." in marloes.text
    marloes.choose("Ik pak dit knelpunt op").press("Verstuur antwoord")
    fatima.open(f"/casussen/{case.reference}/")
    assert (
        "Hoogste open knelpunt: 3 Management. Jij blijft procesregisseur."
        in fatima.text
    )
    assert "Knelpunt 1: bij management · Knelpunt 2: bij jou" in fatima.text

    two = asked_about(second)
    marloes.open(f"/besluiten/{two.pk}/")
    marloes.choose("Dit kan op procesniveau").press("Verstuur antwoord")
    said = "Schrijf waarom dit op procesniveau kan."
    assert marloes.status == 422
    assert said in marloes.text
    marloes.fill("Toelichting", "Het wijkteam mag dit zelf regelen.")
    marloes.press("Verstuur antwoord")
    fatima.open(f"/casussen/{case.reference}/")
    article = fatima.page.locator("article", has_text="Knelpunt 2").first
    assert "Proces" in article.text_content()
    assert "1 keer gevraagd" in article.text_content()
    assert "Het wijkteam mag dit zelf regelen." in article.text_content()

    for path in ("/", f"/besluiten/{one.pk}/", f"/besluiten/{two.pk}/", "/besluiten/"):
        marloes.open(path)
        assert shows_no_canary(marloes)
        assert f"/casussen/{case.reference}" not in marloes.all_text
    assert marloes.open(f"/casussen/{case.reference}/").status == 404
    kemal = as_role("ketenpartner-politie")
    for path in ("/", "/?toon=team", "/gemeld/"):
        assert case.reference not in kemal.open(path).all_text


def asked_about(bottleneck):
    """Ask about another bottleneck of the same case."""
    return EscalationFlow.start.begin(
        bottleneck,
        by=bottleneck.case.procesregisseur,
        at=timezone.now(),
        question="Wil je een plek regelen?",
    )
