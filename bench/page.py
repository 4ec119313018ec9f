"""What the page costs that everybody opens first: Mijn werk, as a browser asks for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from bench import bounds, peers
from bench.context import Bench
from bench.measure import Contender, Operation, at_most
from casework.people.models import User
from casework.work import pages
from casework.work.forms import MINE

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
Application = Callable[[Mapping[str, Any], Callable[..., Any]], Any]


def operations(bench: Bench) -> Iterator[Operation]:
    """Give the page."""
    user = bench.viewers.busiest
    cookie = _log_in(user)
    desks = bench.desks(user)
    application = WSGIHandler()

    def bare(_: Mapping[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        today = timezone.localdate(bench.at)
        return [bounds.work_page(bench.raw, user.pk, desks, today=today)]

    def by_peer(_: object) -> None:
        with _filters_of_guardian():
            _get(application, cookie)

    yield Operation(
        "Bladzijde Mijn werk door WSGI (rekentijd van het proces)",
        ours=Contender("de bladzijde", lambda _: _get(application, cookie)),
        bound=Contender("kale WSGI, psycopg, f-string", lambda _: _get(bare, cookie)),
        peers=(Contender("met filters van guardian", by_peer),),
        targets=(at_most(8),),
        cpu=True,
        same=False,
        reads=False,
    )


def _log_in(user: User) -> str:
    """Give the cookie of a session in which the second step was taken too."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, method="mfa", type="totp")
    request.session.save()
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}"


def _get(application: Application, cookie: str) -> int:
    """Ask for the page and read it to its end; gives how long it is."""
    answers: list[str] = []
    environ = {
        **ENVIRON,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_COOKIE": cookie,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    response = application(environ, lambda status, *_: answers.append(status))
    body = b"".join(response)
    if hasattr(response, "close"):
        response.close()
    if answers != ["200 OK"]:
        raise NotAnswered(answers)
    return len(body)


@contextmanager
def _filters_of_guardian() -> Iterator[None]:
    def mine(user: User, *, at: datetime, **_: object) -> object:
        return peers.work_by_or(user, at=at)

    lists = {**pages.LISTS, MINE: mine}
    with mock.patch.object(pages, "LISTS", lists):
        yield


class NotAnswered(Exception):
    """The page was not given, so no time says anything."""
