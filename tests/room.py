"""
Room on Python's stack, so that it is not asked of the machine a thousand times a second.

CPython keeps the frames of a thread in pieces of 16 KB, and gives a piece back the moment
that its first frame returns. Where a request is just that deep, one call in a loop maps and
unmaps memory each time: a quarter of the time of these tests. A frame that says it needs
much gets one large piece, in which all that it calls fits.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

SLOTS = 100_000
"""Of eight bytes each. What nobody touches takes no memory."""


def _in_room(call: Callable[..., Any], **named: Any) -> Any:
    return call(**named)


_in_room.__code__ = _in_room.__code__.replace(co_stacksize=SLOTS)


def pytest_configure() -> None:
    """Give each new thread its room as well."""
    run = threading.Thread.run
    run.__code__ = run.__code__.replace(co_stacksize=SLOTS)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object:
    """Run the loop that would have run, from a frame with room."""
    others = session.config.pluginmanager.subset_hook_caller(
        "pytest_runtestloop", remove_plugins=[sys.modules[__name__]]
    )
    return _in_room(others, session=session)
