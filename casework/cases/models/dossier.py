"""What the dossier of a case holds: people, notes, grounds, what was shared."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from casework.access.grants import granted
from casework.access.permissions import Permission
from casework.access.scope import Row, ScopedQuerySet
from casework.cases.models.case import Case
from casework.cases.models.participation import CaseUserGrant, Participation
from casework.cases.models.tracked import Tracked
from casework.people.models import Desk, Organisation, User


class DossierQuerySet(ScopedQuerySet[Row]):
    """Content, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER


class RetractableQuerySet(ScopedQuerySet[Row]):
    """Content that may have been taken back."""

    scope_permission = Permission.READ_DOSSIER

    def standing(self) -> Self:
        """Give what was not taken back."""
        return self.filter(taken_back_at__isnull=True)


class Retractable(Tracked):
    """Something that can be taken back as a mistake: out of sight at once."""

    taken_back_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class PersonQuerySet(RetractableQuerySet["Person"]):
    """People of households."""


class Person(Retractable):
    """Somebody of the household, from a day until a day."""

    class Role(models.TextChoices):
        MAIN = "main", "Hoofdpersoon"
        FAMILY = "family", "Gezinslid"
        CONTACT = "contact", "Contactpersoon"

    KEY = "person"
    TRACKED = (
        "role",
        "from_on",
        "until_on",
        "informed_on",
        "taken_back_at",
        "destroyed_at",
    )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="persons")
    role = models.CharField("rol", max_length=8, choices=Role.choices)
    name = models.CharField("naam", max_length=120)
    birth_on = models.DateField("geboren op", null=True)
    address = models.CharField("adres", max_length=200, blank=True)
    phone = models.CharField("telefoon", max_length=20, blank=True)
    from_on = models.DateField("in het huishouden vanaf")
    until_on = models.DateField("tot", null=True)
    bsn = models.BinaryField("BSN, verborgen", null=True)
    destination = models.CharField("waarheen", max_length=200, blank=True)
    informed_on = models.DateField("geïnformeerd op", null=True)
    not_informed_reason = models.TextField("waarom nog niet", blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "persoon"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="person_leaves_after_coming",
                violation_error_message="De laatste dag ligt voor de eerste.",
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    def age(self, *, on: date) -> int | None:
        """Full years on a day, or None when the birthday is not known."""
        if self.birth_on is None:
            return None
        had_birthday = (on.month, on.day) >= (self.birth_on.month, self.birth_on.day)
        return on.year - self.birth_on.year - (0 if had_birthday else 1)


class WarningQuerySet(DossierQuerySet["Warning"]):
    """Warnings for a visit."""


class Warning(Tracked):  # noqa: A001 - the domain's word: "Let op bij bezoek"
    """What a visitor must know ("Let op bij bezoek"): with every visit, until a day."""

    KEY = "warning"
    TRACKED = ("until_on",)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="warnings")
    text = models.CharField("waar moet je op letten", max_length=300)
    until_on = models.DateField("tot en met")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = "let op bij bezoek"
        default_permissions = ()

    def __str__(self) -> str:
        return f"warning {self.pk}"


class NoteQuerySet(RetractableQuerySet["Note"]):
    """Notes, each with the rule of where it came from."""

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """Give notes of dossiers that he reads, and that are for him."""
        readable = super().visible_to(user, at=at, permission=permission)
        return readable.filter(released_to(user, source="source", at=at))


def released_to(user: User, *, source: str, at: datetime) -> Q:
    """
    Give what is for somebody of notes and answers, by the rule of where they came from.

    What came from police, justice or a doctor is for who wrote it, for the
    organisation that it came from (the field `source`), and for who steers the case.
    What is about a child is also for who helps in the case now: not for who is still
    asked to take it over, nor for who steered it once (AVG, recital 38).
    """
    steers = granted(Case, user, Permission.STEER_CASE, at=at)
    return (
        Q(tag=Note.Tag.NONE)
        | Q(by=user)
        | Q(**{source: user.organisation_id, f"{source}__isnull": False})
        | Q(case__in=steers)
        | Q(tag=Note.Tag.MINOR) & _helps(user, at=at)
    )


def _helps(user: User, *, at: datetime) -> Q:
    emergencies = CaseUserGrant.objects.filter(
        Q(until=None) | Q(until__gt=at),
        user=user,
        participation__role=Participation.Role.BREAK_GLASS,
    )
    return (
        Q(case__in=granted(Case, user, Permission.WORK_CASE, at=at))
        | Q(case__in=granted(Case, user, Permission.TRIAGE_CASE, at=at))
        | Q(case__in=emergencies.values("content_object"))
    )


class Note(Retractable):
    """A note in the dossier, marked as fact or opinion and by its source."""

    class Mark(models.TextChoices):
        FACT = "fact", "Feit"
        OPINION = "opinion", "Mening"

    class Tag(models.TextChoices):
        NONE = "", "Gewoon"
        POLICE = "police", "Van de politie"
        JUDICIAL = "judicial", "Van justitie"
        MEDICAL = "medical", "Medisch"
        MINOR = "minor", "Over een kind"

    RELEASED_BY_OTHERS = (Tag.POLICE, Tag.JUDICIAL, Tag.MEDICAL)
    """What only its source may show to other organisations."""

    KEY = "note"
    TRACKED = ("mark", "tag", "source_id", "taken_back_at", "destroyed_at")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField("notitie")
    mark = models.CharField("feit of mening", max_length=8, choices=Mark.choices)
    tag = models.CharField("soort", max_length=8, choices=Tag.choices, blank=True)
    source = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = "notitie"
        default_permissions = ()

    def __str__(self) -> str:
        return f"note {self.pk}"


class LegalBasisQuerySet(DossierQuerySet["LegalBasis"]):
    """Grounds."""


class LegalBasis(Tracked):
    """On which ground, and for what, data of this case are used."""

    KEY = "legal_basis"
    TRACKED = ("code", "review_on")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="grounds")
    code = models.CharField("grondslag", max_length=40)
    purpose = models.CharField("doel", max_length=200)
    note = models.TextField("afweging", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    review_on = models.DateField("kijk opnieuw op")

    objects = LegalBasisQuerySet.as_manager()

    class Meta:
        verbose_name = "grondslag"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.code} of {self.case_id}"


class DisclosureQuerySet(RetractableQuerySet["Disclosure"]):
    """What was shared."""


class Disclosure(Retractable):
    """
    What was shared with whom, on which ground, and who opened it.

    `note_ids` are the notes whose words stand in its text: a note that is taken back
    takes what was lent of it along. Nothing where that was not kept yet.
    """

    class Package(models.TextChoices):
        QUESTION = "question", "Alleen de vraag"
        OUTLINE = "outline", "Plan op hoofdlijnen"
        CHOSEN = "chosen", "Gekozen stukken"

    KEY = "disclosure"
    TRACKED = (
        "package",
        "desk_id",
        "about",
        "note_ids",
        "taken_back_at",
        "destroyed_at",
        "destruction_confirmed_at",
    )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="disclosures")
    about = models.CharField(max_length=40)
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    package = models.CharField("wat gaat mee", max_length=8, choices=Package.choices)
    text = models.TextField("wat erin staat", blank=True)
    note_ids = ArrayField(models.BigIntegerField(), null=True)
    ground = models.CharField("grondslag", max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    destruction_confirmed_at = models.DateTimeField(null=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = "verstrekking"
        default_permissions = ()

    def __str__(self) -> str:
        return f"disclosure {self.pk}"
