"""A town of its own for each test, a server in front of it, and a browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.test.testcases import QuietWSGIRequestHandler

from casework.people.models import User
from config.demo.people import DEMO_ROLES
from tests.browser.visitor import Visitor
from tests.databases import Originals
from tests.demo.monday import the_demo
from tests.face import looking
from tests.standing import settled
from tests.world import AT

HERE = "127.0.0.1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here: it needs Chromium."""
    here = os.path.dirname(__file__)  # noqa: PTH120 (items carry plain paths)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def clock() -> Iterator[Any]:
    """Let it be Monday 23 November 2026, ten in the morning, and let time go on."""
    with time_machine.travel(AT) as traveller:
        yield traveller


@pytest.fixture
def town(
    originals: Originals, clock: Any, windows: looking.Windows, django_db_blocker: Any
) -> Iterator[None]:
    """The demo on this Monday, for one test."""
    yield from settled(django_db_blocker, originals, the_demo)


@pytest.fixture(scope="package")
def server() -> Iterator[str]:
    """The product itself, with all its middleware, in front of whichever town stands."""
    server = ThreadedWSGIServer((HERE, 0), QuietWSGIRequestHandler)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}
    )
    thread.start()
    yield f"http://{HERE}:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="package")
def windows() -> Iterator[looking.Windows]:
    """One browser; it is gone before tests elsewhere ask for a database."""
    with pytest.MonkeyPatch.context() as patch, looking.windows() as found:
        # Playwright keeps a loop running in this thread; the database does not mind.
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield found


@pytest.fixture
def as_role(
    windows: looking.Windows, server: str, town: None
) -> Iterator[Callable[..., Visitor]]:
    """Sit down as a role of the demo, through its button, or as somebody by name."""
    sitting: list[Visitor] = []

    def sit_down(who: str = "", *, width: int = 1280) -> Visitor:
        visitor = Visitor(server, windows.lend(width=width))
        sitting.append(visitor)
        if who in DEMO_ROLES:
            visitor.log_in(who)
        elif who:
            visitor.log_in_as(User.objects.get(name=who))
        return visitor

    yield sit_down
    wrong = [line for visitor in sitting for line in visitor.wrong]
    for visitor in sitting:
        visitor.leave()
        windows.take_back(visitor.page)
    assert wrong == []
