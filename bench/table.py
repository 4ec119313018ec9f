"""What was measured, as a table to read and as a file to compare with."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
import psycopg
from django.db import connection

from bench.measure import Measured

HEAD = (
    "Handeling",
    "ons, ms (p95)",
    "ondergrens, ms",
    "x",
    "het beste andere, ms",
    "x",
    "queries",
    "buffers",
    "doel",
)


def as_table(found: Sequence[Measured]) -> str:
    """Give a table in Markdown: one line for each operation and peer."""
    lines = [
        HEAD,
        ("---",) * len(HEAD),
        *(row for each in found for row in _rows(each)),
    ]
    widths = [max(len(row[place]) for row in lines) for place in range(len(HEAD))]
    return "\n".join(
        "| "
        + " | ".join(
            cell.ljust(width, "-" if cell == "---" else " ")
            for cell, width in zip(row, widths, strict=True)
        )
        + " |"
        for row in lines
    )


def write(found: Sequence[Measured], path: Path, **about: Any) -> None:
    """Keep everything, also each peer and p95, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {**about, **machine(), "operations": [each.as_json() for each in found]}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


def machine() -> dict[str, str]:
    """Say what it ran on."""
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        (server,) = cursor.fetchone()
    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "psycopg": psycopg.__version__,
        "postgresql": server,
    }


def _rows(found: Measured) -> list[tuple[str, ...]]:
    others = [name for name in found.times if name not in ("ours", found.bound)]
    first = (
        found.name,
        f"{found.median():.2f} ({found.p95():.2f})",
        f"{found.median(found.bound):.2f}",
        f"{found.ratio():.1f}",
        *_peer(found, others[:1]),
        str(found.statements),
        "" if found.buffers is None else str(found.buffers),
        "; ".join(
            f"{words}: {'ja' if met else 'nee'}" for words, met in found.met.items()
        ),
    )
    more = [("", "", "", "", *_peer(found, [name]), "", "", "") for name in others[1:]]
    return [first, *more]


def _peer(found: Measured, names: list[str]) -> tuple[str, str]:
    if not names:
        return "", ""
    (name,) = names
    return f"{name}: {found.median(name):.2f}", f"{found.ratio(name):.1f}"
