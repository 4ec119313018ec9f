"""The tables of grants, still without the case that they are about."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.db.models import Q
from guardian.models import (
    BaseObjectPermission,
    GroupObjectPermissionBase,
    UserObjectPermissionBase,
)


class Grant(BaseObjectPermission):
    """
    One scope of one person or desk on one case.

    Derived from the open participations and from nothing else. Carries `until`, so
    that it ends when the clock stands still, and the sort key of the case, so that
    a list reads this table in order.
    """

    permission = models.ForeignKey(
        Permission, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    until = models.DateTimeField(null=True)
    is_open = models.BooleanField()
    attention_on = models.DateField()

    class Meta:
        abstract = True


class UserGrant(Grant, UserObjectPermissionBase):
    """A scope of one person."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="+",
    )

    class Meta:
        abstract = True
        unique_together: ClassVar[list[list[str]]] = [
            ["user", "permission", "content_object"]
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "user",
                "permission",
                "attention_on",
                "content_object",
                condition=Q(is_open=True),
                name="%(class)s_list",
            )
        ]


class DeskGrant(Grant, GroupObjectPermissionBase):
    """A scope of one desk."""

    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, db_index=False, related_name="+"
    )

    class Meta:
        abstract = True
        unique_together: ClassVar[list[list[str]]] = [
            ["group", "permission", "content_object"]
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "group",
                "permission",
                "attention_on",
                "content_object",
                condition=Q(is_open=True),
                name="%(class)s_list",
            )
        ]
