"""The word of somebody who is asked beside the answerer of a request."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast, Concat

from ave.escalation.models.request import Escalation
from casework.access.grants import granted
from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Bottleneck, Case, Participation
from casework.cases.models.spoken import Spoken
from casework.cases.models.tracked import Tracked
from casework.people.models import User


class VoiceQuerySet(ScopedQuerySet["Voice"]):
    """Voices: of dossiers one reads, of a request one answers, and one's own."""

    scope_permission = Permission.READ_DOSSIER
    scope_path = "escalation__case"

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """Give the voices that somebody reads; of who thinks along his own alone."""
        if permission is not None or not user.is_active:
            return super().visible_to(user, at=at, permission=permission)
        dossiers = granted(Case, user, Permission.READ_DOSSIER, at=at)
        requests = granted(Case, user, Permission.READ_MEMO, at=at)
        memo = Concat(
            models.Value("escalation:"),
            Cast(OuterRef("escalation_id"), models.TextField()),
            output_field=models.TextField(),
        )
        places = (
            Participation.objects.system_scope("a place in this request")
            .running(at)
            .filter(user=user, case=OuterRef("escalation__case"), about=memo)
        )
        answers = places.filter(role=Participation.Role.ANSWERER)
        asked = places.exclude(role=Participation.Role.ANSWERER)
        his = Q(on_behalf_of=OuterRef("user")) | Q(
            on_behalf_of__isnull=True, user=OuterRef("user")
        )
        found = self.filter(
            Q(escalation__case__in=dossiers)
            | Q(escalation__case__in=requests)
            & (Exists(answers) | Exists(asked.filter(his)))
        )
        return found.excluding(user)._within_scope()

    def standing(self) -> Self:
        """What was asked and not taken back since: also what was given."""
        return self.filter(lapsed_at__isnull=True)

    def open(self) -> Self:
        """Voices that were asked and neither given nor lapsed."""
        return self.filter(at__isnull=True, lapsed_at__isnull=True)


class Voice(Tracked, Spoken):
    """
    One colleague who is asked for his word about a request, and what he said.

    He does not decide and holds nothing up. Asked by `asked_by`; once it is given, `by`
    says who gave it and `at` when, as of everything that can be spoken.
    """

    class Kind(models.TextChoices):
        ADVICE = "advice", "Advies"
        SECOND = "second", "Tweede bestuurder"
        POSITION = "position", "Standpunt van een partij"

    class Stance(models.TextChoices):
        AGREES = "agrees", "Eens"
        DISAGREES = "disagrees", "Niet eens"

    KEY = "voice"
    CASE_PATH = "escalation__case"
    TRACKED = (
        "escalation_id",
        "kind",
        "user_id",
        "asked_by_id",
        "asked_at",
        "by_id",
        "at",
        "stance",
        "lapsed_at",
    )
    STANCES: ClassVar[dict[str, dict[str, str]]] = {
        Kind.SECOND: {
            Stance.AGREES: "Ik ben het eens",
            Stance.DISAGREES: "Ik ben het niet eens",
        },
        Kind.POSITION: {
            Stance.AGREES: "Wij staan hierachter",
            Stance.DISAGREES: "Wij staan hier niet achter",
        },
    }
    """What somebody may choose, by what he is asked for."""

    escalation = models.ForeignKey(
        Escalation, on_delete=models.PROTECT, related_name="voices"
    )
    kind = models.CharField("waarvoor", max_length=8, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    recorded_by = models.ForeignKey(  # type: ignore[assignment]  # nobody, until given
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(null=True)  # type: ignore[assignment]  # until given
    stance = models.CharField(
        "standpunt", max_length=9, choices=Stance.choices, blank=True
    )
    text = models.TextField("wat hij zei", blank=True)
    lapsed_at = models.DateTimeField(null=True)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "reactie"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["escalation", "user"],
                condition=Q(lapsed_at__isnull=True),
                name="voice_once_per_person",
                violation_error_message="Deze collega is al gevraagd.",
            ),
            models.CheckConstraint(
                condition=Q(
                    at__isnull=True,
                    by__isnull=True,
                    recorded_by__isnull=True,
                    text="",
                    stance="",
                )
                | (
                    Q(
                        at__isnull=False,
                        by__isnull=False,
                        recorded_by__isnull=False,
                        lapsed_at__isnull=True,
                    )
                    & ~Q(text="")
                ),
                name="voice_given_has_moment_and_text",
            ),
            models.CheckConstraint(
                condition=Q(kind="advice", stance="")
                | Q(kind__in=["second", "position"], at__isnull=True, stance="")
                | Q(
                    kind__in=["second", "position"],
                    at__isnull=False,
                    stance__in=["agrees", "disagrees"],
                ),
                name="voice_stance_where_it_belongs",
            ),
        ]

    def __str__(self) -> str:
        return f"voice {self.pk}"

    @property
    def case(self) -> Case:
        """The case that its request is about."""
        return self.escalation.case

    @property
    def words(self) -> str:
        """The text of the advice, or why he chose what he did."""
        return self.text

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What it is about, and what he chose; nothing of that for advice."""
        return [*self.escalation.facts, (self.get_kind_display(), self.chosen)]

    @property
    def question(self) -> list[tuple[str, str]]:
        """What the request asks that he spoke beside."""
        return [("Vraag", self.escalation.question)]

    @property
    def bottleneck(self) -> Bottleneck:
        """What the request is about."""
        return self.escalation.bottleneck

    @property
    def chosen(self) -> str:
        """What he chose, in his own words; nothing for advice."""
        return self.STANCES.get(self.kind, {}).get(self.stance, "")

    @property
    def is_open(self) -> bool:
        """Whether his word is still waited for."""
        return self.at is None and self.lapsed_at is None

    @property
    def has_stance(self) -> bool:
        """Whether he says that he agrees or not, beside why."""
        return self.kind in self.STANCES
