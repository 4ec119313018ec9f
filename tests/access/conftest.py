"""What the run over the whole matrix found, for its last lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine

from tests.access.policy import load

PROPERTY = "matrix"
ORACLE = "oracle"


@pytest.fixture
def time_machine_at() -> Iterator[object]:
    """Let it be a moment until the end of the test."""
    started: list[time_machine.travel] = []

    def travel(at: datetime) -> None:
        journey = time_machine.travel(at, tick=False)
        journey.start()
        started.append(journey)

    yield travel
    for journey in started:
        journey.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was proven, over all parts of the matrix together."""
    found = _said(terminalreporter, PROPERTY)
    asked = _said(terminalreporter, ORACLE)
    if asked:
        decisions, differ = (
            sum(facts[name] for facts in asked) for name in ("decisions", "differ")
        )
        terminalreporter.write_line(f"oracle: {decisions} decisions, {differ} differ")
    if not found:
        return
    total = {
        name: sum(facts[name] for facts in found)
        for name in ("deciding", "deviations", "canaries", "exits", "leaks")
    }
    proven = len({line for facts in found for line in facts["proven"]})
    terminalreporter.write_line(
        f"deciding cells: {total['deciding']}, deviations: {total['deviations']}, "
        f"rows proven: {proven}/{len(load())}, "
        f"canaries: {max(facts['canaries'] for facts in found)} x {total['exits']} exits, "
        f"leaks: {total['leaks']}"
    )


def _said(reporter: pytest.TerminalReporter, name: str) -> list[dict[str, Any]]:
    """What tests kept under a name."""
    return [
        facts
        for reports in reporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for key, facts in report.user_properties
        if key == name
    ]
