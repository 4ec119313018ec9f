"""Opschalen, besluiten and taak without a mouse; and what they cost with one."""

import pytest

from tests.browser.staging import agreed, asked, procesregie
from tests.browser.visitor import Visitor

FARTHEST = 60
FATIMA = "Fatima El Amrani"
FOCUSED = "selector => document.activeElement.matches(selector)"
SEEN = """() => [document.activeElement, document.activeElement.closest('.choice')]
  .some(e => e && getComputedStyle(e).outlineStyle !== 'none')"""


def tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until something has the focus, and see that it can be seen."""
    keyboard = visitor.page.keyboard
    for _ in range(FARTHEST):
        keyboard.press("Tab")
        if visitor.page.evaluate(FOCUSED, selector):
            assert visitor.page.evaluate(SEEN), f"{selector} shows no focus"
            return
    pytest.fail(f"{selector} is not reached by Tab")


def arrow_to(visitor: Visitor, value: str) -> None:
    """Walk through the choices with the arrows until one is made."""
    for _ in range(10):
        if visitor.page.evaluate("document.activeElement.value") == value:
            visitor.page.keyboard.press("Space")
            return
        visitor.page.keyboard.press("ArrowDown")
    pytest.fail(f"{value} is not reached by the arrows")


def enter(visitor: Visitor) -> None:
    """Press Enter and wait for the page that comes."""
    with visitor.page.expect_navigation(wait_until="load"):
        visitor.page.keyboard.press("Enter")


def test_escalates_by_keyboard(as_role):
    """Catches a page of Opschalen that needs a mouse."""
    case = procesregie()
    fatima = as_role("procesregisseur").open(f"/casussen/{case.reference}/")
    tab_to(fatima, "main .button[href*=opschalen]")
    enter(fatima)
    tab_to(fatima, "[name=question]")
    fatima.page.keyboard.type("Wie begint er?")
    tab_to(fatima, "button[name=send]")
    enter(fatima)
    assert "Knelpunt 1 gevraagd aan management" in fatima.text


def test_decides_by_keyboard(as_role):
    """Catches a choice of an answer that the arrows do not reach."""
    request = asked(procesregie())
    marloes = as_role("manager").open(f"/besluiten/{request.pk}/")
    tab_to(marloes, "[name=answer]")
    arrow_to(marloes, "decide")
    tab_to(marloes, "[name=text]")
    marloes.page.keyboard.type("De ggz begint op 1 december.")
    tab_to(marloes, "#antwoord button[type=submit]")
    enter(marloes)
    assert f"Je besluit is verstuurd. {FATIMA} ziet het meteen." in marloes.text


def test_answers_a_task_by_keyboard(as_role):
    """Catches a task that a partner cannot do without a mouse."""
    (task,) = agreed(procesregie(), ("advice_housing", "Wonen en overlast", "Kan het?"))
    joost = as_role("ketenpartner-wonen").open(f"/taken/{task.pk}/")
    tab_to(joost, "main button[type=submit]")
    enter(joost)
    tab_to(joost, "[name=choice]")
    arrow_to(joost, "yes_with_help")
    tab_to(joost, "[name=answer]")
    joost.page.keyboard.type("Het kan, als de zorg meekomt.")
    tab_to(joost, "main form.card button[type=submit]")
    enter(joost)
    assert "Het kan, als de zorg meekomt." in joost.text
    assert "Klaar" in joost.text


def test_a_burgemeester_decides_in_four_taps(as_role):
    """Catches a decision that takes more than the lift to the third floor."""
    case = procesregie()
    request = asked(
        case, urgent=True, to_level=4, jump_reason="Niemand van management is er."
    )
    who = request.answerer.name
    phone = as_role(who, width=390)
    phone.efforts = 0
    phone.open(f"/besluiten/{request.pk}/")
    phone.efforts = 1
    phone.choose("Ik besluit nu").fill("Toelichting", "De opvang begint vandaag.")
    phone.press("Verstuur besluit", exact=True)
    loads = 1
    assert phone.efforts - loads <= 4
    assert f"Je besluit is verstuurd. {FATIMA} ziet het meteen." in phone.text
