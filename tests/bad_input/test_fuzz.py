"""Requests by chance, over every address, by everybody: nothing breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import ceil
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.access.addresses import Address, addresses
from tests.access.asking import Browser, ask
from tests.access.relations import Stand, stands
from tests.bad_input.conftest import left_behind
from tests.bad_input.filling import encoded

pytestmark = pytest.mark.access

METHODS = (
    "GET",
    "GET",
    "GET",
    "POST",
    "POST",
    "POST",
    "HEAD",
    "PUT",
    "DELETE",
    "TRACE",
)
NAMES = (
    "submit_id", "seen", "version", "action", "answer", "text", "reason", "pagina", "na",
    "after", "toon", "q", "niveau", "status", "knelpunt", "due_on", "day", "since", "desk",
    "user", "kind", "outcome", "note", "next", "rows-0-question", "rows-TOTAL_FORMS",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "-1",
            "0",
            "1",
            "99999999999999999999",
            "1e400",
            "NaN",
            "on",
            "None",
            "2026-11-31",
            "0001-01-01",
            "9999-12-31",
            "\x00",
            "\u202e",
            "' or 1=1 --",
            "{{7*7}}",
            "../../etc/passwd",
            "//elders.example",
            "decide",
            "procesregie",
            "6f1e4c1e-0000-4000-8000-000000000001",
            "a" * 5000,
        ]
    ),
    st.text(max_size=40),
)
DATA = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=12), VALUES, max_size=8
)
KINDS = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json",
        "application/x-www-form-urlencoded; charset=utf-7",
        "",
    ]
)
REFUSED = frozenset({400, 403, 404, 405, 413, 422, 429})
PIECES = st.sampled_from(
    [
        "0",
        "-1",
        "99999999999999999999",
        "AVE-2026-0000",
        "%00",
        "..",
        "%ED%A0%80",
        "x" * 300,
    ]
)


GROUPS = 15
"""How many lists of people there are: each asks the same number of times."""


@st.composite
def requests(draw: st.DrawFn, group: list[Stand], every: list[Address]) -> Any:
    """Who asks what how; only what is posted has a body."""
    method = draw(st.sampled_from(METHODS))
    stand, address = draw(st.sampled_from(group)), draw(st.sampled_from(every))
    path = _path(address, stand, draw(st.none() | PIECES)) + "?" + encoded(draw(DATA))
    if method != "POST":
        return stand, method, path, None, {}
    return stand, method, path, encoded(draw(DATA)), {"content_type": draw(KINDS)}


@pytest.mark.parametrize(
    ("number", "chance"),
    [
        pytest.param(1_500, False, id="the same ones"),
        pytest.param(92_400, True, id="others each time", marks=pytest.mark.long),
    ],
)
def test_nothing_that_is_asked_breaks_anything(town, number, chance, record_property):
    """
    Catches an answer of 500, and a row that a refused request changed.

    Every kind of stand of the matrix asks its share, of addresses of its own case and
    of garbage; without chance the requests are the same each time.
    """
    tried: Counter[int] = Counter()
    wrong: list[Any] = []
    place = -1
    for place, group in enumerate(stands(town)):
        _ask_by_chance(group, ceil(number / GROUPS), chance, place, tried, wrong)
    record_property("fuzz", dict(tried))
    assert place + 1 == GROUPS
    assert sum(tried.values()) >= number
    assert len(tried) > 5
    assert not wrong


def _ask_by_chance(
    group: list[Stand],
    turns: int,
    chance: bool,
    number: int,
    tried: Counter[int],
    wrong: list[Any],
) -> None:
    every = addresses()
    browser_of = _browsers()

    @seed(number)
    @settings(
        max_examples=turns,
        derandomize=not chance,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(group, every))
    def one(request):
        stand, method, path, data, how = request
        response, writes = ask(browser_of(stand), method, path, data, **how)
        tried[response.status_code] += 1
        broke = response.status_code >= 500
        changed = response.status_code in REFUSED and left_behind(writes)
        if broke or changed:
            wrong.append((stand.subject, method, path[:120], data, how, changed))
        assert not broke
        assert not changed

    one()


def _path(address: Address, stand: Stand, piece: str | None) -> str:
    path = address.of(stand.things)
    if piece is None or "<" not in address.route:
        return path
    parts = path.strip("/").split("/")
    parts[min(1, len(parts) - 1)] = quote(piece, safe="%")
    return "/" + "/".join(parts) + "/"


def _browsers() -> Callable[[Stand], Browser]:
    known: dict[int | None, Browser] = {}

    def of(stand: Stand) -> Browser:
        key = stand.user.pk if stand.user else None
        if key not in known:
            known[key] = Browser(stand.user)
        return known[key]

    return of
