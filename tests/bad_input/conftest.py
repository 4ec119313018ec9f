"""One town for all of bad input; what a test sends is undone after it."""

from __future__ import annotations

import csv
import html
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import resolve

from tests.access.addresses import Address, addresses
from tests.access.asking import Browser, Writes, ask, questions, watched
from tests.access.building import build_today
from tests.access.policy import deciding_rules, load
from tests.access.relations import Stand
from tests.access.town import NOW, Town
from tests.bad_input.filling import Data, Form, encoded, read
from tests.bad_input.scenes import every_stand
from tests.standing import scene, settled

FORM = "application/x-www-form-urlencoded"
UNSEEN = frozenset({"audit_auditentry", "django_session"})
DONE = frozenset({302, 303})

ENOUGH = 8
"""On how many pages of an address a role looks for forms."""

SENT_BY = {
    "absence:cover": ("manager", "leidinggevende"),
    "dossier:exclude_myself": ("casusregisseur", "regisseur-nu"),
}
"""Who sends a form, where the first who sees it may not."""

Answer = tuple[HttpResponse, Writes]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Let it be the day on which the town was made."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, originals) -> Iterator[Town]:
    """Build the town once: what is sent is undone, so that it stays as it is."""
    yield from settled(django_db_blocker, originals, build_today)


@dataclass
class Page:
    """A page as somebody is shown it, with the forms on it."""

    address: Address
    path: str
    stand: Stand
    browser: Browser
    forms: list[Form] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Where it is, for a line of `places.csv`."""
        return self.stand.subject, self.stand.relation, self.address.name


@dataclass
class Door:
    """A form on a page, and somebody who sees it there."""

    page: Page
    address: Address
    path: str
    form: Form

    @property
    def browser(self) -> Browser:
        """As whom it is sent."""
        return self.page.browser

    @property
    def name(self) -> str:
        does = self.form.fields.get("action")
        return f"{self.address.name} {does.given[0] if does and does.given else ''}"

    def send(self, data: Data) -> Answer:
        """Send the form, each time a new one."""
        return self.send_raw(encoded(self.fresh(data)), FORM)

    def send_raw(self, body: str, kind: str) -> Answer:
        """Send a body that no form of ours makes."""
        return ask(self.browser, "POST", self.path, body, content_type=kind)

    def send_again(self, data: Data, *, times: int) -> list[Answer]:
        """Send the same form some times after each other."""
        body = encoded(self.fresh(data))
        with scene():
            return [
                watched(self.browser, "POST", self.path, body, content_type=FORM)
                for _ in range(times)
            ]

    def fresh(self, data: Data) -> Data:
        """Give the form a key of its own, if it has one."""
        known = "submit_id" in self.form.fields and "submit_id" in data
        return {**data, "submit_id": str(uuid.uuid4())} if known else data


Place = tuple[str, str, str]
"""A page of an address, as a subject in a relation sees it."""

PLACES = Path(__file__).with_name("places.csv")


def doors(town: Town, *, everywhere: bool = False) -> Iterator[Door]:
    """
    Each form that is sent, once, with the first who sees it, or who may send it.

    Looks on the pages that `places.csv` names, at each place until it gave so many
    forms; or on all: that takes a while.
    """
    seen: set[tuple[Any, ...]] = set()
    left = None if everywhere else Counter(places())
    for page in _pages(town, only=left):
        for form in page.forms:
            if form.method != "POST":
                continue
            path = form.action or page.path
            address = _address_of(path)
            key = (address.name, *form.key)
            who = SENT_BY.get(address.name, (page.stand.subject, page.stand.relation))
            if key in seen or who != (page.stand.subject, page.stand.relation):
                continue
            seen.add(key)
            if left is not None:
                left[page.place] -= 1
            yield Door(page, address, path, form)
    assert left is None or not +left, f"no form is left here: {+left}"


@lru_cache
def places() -> dict[Place, int]:
    """Give where forms were found, and how many, when all pages were looked at."""
    with PLACES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return {(subject, who, url): int(forms) for subject, who, url, forms in rows[1:]}


def _pages(town: Town, *, only: Counter[Place] | None) -> Iterator[Page]:
    asked: Counter[tuple[str, str]] = Counter()
    for group in every_stand(town):
        # Who logs in during a scene is logged out by its end.
        browsers: dict[int | None, Browser] = {}
        for stand in group:
            key = stand.user.pk if stand.user else None
            if key not in browsers:
                browsers[key] = Browser(stand.user)
            for address in _shown_pages()[stand.subject, stand.relation]:
                page = Page(address, address.of(stand.things), stand, browsers[key])
                kind = (address.name, stand.subject)
                if only is not None:
                    if only[page.place] <= 0:
                        continue
                elif asked[kind] >= (1 if address.rule is None else ENOUGH):
                    continue
                response, _ = ask(page.browser, "GET", page.path)
                asked[kind] += response.status_code == 200
                page.forms = _forms_on(response)
                yield page


def _forms_on(response: HttpResponse) -> list[Form]:
    """Read the forms; a file that is fetched is no page."""
    return [] if response.streaming else read(response.content.decode())


@lru_cache
def _shown_pages() -> dict[tuple[str, str], list[Address]]:
    """Give the pages that the matrix says a subject in a relation is shown."""
    by_name = {each.name: each for each in addresses()}
    asked = [cell for cell in questions() if cell.method == "GET"]
    found: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for cell, rule in deciding_rules(load(), asked).items():
        if rule is not None and rule.expected == 200:
            found[cell.subject, cell.relation].append(by_name[cell.url])
    return found


def _address_of(path: str) -> Address:
    name = resolve(urlsplit(path).path).view_name
    return next(each for each in addresses() if each.name == name)


def shown(response: HttpResponse) -> str:
    """What is on the page, as somebody reads it."""
    return html.unescape(response.content.decode())


def left_behind(writes: Writes) -> list[str]:
    """What a request wrote besides its line in the log, and its session."""
    return [table for table, _ in writes.rows if table not in UNSEEN]
