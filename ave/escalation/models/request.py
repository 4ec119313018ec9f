"""One request about one bottleneck, its answers, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast, Concat

from ave.engine import Procedure
from casework.access.permissions import Permission
from casework.access.scope import Row, ScopedQuerySet
from casework.cases.models import Bottleneck, Case, Participation
from casework.cases.models.spoken import Spoken
from casework.cases.models.tracked import Tracked
from casework.levels import Level
from casework.people.absence import acting_for
from casework.people.models import Organisation, User
from casework.work.days import spoken
from casework.work.due import Due


class EscalationQuerySet(ScopedQuerySet["Escalation"]):
    """Requests: with the dossier, or the one that somebody takes part in."""

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """Give requests of dossiers he reads, and requests in which he has a place now."""
        mine = (
            Participation.objects.system_scope("a place in this request")
            .running(at)
            .filter(user=user, case=OuterRef("case"), about=OuterRef("memo"))
        )
        dossier = super().visible_to(
            user, at=at, permission=permission or Permission.READ_DOSSIER
        )
        if not user.is_active:
            return dossier
        named = self.annotate(
            memo=Concat(
                models.Value("escalation:"),
                Cast("pk", models.TextField()),
                output_field=models.TextField(),
            )
        )
        readable = super().visible_to(user, at=at, permission=Permission.READ_MEMO)
        return named.filter(
            Q(pk__in=dossier.values("pk"))
            | (Q(Exists(mine)) & Q(pk__in=readable.values("pk")))
        )._within_scope()

    def running(self) -> Self:
        """Give requests that still wait for an ending answer."""
        return self.filter(ended_at__isnull=True)


class Escalation(Tracked):
    """
    A request about one bottleneck to one answerer, with a day.

    `turn` says what it waits for; the flow opens and closes the turns. It keeps the
    policy version with which it was asked.
    """

    class Kind(models.TextChoices):
        DECISION = "decision", "Een besluit"
        TALK = "talk", "Een gesprek"
        NOTICE = "notice", "Ter kennisname"

    class Turn(models.TextChoices):
        REVIEW = "review", "Wacht op antwoord"
        CARRY = "carry", "Opgepakt"
        SUPPLY = "supply", "Wacht op aanvulling"
        ENDED = "ended", "Afgelopen"

    class Ending(models.TextChoices):
        DECIDED = "decided", "Besloten"
        LOWER = "lower", "Kan op een lager niveau"
        WITHDRAWN = "withdrawn", "Ingetrokken"
        READ = "read", "Gelezen"

    KEY = "escalation"
    TRACKED = (
        "bottleneck_id",
        "kind",
        "from_level",
        "to_level",
        "asker_id",
        "answerer_id",
        "turn",
        "ending",
        "due_on",
        "due_at",
        "urgent",
        "ended_at",
    )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    bottleneck = models.ForeignKey(
        Bottleneck, on_delete=models.PROTECT, related_name="requests"
    )
    kind = models.CharField("soort vraag", max_length=8, choices=Kind.choices)
    question = models.TextField("welke beslissing wil je")
    if_nothing = models.TextField("wat gebeurt er als we niets doen", blank=True)
    from_level = models.PositiveSmallIntegerField(choices=Level.choices)
    to_level = models.PositiveSmallIntegerField(choices=Level.choices)
    urgent = models.BooleanField("spoed", default=False)
    jump_reason = models.TextField("waarom een niveau overslaan", blank=True)
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    answerer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    turn = models.CharField(max_length=8, choices=Turn.choices, default=Turn.REVIEW)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    due_on = models.DateField("antwoord uiterlijk")
    due_at = models.DateTimeField(null=True)
    policy_version = models.CharField(max_length=40)
    skipped_reviewed = models.BooleanField(default=False)
    agenda_on = models.DateField("dag van het bestuurlijk overleg", null=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = "opschaling"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["bottleneck"],
                condition=Q(ended_at__isnull=True) & ~Q(kind="notice"),
                name="escalation_one_running_per_bottleneck",
                violation_error_message="Er loopt al een vraag over dit knelpunt.",
            ),
            models.CheckConstraint(
                condition=(Q(turn="ended", ended_at__isnull=False) & ~Q(ending=""))
                | (~Q(turn="ended") & Q(ended_at__isnull=True, ending="")),
                name="escalation_ended_has_ending",
            ),
            models.CheckConstraint(
                condition=Q(from_level__lt=models.F("to_level")),
                name="escalation_goes_up",
                violation_error_message="Opschalen gaat omhoog.",
            ),
            models.CheckConstraint(
                condition=Q(asker__isnull=True) | ~Q(asker=models.F("answerer")),
                name="escalation_answered_by_another",
                violation_error_message="Je kunt je eigen vraag niet beantwoorden.",
            ),
        ]

    def __str__(self) -> str:
        return f"escalation {self.pk} of {self.case_id}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """About which bottleneck it is, which says nothing of it."""
        return [("Gaat over", f"knelpunt {self.bottleneck.number}")]

    @property
    def due(self) -> Due:
        """Until when an answer may take."""
        return Due(on=self.due_on, at=self.due_at)

    def has_turn(self, user: User, *, at: datetime) -> bool:
        """Whether this person, or whom he stands in for, must answer. One query."""
        return self.answerer_id in {user.pk, *acting_for(user, at=at)}


class OfRequestQuerySet(ScopedQuerySet[Row]):
    """What belongs to a request: for who reads that."""

    scope_permission = Permission.READ_DOSSIER
    scope_path = "escalation__case"
    request_path: ClassVar[str] = "escalation"

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """Give what belongs to requests that this person reads now."""
        requests = Escalation.objects.visible_to(user, at=at, permission=permission)
        of_those = {f"{self.request_path}__in": requests.values("pk")}
        return self.filter(**of_those)._within_scope()


class AnswerQuerySet(OfRequestQuerySet["Answer"]):
    """Answers."""


class Answer(Spoken):
    """One thing that was answered or supplied in a request, in order."""

    class Kind(models.TextChoices):
        ASK_FIRST = "ask_first", "Ik wil eerst iets weten"
        SUPPLIED = "supplied", "Aangevuld"
        PICK_UP = "pick_up", "Ik pak dit knelpunt op"
        HIGHER = "higher", "Dit moet hogerop"
        DECIDE = "decide", "Ik besluit nu"
        LOWER = "lower", "Dit kan op een lager niveau"
        WITHDRAW = "withdraw", "De vraag is ingetrokken"
        READ = "read", "Gelezen"

    ENDING: ClassVar[dict[str, Escalation.Ending]] = {
        "decide": Escalation.Ending.DECIDED,
        "lower": Escalation.Ending.LOWER,
        "withdraw": Escalation.Ending.WITHDRAWN,
        "read": Escalation.Ending.READ,
    }

    escalation = models.ForeignKey(
        Escalation, on_delete=models.PROTECT, related_name="answers"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    ends = models.BooleanField()
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    text = models.TextField(blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "antwoord"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["escalation"],
                condition=Q(ends=True),
                name="answer_one_ending",
                violation_error_message="Deze vraag heeft al een antwoord.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["decide", "lower", "withdraw", "read"], ends=True)
                | Q(
                    kind__in=["ask_first", "supplied", "pick_up", "higher"], ends=False
                ),
                name="answer_ends_by_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def key(self) -> str:
        """Its name in work items: "answer:5"."""
        return f"answer:{self.pk}"

    @property
    def case(self) -> Case:
        """The case that its request is about."""
        return self.escalation.case

    @property
    def words(self) -> str:
        """The text of the answer."""
        return self.text

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What it is about, the answer that was chosen, how far a decision goes."""
        decision: Decision | None = getattr(self, "decision", None)
        return [
            *self.escalation.facts,
            ("Antwoord", self.chosen),
            *(decision.facts if decision is not None else []),
        ]

    @property
    def question(self) -> list[tuple[str, str]]:
        """What the request asks."""
        return [("Vraag", self.escalation.question)]

    @property
    def bottleneck(self) -> Bottleneck:
        """What the request is about."""
        return self.escalation.bottleneck

    @property
    def chosen(self) -> str:
        """The answer as who gives it chooses it, with the level by its name."""
        below = Level(self.level).below
        if self.kind == self.Kind.LOWER and below is not None:
            return f"Dit kan op {below.word}"
        return self.Kind(self.kind).label


