"""
Every log record of the whole run, watched for what may stand in no log.

A test during which somebody logged a secret of a case fails; what was logged between
tests makes the run fail. The workers of pytest-xdist hand over what they saw.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from config.demo import teller
from tests.access.canaries import KIND_OF
from workers.walkthrough import words

PEOPLE = (
    "Björn el Idrissi",
    "Iemand Anders",
    "Jan Pietersen",
    "Kleine Pim",
    "Piet Pietersen",
    "Prins Bernhardstraat",
    "Wil van der Bos",
    "06-12345678",
    "050 123 45 67",
    "999990019",
    "999991772",
    "NADIEN-GESCHREVEN",
)
"""Who and what else stands in the cases of the tests."""


def _any(texts: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(texts))) + ")"


SECRET = re.compile(
    "|".join(
        (
            "CANARY",
            _any({*KIND_OF, *PEOPLE, *words.INHABITANTS}),
            rf"{_any(teller.FIRST_NAMES)} {_any(teller.FAMILIES)}\b",
            rf"{_any({*teller.STREETS, *words.STREETS})} \d",
        )
    )
)
"""The canaries, and names, addresses and numbers of everybody in a household."""


@dataclass
class Watch:
    """How many records were seen, and which of them held a secret."""

    seen: int = 0
    leaks: int = 0
    _unsaid: list[str] = field(default_factory=list)

    def see(self, record: logging.LogRecord) -> None:
        """Look at the message, at what goes along with it, and at its exception."""
        self.seen += 1
        found = SECRET.search(_text(record))
        if found:
            self.leaks += 1
            where = f"{record.name} ({record.pathname}:{record.lineno})"
            self._unsaid.append(f"{found.group()!r} was logged by {where}")

    def unsaid(self) -> list[str]:
        """Give what was found since the last time that somebody asked."""
        found, self._unsaid = self._unsaid, []
        return found


WATCH = pytest.StashKey[Watch]()


def _text(record: logging.LogRecord) -> str:
    failure = record.exc_info and record.exc_info[1]
    return "\n".join(
        (
            record.getMessage(),
            repr(record.__dict__),
            record.exc_text or "",
            *(traceback.format_exception(failure) if failure else ()),
        )
    )


def pytest_configure(config: pytest.Config) -> None:
    """
    Stand where every logger passes.

    A handler on the root would miss the loggers that do not propagate, and what is
    logged once something like Celery has put handlers of its own there.
    """
    watch = config.stash[WATCH] = Watch()
    handle = logging.Logger.handle

    def watched(logger: logging.Logger, record: logging.LogRecord) -> None:
        watch.see(record)
        handle(logger, record)

    logging.Logger.handle = watched
    config.add_cleanup(lambda: setattr(logging.Logger, "handle", handle))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the test fail in which it was logged."""
    report = yield
    found = item.config.stash[WATCH].unsaid()
    if found:
        report.outcome = "failed"
        report.longrepr = "\n".join((report.longreprtext, *found)).strip()
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand it over, or let the run fail."""
    watch = session.config.stash[WATCH]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["log"] = [watch.seen, watch.leaks]
    elif watch.leaks and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a worker saw; one that crashed fails the run by itself."""
    watch = node.config.stash[WATCH]
    seen, leaks = getattr(node, "workeroutput", {}).get("log", (0, 0))
    watch.seen += seen
    watch.leaks += leaks
