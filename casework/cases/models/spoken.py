"""What was said by one and written down by another."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from casework.cases.models.case import Bottleneck, Case
from casework.people.models import Organisation, User


class Spoken(models.Model):
    """
    An answer, decision, acceptance or report: by whom, recorded by whom, how.

    It works at once. Recorded for somebody else it reads "nog niet bevestigd" until
    he confirms it.
    """

    class Channel(models.TextChoices):
        HERE = "here", "Hier"
        TELEPHONE = "telephone", "Per telefoon"
        MEETING = "meeting", "In een overleg"
        PAPER = "paper", "Op papier"

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField("wie zei het", max_length=120, blank=True)
    by_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(
        "hoe", max_length=10, choices=Channel.choices, default=Channel.HERE
    )
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    disputed_at = models.DateTimeField(null=True)
    disputed_reason = models.TextField("wat er niet klopt", blank=True)

    class Meta:
        abstract = True

    # Django's models can't be abstract classes of Python as well: these three say so
    # themselves when a concrete row forgets one.

    @property
    def case(self) -> Case:
        """The case that it belongs to; a concrete row says which."""
        raise NotImplementedError

    @property
    def words(self) -> str:
        """What was said beside what was chosen; empty if it was a choice alone."""
        raise NotImplementedError

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was chosen, and how far it goes: names with values, some of them empty."""
        raise NotImplementedError

    @property
    def question(self) -> list[tuple[str, str]]:
        """What it answers, for who may read that: a name with its value, or nothing."""
        return []

    @property
    def bottleneck(self) -> Bottleneck | None:
        """What was stuck, if it was said about that, for who may read it."""
        return None

    def is_withheld_from(self, user: User, *, at: datetime) -> bool:
        """Whether its words are not for somebody, by where they came from."""
        return False

    @property
    def is_confirmed(self) -> bool:
        """Whether the person himself gave or confirmed it."""
        return self.by_id == self.recorded_by_id or self.confirmed_at is not None

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the person himself said nothing about it yet."""
        return not self.is_confirmed and self.disputed_at is None
