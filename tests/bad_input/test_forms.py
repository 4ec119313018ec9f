"""Bad input: a clear Dutch error or a harmless answer, the typed text kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import pytest
from django.http import HttpResponse

from tests.access.addresses import addresses
from tests.access.asking import Writes
from tests.bad_input.conftest import DONE, FORM, Door, doors, left_behind, shown
from tests.bad_input.filling import (
    CHOSEN,
    DAYS,
    LONG,
    NO_DAY,
    NUL,
    PICKED,
    SAID_OF_NO_DAY,
    TYPED,
    Data,
    encoded,
)

pytestmark = pytest.mark.access

HARMLESS = frozenset({200, 302, 303, 400, 403, 404, 409, 413, 422, 429})
SHOWN_AGAIN = frozenset({409, 422})
SAYS_WHY = re.compile(r"notice--error|Er is net iets veranderd|Dit kan nu niet")
ENGLISH = re.compile(
    r"This field|Enter a |Select a valid|Ensure this|may not be|is required|Null char"
    r"|not a valid|Traceback|Exception"
)

WITHOUT_A_PAGE = {
    "account_inactive": "takes no form",
    "account_signup": "is shut: the functioneel beheerder makes accounts",
    "account_reauthenticate": "needs a password",
    "account_change_password": "needs a password",
    "account_reset_password_done": "takes no form",
    "account_reset_password_from_key": "needs the link in a mail",
    "account_reset_password_from_key_done": "takes no form",
    "mfa_index": "takes no form",
    "mfa_authenticate": "needs half a log-in",
    "mfa_reauthenticate": "needs a second factor",
    "mfa_deactivate_totp": "needs a second factor",
    "mfa_view_recovery_codes": "takes no form",
    "mfa_download_recovery_codes": "takes no form",
    "mfa_list_webauthn": "takes no form",
    "mfa_reauthenticate_webauthn": "needs a second factor",
    "mfa_remove_webauthn": "needs a second factor",
    "mfa_edit_webauthn": "needs a second factor",
    "usersessions_list": "needs a session that was followed",
    "kept_text": "needs a text that was sent too late",
    "escalation:dissent": "needs a decision, which no case of the matrix has",
}
"""Addresses whose form nobody of the town is shown; the fuzz asks them."""

ANSWERS_AT_ONCE = {"escalation:show_who"}
"""What is asked here is shown in the answer, and written down: no form comes back."""

NOT_DONE_HERE = {
    "account_login": "needs a password",
    "work:agenda": "has a button for each deed; tests/pages/test_agenda.py presses them",
    "demo:choose": "needs the people of the demo",
    "mfa_activate_totp": "needs a telephone",
    "mfa_generate_recovery_codes": "needs a second factor",
    "mfa_add_webauthn": "needs a key",
    "emergency:ask": "needs the reference of a case of others",
    "escalation:show_who": "is answered on the page itself",
}
"""Forms that nobody of the town can bring to an end."""

THE_SAME_TWICE = {
    "work:digest": "what is off stays off; a mail program sends no key",
    "account_set_password": "sets the same password again",
    "board:list": "only searches, and each address hides its words in another way",
    "audit:log": "only searches, and each address hides its words in another way",
}
"""Forms without a key of their own, that do no harm a second time."""

FACTS: dict[str, Data] = {
    "audit:log": {"reference": ""},
    "plan:plan": {"joining": []},
    "programme:override": {"mandate_on": "2026-01-13"},
    "escalation:record": {"said_at": "10:30", "until_on": "", "binding": ""},
    "dossier:add_person": {"bsn": ""},
    "dossier:correct_person": {"bsn": ""},
    "meetings:agreements": {"rows-0-joining": ""}
    | {
        f"rows-{row}-{name}": ""
        for row in range(1, 7)
        for name in ("kind", "question", "desk", "joining", "due_on")
    },
}
"""What has to be filled in, where the first choices of a form do not go together."""


def test_every_form_bears_what_comes(town):
    """
    Catches a form that nothing tries, and what goes wrong in one.

    A 500, half a change, an error in English, a form that comes back empty; a second
    tab that wins from the first, or loses the text; a double click with two effects,
    or with a page of what went wrong. In one walk along all forms: the walk is most of
    the work.
    """
    tried: set[str] = set()
    found: list[Any] = []
    stale, left, done = 0, set(), set()
    for door in doors(town):
        right = _right_for(door)
        tried.add(door.address.name)
        found += _typed(door, turns=1)
        if any(door.form.hidden.get("seen", [])):
            status, wrong = _stale(door, right)
            stale += status == 409
            found += wrong
        ended, wrong = _twice(door, right)
        (done if ended else left).add(door.address.name)
        found += wrong
    takes = {each.name for each in addresses() if "POST" in each.methods}
    assert not found
    assert takes - tried == set(WITHOUT_A_PAGE)
    assert left - done == set(NOT_DONE_HERE)
    assert stale > 10


@pytest.mark.long
def test_no_form_is_anywhere_else(town):
    """Catches a form on a page that `places.csv` does not name: nothing tries it."""
    known = {(door.address.name, *door.form.key) for door in doors(town)}

    assert not [
        door.page.place
        for door in doors(town, everywhere=True)
        if (door.address.name, *door.form.key) not in known
    ]


@pytest.mark.long
def test_nothing_that_is_typed_breaks_a_page(town):
    """
    Catches what breaks for one of many values, in every field at once.

    A hundred thousand characters, NUL bytes, half characters, days that are not there
    or at the ends of the calendar, numbers beyond the database.
    """
    assert not [wrong for door in doors(town) for wrong in _typed(door, turns=40)]


@pytest.mark.long
def test_one_thing_wrong_among_what_is_right(town):
    """Catches what only breaks, or slips through, when all the rest is filled in."""
    found, tried = [], 0
    for door in doors(town):
        right = _right_for(door)
        for name, value in _wrong_fields(door):
            data = {**right, name: value}
            response, writes = door.send(data)
            found += _wrong_with(door, data, response, writes)
            done = response.status_code in DONE
            if done and _is_never_right(door, name, value):
                found.append((door.name, "took", name, value[:24]))
            tried += 1
    assert tried > 200
    assert not found


@pytest.mark.long
def test_nothing_that_is_hidden_breaks_a_page(town):
    """Catches a page that trusts the version, the submit id or the action of a form."""
    found: list[Any] = []
    for door in doors(town):
        right = _right_for(door)
        for place, name in enumerate(door.form.hidden):
            value = ("", *CHOSEN)[(place + len(door.name)) % len(CHOSEN)]
            data = encoded({**right, name: value})
            found += _wrong_with(door, {}, *door.send_raw(data, FORM))
    assert not found


@pytest.mark.long
def test_what_no_browser_sends_breaks_nothing(town):
    """Catches half a character, names twice, no form at all, and too much of it."""
    bodies = (
        (encoded({f"n{number}": "x" for number in range(1100)}), FORM),
        ("&&==%%%;\xff%ED%A0%80=%ED%A0%80" * 10, FORM),
        ('{"text": "x"', "application/json"),
        ("--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
        ("{", "multipart/form-data"),
        ("text=x", "application/x-www-form-urlencoded; charset=utf-7"),
        ("text", "text/plain"),
        ("", "\x00/\xff"),
    )
    found: list[Any] = []
    for place, door in enumerate(doors(town)):
        twice = encoded({name: ["1", "2", "x"] for name in door.form.fields})
        for body in ((twice, FORM), bodies[place % len(bodies)]):
            found += _wrong_with(door, {}, *door.send_raw(*body))
    assert not found


def test_too_large_a_form_says_what_to_do(town):
    """Catches three megabytes that end in a bare page, or in a page of English."""
    with closing(doors(town)) as every:
        door = next(each for each in every if "reason" in each.form.fields)
        response, writes = door.send_raw("reason=" + "a" * (3 * 1024 * 1024), FORM)

    assert response.status_code == 413
    assert "Je stuurde te veel tegelijk" in shown(response)
    assert not left_behind(writes)


def _typed(door: Door, *, turns: int) -> list[Any]:
    found: list[Any] = []
    for turn in range(turns if door.form.filled_in else 0):
        data = door.form.wrongly(turn)
        found += _wrong_with(door, data, *door.send(data))
    return found


def _stale(door: Door, right: Data) -> tuple[int, list[Any]]:
    data = {**right, "seen": "999"}
    response, writes = door.send(data)
    found: list[Any] = list(_wrong_with(door, data, response, writes))
    if response.status_code in DONE:
        found.append((door.name, "took what was stale"))
    return response.status_code, found


def _twice(door: Door, right: Data) -> tuple[bool, list[Any]]:
    """Whether it could be sent at all, and what the second time did wrong."""
    (first, _), (second, writes) = door.send_again(right, times=2)
    if first.status_code not in DONE:
        return False, []
    if door.address.name in THE_SAME_TWICE and second.status_code in DONE:
        return True, []
    if second.headers.get("Location") == first["Location"] and not left_behind(writes):
        return True, []
    return True, [(door.name, second.status_code, left_behind(writes))]


def _wrong_with(
    door: Door, sent: Data, response: HttpResponse, writes: Writes
) -> Iterator[tuple[Any, ...]]:
    """What is not harmless, not in Dutch, or loses what was typed."""
    status, page = response.status_code, shown(response)
    where = (door.name, door.page.stand.relation, status)
    if status not in HARMLESS:
        yield (*where, "broke", _short(sent))
    if status in DONE or status >= 500:
        return
    if left_behind(writes) and not (
        status == 200 and door.address.name in ANSWERS_AT_ONCE
    ):
        yield (*where, "left behind", left_behind(writes), _short(sent))
    if english := ENGLISH.search(page):
        yield (*where, english.group(), _short(sent))
    if status in SHOWN_AGAIN:
        yield from ((*where, *lost) for lost in _lost(door, sent, page))
        if sent and not SAYS_WHY.search(page):
            yield (*where, "no error", _short(sent))


def _lost(door: Door, sent: Data, page: str) -> Iterator[tuple[str, Any]]:
    """What was typed and is not on the page any more."""
    page = _one_line(page)
    for name in door.form.named(*TYPED):
        typed = sent.get(name, "")
        if isinstance(typed, str) and _one_line(typed) not in page:
            yield ("lost", f"{name}={typed[:30]!r}")
    for name in door.form.named("date"):
        if sent.get(name) == NO_DAY and SAID_OF_NO_DAY not in page:
            yield ("not named", name)


def _short(sent: Data) -> dict[str, str]:
    return {name: repr(value)[:24] for name, value in sent.items()}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _right_ways(door: Door) -> Iterator[Data]:
    facts = FACTS.get(door.address.name, {})
    yield from islice(door.form.rightly(**facts), 24)
    for name, each in door.form.fields.items():
        for choice in each.choices[1:6]:
            yield next(door.form.rightly(**{**facts, name: choice}))


_ways: dict[str, int] = {}


def _right_for(door: Door) -> Data:
    """Give what is accepted, or at least the first way to fill it in."""
    key = f"{door.name} {door.form.key}"
    ways = list(_right_ways(door))
    if key not in _ways:
        done = (
            at for at, data in enumerate(ways) if door.send(data)[0].status_code in DONE
        )
        _ways[key] = next(done, 0)
    return ways[_ways[key]]


def _wrong_fields(door: Door) -> Iterator[tuple[str, Any]]:
    for name in door.form.filled_in:
        for value in door.form.fields[name].wrong:
            yield name, value


def _is_never_right(door: Door, name: str, value: Any) -> bool:
    """Whether no form may take it: a day out of reach, too long, or not to choose."""
    field = door.form.fields[name]
    if field.kind == "date":
        return value in DAYS
    if field.kind in PICKED:
        return len(field.choices) > 1
    return value in {LONG, NUL}
