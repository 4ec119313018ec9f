"""What happened before a scene begins: told by the real transitions, not clicked."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from ave.escalation.flow import EscalationFlow
from ave.escalation.models import Escalation
from ave.triage.flow import IntakeFlow
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.models import Bottleneck, Case
from casework.cases.reading_in import finish_reading_in
from casework.meetings.transitions import record_agreements
from casework.people.models import Desk, User
from casework.plan.models import Task
from casework.plan.offering import Ask
from tests.world import ALL_YES, with_canaries

STUCK = {
    "kinds": ["cooperation"],
    "description": "De ggz en de corporatie wachten op elkaar.",
    "tried": "Twee keer overlegd, zonder afspraak.",
    "theme": "no_owner",
}
NO_PLACE = {
    "kinds": ["substance"],
    "description": "Er is geen plek voor iemand met deze zorgvraag.",
    "tried": "Vier aanbieders gebeld.",
    "theme": "no_place",
}


def person(name: str) -> User:
    """Somebody of the town."""
    return User.objects.get(name=name)


def procesregie(**facts: Any) -> Case:
    """A case of Fatima with procesregie, one bottleneck, canaries and Sanne."""
    at = timezone.now()
    fatima = person("Fatima El Amrani")
    case = IntakeFlow.start.begin(
        None,
        by=fatima,
        at=at,
        reason="Buren melden overlast.",
        referrer_name="Een buurvrouw",
        kind=Case.Kind.WOONOVERLAST,
    )
    since = (at - timedelta(days=30)).date()
    IntakeFlow.assess.complete(
        case,
        by=fatima,
        at=at,
        criteria=ALL_YES,
        reasons={},
        outcome="procesregie",
        ground="avg-6-1-e",
        purpose="Rust en hulp in dit huis",
        bottleneck=STUCK | {"since": since} | facts,
    )
    appoint_casusregisseur(case, user=person("Sanne Pinas"), by=fatima, at=at)
    IntakeFlow.tell.complete(case, by=fatima, at=at)
    finish_reading_in(case, by=case.casusregisseur, at=at)
    with_canaries(SimpleNamespace(procesregisseur=fatima), case, at=at)
    return case


def second_bottleneck(case: Case, *, by: User | None = None) -> Bottleneck:
    """Something else that stops the help in the same case."""
    at = timezone.now()
    since = (at - timedelta(days=20)).date()
    raise_bottleneck(
        case, by=by or case.procesregisseur, at=at, **NO_PLACE, since=since
    )
    return case.bottlenecks.get(number=2)


def asked(case: Case, **facts: Any) -> Escalation:
    """A question about the first bottleneck that waits for its answer."""
    return EscalationFlow.start.begin(
        case.bottlenecks.get(number=1),
        by=case.procesregisseur,
        at=timezone.now(),
        **{"question": "Wil je besluiten wie er begint?", **facts},
    )


def agreed(case: Case, *rows: tuple[str, str, str]) -> list[Task]:
    """Tasks from a meeting of today: what, which desk, and what is asked."""
    at = timezone.now()
    desks = {name: Desk.objects.get(name=name) for _, name, _ in rows}
    record_agreements(
        case,
        held_on=timezone.localdate(at),
        present=[each.organisation for each in desks.values()],
        rows=[
            Ask(
                kind=kind,
                question=question,
                desk=desks[name],
                due_on=timezone.localdate(at) + timedelta(days=4),
            )
            for kind, name, question in rows
        ],
        by=case.procesregisseur,
        at=at,
    )
    found = Task.objects.system_scope("test").filter(case=case)
    return list(found.order_by("pk"))
