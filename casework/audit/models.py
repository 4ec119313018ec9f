"""Who saw or did what: the rows of the log, their seals and the signed checkpoints."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

VERB = r"^[a-z_]+\.[a-z_]+$"
CODE = r"^[A-Za-z0-9_.:/,+-]*$"


class AuditEntry(models.Model):
    """
    One reading, change, search, refusal, log-in, export or mail (NEN 7513).

    Append-only: triggers refuse every change, also by the owner. It holds references
    and codes, never names or text; words that were searched for are encrypted.
    """

    class Action(models.TextChoices):
        """What kind of act it is: the EventActionCode of the standard."""

        CREATE = "C", "Maken"
        READ = "R", "Lezen"
        UPDATE = "U", "Wijzigen"
        DELETE = "D", "Vernietigen"
        EXECUTE = "E", "Uitvoeren"

    class Channel(models.TextChoices):
        """Through which door it came."""

        WEB = "web", "Scherm"
        CLOCK = "clock", "Klok"
        COMMAND = "command", "Opdracht"

    at = models.DateTimeField("wanneer")
    verb = models.CharField("wat", max_length=60)
    action = models.CharField("soort", max_length=1, choices=Action.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="wie",
    )
    by_role = models.CharField("in welke rol", max_length=160, blank=True)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="namens",
    )
    case = models.BigIntegerField("casus", null=True)
    about = models.CharField("waarover", max_length=80, blank=True)
    granted = models.BooleanField("toegestaan", default=True)
    break_glass = models.BooleanField("noodtoegang", default=False)
    ground = models.CharField("grond", max_length=80, blank=True)
    access_basis = models.CharField("toegang door", max_length=80, blank=True)
    ip = models.GenericIPAddressField("adres", null=True)
    channel = models.CharField("langs", max_length=10, choices=Channel.choices)
    request_id = models.UUIDField("verzoek", null=True)
    query = models.BinaryField("zoekwoorden", null=True)

    class Meta:
        verbose_name = "logregel"
        verbose_name_plural = "logregels"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at", "id"], name="audit_in_time"),
            models.Index(fields=["by", "at", "id"], name="audit_of_person"),
            models.Index(
                fields=["case", "at", "id"],
                name="audit_of_case",
                condition=Q(case__isnull=False),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(verb__regex=VERB),
                name="audit_verb_is_noun_verb",
                violation_error_message="Een handeling heeft de vorm onderwerp.werkwoord.",
            ),
            models.CheckConstraint(
                condition=Q(about__regex=CODE)
                & Q(ground__regex=CODE)
                & Q(access_basis__regex=CODE)
                & Q(by_role__regex=CODE),
                name="audit_holds_codes_only",
                violation_error_message="In het logboek staan codes, geen tekst.",
            ),
            models.CheckConstraint(
                condition=Q(action__in=["C", "R", "U", "D", "E"]),
                name="audit_action_is_known",
                violation_error_message="Deze soort handeling bestaat niet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} ({self.pk})"


class AuditSeal(models.Model):
    """The place of one entry in the tree; given once, by the sealer."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(
        AuditEntry, on_delete=models.PROTECT, related_name="seal"
    )
    leaf = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = "zegel"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(position__gte=0),
                name="seal_position_counts_from_zero",
                violation_error_message="Een plaats telt vanaf nul.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class Checkpoint(models.Model):
    """
    What the tree was at a size, signed, and linked to the checkpoint before it.

    `frontier` is the right edge of the tree, so that sealing goes on from here.
    `floor` is a hint: no entry with this key or a lower one is without a seal.
    """

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    signed_at = models.DateTimeField()
    signature = models.BinaryField(max_length=64)
    key_id = models.CharField(max_length=8)
    frontier = models.BinaryField()
    floor = models.BigIntegerField()

    class Meta:
        verbose_name = "ijkpunt"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(size__gt=0),
                name="checkpoint_seals_something",
                violation_error_message="Een ijkpunt verzegelt iets.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.size}"


# What a leaf covers. Fixed: a field more would change the leaf of every old row.
FIELDS = (
    "id",
    "at",
    "verb",
    "action",
    "by_id",
    "by_role",
    "on_behalf_of_id",
    "case",
    "about",
    "granted",
    "break_glass",
    "ground",
    "access_basis",
    "ip",
    "channel",
    "request_id",
    "query",
)


def canonical(entry: AuditEntry) -> bytes:
    """Give the bytes that the leaf of an entry is the hash of."""
    return canonical_values([getattr(entry, name) for name in FIELDS])


def canonical_values(values: Sequence[object]) -> bytes:
    """Do the same for the values of `FIELDS` in that order, as a query gives them."""
    facts = {
        name: value if value.__class__ in _PLAIN else _as_text(value)
        for name, value in zip(FIELDS, values, strict=True)
    }
    return _encode(facts).encode()


_PLAIN = frozenset({str, int, bool, type(None)})
_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True
).encode


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds")
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    return str(value)
