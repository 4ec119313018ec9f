"""The room of `config.room`, for the tests: it was a quarter of the time of the matrix."""

from __future__ import annotations

import sys
import threading

import pytest

from config.room import roomy, widen


def pytest_configure() -> None:
    """Give each new thread its room as well."""
    widen(threading.Thread.run)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object:
    """Run the loop that would have run, from a frame with room."""
    others = session.config.pluginmanager.subset_hook_caller(
        "pytest_runtestloop", remove_plugins=[sys.modules[__name__]]
    )
    return roomy(others)(session=session)
