"""The database is away for a moment: who works loses nothing of what he typed."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import InterfaceError, OperationalError, connection

from casework.cases.models import Case
from tests.world import AT

REFER = {
    "reason": "Het gezin krijgt van acht kanten hulp.\nNiemand weet van elkaar.",
    "kind": "jeugd",
    "informed": "yes",
    "referrer_name": "Buurtbewoner",
    "channel": "telephone",
}


@contextmanager
def away(error: type[Exception] = OperationalError, *, of: str = "") -> Iterator[None]:
    """Let every statement fail, or those with these words, as in a restart."""

    def fail(execute: Any, sql: str, *args: Any) -> Any:
        if of in sql:
            raise error
        return execute(sql, *args)

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def regisseur(world, browser):
    client = browser(world.procesregisseur)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    "error", [OperationalError, InterfaceError, psycopg.OperationalError]
)
def test_a_page_says_that_it_comes_back(regisseur, error) -> None:
    """Catches "er ging iets mis", and a page for it that asks the database too."""
    with away(error):
        page = regisseur.get("/casussen/?niveau=2")

    text = page.content.decode()
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "Even geduld" in text
    assert 'href="/casussen/?niveau=2"' in text


def test_a_session_that_could_not_be_kept_comes_back_too(regisseur) -> None:
    """Catches a page that is ready, and then says that the request was wrong."""
    with (
        time_machine.travel(AT + timedelta(minutes=12), tick=False),
        away(of='UPDATE "django_session"'),
    ):
        page = regisseur.get("/")

    assert page.status_code == 503


def test_what_was_sent_can_be_sent_again_and_counts_once(regisseur) -> None:
    """Catches lost text, and a second referral from the second time."""
    sent = REFER | {"submit_id": str(uuid.uuid4())}
    with away():
        page = regisseur.post("/casussen/melden/", sent)

    text = page.content.decode()
    assert page.status_code == 503
    assert "Niemand weet van elkaar." in text
    fields = re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', text, re.DOTALL)
    again = {name: html.unescape(value) for name, value in fields}
    assert again == sent
    for _ in range(2):
        assert regisseur.post("/casussen/melden/", again).status_code == 303
    assert Case.objects.system_scope("test").count() == 1


def test_what_has_no_submit_id_is_not_shown(regisseur) -> None:
    """Catches a password in a page, and a form that would count twice."""
    with away():
        page = regisseur.post("/inloggen/", {"login": "a@b.nl", "password": "geheim!"})

    assert page.status_code == 503
    assert "geheim!" not in page.content.decode()


def test_what_else_breaks_is_our_fault(regisseur) -> None:
    """Catches a fault of ours that says it will pass."""
    with away(RuntimeError):
        assert regisseur.get("/").status_code == 500
