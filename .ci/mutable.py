"""
Copy the project to a folder in which the machine may change one part of it.

mutmut leaves what stands under a decorator alone, and nearly every transition stands
under `transaction.atomic`. In the copy that decorator is a `with` around the body, which
does the same.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ATOMIC = "transaction.atomic"
PARTS = {
    "work": [str(Path("casework", "work", "*"))],
    "transitions": [
        "ave/engine.py",
        "ave/*/transitions.py",
        *(
            f"ave/escalation/{name}.py"
            for name in (
                "dissenting",
                "drafts",
                "showing",
                "silence",
                "stopping",
                "succeeding",
                "telling",
                "voices",
            )
        ),
        "casework/*/transitions.py",
        "casework/access/deciding.py",
        *(
            f"casework/plan/{name}.py"
            for name in ("answering", "claims", "reviewing", "silence")
        ),
        *(
            f"casework/cases/{name}.py"
            for name in (
                "absence",
                "appointing",
                "birthdays",
                "bottlenecks",
                "breaches",
                "break_glass",
                "confirmations",
                "details",
                "dossier",
                "excluding",
                "handover",
                "household",
                "informing",
                "leaving",
                "letting_go",
                "lifecycle",
                "lock",
                "log_review",
                "participations",
                "parties",
                "reading_in",
                "referrals",
                "retraction",
                "reviews",
                "stillness",
                "uncovered",
            )
        ),
        *(
            f"programme/{name}.py"
            for name in (
                "asking",
                "holding",
                "leaving",
                "overriding",
                "taking_back",
                "transitions",
            )
        ),
    ],
}
TESTS = [
    *(
        "tests/work",
        "tests/policy",
        "tests/engine",
        "tests/dossier",
        "tests/plan",
        "tests/meetings",
    ),
    *(
        "tests/stagnation",
        "tests/programme",
        "tests/jobs",
        "tests/trends",
        "tests/keys",
    ),
    *("tests/pages", "tests/workers", "tests/naming", "tests/refused", "tests/kept"),
]
ARGUMENTS = [
    *("-p", "no:xdist", "-p", "no:cacheprovider"),
    # It reads the code itself, in which there are now a hundred of each function.
    "--ignore=tests/engine/test_replayed.py",
]

TYPES = [
    *("mypy", "--output", "json", "--cache-dir", "/dev/null"),
    # In what mutmut adds, the comments of the project find nothing to ignore.
    "--no-warn-unused-ignores",
]


def copy(home: Path) -> None:
    """Copy what the project holds now, and use its environment."""
    shutil.rmtree(home, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607  # the git of whoever calls
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if Path(name).exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, home / name)
    (home / ".venv").symlink_to(Path(".venv").absolute())


def aim(home: Path, part: str) -> None:
    """Tell mutmut which files to change, and which tests may see it."""
    config = home / "pyproject.toml"
    text = config.read_text()
    told = tomllib.loads(text)["tool"]["mutmut"]
    told["only_mutate"] = PARTS[part]
    told["pytest_add_cli_args"] = ARGUMENTS
    told["pytest_add_cli_args_test_selection"] = TESTS
    # What `make check` refuses needs no test to see it.
    told["type_check_command"] = [sys.executable, "-m", *TYPES]
    lines = [f"{key} = {_toml(value)}" for key, value in told.items()]
    start = text.index("[tool.mutmut]")
    end = text.index("\n[", start)
    section = "\n".join(["[tool.mutmut]", *lines, ""])
    config.write_text(text[:start] + section + text[end:])


def open_up(path: Path) -> None:
    """Let the body of each transition stand in a `with`, where mutmut sees it."""
    text = path.read_text()
    lines = text.splitlines(keepends=True)
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and [ast.unparse(each) for each in node.decorator_list] == [ATOMIC]
    ]
    for node in sorted(functions, key=lambda node: node.lineno, reverse=True):
        start = node.body[ast.get_docstring(node) is not None].lineno - 1
        pad = " " * (node.col_offset + 4)
        body = [
            "    " + line if line.strip() else line
            for line in lines[start : node.end_lineno]
        ]
        lines[start : node.end_lineno] = [f"{pad}with {ATOMIC}():\n", *body]
        del lines[node.decorator_list[0].lineno - 1]
    path.write_text("".join(lines))


def _toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def main(part: str, home: Path) -> None:
    """Make the copy."""
    copy(home)
    aim(home, part)
    for root in ("ave", "casework", "programme"):
        for path in (home / root).rglob("*.py"):
            if "migrations" not in path.parts:
                open_up(path)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
