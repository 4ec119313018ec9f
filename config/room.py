"""
Room on Python's stack, so that it is not asked of the machine a thousand times a second.

CPython keeps the frames of a thread in pieces of 16 KB, and gives a piece back the moment
that its first frame returns. Where a page is just that deep, one call in a loop maps and
unmaps memory each time. A frame that says it needs much gets one large piece, in which all
that it calls fits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

SLOTS = 100_000
"""Of eight bytes each. What nobody touches takes no memory."""


def roomy(call: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Give the same function, that calls from a frame with room for all it needs."""

    @wraps(call)
    def called(*args: Given.args, **named: Given.kwargs) -> Answer:
        return call(*args, **named)

    widen(called)
    return called


def widen(function: Any) -> None:
    """Give a function its room, in place."""
    function.__code__ = function.__code__.replace(co_stacksize=SLOTS)
