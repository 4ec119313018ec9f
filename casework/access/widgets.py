"""Widgets that say under each choice what happens when it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms


class Cards(forms.RadioSelect):
    """Radio buttons as cards, each with an explanation: value -> sentence."""

    def __init__(
        self, *, explanations: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.explanations = dict(explanations or {})

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give the template the explanation beside the label."""
        option = super().create_option(*args, **kwargs)
        option["explanation"] = self.explanations.get(str(option["value"]), "")
        return option
