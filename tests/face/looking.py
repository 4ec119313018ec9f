"""What a browser finds wrong with a page: accessibility, reflow, targets, policy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Axe is new to every page: to make it fast costs a third more than to run it.
    "--js-flags=--no-opt --no-maglev",
]
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
RUN_AXE = """axe.run(document, {resultTypes: ['violations', 'incomplete'], runOnly: [
  'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => [
  ...r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' '))}`),
  ...r.incomplete.filter(v => v.id === 'color-contrast').flatMap(v => v.nodes)
    .filter(n => /^<(a|button|input|select|summary)/i.test(n.html))
    .map(n => `contrast unsure: ${n.target.join(' ')}`)])"""
SIDEWAYS = """[Math.max(0, document.documentElement.scrollWidth - innerWidth),
  [...document.querySelectorAll('.card')].filter(e => e.scrollWidth > e.clientWidth + 1)
  .map(e => `${e.scrollWidth - e.clientWidth} px, ${e.innerText.slice(0, 40)}`)]"""
SPACED = """(() => { const s = new CSSStyleSheet(); s.replaceSync(`* {
  line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, s] })()"""
SMALL = """(least) => [...document.querySelectorAll(
  'a, button, input:not([type=hidden]), summary, select, textarea')].filter(e => {
  const r = e.getBoundingClientRect();
  if (getComputedStyle(e).display === 'inline' || r.width < 2) return false;
  const need = e.matches('.button, .filters a, .tabs a') ? least : 24;
  return r.height < need || r.width < 24 }).map(e => e.textContent.trim() || e.name)"""


class Windows:
    """
    The windows of one browser, lent out and taken back empty.

    A new one costs a second of computing and is slow for some pages; so the next
    visitor gets the window of an earlier one, without his cookies and his page.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[Page] = []

    def lend(self, *, width: int, **media: Any) -> Page:
        """Give a window of a width, in the colours that somebody asks for."""
        page = self._free.pop() if self._free else self._new()
        page.set_viewport_size({"width": width, "height": 900})
        plain = {"color_scheme": "light", "forced_colors": "none", "media": "screen"}
        # Colours that are still on their way would be measured as they pass.
        page.emulate_media(**plain | {"reduced_motion": "reduce"} | media)
        return page

    def take_back(self, page: Page) -> None:
        """Empty a window; the page goes by itself, so that its process stays."""
        page.context.clear_cookies()
        page.evaluate("location.replace('about:blank')")
        page.wait_for_url("about:blank")
        self._free.append(page)

    @contextmanager
    def visit(
        self, url: str, *, width: int, **media: Any
    ) -> Iterator[tuple[Page, list[str]]]:
        """Open a page and gather what it says, such as breaches of the policy."""
        page = self.lend(width=width, **media)
        said: list[str] = []
        heard = {
            "console": lambda message: said.append(message.text),
            "pageerror": lambda error: said.append(str(error)),
        }
        for event, hear in heard.items():
            page.on(event, hear)
        page.goto(url, wait_until="load")
        yield page, said
        for event, hear in heard.items():
            page.remove_listener(event, hear)
        self.take_back(page)

    def _new(self) -> Page:
        context = self._browser.new_context(
            locale="nl-NL", timezone_id="Europe/Amsterdam"
        )
        context.set_default_timeout(10_000)
        return context.new_page()


@contextmanager
def windows() -> Iterator[Windows]:
    """Start Chromium, for as long as somebody looks."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Windows(browser)
        browser.close()


def axe(page: Page) -> list[str]:
    """Run axe in a world of its own, so that the page's policy stays in force."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame})
    place = {"contextId": world["executionContextId"]}
    session.send("Runtime.evaluate", {"expression": AXE, **place})
    answer = session.send(
        "Runtime.evaluate",
        {
            "expression": RUN_AXE,
            "awaitPromise": True,
            "returnByValue": True,
            **place,
        },
    )
    session.detach()
    return list(answer["result"].get("value", [f"axe did not run: {answer}"]))
