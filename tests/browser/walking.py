"""Which pages there are for somebody, and what is wrong with one."""

from __future__ import annotations

import gzip
import html
import os
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import Resolver404, resolve

from tests.browser.visitor import Visitor
from tests.face import looking

HEAVIEST = 60_000
WIDE, PHONE, NARROW = 1280, 390, 320
BETWEEN = (1024, 768)
"""A small laptop, and a tablet on its side or upright: where tables get tight."""
LEVEL = re.compile(r"\b(casusniveau|procesniveau|management|bestuurlijk)\b", re.I)
WITHOUT_STAIRS = {
    "work:mine": "its rows say the level",
    "board:list": "its rows say the level",
    "escalation:list": "its rows say the level",
    "work:why": "explains a day",
    "work:call": "names whom to call at each level",
    "about:help": "explains the levels",
    "about:manage": "names the desks of the levels",
    "programme:activity": "has no cases",
    "demo:mail": "shows what was mailed",
}
"""Pages that name a level and are not about one case or bottleneck."""
HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
MINE = "work:mine"
"""Each of its lists is a page of its own kind."""

DONE = "/?toon=klaar"
"""What is done may be about a case that somebody no longer sees."""
STYLE = """document.querySelectorAll(
  '[style], style, script:not([src]):not([type="application/json"])').length"""
MAIN_BUTTONS = """[...document.querySelectorAll('main .button')].filter(e =>
  !e.matches('.button--secondary, .button--subtle, .button--danger')
  && e.checkVisibility()).map(e => e.textContent.trim())"""
ENGLISH = re.compile(r"\b(the|your|you|name|please|enter|authenticator|sign)\b", re.I)
HEADINGS = "[...document.querySelectorAll('h1')].map(e => e.textContent.trim())"


@dataclass(frozen=True)
class Place:
    """One page as somebody reaches it."""

    role: str
    path: str
    view: str


@dataclass
class Walk:
    """Every link from Mijn werk on, a few of each kind of page."""

    role: str
    most: int
    found: list[Place] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = Client()
        self.client.post("/demo/", {"role": self.role})
        self.kinds: Counter[str] = Counter()
        self.seen = {"/": "the menu"}
        self.waiting = deque(["/"])
        while self.waiting:
            self._look(self.waiting.popleft())

    def _look(self, path: str) -> None:
        bare, _, query = path.partition("?")
        try:
            view = resolve(bare).view_name
        except Resolver404:
            self.dead.append(f"{self._way_to(path)} is no address")
            return
        kind = f"{view}?{query.split('&na=')[0]}" if view == MINE else view
        if self.kinds[kind] >= self.most:
            return
        self.kinds[kind] += 1
        self._open(path, bare, view)

    def _open(self, path: str, bare: str, view: str) -> None:
        page = self.client.get(path)
        if page.status_code in {302, 303}:
            return
        gone = page.status_code == 404 and self.seen[path].startswith(DONE)
        if gone:
            return
        if page.status_code != 200:
            self.dead.append(f"{self._way_to(path)} gives {page.status_code}")
        elif page["Content-Type"].startswith("text/html"):
            self.found.append(Place(self.role, path, view))
            self._gather(page.content.decode(), path, bare)

    def _way_to(self, path: str) -> str:
        return f"{self.role}, from {self.seen[path]}: {path}"

    def _gather(self, body: str, path: str, bare: str) -> None:
        for link in HREF.findall(body):
            address = html.unescape(link).partition("#")[0]
            if address.startswith("?"):
                address = bare + address
            if address.startswith("/") and address not in self.seen:
                self.seen[address] = path
                self.waiting.append(address)


def faults(visitor: Visitor, place: Place, *, thorough: bool = False) -> list[str]:
    """Look at a page at five widths and give what is wrong, a line each."""
    page = visitor.page
    page.set_viewport_size({"width": WIDE, "height": 900})
    visitor.open(place.path)
    found = [f"status {visitor.status}"] if visitor.status != 200 else []
    found += looking.axe(page)
    found += _of_markup(visitor, place.view)
    found += _sideways(visitor, WIDE)
    _keep(visitor, place, WIDE)
    for width in BETWEEN:
        page.set_viewport_size({"width": width, "height": 900})
        found += _sideways(visitor, width)
    page.set_viewport_size({"width": PHONE, "height": 844})
    found += [f"{PHONE}: {word} is small" for word in page.evaluate(looking.SMALL, 24)]
    found += _sideways(visitor, PHONE)
    if thorough:
        found += [f"{PHONE}: {line}" for line in looking.axe(page)]
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {line}" for line in looking.axe(page)]
        page.emulate_media(color_scheme="light")
    _keep(visitor, place, PHONE)
    page.set_viewport_size({"width": NARROW, "height": 640})
    found += _sideways(visitor, NARROW)
    page.evaluate(looking.SPACED)
    found += [f"spaced {line}" for line in _sideways(visitor, NARROW)]
    return [f"{place.role} {place.path}: {line}" for line in found]


def _of_markup(visitor: Visitor, view: str) -> list[str]:
    page = visitor.page
    found = []
    if len(headings := page.evaluate(HEADINGS)) != 1:
        found.append(f"h1: {headings}")
    if _lacks_stairs(visitor, view):
        found.append("speaks of a level without the staircase")
    if page.title().startswith("Procesregie"):
        found.append("has no title of its own")
    if words := ENGLISH.findall(page.inner_text("main")):
        found.append(f"speaks English: {words}")
    if number := page.evaluate(STYLE):
        found.append(f"{number} inline styles or scripts")
    if len(buttons := page.evaluate(MAIN_BUTTONS)) > 1:
        found.append(f"more than one main button: {buttons}")
    if (weight := _weight(page.content())) > HEAVIEST:
        found.append(f"weighs {weight} bytes")
    return found


def _lacks_stairs(visitor: Visitor, view: str) -> bool:
    if view in WITHOUT_STAIRS or visitor.page.locator(".staircase").count():
        return False
    return bool(LEVEL.search(visitor.page.locator("main").text_content() or ""))


def _weight(body: str) -> int:
    """What goes over the line: the page as it is, and its style sheets packed."""
    sheets = ("css/theme.css", "css/app.css")
    files = [Path(str(finders.find(name))).read_bytes() for name in sheets]
    return len(body.encode()) + sum(len(gzip.compress(each)) for each in files)


def _sideways(visitor: Visitor, width: int) -> list[str]:
    over, hanging = visitor.page.evaluate(looking.SIDEWAYS)
    found = [f"{width}: scrolls {over} px sideways"] if over > 0 else []
    return found + [f"{width}: hangs out of its card: {words}" for words in hanging]


def _keep(visitor: Visitor, place: Place, width: int) -> None:
    """Keep a picture in the folder that SHOTS names."""
    if folder := os.environ.get("SHOTS"):
        name = re.sub(r"\W+", "-", f"{place.view}-{place.role}{place.path}").strip("-")
        picture = Path(folder) / f"{name}-{width}.png"
        visitor.page.screenshot(path=str(picture), full_page=True)
