"""Who works here: people, their organisations and desks, who stands in for whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac


class Role(models.TextChoices):
    """What somebody does in a desk or a case; never a job title."""

    PROCESREGISSEUR = "procesregisseur", "Procesregisseur"
    CASUSREGISSEUR = "casusregisseur", "Casusregisseur"
    KETENPARTNER = "ketenpartner", "Ketenpartner"
    MANAGER = "manager", "Manager"
    BESTUURDER = "bestuurder", "Bestuurder"
    AOV = "aov", "Adviseur openbare orde en veiligheid"
    BELEIDSMEDEWERKER = "beleidsmedewerker", "Beleidsmedewerker"
    PRIVACY_OFFICER = "privacy-officer", "Privacy officer"
    FG = "fg", "Functionaris gegevensbescherming"
    BEHEERDER = "beheerder", "Functioneel beheerder"


class Organisation(models.Model):
    """A party that works together with others: the municipality or a ketenpartner."""

    class Kind(models.TextChoices):
        GEMEENTE = "gemeente", "Gemeente"
        KETENPARTNER = "ketenpartner", "Ketenpartner"

    name = models.CharField("naam", max_length=120, unique=True)
    short_name = models.CharField("korte naam", max_length=40)
    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    is_active = models.BooleanField("actief", default=True)

    class Meta:
        verbose_name = "organisatie"

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users; the address is the log-in name."""

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """Make a user with a normalised address and a hashed password."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Deactivated, never deleted."""

    email = models.EmailField("e-mailadres", unique=True)
    name = models.CharField("naam", max_length=120)
    job_title = models.CharField("functie", max_length=120, blank=True)
    phone = models.CharField("telefoon", max_length=20, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="people",
        verbose_name="organisatie",
    )
    deputy = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deputy_of",
        verbose_name="vervanger",
    )
    team_lead = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="team",
        verbose_name="leidinggevende",
    )
    is_active = models.BooleanField("actief", default=True)
    roles_version = models.PositiveIntegerField("wisselingen van rol", default=0)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "gebruiker"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("pk")),
                name="user_not_own_deputy",
                violation_error_message="Kies een ander als vervanger.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """End every session when the password or a role changes; Django asks for it."""
        return salted_hmac(
            "casework.people.session",
            f"{self.password}|{self.roles_version}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """
        Ask the backends, also for a superuser: nobody has a short cut.

        Without an object always no: nobody has a permission on everything.
        """
        return obj is not None and any(
            backend.has_perm(self, perm, obj)
            for backend in get_backends()
            if hasattr(backend, "has_perm")
        )

    def roles(self, *, on: date) -> frozenset[Role]:
        """Give the roles of this person's memberships on a day. One query."""
        held = self.memberships.on(on).values_list("role", flat=True)
        return frozenset(Role(role) for role in held)


class Desk(models.Model):
    """A team or mailbox that can own work: a Django group with an organisation."""

    class Kind(models.TextChoices):
        PROCESREGIE = "procesregie", "Procesregie"
        CASUSREGIE = "casusregie", "Casusregie"
        PARTNER = "partner", "Ketenpartner"
        MANAGEMENT = "management", "Management"
        BESTUUR = "bestuur", "Bestuur"
        AOV = "aov", "Openbare orde en veiligheid"
        POLICY = "policy", "Beleid"
        PRIVACY = "privacy", "Privacy"
        FG = "fg", "Functionaris gegevensbescherming"
        BEHEER = "beheer", "Functioneel beheer"
        PIKET = "piket", "Piket"

    group = models.OneToOneField(
        Group, on_delete=models.PROTECT, primary_key=True, related_name="desk"
    )
    name = models.CharField("naam", max_length=120)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="desks"
    )
    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    portfolio = models.CharField("portefeuille", max_length=40, blank=True)
    phone = models.CharField("telefoon", max_length=20, blank=True)
    is_active = models.BooleanField("actief", default=True)

    class Meta:
        verbose_name = "bureau"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="desk_name_once_per_organisation",
                violation_error_message="Deze organisatie heeft al zo'n bureau.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who belongs to which desk."""

    def on(self, day: date) -> MembershipQuerySet:
        """Memberships that hold on a day."""
        return self.filter(from_on__lte=day).filter(
            Q(until_on__isnull=True) | Q(until_on__gt=day)
        )


class Membership(models.Model):
    """Somebody's place in a desk, with a role, from a day until a day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField("rol", max_length=20, choices=Role.choices)
    is_lead = models.BooleanField("aanspreekpunt", default=False)
    from_on = models.DateField("vanaf")
    until_on = models.DateField("tot", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "lidmaatschap"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "desk"],
                condition=Q(until_on__isnull=True),
                name="membership_once_while_open",
                violation_error_message="Deze collega hoort al bij dit bureau.",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="membership_ends_after_start",
                violation_error_message="De einddag ligt voor de begindag.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.desk_id}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Who is away."""

    def active(self, at: datetime) -> AbsenceQuerySet:
        """Absences that hold at a moment."""
        return self.filter(starts_at__lte=at).filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=at)
        )


class Absence(models.Model):
    """A time in which somebody's deputy does his work, in his name."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="stands_in_for"
    )
    starts_at = models.DateTimeField("vanaf")
    ends_at = models.DateTimeField("tot", null=True, blank=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("reden", max_length=200)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "afwezigheid"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ends_at__isnull=True),
                name="absence_once_while_open",
                violation_error_message="Deze collega is al afwezig gemeld.",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("deputy")),
                name="absence_deputy_is_another",
                violation_error_message="Kies een ander als vervanger.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="absence_ends_after_start",
                violation_error_message="De laatste dag ligt voor de eerste.",
            ),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"


class Submission(models.Model):
    """A form that was sent: the same form sent twice has one effect."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()
    at = models.DateTimeField()
    result = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "inzending"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "key"], name="submission_once_per_user"
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)
