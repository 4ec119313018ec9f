"""Afspraken, twee partners, en iemand die niet inlogt."""

from tests.browser.telling import (
    refers_by_phone,
    starts_procesregie,
    the_clock_ticks,
)
from tests.world import CANARIES

ROWS = (
    ("Geef advies over veilig wonen", "Veenland", "Politie"),
    ("Geef advies over de zorg die nodig is", "GGZ Zuid", ""),
    ("Stuur een overzicht van de meldingen", "Politie", ""),
    ("Stuur het huurdossier op", "Veenland", ""),
    ("Praat met de buren", "Welzijn", ""),
    ("Breng de schulden in kaart", "Welzijn", ""),
    ("Noem een vast contactpersoon", "GGZ Zuid", ""),
)
FROM_THE_MAIL = 3
ANSWERING = 4
QUESTION = "Wat is er nodig om te beginnen, regel {}?"


def agrees(fatima):
    """Write seven agreements down in one go, in a case of its own."""
    reference = refers_by_phone(fatima)
    starts_procesregie(fatima)
    fatima.open(f"/casussen/{reference}/afspraken/")
    for party in ("Politie Eenheid Oost", "Woonstichting Veenland", "GGZ Zuid"):
        fatima.choose(party)
    for number, (what, who, also) in enumerate(ROWS):
        row = fatima.page.get_by_role("group", name=f"Afspraak {number + 1}")
        for label, words in (("Wat", what), ("Wie", who), ("Doet mee", also)):
            field = row.get_by_label(label)
            option = field.locator("option", has_text=words) if words else None
            if option is not None:
                field.select_option(option.first.get_attribute("value"))
        row.get_by_label("Vraag").fill(QUESTION.format(number + 1))
        row.get_by_label("Uiterlijk").fill("2026-11-27")
    fatima.press("Leg afspraken vast")
    return reference


def task_of(somebody, reference, title):
    """Open somebody's task about a case from Mijn werk."""
    somebody.open("/")
    row = somebody.page.locator(".work-item", has_text=reference)
    row = row.filter(has_text=title)
    row.get_by_role("link").first.click()
    somebody.page.wait_for_load_state()
    return somebody


def test_seven_rows_become_seven_tasks(as_role):
    """Catches an agreement that gets lost, or a term for who only joins."""
    fatima = as_role("procesregisseur")
    reference = agrees(fatima)

    assert "Overleg van ma 23 november" in fatima.text
    table = fatima.page.locator("table")
    assert table.locator("tbody tr").count() == 7
    fatima.open(f"/casussen/{reference}/plan/")
    titles = fatima.page.locator("main").text_content()
    assert all(what in titles for what, _, _ in ROWS)
    assert not any(canary in fatima.page.title() for canary in CANARIES.values())

    mailed = the_clock_ticks()
    assert not any(QUESTION.format(1)[:20] in each for each in mailed)


def test_a_desk_reads_only_after_picking_up(as_role):
    """
    Catches content before it was taken, and answers that other parties read.

    And a task that takes a partner more than the budget (docs/adr/0026).
    """
    fatima = as_role("procesregisseur")
    reference = agrees(fatima)
    joost = task_of(as_role("ketenpartner-wonen", width=390), reference, ROWS[0][0])
    task = joost.path
    joost.efforts = 0
    joost.open(task)
    assert joost.page.locator("h1").text_content() == "Er wacht een taak op jullie"
    assert "Pas als je de taak oppakt, zie je waar het over gaat." in joost.text
    assert QUESTION.format(1) not in joost.all_text
    joost.press("Ik pak dit op")
    assert joost.efforts <= FROM_THE_MAIL
    assert QUESTION.format(1) in joost.text
    assert (
        "Alleen de procesregisseur en de casusregisseur lezen je antwoord. "
        "Andere partijen niet." in joost.text
    )

    joost.efforts = 0
    joost.choose("Ja, met hulp")
    joost.fill("Uitleg", "De woning kan, als de zorg meekomt.")
    joost.press("Verstuur antwoord")
    assert joost.efforts <= ANSWERING

    kemal = as_role("ketenpartner-politie").open(task)
    assert "als de zorg meekomt" not in kemal.all_text


def test_who_does_not_log_in_still_answers(as_role):
    """Catches an answer by telephone that does not count, or that a third reads."""
    secret = CANARIES["medical"]
    fatima = as_role("procesregisseur")
    reference = agrees(fatima)
    fatima.open(f"/casussen/{reference}/plan/").follow(ROWS[1][0])
    fatima.unfold("Leg een antwoord vast namens een partij")
    fatima.fill("Wie zei het?", "mw. Smit")
    fatima.choose("Per telefoon")
    fatima.fill("Wanneer?", "2026-11-23")
    fatima.choose("Ja, met hulp")
    fatima.fill("Uitleg", f"De behandeling kan starten ({secret}).")
    fatima.press("Leg antwoord vast")

    assert secret in fatima.text
    assert "mw. Smit" in fatima.text
    assert "Fatima El Amrani" in fatima.text
    assert "Nog niet bevestigd" in fatima.text
    for role in ("ketenpartner-politie", "ketenpartner-wonen"):
        other = as_role(role)
        for path in ("/", "/?toon=team", "/gemeld/"):
            assert secret not in other.open(path).all_text
    assert not any(secret in each or "Smit" in each for each in the_clock_ticks())


def test_a_refusal_comes_back_as_work(as_role):
    """Catches a task that a party gave back and that lies with nobody."""
    fatima = as_role("procesregisseur")
    reference = agrees(fatima)
    joost = task_of(as_role("ketenpartner-wonen"), reference, ROWS[3][0])
    joost.unfold("Dit past niet bij ons")
    joost.press("Geef taak terug")
    assert joost.status == 422
    assert "Schrijf kort waarom deze taak niet bij jullie past." in joost.text
    assert "Dan zoekt de procesregisseur een ander." in joost.text
    joost.fill("Waarom past deze taak niet bij jullie?", "Dit huis is niet van ons.")
    joost.press("Geef taak terug")

    fatima.open("/")
    row = fatima.page.locator(".work-item", has_text=reference)
    row = row.filter(has_text="Zoek een ander of schaal op")
    assert row.count() == 1
