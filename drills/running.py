"""How a drill is told what to do, and says what came of it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol, TypeVar

from drills.stage import ROOT, Stage

Built = TypeVar("Built", bound=Stage)


class Outcome(Protocol):
    """What a drill found: whether all is well, and its counts in one line of JSON."""

    @property
    def is_well(self) -> bool:
        """Whether nothing was lost, doubled or wrong."""

    def as_json(self) -> str:
        """Give the last line."""


def drill(
    build: Callable[..., Built],
    perform: Callable[[Built], Outcome],
    *,
    faults: Sequence[str],
) -> NoReturn:
    """
    Build the stage that `SEED=` and `FAULT=` ask for, drill, and leave with the verdict.

    What the processes said is kept if something was wrong.
    """
    seed, fault = number("SEED", 1), os.environ.get("FAULT", "")
    if fault not in faults:
        sys.exit(f"FAULT must be one of {', '.join(faults[1:])}.")
    signal.signal(signal.SIGTERM, _stop)
    stage = build(ROOT / "build" / "drill" / str(os.getpid()), seed=seed, fault=fault)
    begun = time.monotonic()
    try:
        outcome = perform(stage)
    finally:
        stage.end()
    say(f"seed {seed}, {time.monotonic() - begun:.0f} s")
    if outcome.is_well:
        shutil.rmtree(stage.folder)
    else:
        say(f"what the processes said: {stage.folder}")
    print(outcome.as_json(), flush=True)
    sys.exit(0 if outcome.is_well else 1)


def number(name: str, default: int) -> int:
    """Read a number from the environment, or leave."""
    text = os.environ.get(name, "").replace("_", "") or str(default)
    if not text.isdecimal() or int(text) < 1:
        sys.exit(f"{name} must be a whole number from 1 on.")
    return int(text)


def say(words: str) -> None:
    """Say something beside the last line."""
    print(words, file=sys.stderr, flush=True)


def _stop(*_: object) -> NoReturn:
    """Leave, when told to by a signal, by way of what cleans up."""
    sys.exit(1)
