"""The pages for what went wrong: fixed text, the same for everybody."""

import re
import sys

import psycopg
from allauth.account.forms import LoginForm
from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from casework.access.rules import rule_of

DEMO_PATH = "/demo/"
WAIT = 5 * 60
SOON = 10
AWAY = (
    *(OperationalError, InterfaceError),
    # As the driver says it, where Django does not stand in between.
    *(psycopg.OperationalError, psycopg.InterfaceError),
)
SUBMIT_ID = "submit_id"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105
NOT_TYPED = {TOKEN, SUBMIT_ID, "seen", "version"}
_CODE = re.compile(r"[a-z0-9_.:/-]+")
"""A choice, a day or a number, as a form sends it."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what was wrong with a request; of one that is too large, what to do."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "errors/413.html", status=413)
    if isinstance(exception, SessionInterrupted) and _came_from_away(exception):
        return _away(request)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """
    Say the same, byte for byte, of what is hidden and of what does not exist.

    Only of the demo, where it is off, it says that: who has its address looks for it.
    """
    off = not settings.DEMO and request.path == DEMO_PATH
    return render(request, "errors/404.html", {"demo_is_off": off}, status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Say the same of an account that exists and of one that does not."""
    response = render(request, "errors/429.html", status=429)
    response.headers["Retry-After"] = str(WAIT)
    return response


def no_mail(request: HttpRequest) -> HttpResponse:
    """Say that a mail could not go out; the same of an account and of none."""
    response = render(request, "errors/no_mail.html", status=503)
    response.headers["Retry-After"] = str(WAIT)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault; while the database is away, that it comes back."""
    if isinstance(sys.exc_info()[1], AWAY):
        return _away(request)
    return render(request, "errors/500.html", status=500)


def _came_from_away(exception: BaseException | None) -> bool:
    """Whether it was the database: Django says of a session that it was deleted."""
    while exception is not None:
        if isinstance(exception, AWAY):
            return True
        exception = exception.__cause__ or exception.__context__
    return False


def _away(request: HttpRequest) -> HttpResponse:
    """
    Give back what was sent, to be sent again as it was.

    Only with a submit id, so that it counts once. Without the request, of which every
    page asks who it is: that is what broke.
    """
    facts: dict[str, object] = {}
    if request.method in {"GET", "HEAD"}:
        facts["path"] = request.get_full_path()
    elif SUBMIT_ID in request.POST:
        fields = [(name, each) for name, many in request.POST.lists() for each in many]
        facts["path"] = request.get_full_path()
        facts["fields"] = fields
        facts["typed"] = _texts(fields)
    content = render_to_string("errors/503.html", facts)
    return HttpResponse(content, status=503, headers={"Retry-After": str(SOON)})


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """
    Say that the page was too old, and give back what was typed on it.

    Only what a page of ours sent, never what another site did; of logging in the address
    and no password.
    """
    facts: dict[str, object] = {}
    if _is_from_ours(request):
        facts = given_back(request)
        if request.path == reverse("account_login"):
            facts["login"] = LoginForm(initial={"login": request.POST.get("login", "")})
            facts["next"] = request.POST.get("next", "")
    return render(request, "errors/csrf.html", facts, status=403)


def logged_out(request: HttpRequest) -> HttpResponse | None:
    """Give back what somebody typed of whom nobody knows who he is; None for a button."""
    facts = given_back(request)
    if not facts.get("filled_in"):
        return None
    return render(request, "errors/logged_out.html", facts, status=403)


def given_back(request: HttpRequest) -> dict[str, object]:
    """Give what a form of ours sent, to read and to send again; nothing of a library's."""
    view = request.resolver_match and request.resolver_match.func
    if SUBMIT_ID not in request.POST or rule_of(view) is None:
        return {}
    fields = [(name, each) for name, many in request.POST.lists() for each in many]
    return {"path": request.get_full_path(), **shown(fields)}


def shown(fields: list[tuple[str, str]]) -> dict[str, object]:
    """Give fields to send again without the old token, and the texts among them."""
    return {
        "fields": [(name, value) for name, value in fields if name != TOKEN],
        "filled_in": any(v.strip() for name, v in fields if name not in NOT_TYPED),
        "typed": _texts(fields),
    }


def _texts(fields: list[tuple[str, str]]) -> list[str]:
    """Give what somebody wrote; what stands behind a choice tells him nothing."""
    written = (v for name, v in fields if name not in NOT_TYPED and v.strip())
    return [value for value in written if not _CODE.fullmatch(value)]


def _is_from_ours(request: HttpRequest) -> bool:
    ours = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") == ours
