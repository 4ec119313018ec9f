"""What practice tells policy: a kind of bottleneck, and nothing about a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.cases.models import Bottleneck
from casework.people.absence import acting_for
from casework.people.models import Desk, Membership, Role, User
from casework.work.days import local_day
from programme.models.activity import Activity


class PolicySignalQuerySet(models.QuerySet["PolicySignal"]):
    """Which signals."""

    def received_by(self, user: User, *, at: datetime) -> PolicySignalQuerySet:
        """
        Signals at the policy desks that somebody works for, also as a deputy.

        A deputy does not answer what he sent himself.
        """
        makers = Membership.objects.on(local_day(at)).filter(
            role=Role.BELEIDSMEDEWERKER
        )
        own = makers.filter(user=user).values("desk")
        lent = makers.filter(user__in=acting_for(user, at=at)).values("desk")
        return self.filter(Q(desk__in=own) | Q(desk__in=lent) & ~Q(asked_by=user))

    def sent_by(self, user: User, *, at: datetime) -> PolicySignalQuerySet:
        """Signals that somebody sent, or somebody whose work he does now."""
        return self.filter(asked_by__in={user.pk, *acting_for(user, at=at)})

    def open(self) -> PolicySignalQuerySet:
        """Signals without an answer."""
        return self.filter(answered_at__isnull=True)


class PolicySignal(models.Model):
    """
    A beleidssignaal, anonymous by its shape.

    It holds no key, reference, party or moment of a case, and a day instead of a
    moment, so that it can't be laid beside the log of a case. `asked_by` is for the
    answer to find its way back; who receives it, does not see the name.
    """

    theme = models.CharField("soort knelpunt", max_length=16)
    text = models.TextField("signaal")
    period = models.CharField("periode in woorden", max_length=80, blank=True)
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="signals",
        verbose_name="activiteit",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_on = models.DateField("gestuurd op")
    desk = models.ForeignKey(
        Desk, on_delete=models.PROTECT, related_name="+", verbose_name="voor bureau"
    )
    answer_due = models.DateField("antwoord uiterlijk")
    answer = models.TextField("antwoord", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="beantwoord door",
    )
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)
    read_at = models.DateTimeField("antwoord gelezen op", null=True, blank=True)

    objects = PolicySignalQuerySet.as_manager()

    class Meta:
        verbose_name = "beleidssignaal"
        verbose_name_plural = "beleidssignalen"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["desk", "-id"], name="signal_of_desk"),
            models.Index(fields=["asked_by", "-id"], name="signal_of_sender"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    answer="", answered_by__isnull=True, answered_at__isnull=True
                )
                | (
                    ~Q(answer="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                name="signal_answer_is_whole",
                violation_error_message="Schrijf een antwoord.",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(answered_at__isnull=False),
                name="signal_read_after_answer",
                violation_error_message="Er is nog geen antwoord om te lezen.",
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="signal_says_something",
                violation_error_message="Schrijf wat je in de praktijk ziet.",
            ),
        ]

    def __str__(self) -> str:
        return f"signal {self.pk}"

    @property
    def key(self) -> str:
        """The name of this row in work items and in the log: "signal:12"."""
        return f"signal:{self.pk}"

    @property
    def theme_label(self) -> str:
        """The kind of bottleneck in words."""
        return dict(Bottleneck.Theme.choices).get(self.theme, self.theme)

    @property
    def is_answered(self) -> bool:
        """Whether policy answered."""
        return self.answered_at is not None

    def is_late(self, *, on: date) -> bool:
        """Whether the answer should have been there."""
        return not self.is_answered and self.answer_due < on
