"""A mistake is taken back: out of sight at once, destroyed when a second one agrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from casework.audit.models import AuditEntry
from casework.cases.breaches import ask_receiver_to_destroy, privacy_desk, raise_breach
from casework.cases.household import require_work, settle_told
from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.cases.models import (
    Case,
    Disclosure,
    Exclusion,
    Note,
    Person,
    Retraction,
)
from casework.cases.models.dossier import DisclosureQuerySet, Retractable
from casework.cases.models.tracked import Tracked
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from casework.people.models import Role, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.models import WorkItem

DECIDE = "retraction.decide"


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be taken back: its word in an address, in a line, and its text."""

    model: type[Retractable]
    slug: str
    line: str
    blank: dict[str, Any]

    @property
    def noun(self) -> str:
        """Its name in events and work items."""
        return self.model.KEY


_KINDS = (
    Kind(
        Person,
        "persoon",
        "Hier stond een persoon",
        {
            "name": "",
            "birth_on": None,
            "address": "",
            "phone": "",
            "bsn": None,
            "destination": "",
            "not_informed_reason": "",
        },
    ),
    Kind(Note, "notitie", "Hier stond een notitie", {"text": ""}),
    Kind(Disclosure, "verstrekking", "Hier stond een verstrekking", {"text": ""}),
)
KIND_OF_SLUG = {kind.slug: kind for kind in _KINDS}
KIND_OF_NOUN = {kind.noun: kind for kind in _KINDS}

Subject = Person | Note | Disclosure

Destroying = Callable[[Disclosure], None]
_destroying: list[Destroying] = []


def destroying(ends: Destroying) -> Destroying:
    """Let who lent something destroy what he keeps of it; `cases` knows none of it."""
    _destroying.append(ends)
    return ends


@transaction.atomic
def take_back(subject: Subject, *, by: User, at: datetime, reason: str) -> Retraction:
    """
    Take back a person, a note or a disclosure: nobody sees it from now on.

    Where everybody who is left in the household knows, its work to inform is done.

    The privacy officer is asked whether the text may be destroyed. Of a disclosure
    the receiver is asked to destroy it too, and it may be a leak: 72 clock hours. What
    was lent of a note is taken back with it, each disclosure in that same way.

    :raises AlreadyDone: if it was taken back before
    :raises InvalidInput: without a reason from the list
    """
    case = lock_case(subject)
    require_work(case, by, at=at)
    if subject.taken_back_at is not None:
        raise AlreadyDone("Dit is al teruggehaald.")
    if reason not in Retraction.Reason.values:
        raise InvalidInput("Kies waarom dit een vergissing was.", field="reason")
    retraction = _take_out(subject, case, by=by, at=at, reason=reason)
    if isinstance(subject, Note):
        for lent in shared_with(subject):
            _take_out(lent, case, by=by, at=at, reason=reason)
    if isinstance(subject, Person):
        settle_told(case, by=by, at=at)
    return retraction


@transaction.atomic
def agree_destruction(retraction: Retraction, *, by: User, at: datetime) -> Retraction:
    """
    Agree: the text is destroyed; a line stays that says only that.

    With a note the text of what was lent of it, with a disclosure what was asked.

    :raises NotVisible: if `by` is no privacy officer, or knows these people
    :raises NotPermitted: if he took it back himself
    :raises AlreadyDone: if it was decided before
    """
    case = _take(retraction, by=by, at=at)
    subject = subject_of(retraction)
    kind = KIND_OF_NOUN[retraction.noun]
    for name, empty in kind.blank.items():
        setattr(subject, name, empty)
    subject.destroyed_at = at
    subject.save(update_fields=[*kind.blank, "destroyed_at"])
    if isinstance(subject, Note):
        copies_of(subject).update(text="")
    if isinstance(subject, Disclosure):
        for ends in _destroying:
            ends(subject)
    _decide(retraction, Retraction.Decision.DESTROYED, by=by, at=at)
    record(
        case,
        f"{retraction.noun}.destroyed",
        by=by,
        at=at,
        changed=[subject, retraction],
    )
    return retraction