class DecisionQuerySet(OfRequestQuerySet["Decision"]):
    """Decisions."""

    scope_path = "case"
    request_path = "answer__escalation"


class Decision(models.Model):
    """
    What was decided: by whom, binding whom, until when.

    An internal decision, no Awb-besluit; `formal_reference` names the formal one.
    """

    answer = models.OneToOneField(
        Answer, on_delete=models.PROTECT, primary_key=True, related_name="decision"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    text = models.TextField("besluit")
    role = models.CharField("in welke rol", max_length=40)
    binding = models.CharField("voor wie geldt het", max_length=200, blank=True)
    until_on = models.DateField("geldt tot", null=True)
    formal_reference = models.CharField("formeel besluit", max_length=60, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "besluit"
        default_permissions = ()

    def __str__(self) -> str:
        return f"decision {self.pk}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """In which role, for whom and until when: names with values, some empty."""
        return [
            ("Besloten als", self.role),
            ("Geldt voor", self.binding),
            ("Geldt tot", spoken(self.until_on) if self.until_on else ""),
            ("Formeel besluit", self.formal_reference),
        ]


class DissentQuerySet(OfRequestQuerySet["Dissent"]):
    """Views beside decisions."""


class Dissent(Spoken):
    """The view of a party that does not agree, kept beside the decision."""

    escalation = models.ForeignKey(
        Escalation, on_delete=models.PROTECT, related_name="dissents"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField("mening")

    objects = DissentQuerySet.as_manager()

    class Meta:
        verbose_name = "standpunt"
        default_permissions = ()

    def __str__(self) -> str:
        return f"dissent {self.pk}"

    @property
    def case(self) -> Case:
        """The case that its request is about."""
        return self.escalation.case

    @property
    def words(self) -> str:
        """Why the party does not agree."""
        return self.text

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the party says, without the question: its desk does not read that."""
        party = self.organisation.name
        return [("Mening", f"{party} is het niet eens met het besluit")]


class EscalationProcess(Procedure):
    """The procedure of one request."""

    subject = models.OneToOneField(
        Escalation, on_delete=models.PROTECT, related_name="procedure"
    )

    class Meta:
        default_permissions = ()
