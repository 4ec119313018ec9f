"""
What the tests proved, said in the last line of the run.

A test keeps its figures with `record_property` under one of the names below; so they
travel with its report, also from a worker of pytest-xdist, and also if it fails.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.leaks import WATCH, Watch

MATRIX = "matrix"
"""deciding, deviations, proven (numbers of lines), rows, canaries, exits, leaks."""

ORACLE = "oracle"
"""decisions, differ."""

QUARTER = "quarter"
"""steps, acts, mails, broken (off) of one quarter that was played."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it, of the parts that ran; and nothing if none did and nothing leaked."""
    watch = terminalreporter.config.stash[WATCH]
    said = [
        *_matrix(_kept(terminalreporter, MATRIX), watch),
        *_oracle(_kept(terminalreporter, ORACLE)),
        *_quarters(_kept(terminalreporter, QUARTER)),
    ]
    if said:
        terminalreporter.write_line(", ".join(said))


def _matrix(parts: list[dict[str, Any]], watch: Watch) -> list[str]:
    """A record in the log is a way out too, whichever test it came from."""
    if not parts:
        told = f"log records: {watch.seen}, leaks: {watch.leaks}"
        return [told] if watch.leaks else []
    proven = {line for facts in parts for line in facts["proven"]}
    canaries = max(facts["canaries"] for facts in parts)
    return [
        f"deciding cells: {_sum(parts, 'deciding')}",
        f"deviations: {_sum(parts, 'deviations')}",
        f"rows proven: {len(proven)}/{parts[0]['rows']}",
        f"canaries: {canaries} x {_sum(parts, 'exits') + watch.seen} exits",
        f"leaks: {_sum(parts, 'leaks') + watch.leaks}",
    ]


def _oracle(parts: list[dict[str, Any]]) -> list[str]:
    if not parts:
        return []
    return [
        f"oracle: {_sum(parts, 'decisions')} decisions",
        f"{_sum(parts, 'differ')} differ",
    ]


def _quarters(parts: list[dict[str, Any]]) -> list[str]:
    if not parts:
        return []
    return [
        f"quarters: {len(parts)}",
        f"steps: {_sum(parts, 'steps')}",
        f"acts: {_sum(parts, 'acts')}",
        f"mails: {_sum(parts, 'mails')}",
        f"broken off: {_sum(parts, 'broken')}",
    ]


def _sum(parts: list[dict[str, Any]], name: str) -> int:
    return sum(facts[name] for facts in parts)


def _kept(reporter: pytest.TerminalReporter, name: str) -> list[dict[str, Any]]:
    return [
        facts
        for reports in reporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for key, facts in report.user_properties
        if key == name
    ]
