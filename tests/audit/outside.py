"""The verifier as somebody outside runs it: a file of its own, and a process."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "bin" / "verify_log.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_log", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_log"] = module
    spec.loader.exec_module(module)
    return module


def run(key: str, export: Path, *anchors: Path) -> subprocess.CompletedProcess[str]:
    """Run it from an empty folder, without this project on the path."""
    given = [part for path in anchors for part in ("--anker", str(path))]
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), key, str(export), *given],
        cwd=export.parent,
        capture_output=True,
        text=True,
        check=False,
    )
