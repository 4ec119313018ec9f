"""The web application of the drill: the product's own, broken where `FAULT` says."""

from __future__ import annotations

import os

from config.wsgi import application

__all__ = ["application"]

if os.environ.get("FAULT") == "once":
    from casework.access import rules

    def no_key(_: object) -> None:
        """Know no form again: sent twice it counts twice."""

    vars(rules)["_key"] = no_key
