"""Logging in: by e-mail address and password, and nobody signs up by himself."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.audit import log
from casework.people.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: the functioneel beheerder makes accounts."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Log somebody in, and write that down."""
        super().login(request, user)
        log.write("login.succeeded", by=user, at=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        """Log somebody out, and write that down."""
        if isinstance(request.user, User):
            log.write("logout.done", by=request.user, at=timezone.now())
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down that it failed; not with which address, it may be a password."""
        super().authentication_failed(request, **credentials)
        log.write("login.failed", by=None, at=timezone.now(), granted=False)


@page(access=everyone)
def totp_picture(request: UserRequest) -> HttpResponse:
    """Give the QR code of the secret that is being set up, as a picture of our own.

    allauth would put it in the page as `data:`, which our policy refuses.
    """
    adapter = get_adapter()
    url = adapter.build_totp_url(request.user, get_totp_secret(regenerate=False))
    return HttpResponse(adapter.build_totp_svg(url), content_type="image/svg+xml")
