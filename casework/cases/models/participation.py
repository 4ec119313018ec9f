"""Who takes part in a case, and the grants that follow from it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.access.models import DeskGrant, UserGrant
from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models.case import Case
from casework.cases.models.tracked import Tracked
from casework.people.models import Desk, Organisation


class ParticipationQuerySet(ScopedQuerySet["Participation"]):
    """Which participations."""

    scope_permission = Permission.READ_DOSSIER

    def running(self, at: datetime) -> ParticipationQuerySet:
        """Participations that hold at a moment."""
        return self.filter(from_at__lte=at, ended_at__isnull=True).filter(
            Q(until_at__isnull=True) | Q(until_at__gt=at)
        )


class Participation(Tracked):
    """
    A place in a case for an organisation, a desk or a person.

    The only source of access: `casework.cases.grants` turns it into rows. `about`
    narrows what an answerer reads to one request ("escalation:12").
    """

    class Role(models.TextChoices):
        PROCESREGISSEUR = "procesregisseur", "Procesregisseur"
        CASUSREGISSEUR = "casusregisseur", "Casusregisseur"
        TRIAGE = "triage", "Beoordeelt de melding"
        PARTY = "party", "Partij"
        ANSWERER = "answerer", "Beantwoordt een opschaling"
        ADVISER = "adviser", "Adviseert bij een opschaling"
        EXECUTIVE = "executive", "Tweede bestuurder"
        RECEIVER = "receiver", "Gevraagd om het over te nemen"
        ARCHIVE = "archive", "Archief"
        BREAK_GLASS = "break_glass", "Noodtoegang"

    KEY = "participation"
    TRACKED = (
        "role",
        "organisation_id",
        "desk_id",
        "user_id",
        "on_behalf_of_id",
        "about",
        "until_at",
        "ended_at",
    )

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="participations"
    )
    role = models.CharField("rol", max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    desk = models.ForeignKey(
        Desk, on_delete=models.PROTECT, null=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    about = models.CharField(max_length=40, blank=True)
    scope = models.CharField("waarvoor", max_length=200, blank=True)
    ground = models.CharField("grondslag", max_length=40, blank=True)
    their_reference = models.CharField("jullie kenmerk", max_length=40, blank=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "deelname"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["user", "case"],
                condition=Q(ended_at__isnull=True),
                name="participation_of_person",
            ),
            models.Index(
                fields=["case"],
                condition=Q(ended_at__isnull=True),
                name="participation_running",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(desk__isnull=True),
                name="participation_person_or_desk",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | Q(user__isnull=False),
                name="participation_deputy_is_a_person",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(
                    role="procesregisseur",
                    ended_at__isnull=True,
                    on_behalf_of__isnull=True,
                ),
                name="participation_one_procesregisseur",
                violation_error_message="Deze casus heeft al een procesregisseur.",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(
                    role="casusregisseur",
                    ended_at__isnull=True,
                    on_behalf_of__isnull=True,
                ),
                name="participation_one_casusregisseur",
                violation_error_message="Deze casus heeft al een casusregisseur.",
            ),
            models.UniqueConstraint(
                fields=["case", "organisation"],
                condition=Q(role="party", ended_at__isnull=True),
                name="participation_party_once",
                violation_error_message="Deze partij doet al mee.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.case_id}"


class Exclusion(models.Model):
    """Somebody who may not see a case: "Ik ken deze mensen"."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exclusions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exclusions"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "uitsluiting"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "case"], name="exclusion_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"exclusion {self.pk}"


class CaseUserGrant(UserGrant):
    """A scope of one person on one case."""

    content_object = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="user_grants"
    )
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(UserGrant.Meta):
        default_permissions = ()


class CaseDeskGrant(DeskGrant):
    """A scope of one desk on one case."""

    content_object = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="desk_grants"
    )
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(DeskGrant.Meta):
        default_permissions = ()
