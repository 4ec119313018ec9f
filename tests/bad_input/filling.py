"""Read the forms on a page, and fill them in well and badly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode

from tests.world import DAY

Data = dict[str, Any]

LONG = "a" * 100_000
NUL = "Een tekst\x00met een nul."
SQL = (
    "'; drop table cases_case; -- \" or 1=1 {{ 7*7 }} ${7*7} <script>alert(1)</script>"
)
BIDI = "Zuider\u202eneev\u2066 en \u200d\ufeffnog iets"
INVISIBLE = "\u200b\u200d\u2060\ufeff\u00ad"
HALF = b"een half teken \xed\xa0\x80 en \xff"
HUGE = "9" * 30
NO_DAY = "2026-11-31"
SAID_OF_NO_DAY = "31 november"

TEXTS = (LONG, NUL, SQL, BIDI, INVISIBLE, HALF, " \t\r\n ", "e\u0301🏚️%s{0}%(x)s")
NUMBERS = ("-1", "1e400", "NaN", "²", HUGE, "2147483648", "9223372036854775808", "0")
DAYS = (NO_DAY, "0001-01-01", "9999-12-31", "31-11-2026", "10000-01-01", "1-1-26", "x")
TIMES = ("25:61", "24:00", "-1:00", "x", "0000", "9" * 40)
CHOSEN = ("bestaat-niet", "-1", HUGE, "1e400", "a\x00b", "²", "None", "9" * 18, HALF)
WRONG = (*TEXTS, *NUMBERS, *DAYS, *TIMES, *CHOSEN, "../../etc/passwd", "abc")

PASSED_ON = frozenset({"csrfmiddlewaretoken"})
TYPED = frozenset(
    {"text", "search", "textarea", "email", "tel", "time", "number", "url", "password"}
)
PICKED = frozenset({"select", "radio", "checkbox"})
RIGHT_TEXT = "Dit typte ik en wil ik niet kwijt."
RIGHT = {
    "email": "iemand@zuiderveen.example",
    "tel": "0101234567",
    "time": "10:00",
    "number": "1",
    "datetime-local": "2026-11-23T10:00",
}


@dataclass
class Field:
    """One field, and what the page says that may be filled in."""

    name: str
    kind: str
    given: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    many: bool = False
    longest: int = 1000

    @property
    def wrong(self) -> tuple[Any, ...]:
        """What a field of this kind has to withstand."""
        if self.kind == "date":
            return (*DAYS, NUL)
        if self.kind == "time":
            return (*TIMES, NUL)
        if self.kind == "number":
            return NUMBERS
        if self.kind in PICKED or self.kind == "hidden":
            return CHOSEN
        return TEXTS


@dataclass
class Form:
    """One form as it stands on a page."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells a form from another that is sent to the same address."""
        does = [
            each.given[:1] for each in self.fields.values() if each.name == "action"
        ]
        return (str(does), self.method, *sorted(self.filled_in), *sorted(self.buttons))

    @property
    def hidden(self) -> Data:
        return {
            each.name: each.given
            for each in self.fields.values()
            if each.kind == "hidden" and each.name not in PASSED_ON
        }

    @property
    def filled_in(self) -> list[str]:
        """The names of what somebody fills in."""
        return [name for name, each in self.fields.items() if each.kind != "hidden"]

    def named(self, *kinds: str) -> list[str]:
        return [name for name in self.filled_in if self.fields[name].kind in kinds]

    def wrongly(self, turn: int) -> Data:
        """Everything wrong at once; another turn gives each field another value."""
        data = self.hidden
        for place, name in enumerate(self.filled_in):
            wrong = self.fields[name].wrong
            data[name] = wrong[(turn + place) % len(wrong)]
        return data

    def rightly(self, **facts: Any) -> Iterator[Data]:
        """What somebody might send, in the ways that a form might ask it."""
        weeks = (DAY + timedelta(days=14), DAY, DAY - timedelta(days=14))
        for day, button, tick in product(weeks, self.buttons or [()], (True, False)):
            data = {
                name: value
                for name, each in self.fields.items()
                if name not in PASSED_ON
                and (value := _right(each, day=day, tick=tick)) is not None
            }
            if button and button[0]:
                data[button[0]] = button[1]
            yield {**data, **facts}


def _right(each: Field, *, day: date, tick: bool) -> Any:
    if each.kind == "hidden":
        return each.given
    if each.kind == "date":
        return day.isoformat()
    if each.kind == "checkbox" and not each.many and not tick:
        return None
    if each.kind in PICKED:
        return each.choices[:1]
    kept = each.given[0] if each.given and each.kind != "textarea" else ""
    text = RIGHT["tel"] if each.longest < len(RIGHT_TEXT) else RIGHT_TEXT
    return kept or RIGHT.get(each.kind, text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = facts.get("method", "get").upper()
            self._form = Form(facts.get("action", ""), method)
            self.forms.append(self._form)
        elif self._form is not None:
            self._take(self._form, tag, facts)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None

    def _take(self, form: Form, tag: str, facts: dict[str, str]) -> None:
        name = facts.get("name", "")
        if tag == "option" and self._select:
            if facts.get("value"):
                self._select.choices.append(facts["value"])
        elif tag == "button":
            form.buttons.append((name, facts.get("value", "")))
        elif tag in {"input", "textarea", "select"} and name:
            kind = facts.get("type", "text") if tag == "input" else tag
            longest = int(facts.get("maxlength") or 1000)
            each = form.fields.setdefault(name, Field(name, kind, longest=longest))
            if tag == "select":
                self._select = each
            elif kind in PICKED:
                each.many = kind == "checkbox" and bool(each.choices)
                each.choices.append(facts.get("value", "on"))
            elif "value" in facts:
                each.given.append(facts["value"])


def read(html: str) -> list[Form]:
    """The forms on a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def encoded(data: Data) -> str:
    """Write what is sent, also what no browser would send."""
    return "&".join(_pairs(data))


def _pairs(data: Data) -> Iterator[str]:
    for name, value in data.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, bytes):
                yield f"{quote(name)}={quote(each)}"
            else:
                yield urlencode({name: each})
