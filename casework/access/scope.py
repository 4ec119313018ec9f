"""Querysets that refuse to run before somebody's scope was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from casework.access.grants import exclusions_of, granted
from casework.access.permissions import Permission
from casework.people.models import User

Row = TypeVar("Row", bound=models.Model, covariant=True)


class ScopeMissing(Exception):
    """A queryset of case content ran without `visible_to` or `system_scope`."""


class ScopedQuerySet(QuerySet[Row]):
    """
    Content of cases: only what one person may see, or a stated system reason.

    Raises `ScopeMissing` when it runs without a scope; a row that is held reaches its
    own children freely. A net, not the lock: the lock is the access matrix.
    """

    scope_permission: ClassVar[Permission] = Permission.SEE_CASE
    scope_path: ClassVar[str] = "case"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._scoped = False

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """Only rows whose case gives this person the scope at that moment."""
        path = self._path
        keys = granted(
            self._case_model, user, permission or self.scope_permission, at=at
        )
        return self.filter(**{f"{path}__in": keys})._within_scope()

    def system_scope(self, reason: str) -> Self:
        """Every row, for work that is nobody's reading; the reason is for readers."""
        if not reason:
            raise ScopeMissing
        return self._within_scope()

    def excluding(self, user: User) -> Self:
        """Without the cases of people whom this person knows."""
        exclusions = exclusions_of(self._case_model)
        known = exclusions._default_manager.filter(user=user, case=OuterRef(self._path))
        return self.filter(~Q(Exists(known)))

    def iterator(self, chunk_size: int | None = None) -> Iterator[Row]:
        """Refuse without a scope."""
        self._require_scope()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """Refuse without a scope."""
        self._require_scope()
        return super().count()

    def exists(self) -> bool:
        """Refuse without a scope."""
        self._require_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Refuse without a scope."""
        self._require_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Refuse without a scope."""
        self._require_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse without a scope."""
        self._require_scope()
        return super().delete()

    @property
    def _path(self) -> str:
        return "pk" if self.scope_path == "self" else self.scope_path

    @property
    def _case_model(self) -> type[models.Model]:
        if self.scope_path == "self":
            return self.model
        model: type[models.Model] = self.model
        for part in self.scope_path.split("__"):
            related = model._meta.get_field(part).related_model
            assert isinstance(related, type)
            model = related
        return model

    def _within_scope(self) -> Self:
        clone = self.all()
        clone._scoped = True
        return clone

    def _require_scope(self) -> None:
        # Django keeps the row that a related manager starts from in `_hints`.
        if not self._scoped and "instance" not in self._hints:  # type: ignore[attr-defined]  # not in the stubs
            raise ScopeMissing(self.model.__name__)

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._require_scope()
        super()._fetch_all()

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # not in the stubs
        clone._scoped = self._scoped
        return clone