@transaction.atomic
def refuse_destruction(
    retraction: Retraction, *, by: User, at: datetime, reason: str
) -> Retraction:
    """
    Refuse: the text is kept, out of sight.

    :raises InvalidInput: without a reason
    """
    case = _take(retraction, by=by, at=at)
    if not reason.strip():
        raise InvalidInput("Schrijf waarom de tekst moet blijven.", field="reason")
    retraction.refusal = reason.strip()
    _decide(retraction, Retraction.Decision.REFUSED, by=by, at=at)
    record(case, "destruction.refused", by=by, at=at, changed=[retraction])
    return retraction


def subject_of(retraction: Retraction) -> Retractable:
    """Give the row that was taken back."""
    model = KIND_OF_NOUN[retraction.noun].model
    return model._base_manager.get(pk=retraction.subject_pk)


def copies_of(note: Note) -> DisclosureQuerySet:
    """Give every disclosure in which the words of a note stand."""
    return (
        Disclosure.objects.system_scope("what was lent goes where its note goes")
        .filter(case=note.case_id, note_ids__contains=[note.pk])
        .select_related("desk")
        .order_by("pk")
    )


def address_of(retraction: Retraction) -> str:
    """Give the page on which the privacy officer decides."""
    slug = KIND_OF_NOUN[retraction.noun].slug
    return f"/vergissing/{slug}/{retraction.subject_pk}/"


def shared_with(subject: Subject) -> list[Disclosure]:
    """Give what stands of what was disclosed of this, and is taken back with it."""
    if isinstance(subject, Note):
        return list(copies_of(subject).standing())
    return [subject] if isinstance(subject, Disclosure) else []


def opened_by(*disclosures: Disclosure) -> list[AuditEntry]:
    """Who opened what was disclosed, from the log, the first one first. One query."""
    theirs = Q()
    for each in disclosures:
        theirs |= Q(
            case=each.case_id,
            about__in=[each.key, each.about],
            by__organisation=each.desk.organisation_id,
        )
    return list(
        AuditEntry.objects.filter(
            theirs,
            verb__in=["disclosure.opened", "disclosure.read", "task.read"],
            granted=True,
        )
        .select_related("by__organisation")
        .order_by("at", "pk")
    )


def _take_out(
    subject: Subject, case: Case, *, by: User, at: datetime, reason: str
) -> Retraction:
    desk = privacy_desk()
    subject.taken_back_at = at
    subject.save(update_fields=["taken_back_at"])
    retraction = Retraction.objects.create(
        case=case, about=subject.key, reason=reason, by=by, at=at
    )
    items.close_items(subject.key, by=by, at=at, outcome=WorkItem.Outcome.WITHDRAWN)
    rules = policy.at(local_day(at))
    items.open_item(
        DECIDE,
        title="Vergissing: mag de tekst vernietigd worden?",
        about=retraction.key,
        link=address_of(retraction),
        owner=desk,
        due=due_after(rules.term("break_glass_review"), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        asked_by=by,
    )
    changed: list[Tracked] = [subject, retraction]
    if isinstance(subject, Disclosure):
        ask_receiver_to_destroy(subject, by=by, at=at)
        changed.append(raise_breach(case, subject.key, by=by, at=at))
    record(
        case,
        f"{subject.KEY}.taken_back",
        by=by,
        at=at,
        changed=changed,
        reason=reason,
    )
    return retraction


def _take(retraction: Retraction, *, by: User, at: datetime) -> Case:
    case = lock_case(retraction)
    knows = Exclusion.objects.filter(case=case, user=by).exists()
    if knows or Role.PRIVACY_OFFICER not in by.roles(on=local_day(at)):
        raise NotVisible
    if retraction.by_id == by.pk:
        raise NotPermitted("Een ander dan wie dit terughaalde, besluit.")
    if retraction.decision:
        raise AlreadyDone("Hierover is al besloten.")
    return case


def _decide(
    retraction: Retraction, decision: Retraction.Decision, *, by: User, at: datetime
) -> None:
    retraction.decision = decision
    retraction.decided_by, retraction.decided_at = by, at
    retraction.save(update_fields=["decision", "decided_by", "decided_at", "refusal"])
    items.close_items(retraction.key, by=by, at=at, kind=DECIDE)
