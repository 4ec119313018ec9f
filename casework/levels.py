"""The four levels of the AVE model: who must move (programme, chapter 3)."""

from __future__ import annotations

from django.db import models


class Level(models.IntegerChoices):
    """Who must move on a bottleneck; a case stands at its highest open one."""

    CASUS = 1, "Casus"
    PROCES = 2, "Proces"
    MANAGEMENT = 3, "Management"
    BESTUURLIJK = 4, "Bestuurlijk"

    @property
    def above(self) -> Level | None:
        """The next level up, or None at the top."""
        return None if self is Level.BESTUURLIJK else Level(self + 1)

    @property
    def below(self) -> Level | None:
        """The next level down, or None at the bottom."""
        return None if self is Level.CASUS else Level(self - 1)

    @property
    def word(self) -> str:
        """The name inside a Dutch sentence: "managementniveau"."""
        return f"{self.label.lower()}niveau" if self < 4 else "bestuurlijk niveau"
