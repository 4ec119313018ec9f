"""Known names, addresses and numbers are found however somebody writes them."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases import finder
from casework.cases.finder import FinderFailed
from casework.cases.naming import Names, refuse_names
from casework.people.errors import InvalidInput
from tests.world import opened

WRITTEN = {
    "as it stands": "Jansje Kwikstaart",
    "capitals": "JANSJE KWIKSTAART",
    "small letters": "jansje",
    "possessive": "Jansjes",
    "possessive with an apostrophe": "Jansje's",
    "broken by a space": "Kwik staart",
    "broken by a hyphen": "Kwik-staart",
    "letters apart": "K w i k s t a a r t",
    "dots between": "K.w.i.k.s.t.a.a.r.t",
    "broken by a line": "Kwik\nstaart",
    "an invisible letter": "Kwik\u200bstaart",
    "a hard space": "Jansje\u00a0Kwikstaart",
    "a soft hyphen": "Kwik\u00adstaart",
    "wide letters": "Ｋwikstaart",
    "accents put on": "Kwíkstáárt",
    "accents left out": "Bjorn",
    "accents apart": "Bjo\u0308rn",
    "initials": "J. K.",
    "initials without a space": "J.K.",
    "an initial and a surname": "J. Kwikstaart",
    "an interfix": "Van der Bos",
    "a name that is a word": "Bos",
    "a street": "Ooievaarsteeg",
    "a street in two words": "ooievaar steeg 7",
    "a street with its number against it": "Ooievaarsteeg7",
    "a street cut short": "Pr. Bernhardstr. 12",
    "a shortened suffix": "Prins Bernhardstr.",
    "a postcode without a space": "9471KB",
    "a postcode in small letters": "9471kb",
    "a postcode with a space in small letters": "9471 kb",
    "a postcode with a hyphen": "9471-Kb",
    "telephone": "0612345678",
    "telephone with spaces": "06 12 34 56 78",
    "telephone with +31": "+31 6 12345678",
    "telephone with (0)": "+31 (0)6 1234 5678",
    "telephone with 0031": "0031612345678",
    "telephone with dots": "050.123.45.67",
    "telephone without area": "1234567",
    "the melder": "Buurvrouw Sjaan Bakkema",
    "the first name of the melder": "Sjaan",
    "the surname of the melder": "bakkema",
    "the telephone of the melder": "654321",
    "a birthday": "7-3-2015",
    "a birthday with noughts": "07-03-2015",
    "a birthday with slashes": "7/3/2015",
    "a birthday with dots": "7.3.15",
    "a birthday of two figures": "07-03-'15",
    "a birthday in words": "7 maart 2015",
    "a birthday in few letters": "7 mrt. '15",
    "a birthday as a computer writes it": "2015-03-07",
}

OF_ANYBODY = {
    "BSN": "111222333",
    "BSN with dots": "1112.22.333",
    "BSN with spaces": "111 222 333",
    "IBAN": "NL91ABNA0417164300",
    "IBAN with spaces": "NL91 ABNA 0417 1643 00",
    "IBAN in small letters": "nl91abna0417164300",
    "IBAN of elsewhere": "DE89 3704 0044 0532 0130 00",
    "mail": "jansje@voorbeeld.nl",
    "mail spelt out": "jansje (at) voorbeeld (punt) nl",
    "plate": "12-AB-34",
    "plate of today": "G-123-BB",
    "plate without dashes": "kenteken 12AB34",
    "another street": "Molenpad 2a",
    "a street in small letters": "lindenstraat 14",
    "a title and an initial": "mevr. De V.",
    "a title and a name": "Dhr. Postma",
}

FREE = (
    "Wil de corporatie een woning geven?",
    "Als zij wil, kan het bos worden gekapt.",
    "De buurman belt. Er is een huis in het bos.",
    "Zij kennen AVE-2026-0412 en AVE-2026-041234.",
    "Het kost 1234 euro, of 2.340.560,50 euro.",
    "Op 23-11-2026 om 09.00 uur, in 2026 en 2027.",
    "Nr. 12345 is het nummer van de brief.",
    "In de vergadering 12 mensen, op de weg 3 auto's.",
    "De buurvrouw uit Zuiderveen belde op 7 maart, de 17-3-2015 en 7-3-2016.",
    "Er zijn 9471 meldingen en 9471 katten.",
)


@pytest.mark.parametrize("how", WRITTEN)
def test_finds_what_the_dossier_knows(case, how):
    text = f"Gisteren was {WRITTEN[how]} weer aan de deur."

    found = Names(case).found_in(text)

    assert found, how
    assert all(word in text for word in found)


@pytest.mark.parametrize("how", OF_ANYBODY)
def test_finds_what_is_of_anybody(case, how):
    assert Names(case).found_in(f"Gisteren was {OF_ANYBODY[how]} weer in beeld.")


@pytest.mark.parametrize("text", FREE)
def test_lets_a_plain_sentence_pass(case, text):
    """Catches a check that nobody can write past."""
    assert not Names(case).found_in(text)


@pytest.mark.parametrize(
    "melder",
    [
        "Buurtbewoner",
        "een huisarts",
        "Anoniem",
        "De politie (wijkagent)",
        "Van nr. 12",
        "",
    ],
)
def test_lets_who_somebody_is_pass(world, melder):
    """Catches a melder without a name, whose trade nobody may write any more."""
    facts = {"referrer_name": melder, "referrer": None if melder else world.manager}
    case = opened(world, **facts)

    text = f"Een {melder} belde. Ook Marloes de Wit, de huisarts en de buurt."

    assert not Names(case).found_in(text)


def test_asks_for_what_is_known_once(case):
    """Catches a look in each table for each text."""
    names = Names(case)

    with CaptureQueriesContext(connection) as asked:
        names.found_in("Niemand.", "Sjaan.")
        names.refuse(text="Niemand.")

    assert len(asked) == 1


def test_says_the_words_and_the_field(case):
    """Catches a refusal after which one has to search for it oneself."""
    with pytest.raises(InvalidInput) as refusal:
        refuse_names(
            case,
            description="Niemand.",
            tried="Jansjes broer en mevr. De V. bellen 06-12345678.",
        )

    assert refusal.value.field == "tried"
    assert refusal.value.user_message.startswith(
        'In je tekst staat een naam of adres: "Jansjes", "mevr. De V.", "06-12345678".'
    )
    assert "Jansje" not in str(refusal.value)


def test_keeps_the_texts_out_of_its_failure(monkeypatch, caplog):
    """Catches a text with a name that comes in a log because the finder fell over."""
    monkeypatch.setattr(finder, "PATIENCE", 0.001)
    with caplog.at_level(logging.DEBUG), pytest.raises(FinderFailed) as failure:
        finder.find(["Jansje Kwikstaart"])

    assert "Jansje" not in repr(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__
    assert "Jansje" not in caplog.text
