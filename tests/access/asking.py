"""Ask for every address as everybody, and write down what came back."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, ClassVar, NamedTuple

from django.core.handlers.base import BaseHandler
from django.db import connection
from django.test import Client, RequestFactory

from casework.keys.searching import seal
from casework.people.models import User
from tests.access.addresses import LISTS, Address, addresses
from tests.access.canaries import KIND_OF, leaks
from tests.access.relations import KNOWN, Stand, stands
from tests.access.town import Town
from tests.standing import scene

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SUBMIT = {"submit_id": "6f1e4c1e-0000-4000-8000-000000000001"}
REFUSED = frozenset({403, 404})

LOGGING_IN = frozenset({"anonymous", "ketenpartner", "superuser"})
"""As whom the pages of allauth are asked for."""

SEARCHED = "/casussen/?q="
ALSO_SHOWN = (
    "/?toon=team",
    "/?toon=klaar",
    "/casussen/?status=closed",
    SEARCHED,
)
"""Pages with something after the question mark, that show canaries if they may."""

_CANARY = re.compile("|".join(re.escape(each) for each in KIND_OF))
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_WRITES = re.compile(
    r"\b(?:insert\s+into|delete\s+from|update)\s+"
    r'"?(\w+)"?(?=\s+(?:set|as|where|values|\(|g\b)|\s*\(|\s*$|\s)',
    re.IGNORECASE,
)
_LOCKS = re.compile(r"for\s+(?:no\s+key\s+)?update", re.IGNORECASE)


class Cell(NamedTuple):
    """One question of the matrix."""

    url: str
    method: str
    subject: str
    relation: str


@dataclass
class Answer:
    """What came back: the status, and what must not have happened."""

    status: int
    writes: list[str] = field(default_factory=list)
    refusals: int = 0
    leaked: list[str] = field(default_factory=list)
    titled: list[str] = field(default_factory=list)


@dataclass
class Answers:
    """Everything that one run over the town gave."""

    cells: dict[Cell, Answer] = field(default_factory=dict)
    shown: int = 0
    also: dict[tuple[str, str, str], Answer] = field(default_factory=dict)


class Browser:
    """
    One person who asks again and again, each time as if it were the first.

    Asks the handler as the test client does, without what that keeps of templates.
    """

    _handler: ClassVar[BaseHandler] = BaseHandler()

    def __init__(self, user: User | None) -> None:
        if self._handler._middleware_chain is None:
            self._handler.load_middleware()
        client = Client()
        if user is not None:
            client.force_login(user, BACKEND)
        self._ask = RequestFactory()
        self._key = {name: morsel.value for name, morsel in client.cookies.items()}

    def ask(
        self,
        method: str,
        path: str,
        data: dict[str, Any] | str | None = None,
        **how: Any,
    ) -> Any:
        """Ask once, with nothing left of what came before."""
        self._ask.cookies = SimpleCookie(self._key)
        if method == "POST":
            request = self._ask.post(path, SUBMIT if data is None else data, **how)
        else:
            request = self._ask.generic(method, path)
        request._dont_enforce_csrf_checks = True
        response = self._handler.get_response(request)
        response.close = lambda: None
        return response


@dataclass
class Writes:
    """What a request wrote and did not undo, in the order of the statements."""

    _open: list[list[tuple[str, Any]]] = field(default_factory=lambda: [[]])

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, ctx: Any) -> Any:
        text = str(sql)
        start = text[:22].upper()
        if start.startswith("SAVEPOINT"):
            self._open.append([])
        elif start.startswith("RELEASE"):
            inner = self._open.pop()
            self._open[-1] += inner
        elif start.startswith("ROLLBACK TO"):
            self._open[-1].clear()
        elif not start.startswith("SELECT"):
            wrote = _WRITES.search(_LOCKS.sub("", text))
            if wrote:
                self._open[-1].append((wrote.group(1), params))
        return execute(sql, params, many, ctx)

    @property
    def rows(self) -> list[tuple[str, Any]]:
        return [row for part in self._open for row in part]

    @property
    def tables(self) -> list[str]:
        """The tables, without the line in the log that says that it was refused."""
        return [table for table, params in self.rows if not _is_refusal(table, params)]

    @property
    def refusals(self) -> int:
        return sum(_is_refusal(table, params) for table, params in self.rows)


def collect(
    town: Town, subjects: Container[str], *, of: Container[Cell] | None = None
) -> Answers:
    """Ask as some of the subjects, everything or only `of`; the town stays as it was."""
    answers = Answers()
    asked = addresses()
    browsers: dict[int | None, Browser] = {}
    for group in stands(town):
        for stand in (each for each in group if each.subject in subjects):
            key = stand.user.pk if stand.user else None
            if key not in browsers:
                browsers[key] = Browser(stand.user)
            _ask_all(answers, browsers[key], stand, asked, of)
    return answers


def questions() -> Iterator[Cell]:
    """Everything that is asked, before asking."""
    for address in addresses():
        for subject, relation in KNOWN:
            if _matters(address, subject, relation):
                for method in address.methods:
                    yield Cell(address.name, method, subject, relation)


def ask(
    browser: Browser,
    method: str,
    path: str,
    data: dict[str, Any] | str | None = None,
    **how: Any,
) -> tuple[Any, Writes]:
    """Ask once and undo what it did."""
    with scene():
        return watched(browser, method, path, data, **how)


def watched(
    browser: Browser,
    method: str,
    path: str,
    data: dict[str, Any] | str | None = None,
    **how: Any,
) -> tuple[Any, Writes]:
    """Ask once, and keep what it wrote."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        response = browser.ask(method, path, data, **how)
    return response, writes


