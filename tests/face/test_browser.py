"""The gallery in Chromium, at three widths, light and dark, under the real policy."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from config.csp import POLICY
from tests.face import looking
from tests.face.sample import AnswerForm, gallery, page

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "static"
KINDS = {".css": "text/css", ".svg": "image/svg+xml"}
CSP = "; ".join(
    f"{name} {' '.join(sources)}" for name, sources in POLICY["DIRECTIVES"].items()
)
PAGES = ["/gallery", "/errors", "/404", "/500"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Our pages and static files behind the policy of the product; no database."""
    wrong = AnswerForm({"note": "", "reference": "x" * 130, "until": ""})
    pages = {
        "/gallery": gallery(),
        "/errors": gallery(wrong),
        "/404": page("errors/404.html"),
        "/500": page("errors/500.html"),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            file = STATIC / path.removeprefix("/static/")
            if path in pages:
                self.answer(pages[path].encode(), "text/html; charset=utf-8")
            elif path.startswith("/static/") and file.is_file():
                self.answer(file.read_bytes(), KINDS[file.suffix])
            else:
                self.send_error(404)

        def answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", CSP)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def windows() -> Iterator[looking.Windows]:
    with looking.windows() as found:
        yield found


@pytest.fixture
def look(windows, site) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """Open one of our pages; what it says comes along."""
    with ExitStack() as visits:

        def visit(path: str, **how: Any) -> tuple[Page, list[str]]:
            return visits.enter_context(windows.visit(site + path, **how))

        yield visit


@pytest.mark.parametrize("path", PAGES)
class TestGallery:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1280, 390])
    def test_has_no_accessibility_fault(self, look, path, width, scheme):
        """Catches a colour, a label or a role that somebody cannot perceive."""
        page, said = look(path, width=width, color_scheme=scheme)

        assert looking.axe(page) == []
        assert said == []

    @pytest.mark.parametrize("width", [1280, 768, 390, 320])
    def test_never_scrolls_sideways(self, look, path, width):
        """Catches a component that pushes the page open, also with wide text."""
        page, _ = look(path, width=width)

        assert page.evaluate(looking.SIDEWAYS) == [0, []]
        page.evaluate(looking.SPACED)
        assert page.evaluate(looking.SIDEWAYS) == [0, []]

    def test_has_targets_that_a_thumb_can_hit(self, look, path):
        """Catches a link under 24 px, or a button under 44 px on a phone."""
        page, _ = look(path, width=390)

        assert page.evaluate(looking.SMALL, 44) == []


class TestWithoutAMouse:
    def test_the_first_tab_goes_to_the_skip_link(self, look):
        """Catches a page on which the menu must be walked each time."""
        page, _ = look("/gallery", width=1280)

        page.keyboard.press("Tab")

        assert page.evaluate("document.activeElement.className") == "skip-link"
        assert page.locator(".skip-link").bounding_box()["y"] >= 0

    def test_the_summary_of_errors_has_the_focus(self, look):
        """Catches a form that comes back without saying aloud what is wrong."""
        page, _ = look("/errors", width=390)

        assert "error-summary" in page.evaluate("document.activeElement.className")
        page.get_by_role("link", name="Kies eerst een antwoord.").click()
        assert page.url.endswith("#id_kind_0")

    def test_the_menu_of_the_user_opens_by_key(self, look):
        """Catches a menu that needs a script or a mouse."""
        page, _ = look("/gallery", width=1280)

        page.locator(".user-menu summary").focus()
        page.keyboard.press("Enter")

        assert page.get_by_role("button", name="Log uit").is_visible()


class TestStaircase:
    @pytest.mark.parametrize("width", [1280, 390])
    def test_shows_each_line_exactly_once(self, look, width):
        """Catches a line that is read aloud twice, or hidden on a phone."""
        page, _ = look("/gallery", width=width)

        lines = page.locator(".staircase").get_by_text("gevraagd, antwoord uiterlijk")

        assert [line.is_visible() for line in lines.all()].count(True) == 1


class TestForcedColours:
    def test_marks_only_the_current_tab(self, look):
        """Catches high contrast, where a transparent border becomes a line."""
        page, _ = look("/gallery", width=1280, forced_colors="active")
        border = "e => getComputedStyle(e).borderBottomColor"

        current = page.locator(".tabs a[aria-current]").evaluate(border)
        others = page.locator(".tabs a:not([aria-current])").all()

        assert all(tab.evaluate(border) != current for tab in others)
