"""Every transition that writes an event runs somewhere inside `replays`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
WRITES = {"record", "record_in_each", "_record"}
WHOLE = ("tests/tables/", "tests/engine/test_table.py", "tests/engine/voices/")
"""Where `replays` is around what a helper is given, and not around the call itself."""

GETS_THERE = {
    "answer": "answer_escalation",
    "end_absence": "end_places",
    "offered": "offer_task",
    "settle_leavings": "lapse_stop",
    "start_absence": "cover",
    "tick": "ask_successors",
}
"""What leads to a transition from another module, or in a fixture of the tests."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_every_writer_of_an_event_is_replayed() -> None:
    """Catches a transition of which nobody looks whether its events give it back."""
    replayed = set(_replayed())

    missing = {
        f"{module}.{name}"
        for module, name, entries in _writers()
        if replayed.isdisjoint(entries)
    }

    assert missing == set()


def _writers() -> Iterator[tuple[str, str, set[str]]]:
    """Give each function that writes an event, with the names by which one gets there."""
    for folder in ("ave", "casework"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "views" in (file.parent.name, file.stem) or "migrations" in file.parts:
                continue
            functions = {
                each.name: _names(each)
                for each in ast.parse(file.read_text(encoding="utf-8")).body
                if isinstance(each, Function)
            }
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for name, used in functions.items():
                if used & WRITES and name not in WRITES:
                    yield module, name, _entries(name, functions)


def _entries(name: str, functions: dict[str, set[str]]) -> set[str]:
    found, more = set[str](), {name}
    while more:
        found |= more
        more = {by for by, used in functions.items() if used & more} - found
    return found


def _replayed() -> Iterator[str]:
    """Give every name that a test uses inside `replays`, and what its steps stand for."""
    steps = _steps()
    for file in sorted((ROOT / "tests").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        here = file.relative_to(ROOT).as_posix()
        own = {each.name: each for each in tree.body if isinstance(each, Function)}
        inside: set[str] = set()
        for node in [tree] if here.startswith(WHOLE) else _blocks(tree):
            inside |= _names(node)
        for name in inside & own.keys():
            inside |= _names(own[name])
        yield from inside
        for name in inside:
            yield from steps.get(name, ())
            yield GETS_THERE.get(name, name)


def _blocks(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.With) and any(
            "replays" in _names(item.context_expr) for item in node.items
        ):
            yield node


def _names(node: ast.AST) -> set[str]:
    found = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return found | {
        each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)
    }


def _steps() -> dict[str, set[str]]:
    """Give what the steps and functions of the procedures stand for, by their name."""
    found: dict[str, set[str]] = {}
    for file in sorted((ROOT / "ave").glob("*/flow.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                found.setdefault(node.name, set()).update(_names(node))
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found.setdefault(node.targets[0].id, set()).update(_names(node.value))
    return found
