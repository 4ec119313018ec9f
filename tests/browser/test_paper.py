"""What a page says on paper, for who takes it to a meeting."""

from tests.browser.staging import asked, procesregie


def test_the_whole_memo_is_on_paper(as_role):
    """Catches a closed box whose text a bestuurder with paper never reads."""
    case = procesregie()
    request = asked(case, if_nothing="Dan zegt de verhuurder de huur op.")
    manager = as_role("manager").open(f"/besluiten/{request.pk}/")
    page = manager.page
    tried = page.get_by_text("Twee keer overlegd, zonder afspraak.")
    nothing = page.get_by_text("Dan zegt de verhuurder de huur op.")
    assert not tried.is_visible()
    assert not nothing.is_visible()

    page.emulate_media(media="print")

    assert tried.is_visible()
    assert nothing.is_visible()


def test_what_only_a_screen_can_do_is_not(as_role):
    """Catches paper that invites to press: links to stop, to signal, to withdraw."""
    case = procesregie()
    asked(case)
    fatima = as_role("procesregisseur").open(f"/casussen/{case.reference}/")
    page = fatima.page
    assert page.get_by_text("Kan het minder?").is_visible()

    page.emulate_media(media="print")

    assert page.get_by_text("Twee keer overlegd, zonder afspraak.").is_visible()
    assert not page.get_by_text("Kan het minder?").is_visible()
    assert not page.get_by_text("Stuur een beleidssignaal").is_visible()
    fatima.open(f"/casussen/{case.reference}/opschalen/")
    assert not page.get_by_text("Daarna hoeft niemand meer te antwoorden.").is_visible()
    assert not page.get_by_text("Terug naar beneden").is_visible()
