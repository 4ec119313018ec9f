"""Rows whose history the events of a case can give back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import QuerySet

type_of_key: dict[str, type[Tracked]] = {}


class Tracked(models.Model):
    """
    A row that belongs to a case, with fields that a replay must give back.

    `KEY` names it in events and work items ("bottleneck:12"); `CASE_PATH` leads to
    its case; `TRACKED` lists the
    fields (ids, codes, days; never names or text). A change is written by
    `casework.cases.journal.record`, which asks `take_changes`.
    """

    KEY: ClassVar[str] = ""
    CASE_PATH: ClassVar[str] = "case"
    TRACKED: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.KEY:
            type_of_key[cls.KEY] = cls

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._recorded: dict[str, Any] = {}

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Any, values: Any, **more: Any
    ) -> Self:
        """Remember the state that the database had; `more` is of a later Django."""
        instance = super().from_db(db, field_names, values, **more)
        instance._remember()
        return instance

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Any = None,
        from_queryset: QuerySet[Any] | None = None,
    ) -> None:
        """Read the row again and remember that state."""
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        self._remember()

    @property
    def key(self) -> str:
        """The name of this row in events and work items: "bottleneck:12"."""
        return f"{self.KEY}:{self.pk}"

    def snapshot(self) -> dict[str, Any]:
        """Give the tracked fields as JSON can hold them."""
        return {name: _plain(getattr(self, name)) for name in self.TRACKED}

    def take_changes(self) -> Iterator[list[Any]]:
        """Give [key, field, from, to] for what changed since it was recorded."""
        now = self.snapshot()
        for name, value in now.items():
            before = self._recorded.get(name)
            if before != value:
                yield [self.key, name, before, value]
        self._recorded = now

    def _remember(self) -> None:
        deferred = self.get_deferred_fields()
        self._recorded = {
            name: _plain(getattr(self, name))
            for name in self.TRACKED
            if name not in deferred
        }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, models.Choices):
        return value.value
    return value
