"""Van melding naar procesregie."""

from tests.browser.telling import REFERENCE, reference_on, starts_procesregie

SECRET = "De zoon van nummer 7 dreigt met een mes."


def refers(kemal):
    """Refer as an officer, who has not told the inhabitant yet."""
    kemal.open("/").follow("Meld een casus")
    kemal.fill("Waarom meld je dit?", SECRET)
    kemal.pick("Wat voor situatie is het?", "Woonoverlast")
    kemal.choose("Nee, nog niet")
    kemal.fill("Waarom weet de inwoner het nog niet?", "Dan escaleert het.")
    kemal.press("Verstuur melding")
    return REFERENCE.search(kemal.text)[0]


def test_an_officer_hears_the_outcome_and_nothing_else(as_role):
    """Catches a melder who reads the case, or who never hears what became of it."""
    kemal = as_role("ketenpartner-politie")
    reference = refers(kemal)
    card = kemal.page.locator("article", has_text=reference)
    assert kemal.path == "/gemeld/"
    assert "Je hoort uiterlijk ma 30 november wat we doen." in kemal.text
    assert "Ontvangen" in card.text_content()
    assert SECRET not in kemal.all_text

    fatima = as_role("procesregisseur")
    fatima.open(f"/casussen/{reference}/").follow("Beoordeel de melding")
    assert "Is procesregie nodig?" in fatima.text
    assert SECRET in fatima.text
    starts_procesregie(fatima)

    assert fatima.page.locator("h1").text_content() == f"Woonoverlast, {reference}"
    stairs = fatima.page.locator(".staircase")
    assert "1 knelpunt hier" in stairs.text_content()
    assert "Hoogste open knelpunt: 2 Proces. Jij blijft procesregisseur." in fatima.text
    assert "Wijs een casusregisseur aan" in fatima.text
    assert "Informeer de inwoner" in fatima.text

    kemal.open("/gemeld/")
    card = kemal.page.locator("article", has_text=reference)
    assert "Procesregie gestart" in card.text_content()
    assert "Bel Fatima El Amrani" in card.text_content()
    assert "Niemand is eigenaar" not in kemal.all_text

    missing = kemal.open("/casussen/AVE-2026-0000/").page.content()
    for role in (
        "ketenpartner-politie",
        "ketenpartner-wonen",
        "aov",
        "beleidsmedewerker",
    ):
        other = as_role(role).open(f"/casussen/{reference}/")
        assert other.status == 404
        words = other.page.locator("h1").text_content()
        assert words in missing
        assert reference not in other.page.title()
    assert reference not in as_role("ketenpartner-wonen").open("/gemeld/").text


def test_who_does_not_know_says_with_whom_he_asks(as_role):
    """Catches "weet ik niet" as the end of it, and a form that forgets what was typed."""
    fatima = as_role("procesregisseur")
    fatima.page.get_by_role("link", name="Beoordeel de melding").first.click()
    fatima.page.wait_for_load_state()
    safety = fatima.page.get_by_role(
        "group", name="Is er een risico voor de veiligheid?"
    )
    safety.get_by_label("Weet ik niet", exact=True).check()
    fatima.fill("Waarom kies je dit?", "We zoeken het eerst uit.")
    fatima.press("Leg uitkomst vast")

    said = 'Je koos "weet ik niet" bij veiligheid. Schrijf op bij wie je dit navraagt.'
    assert fatima.status == 422
    assert "Dit is nog niet gelukt" in fatima.text
    assert fatima.page.title().startswith("Fout: ")
    assert fatima.page.get_by_role("link", name="Kies een uitkomst.").is_visible()
    fatima.choose("Advies gegeven")
    for question in (
        "Zijn er problemen op meer gebieden?",
        "Loopt het vast op inhoud of samenwerking?",
        "Zijn er partijen uit meer domeinen nodig?",
    ):
        group = fatima.page.get_by_role("group", name=question)
        group.get_by_label("Nee", exact=True).check()
    fatima.press("Leg uitkomst vast")
    assert fatima.status == 422
    assert said in fatima.text
    kept = fatima.page.get_by_label("Waarom kies je dit?").input_value()
    assert kept == "We zoeken het eerst uit."
    assert reference_on(fatima)
