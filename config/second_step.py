"""Nobody comes further than his own account without a second step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

LAST = "Dit is je enige tweede stap. Voeg eerst een andere toe, haal deze daarna weg."
_SHOW = {
    "still_there",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
_SET_UP = {
    "still_there",
    "account_reauthenticate",
    "second_step",
    "mfa_activate_totp",
    "totp_picture",
    "mfa_add_webauthn",
}


class SecondStepMiddleware:
    """
    Let only sessions through in which the second step was taken.

    What counts is the session: who logged in with a password alone, before he had a
    second step or by a way around it, has to take it. Who has none sets one up first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send who lacks the step to where he takes it."""
        if not settings.SECOND_STEP_REQUIRED or not request.user.is_authenticated:
            return None
        if not getattr(view, "login_required", True):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if _took_it(request):
            return _keep_one(request) if name == "mfa_remove_webauthn" else None
        kinds = _kinds(request)
        if name in (_SHOW if kinds else _SET_UP):
            return None
        back = request.path if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{reverse(_way(kinds))}?next={quote(back)}")


def _took_it(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def _keep_one(request: HttpRequest) -> HttpResponse | None:
    """Refuse to take the last second step away; of an app its own form does that."""
    if len(_kinds(request)) > 1:
        return None
    messages.error(request, LAST)
    return redirect("mfa_index")


def _kinds(request: HttpRequest) -> list[str]:
    rows = Authenticator.objects.filter(user=request.user).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return list(rows.values_list("type", flat=True))


def _way(kinds: list[str]) -> str:
    if not kinds:
        return "second_step"
    return "mfa_reauthenticate" if "totp" in kinds else "mfa_reauthenticate_webauthn"
