"""Which people may ask for which page, and what a refusal looks like."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, OperationalError, transaction
from django.http import (
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils import timezone

from casework.access.requests import UserRequest
from casework.access.snapshot import snapshot, was_overtaken
from casework.audit import log
from casework.audit.models import AuditEntry
from casework.people.absence import roles_of
from casework.people.errors import NotPermitted, NotVisible, Stale, TransitionRefused
from casework.people.models import Role, Submission, User

Params = ParamSpec("Params")
View = Callable[Concatenate[UserRequest, Params], HttpResponseBase]

_TRIES = 3


@dataclass(frozen=True)
class AccessRule:
    """Who may ask for a page at all; what he sees there is asked per row."""

    reason: str
    anonymous: bool = False
    roles: frozenset[Role] = field(default_factory=frozenset)
    lends: bool = False
    """Whether who stands in for somebody with the role may ask for it too."""

    def admits(
        self, held: frozenset[Role], lent: frozenset[Role] = frozenset()
    ) -> bool:
        """Whether somebody with these roles may ask for it, or in whose name he works."""
        counts = held | lent if self.lends else held
        return self.anonymous or not self.roles or bool(self.roles & counts)


everyone = AccessRule("Iedereen met een account")


def roles(*allowed: Role, lends: bool = False) -> AccessRule:
    """Only who has one of these roles today; if it `lends`, who stands in for one too."""
    names = ", ".join(role.label.lower() for role in allowed)
    return AccessRule(f"Dit is voor: {names}.", roles=frozenset(allowed), lends=lends)


def public(reason: str) -> AccessRule:
    """Also who is not logged in; the reason says why that is safe."""
    return AccessRule(reason, anonymous=True)


def page(
    *, access: AccessRule, methods: tuple[str, ...] = ("GET",)
) -> Callable[[View[Params]], View[Params]]:
    """
    Give a view its access rule, its methods, and Dutch pages for refusals.

    HEAD goes with GET; another method is 405. Who lacks the role gets 403 with who
    may. A `TransitionRefused` becomes a page with its own status and sentence. All that
    is read is read from one snapshot; what `once` does comes after it.
    """

    def decorate(view: View[Params]) -> View[Params]:
        @functools.wraps(view)
        def guarded(
            request: UserRequest, /, *args: Params.args, **kwargs: Params.kwargs
        ) -> HttpResponseBase:
            allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))

            def answer() -> HttpResponseBase:
                if not access.anonymous:
                    held = roles_of(request.user, at=timezone.now())
                    request.role_set, request.lent_roles = held.own, held.lent
                    log.act_as(",".join(sorted(request.role_set)))
                    if not access.admits(held.own, held.lent):
                        raise NotPermitted(access.reason)
                return sent_before(request) or view(request, *args, **kwargs)

            return _answered(request, answer, reads=not access.anonymous)

        guarded.access_rule = access  # type: ignore[attr-defined]  # read by middleware
        guarded.methods = methods  # type: ignore[attr-defined]  # read by the matrix
        return login_not_required(guarded) if access.anonymous else guarded

    return decorate


def refused(
    request: UserRequest,
    refusal: TransitionRefused,
    *,
    back: Mapping[str, str] | None = None,
) -> HttpResponse:
    """
    Give the page that says why not; a hidden thing looks like one that is not there.

    `back` is where to go on, as `back_url` and `back_link`; without it: Mijn werk.
    """
    if isinstance(refusal, NotVisible):
        return render(request, "errors/404.html", status=404)
    template = "errors/403.html" if refusal.status == 403 else "errors/409.html"
    said = {"heading": refusal.heading, "message": refusal.user_message}
    return render(request, template, {**said, **(back or {})}, status=refusal.status)


def once(request: UserRequest, act: Callable[[], str]) -> HttpResponse:
    """
    Do what a form asks, once, and go to the address that `act` gives.

    The same form sent again (a double click, a reload) goes to the same address and
    does nothing. Everything happens in one transaction, after the page has read what
    it needs. When it is refused the view runs again, and this raises the refusal, so
    that the page that shows it is read anew with the right to read it.
    """
    refusal = getattr(request, "refusal", None)
    if refusal is not None:
        raise refusal
    raise _Deed(act)


class _Deed(Exception):
    """What is to be done once the page has read what it needs."""

    def __init__(self, act: Callable[[], str]) -> None:
        super().__init__()
        self.act = act
        self.rows: Sequence[AuditEntry] = ()
        """What the log says of that reading."""


def _answered(
    request: UserRequest, answer: Callable[[], HttpResponseBase], *, reads: bool
) -> HttpResponseBase:
    """Read, do, and read again where that was refused; public pages read nothing."""
    moment = snapshot if reads else nullcontext
    found = _read(request, answer, moment)
    if not isinstance(found, _Deed):
        return found
    try:
        return _do(request, found.act)
    except TransitionRefused as refusal:
        request.refusal = _settled(refusal, by=request.user)
    with log.once_more(found.rows):
        shown = _read(request, answer, moment)
    assert not isinstance(shown, _Deed)  # `once` raises the refusal now
    return shown


def _settled(refusal: TransitionRefused, *, by: User) -> TransitionRefused:
    try:
        refusal.settle(by=by, at=timezone.now())
    except TransitionRefused as other:
        return other
    return refusal


def _read(
    request: UserRequest,
    answer: Callable[[], HttpResponseBase],
    moment: Callable[[], AbstractContextManager[None]],
) -> HttpResponseBase | _Deed:
    """Run a view in its snapshot, again where somebody else was first."""
    for _ in range(_TRIES):
        try:
            with moment(), log.noting() as rows:
                try:
                    return answer()
                except _Deed as deed:
                    deed.rows = rows
                    return deed
                except TransitionRefused as refusal:
                    return refused(request, refusal)
        except OperationalError as error:
            if not was_overtaken(error):
                raise
    return refused(request, Stale())


def sent_before(request: UserRequest) -> HttpResponse | None:
    """
    Go where this same form led the first time; None when it is new.

    Asked before the page is read: after the first time, what it is about may be gone.
    """
    key = _key(request)
    if key is None or not request.user.is_authenticated:
        return None
    sent = Submission.objects.filter(user=request.user, key=key).first()
    return _see(sent.result or "/") if sent is not None else None


def _key(request: UserRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST["submit_id"])
    except (KeyError, ValueError):
        return None


def _do(request: UserRequest, act: Callable[[], str]) -> HttpResponse:
    key = _key(request) or uuid.uuid4()
    with transaction.atomic():
        try:
            with transaction.atomic():
                sent = Submission.objects.create(
                    user=request.user, key=key, at=timezone.now()
                )
        except IntegrityError:
            sent = Submission.objects.get(user=request.user, key=key)
            return _see(sent.result or "/")
        sent.result = act()
        sent.save(update_fields=["result"])
    return _see(sent.result)


def _see(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def rule_of(view: Any) -> AccessRule | None:
    """Give the rule that a view carries, if any."""
    rule = getattr(view, "access_rule", None)
    return rule if isinstance(rule, AccessRule) else None