def _ask_all(
    answers: Answers,
    browser: Browser,
    stand: Stand,
    asked: list[Address],
    of: Container[Cell] | None,
) -> None:
    for address in asked:
        if not _matters(address, stand.subject, stand.relation):
            continue
        path = address.of(stand.things)
        for method in address.methods:
            cell = Cell(address.name, method, stand.subject, stand.relation)
            if of is not None and cell not in of:
                continue
            answers.cells[cell] = _answer(answers, browser, stand, method, path)
    for path in ALSO_SHOWN:
        key = (path, stand.subject, stand.relation)
        if path == SEARCHED and stand.user is not None:
            path += seal("Zilveren", reader=stand.user.pk)
        answers.also[key] = _answer(answers, browser, stand, "GET", path)


def _matters(address: Address, subject: str, relation: str) -> bool:
    """Not each page knows cases, and the pages to log in know no roles at all."""
    if address.rule is None:
        return subject in LOGGING_IN and relation == "none"
    return relation == "none" or address.is_about_something or address.name in LISTS


def _answer(
    answers: Answers, browser: Browser, stand: Stand, method: str, path: str
) -> Answer:
    response, writes = ask(browser, method, path)
    body = _body(response) + response.headers.get("Location", "")
    found = list(dict.fromkeys(_CANARY.findall(body)))
    answers.shown += 1
    answer = Answer(
        response.status_code, leaked=leaks(found, stand.subject, stand.relation)
    )
    if found:
        title = _TITLE.search(body)
        where = (title.group(1) if title else "") + response.headers.get("Location", "")
        answer.titled = _CANARY.findall(where)
    if response.status_code in REFUSED:
        answer.writes, answer.refusals = writes.tables, writes.refusals
        answer.leaked = found
    return answer


def _body(response: Any) -> str:
    """Give all that is sent, also of a file that is sent in pieces."""
    sent = response.streaming_content if response.streaming else [response.content]
    return b"".join(sent).decode()


def _is_refusal(table: str, params: Any) -> bool:
    return table == "audit_auditentry" and "page.refused" in (params or ())
