"""What a browser finds wrong with a page: accessibility, reflow, targets, policy."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
RUN_AXE = """axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
  'wcag22aa', 'best-practice']}).then(r => [
  ...r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' '))}`),
  ...r.incomplete.filter(v => v.id === 'color-contrast').flatMap(v => v.nodes)
    .filter(n => /^<(a|button|input|select|summary)/i.test(n.html))
    .map(n => `contrast unsure: ${n.target.join(' ')}`)])"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
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


def visit(
    browser: Browser, url: str, *, width: int, scheme: str = "light", **more: Any
) -> tuple[BrowserContext, Page, list[str]]:
    """Open a page and gather what the console says, such as breaches of the policy."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        locale="nl-NL",
        **more,
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url, wait_until="load")
    return context, page, said


def axe(context: BrowserContext, page: Page) -> list[str]:
    """Run axe in a world of its own, so that the page's policy stays in force."""
    session = context.new_cdp_session(page)
    session.send("Page.enable")
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
    return list(answer["result"].get("value", [f"axe did not run: {answer}"]))
