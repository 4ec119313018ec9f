"""An application that does nothing, to look at what runs it."""

from collections.abc import Callable, Iterable
from typing import Any


def application(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("204 No Content", [])
    return []
