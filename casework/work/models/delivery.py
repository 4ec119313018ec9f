"""What was said about work, to whom, and by which mail."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from casework.people.models import User
from casework.work.models.item import WorkItem


class Delivery(models.Model):
    """
    One mail, from the moment that it is planned: the outbox.

    Pending, claimed (token and lease), handing (the fence: from here it may have gone
    out), sent. Only what stops between handing and sent can ever go out twice.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", "Herinnering"
        DIGEST = "digest", "Overzicht van de dag"
        ABSENCE = "absence", "Vervanging"
        ANCHOR = "anchor", "IJkpunt van het logboek"
        ACCOUNT = "account", "Je account"

    class State(models.TextChoices):
        PENDING = "pending", "Wacht"
        CLAIMED = "claimed", "Wordt gemaakt"
        HANDING = "handing", "Wordt verstuurd"
        SENT = "sent", "Verstuurd"
        FAILED = "failed", "Niet gelukt"
        CANCELLED = "cancelled", "Ingetrokken"
        DROPPED = "dropped", "Niet meer nodig"

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField("soort", max_length=10, choices=Kind.choices)
    to_user = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="deliveries",
        verbose_name="aan",
    )
    address = models.EmailField("gestuurd naar", blank=True)
    message_id = models.CharField(max_length=120)
    subject = models.CharField("onderwerp", max_length=200, blank=True)
    text = models.TextField("tekst", blank=True)
    html = models.TextField(blank=True)
    state = models.CharField(
        "toestand", max_length=10, choices=State.choices, default=State.PENDING
    )
    planned_at = models.DateTimeField("gepland op")
    not_before = models.DateTimeField("niet eerder dan")
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    in_doubt = models.PositiveSmallIntegerField("twijfel", default=0)
    repeats_in_doubt = models.BooleanField("bij twijfel opnieuw", default=True)
    sent_at = models.DateTimeField("verstuurd op", null=True, blank=True)
    smtp_reply = models.CharField("antwoord", max_length=200, blank=True)
    last_error = models.CharField("fout", max_length=60, blank=True)
    item = models.ForeignKey(
        WorkItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="deliveries",
    )

    class Meta:
        verbose_name = "mail"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["claimed", "handing"],
                    token__isnull=False,
                    lease_until__isnull=False,
                )
                | (
                    ~Q(state__in=["claimed", "handing"])
                    & Q(token__isnull=True, lease_until__isnull=True)
                ),
                name="delivery_lease_while_held",
                violation_error_message="Een mail in behandeling heeft een einde.",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="delivery_sent_has_a_moment",
                violation_error_message="Een verstuurde mail heeft een moment.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "not_before", condition=Q(state="pending"), name="delivery_pending"
            ),
            models.Index(
                "lease_until",
                condition=Q(state__in=["claimed", "handing"]),
                name="delivery_held",
            ),
            models.Index(
                "planned_at", condition=Q(state="failed"), name="delivery_failed"
            ),
            models.Index(
                "item",
                condition=Q(state__in=["pending", "claimed"]),
                name="delivery_item",
            ),
            models.Index(fields=["-sent_at", "-id"], name="delivery_sent"),
        ]

    def __str__(self) -> str:
        return self.key


REPEATED: dict[str, bool] = {
    Delivery.Kind.REMINDER: True,  # somebody must act: a double is better than a miss
    Delivery.Kind.DIGEST: False,  # the next morning has the same lines
    Delivery.Kind.ABSENCE: False,  # a notice; it stands in the product too
    Delivery.Kind.ANCHOR: True,  # proof that must be out of our reach
    Delivery.Kind.ACCOUNT: True,  # a warning that may be the only one
}
"""
Whether a mail of this kind goes out again when nobody knows whether it arrived.

A legal term always does, also as a line of a digest; work that asks nothing
(`policy.ladders.NOTICES`) does not.
"""


class Notice(models.Model):
    """
    One thing said to one person in the product, exactly once.

    Written in the transaction that plans it. `delivery` is the mail that says the
    same; of a digest it is one line.
    """

    item = models.ForeignKey(
        WorkItem, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    revision = models.PositiveIntegerField()
    step = models.CharField(max_length=80)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    at = models.DateTimeField("op")
    read_at = models.DateTimeField("gelezen op", null=True, blank=True)
    delivery = models.ForeignKey(
        Delivery,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
    )

    class Meta:
        verbose_name = "herinnering"
        verbose_name_plural = "herinneringen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["item", "revision", "step", "user"],
                name="notice_said_once",
                violation_error_message="Dit is al gezegd.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["user", "-at"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.step}"


class Preference(models.Model):
    """What somebody wants to hear by mail; it can't silence decisions or the law."""

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, primary_key=True, related_name="preference"
    )
    digest = models.BooleanField("overzicht per dag", default=True)
    unsubscribe_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = "voorkeur"

    def __str__(self) -> str:
        return str(self.user_id)
