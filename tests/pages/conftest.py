"""The world of the pages, and somebody who is logged in."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ave.escalation.models import Escalation
from casework.cases import grants
from casework.cases.models import Bottleneck, Case, Participation
from casework.levels import Level
from casework.people.models import User
from casework.work.models import WorkItem
from tests.standing import goes_on
from tests.world import AT, CANARIES, DAY, STUCK, World, asked

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MONSTROUS = "a" * 100_000


def path_of(escalation: Escalation, part: str = "") -> str:
    """Give the address of a request, or of one of its forms."""
    return f"/besluiten/{escalation.pk}/{part}"


class Browser(Client):
    """A client of one person, whose forms carry a submit id."""

    def send(self, path: str, data: dict[str, Any] | None = None, **extra: Any):
        """Send a form as a page of ours does."""
        return self.post(path, {"submit_id": uuid.uuid4(), **(data or {})}, **extra)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    """Let it be Monday 23 November 2026, ten in the morning."""
    with time_machine.travel(AT, tick=False):
        yield


_running = goes_on(
    lambda begun: (*begun, asked(*begun, if_nothing="Dan vervalt de plek."))
)


@pytest.fixture
def escalation(request: Any, world: World, case: Case) -> Escalation:
    """A question to a manager about it: the one that runs, if a class begins with it."""
    if "running" in request.fixturenames:
        found: Escalation = request.getfixturevalue("running")[2]
        return found
    return asked(world, case)


@pytest.fixture
def browser(world: World) -> Callable[[User], Browser]:
    def of(user: User) -> Browser:
        client = Browser()
        client.force_login(user, BACKEND)
        return client

    return of


def text_of(response: Any) -> str:
    """Give what somebody reads on a page, without markup and in one line."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(body).split())


def body_of(response: Any) -> bytes:
    """Give a page without the token that differs at every request."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)


def queries_of(client: Client, path: str) -> int:
    """Count the queries of one page, once the caches of Django are warm."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, path
    return len(captured)


def shows_nobody(response: Any) -> bool:
    """Whether no name, address or secret of the household stands on a page."""
    body = response.content.decode()
    return not any(canary in body for canary in CANARIES.values())


def many_cases(world: World, number: int) -> list[Case]:
    """Make many open cases of the procesregisseur in a few statements, with work."""
    before = Case.objects.system_scope("test").count()
    cases = Case.objects.bulk_create(
        Case(
            reference=f"AVE-2026-{70000 + before + each}",
            kind=Case.Kind.JEUGD,
            status=Case.Status.OPEN,
            level=Level.PROCES,
            municipality="Zuiderveen",
            procesregisseur=world.procesregisseur,
            attention_on=DAY,
        )
        for each in range(number)
    )
    Participation.objects.bulk_create(
        Participation(
            case=case, role="procesregisseur", user=world.procesregisseur, from_at=AT
        )
        for case in cases
    )
    Bottleneck.objects.bulk_create(
        Bottleneck(case=case, number=1, level=Level.PROCES, raised_at=AT, **STUCK)
        for case in cases
    )
    grants.follow([case.pk for case in cases], at=AT)
    WorkItem.objects.bulk_create(
        WorkItem(
            kind=kind,
            title="Informeer de inwoner",
            about=f"case:{case.pk}",
            link=f"/casussen/{case.reference}/huishouden/",
            case=case.pk,
            reference=case.reference,
            owner_user=owner,
            asked_by=asker,
            due_on=DAY,
            opened_at=AT,
            next_step_at=AT,
        )
        for case in cases
        for kind, owner, asker in (
            ("case.inform", world.procesregisseur, None),
            ("test.wait", world.manager, world.procesregisseur),
        )
    )
    return cases
