"""Logging in: by e-mail address, password and second step; nobody signs up by himself."""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import get_pending_stage
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.rules import everyone, page
from casework.audit import log
from casework.keys.envelope import envelope, envelope_for_sealing
from casework.keys.kept import has_kept
from casework.people.models import User
from config import errors, sessions
from config.second_step import LAST

logger = logging.getLogger(__name__)

ACCOUNTS = "accounts"
FACTOR = "factor"
TOO_MANY = {"too_many_login_attempts", "rate_limited"}
CHANGES = {
    "account/email/password_changed": "password.changed",
    "account/email/password_reset": "password.changed",
    "account/email/password_set": "password.changed",
    "mfa/email/totp_activated": "second_step.added",
    "mfa/email/webauthn_added": "second_step.added",
    "mfa/email/totp_deactivated": "second_step.removed",
    "mfa/email/webauthn_removed": "second_step.removed",
    "mfa/email/recovery_codes_generated": "second_step.codes_made",
}
"""What allauth would mail about an account, and we write in the log."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: the functioneel beheerder makes accounts."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """
        Refuse who fails too often: five times from one address, fifty from everywhere.

        By the account alone five would do for anybody to shut somebody else out, who is
        waited for by telephone; fifty in five minutes still guess no password.
        """
        super().pre_authenticate(request, **credentials)
        self._tried_anywhere = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_anywhere",
            key=super()._get_login_attempts_cache_key(request, **credentials),
        )
        if not self._tried_anywhere:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        account = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}@{get_ip(request)}"

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        self._tried_anywhere.rollback()

    def login(self, request: HttpRequest, user: User) -> None:
        """Log somebody in, write that down, and know whether something is kept for him."""
        super().login(request, user)
        log.write("login.succeeded", by=user, at=timezone.now())
        if has_kept(user, at=timezone.now()):
            request.session[sessions.KEPT] = True

    def logout(self, request: HttpRequest) -> None:
        """Log somebody out, and write that down."""
        if isinstance(request.user, User):
            log.write("logout.done", by=request.user, at=timezone.now())
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down that it failed; not with which address, it may be a password."""
        super().authentication_failed(request, **credentials)
        if isinstance(request.user, User):
            _log_refusal("password.failed", by=request.user)
        else:
            _log_refusal("login.failed", by=None)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Answer 429 to who tries too often, wherever he does; log a wrong old password."""
        if code in TOO_MANY:
            raise ImmediateHttpResponse(too_many(context.request))
        if code == "enter_current_password":
            _log_refusal("password.failed", by=_known(context.request))
        error: ValidationError = super().validation_error(code, *args)
        return error

    def send_mail(self, template_prefix: str, email: str, facts: Any) -> None:
        """
        Send a mail about an account at once, or say that it can't go out now.

        What the mail server says names who was written to, so only its kind is told.
        """
        try:
            super().send_mail(template_prefix, email, facts)
        except OSError as error:  # also everything that smtplib raises
            logger.error("%s not sent: %s", template_prefix, type(error).__name__)  # noqa: TRY400
            raise ImmediateHttpResponse(errors.no_mail(context.request)) from None

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **kwargs: Any
    ) -> None:
        """Write down that somebody's account changed."""
        super().send_notification_mail(template_prefix, user, *args, **kwargs)
        if template_prefix in CHANGES:
            log.write(CHANGES[template_prefix], by=user, at=timezone.now())


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": LAST,
        "incorrect_code": "Deze code klopt niet, of is al gebruikt. "
        "Wacht op de volgende code en vul die in.",
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Write down that a code or a passkey was wrong, and of whom, if he is known."""
        if code == "incorrect_code":
            _log_refusal("second_step.failed", by=_known(context.request))
        error: ValidationError = super().validation_error(code, *args)
        return error

    def encrypt(self, text: str) -> str:
        """Keep the secret of an app out of a dump of the database."""
        key = envelope_for_sealing(ACCOUNTS, at=timezone.now())
        return key.seal(text, purpose=FACTOR).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Read the secret of an app."""
        return envelope(ACCOUNTS).reveal(bytes.fromhex(encrypted_text), purpose=FACTOR)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to take the last second step away: first the new, then the old."""
        if not settings.SECOND_STEP_REQUIRED:
            return True
        others = Authenticator.objects.filter(user=authenticator.user_id)
        return bool(
            others.exclude(pk=authenticator.pk).exclude(type="recovery_codes").exists()
        )


@page(access=everyone)
def second_step(request: UserRequest) -> HttpResponse:
    """Ask who has no second step to choose one."""
    return render(request, "account/second_step.html")


@page(access=everyone)
def totp_picture(request: UserRequest) -> HttpResponse:
    """Give the QR code of the secret that is being set up, as a picture of our own.

    allauth would put it in the page as `data:`, which our policy refuses.
    """
    adapter = get_adapter()
    url = adapter.build_totp_url(request.user, get_totp_secret(regenerate=False))
    return HttpResponse(adapter.build_totp_svg(url), content_type="image/svg+xml")


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer who tries too often, and write that down once until he may try again."""
    user = _known(request)
    if _begins(request, user):
        _log_refusal("login.throttled", by=user)
    return errors.too_many(request)


def _begins(request: HttpRequest, user: User | None) -> bool:
    """Whether neither the account nor the address was refused just now: no flood of rows."""
    tried = request.POST.get("login") or request.POST.get("email") or ""
    account = f"user:{user.pk}" if user else f"name:{tried.strip().lower()}"
    # The address first: who names a thousand accounts leaves no more than one of them.
    return all(
        cache.add(f"throttled:{sha256(each.encode()).hexdigest()}", 1, errors.WAIT)
        for each in (f"address:{get_ip(request)}", account)
    )


def _known(request: HttpRequest) -> User | None:
    """Who is logged in, or gave the right password and has yet to show his second step."""
    stage = get_pending_stage(request)
    user = stage.login.user if stage else request.user
    return user if isinstance(user, User) else None


def _log_refusal(verb: str, *, by: User | None) -> None:
    """Write a row that stays, whatever becomes of the request."""
    with transaction.atomic(durable=True):
        log.write(verb, by=by, at=timezone.now(), granted=False)
