"""guardian's backend, answered by our one statement."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from guardian.backends import ObjectPermissionBackend

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.people.models import User


class GrantBackend(ObjectPermissionBackend):
    """`user.has_perm("cases.see_case", case)`: a membership test in `scopes`."""

    def authenticate(self, *args: Any, **kwargs: Any) -> None:
        """Log nobody in: this backend only answers questions."""
        return

    def has_perm(
        self, user_obj: Any, perm: str, obj: models.Model | None = None
    ) -> bool:
        """Whether somebody has a scope on a case; without a case always no."""
        if obj is None or not isinstance(user_obj, User):
            return False
        codename = perm.rpartition(".")[2]
        known = codename in Permission.__members__.values()
        return known and Permission(codename) in scopes(
            user_obj, obj, at=timezone.now()
        )

    def get_all_permissions(
        self, user_obj: Any, obj: models.Model | None = None
    ) -> set[str]:
        """Every scope on a case, as guardian names them."""
        if obj is None or not isinstance(user_obj, User):
            return set()
        return {scope.value for scope in scopes(user_obj, obj, at=timezone.now())}
