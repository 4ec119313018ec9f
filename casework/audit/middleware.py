"""From where a request comes, and what the log says when it is refused."""

from __future__ import annotations

import ipaddress
import logging
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from casework.audit.log import NotLogged, Origin, origin, write
from casework.audit.models import AuditEntry
from casework.people.models import User

logger = logging.getLogger(__name__)

_REFUSALS = frozenset({403, 404})
_REFERENCE = re.compile(r"AVE-\d{4}-\d+", re.ASCII)
_NO_CODE = re.compile(r"[^A-Za-z0-9_.:-]")


class OriginMiddleware:
    """Set where this request comes from, for every row that it writes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin.set(
            Origin(
                ip=_address(_asked_from(request)),
                request_id=uuid.uuid4(),
                channel=AuditEntry.Channel.WEB.value,
            )
        )
        try:
            return self.get_response(request)
        finally:
            origin.reset(token)


class RefusalMiddleware:
    """
    Log each page that was refused to somebody, after whatever was rolled back.

    Stands after authentication. Where the log cannot be written it shows nothing.
    Who knows cases says in `case_of` which one a reference stands for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = request.user
        if response.status_code not in _REFUSALS or not isinstance(user, User):
            return response
        try:
            self._log(request, user)
        except NotLogged as failure:
            return _unavailable(request, failure)
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Show that the log failed, instead of the page that it was about."""
        if isinstance(exception, NotLogged):
            return _unavailable(request, exception)
        return None

    def case_of(self, reference: str) -> int | None:  # for who knows cases
        """Give the number of the case with this reference, if there is one."""
        return None

    def _log(self, request: HttpRequest, user: User) -> None:
        match = request.resolver_match
        view = _NO_CODE.sub("", match.view_name)[:60] if match else ""
        given = list(match.kwargs.values()) if match else []
        reference = next((g for g in given if _REFERENCE.fullmatch(str(g))), None)
        numbers = "".join(f"/{number}" for number in given if isinstance(number, int))
        with transaction.atomic(durable=True):
            write(
                "page.refused",
                by=user,
                at=timezone.now(),
                case=self.case_of(reference) if reference else None,
                about="reference" if reference else f"{view}{numbers}"[:80],
                access_basis=view,
                role=",".join(sorted(getattr(request, "role_set", ()))),
                granted=False,
            )


def _unavailable(request: HttpRequest, failure: NotLogged) -> HttpResponse:
    logger.error("log not written", exc_info=failure)
    facts = {
        "message": failure.user_message,
        "retry": request.method in {"GET", "HEAD"},
    }
    # Without the request: what every page asks the database may be what broke.
    content = render_to_string("audit/not_logged.html", facts)
    return HttpResponse(content, status=503, headers={"Retry-After": "60"})


def _asked_from(request: HttpRequest) -> str:
    """Give the address that our own proxy saw; what stands before it anybody may write."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < settings.PROXIES <= len(seen) and seen[-settings.PROXIES].strip():
        return str(seen[-settings.PROXIES]).strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _address(given: str) -> str | None:
    try:
        return str(ipaddress.ip_address(given.partition("%")[0]))
    except ValueError:
        return None
