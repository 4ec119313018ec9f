"""The case: a household for which parties must work together."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models.tracked import Tracked
from casework.levels import Level
from casework.people.models import Organisation, User


class CaseQuerySet(ScopedQuerySet["Case"]):
    """Which cases."""

    scope_path = "self"

    def at(self, level: Level) -> CaseQuerySet:
        """Cases that stand at a level now."""
        return self.filter(level=level, status=Case.Status.OPEN)


class Case(Tracked):
    """
    A household with procesregie, from the first phone call on.

    Level says who must move, status where it is in its life, phase how bad it is;
    the three never drive each other.
    """

    class Kind(models.TextChoices):
        WOONOVERLAST = "woonoverlast", "Woonoverlast"
        VERWARD_GEDRAG = "verward-gedrag", "Onbegrepen gedrag"
        VERVUILING = "vervuiling", "Vervuilde woning"
        JEUGD = "jeugd", "Jeugd in de knel"
        VEILIG_THUIS = "veilig-thuis", "Onveilig thuis"
        SCHULDEN = "schulden", "Dreigende huisuitzetting"
        VERSLAVING = "verslaving", "Verslaving en overlast"
        OVERIG = "overig", "Meervoudige problemen"

    class Status(models.TextChoices):
        IN_TRIAGE = "in_triage", "Wordt beoordeeld"
        OPEN = "open", "Procesregie loopt"
        AFTERCARE = "aftercare", "Nazorg"
        ELSEWHERE = "elsewhere", "Elders in behandeling"
        CLOSED = "closed", "Afgesloten"

    class Outcome(models.TextChoices):
        SOLVED = "solved", "Doel bereikt"
        PARTLY = "partly", "Deels bereikt"
        NOT = "not", "Niet bereikt"
        ADVICE = "advice", "Advies gegeven"
        BACK = "back", "Terug naar de casusregisseur"
        SAFETY_HOUSE = "safety_house", "Naar het Zorg- en Veiligheidshuis"
        ELSEWHERE = "elsewhere", "Naar een andere plek"
        REFUSED = "refused", "Niet opgepakt"

    KEY = "case"
    CASE_PATH = "pk"
    TRACKED = (
        "reference",
        "kind",
        "level",
        "status",
        "urgent",
        "procesregisseur_id",
        "casusregisseur_id",
        "outcome",
        "ave_phase",
    )

    reference = models.CharField("kenmerk", max_length=20, unique=True)
    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(
        "niveau", choices=Level.choices, default=Level.CASUS
    )
    status = models.CharField(
        "status", max_length=12, choices=Status.choices, default=Status.IN_TRIAGE
    )
    urgent = models.BooleanField("spoed", default=False)
    municipality = models.CharField("gemeente", max_length=60)
    procesregisseur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    casusregisseur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    mnemonic = models.CharField("geheugensteun", max_length=60, blank=True)
    ave_phase = models.CharField("AVE-fase", max_length=20, blank=True)
    outcome = models.CharField(
        "uitkomst", max_length=20, choices=Outcome.choices, blank=True
    )
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    keep_until = models.DateField("bewaren tot", null=True)
    attention_on = models.DateField("aandacht op")
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "casus"
        verbose_name_plural = "casussen"
        default_permissions = ()
        permissions = tuple((p.value, p.label) for p in Permission)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "level"], name="case_board"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(level__in=Level.values),
                name="case_at_one_level",
                violation_error_message="Een casus staat op een van de vier niveaus.",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_triage") | Q(level=Level.CASUS),
                name="case_in_triage_has_no_level_yet",
                violation_error_message="Een melding heeft nog geen niveau.",
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(procesregisseur__isnull=False),
                name="case_open_has_procesregisseur",
                violation_error_message="Kies wie de procesregie voert.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["closed", "elsewhere"], closed_at__isnull=False)
                | (~Q(status__in=["closed", "elsewhere"]) & Q(closed_at__isnull=True)),
                name="case_closed_has_closed_at",
                violation_error_message="Een gesloten casus heeft een sluitdatum.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["closed", "elsewhere"]) ^ Q(outcome=""),
                name="case_closed_has_outcome",
                violation_error_message="Kies met welke uitkomst je afsluit.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def title(self) -> str:
        """Kind and reference, never a name: "Woonoverlast, AVE-2026-0412"."""
        return f"{self.get_kind_display()}, {self.reference}"

    @property
    def is_running(self) -> bool:
        """Whether procesregie or aftercare still runs."""
        return self.status in {self.Status.OPEN, self.Status.AFTERCARE}


class ReferralQuerySet(ScopedQuerySet["Referral"]):
    """Referrals, for who reads the dossier; who referred hears the outcome only."""

    scope_permission = Permission.READ_DOSSIER

    def referred_by(self, user: User) -> Self:
        """Give what somebody referred himself, but of people whom he knows."""
        return self.filter(referrer=user).excluding(user)._within_scope()


class Referral(models.Model):
    """How a case began: who told us what, and whether the inhabitant knows."""

    class Channel(models.TextChoices):
        FORM = "form", "Via het formulier"
        TELEPHONE = "telephone", "Per telefoon"
        MEETING = "meeting", "In een overleg"

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="referral", primary_key=True
    )
    referrer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    referrer_name = models.CharField("melder", max_length=120)
    referrer_phone = models.CharField("telefoon", max_length=20, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField("hoe gemeld", max_length=12, choices=Channel.choices)
    reason = models.TextField("reden")
    goal = models.TextField("wat wil de melder bereiken", blank=True)
    informed = models.BooleanField("inwoner weet van de melding", null=True)
    not_informed_reason = models.TextField("waarom nog niet", blank=True)
    received_at = models.DateTimeField()
    told_at = models.DateTimeField("uitkomst verteld op", null=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "melding"

    def __str__(self) -> str:
        return f"referral of {self.case_id}"


class BottleneckQuerySet(ScopedQuerySet["Bottleneck"]):
    """Which bottlenecks, for who reads the dossier; others read a request."""

    scope_permission = Permission.READ_DOSSIER


class Bottleneck(Tracked):
    """
    Something that stops the help: the memo that a higher level reads.

    Written without names; there is no second text.
    """

    class Kind(models.TextChoices):
        SUBSTANCE = "substance", "Op inhoud: er is geen passende oplossing"
        COOPERATION = "cooperation", "Op samenwerking: partijen komen er niet uit"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SOLVED = "solved", "Opgelost"
        ACCEPTED = "accepted", "Geaccepteerd"
        LAPSED = "lapsed", "Vervallen"

    class Theme(models.TextChoices):
        NO_PLACE = "no_place", "Geen plek"
        NO_OWNER = "no_owner", "Niemand is eigenaar"
        NOT_KEPT = "not_kept", "Afspraak niet nagekomen"
        NO_INFORMATION = "no_information", "Informatie wordt niet gedeeld"
        RULES = "rules", "Regels passen niet"
        DISAGREEMENT = "disagreement", "Oneens over de aanpak"
        CAPACITY = "capacity", "Te weinig mensen of geld"
        OTHER = "other", "Iets anders"

    KEY = "bottleneck"
    TRACKED = ("number", "level", "state", "asked", "kinds", "theme", "cause_id")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bottlenecks")
    number = models.PositiveSmallIntegerField()
    kinds = ArrayField(
        models.CharField(max_length=12, choices=Kind.choices), verbose_name="soort"
    )
    theme = models.CharField(
        "waar gaat het over",
        max_length=16,
        choices=Theme.choices,
        default=Theme.OTHER,
    )
    description = models.TextField("wat loopt vast")
    since = models.DateField("sinds")
    tried = models.TextField("wat is geprobeerd")
    breaker = models.TextField("wie kan het losmaken", blank=True)
    cause = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="bij wie zit het vast",
    )
    level = models.PositiveSmallIntegerField(
        "niveau", choices=Level.choices, default=Level.CASUS
    )
    state = models.CharField(
        "stand", max_length=8, choices=State.choices, default=State.OPEN
    )
    asked = models.BooleanField("er loopt een vraag over", default=False)
    ended_reason = models.TextField("hoe het eindigde", blank=True)
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = BottleneckQuerySet.as_manager()

    class Meta:
        verbose_name = "knelpunt"
        verbose_name_plural = "knelpunten"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "number"], name="bottleneck_number_once_per_case"
            ),
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="bottleneck_at_one_level"
            ),
            models.CheckConstraint(
                condition=Q(kinds__len__gte=1),
                name="bottleneck_has_a_kind",
                violation_error_message="Kies waar het vastloopt.",
            ),
            models.CheckConstraint(
                condition=Q(state="open") ^ Q(ended_at__isnull=False),
                name="bottleneck_ended_has_ended_at",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(asked=False),
                name="bottleneck_ended_is_not_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"bottleneck {self.number} of {self.case_id}"

    @property
    def is_open(self) -> bool:
        """Whether it still stops the help."""
        return self.state == self.State.OPEN


class ConsultationQuerySet(ScopedQuerySet["Consultation"]):
    """Advice without a case, for who gave it."""

    scope_permission = Permission.READ_DOSSIER

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """Give the advice that somebody wrote down himself: none by a permission."""
        if permission is not None or not user.is_active:
            return self.none()._within_scope()
        return self.filter(by=user)._within_scope()


class Consultation(models.Model):
    """A question without a case: advice given, and no person in it."""

    asked_by = models.CharField("wie vroeg het", max_length=120)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    question = models.TextField("vraag")
    advice = models.TextField("advies")
    minutes = models.PositiveSmallIntegerField("minuten")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    keep_until = models.DateField()

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "vraag zonder casus"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1) & Q(minutes__lte=600),
                name="consultation_minutes_within_a_day",
                violation_error_message="Vul het aantal minuten in: 1 tot 600.",
            ),
        ]

    def __str__(self) -> str:
        return f"consultation {self.pk}"
