"""What happens to who was away too long: a warning, the way out, and his text kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from casework.access.requests import UserRequest
from casework.access.rules import everyone, page, rule_of
from casework.audit import log
from casework.keys import kept
from casework.people.models import User
from config import errors, sessions

_TYPING = b" novalidate"
"""What every form of ours says that somebody may be filling in."""


class IdleMiddleware:
    """
    End a session in time, warn before that, and keep what comes in after it.

    Stands after the check of the form's token and before who it is is found out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if SESSION_KEY in session and sessions.is_over(session):
            _end(request)
        response = self.get_response(request)
        if SESSION_KEY not in session or response.status_code >= 400:
            return response
        if _asks_how_long(request):
            return response
        sessions.see(session)
        if _sends_a_form(request) and sessions.KEPT in session:
            _forget_sent(request)
        if _can_be_taken_away(request, response):
            response.headers["Refresh"] = _refresh(
                int(sessions.WARNED.total_seconds()), request.path
            )
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Keep a form that comes too late; its token was looked at before."""
        # First who it is: of a session with other rights that is seen only then.
        if request.user.is_authenticated:
            return None
        known = sessions.STOPPED in request.session
        if known and _asks_how_long(request):
            return _to_log_in(_safe(request, request.GET.get("next", "")))
        rule = rule_of(view)
        if request.method != "POST" or rule is None or rule.anonymous:
            return None
        if _sends_a_form(request):
            return _give_back_later(request) or errors.logged_out(request)
        return _to_log_in(request.path if "GET" in view.methods else "/")


@page(access=everyone, methods=("GET", "POST"))
def still_there(request: UserRequest) -> HttpResponse:
    """Warn who is about to be logged out; looking at it does not count as being there."""
    back = _safe(request, request.GET.get("next", ""))
    if request.method == "POST":
        sessions.see(request.session, now=True)
        return redirect(back)
    remaining = sessions.left(request.session)
    response = render(
        request,
        "account/still_there.html",
        {"minutes": max(1, round(remaining / 60)), "back": back},
    )
    response.headers["Refresh"] = f"{remaining + 1};url={request.get_full_path()}"
    return response


@page(access=everyone, methods=("GET", "POST"))
def kept_text(request: UserRequest) -> HttpResponse:
    """Give back what somebody sent when he was no longer logged in."""
    waiting = kept.kept_of(request.user, at=timezone.now())
    if request.method == "POST":
        number = request.POST.get("kept", "")
        for each in waiting:
            if str(each.number) == number:
                kept.forget(request.user, each.number)
                return redirect(_safe(request, _after(each, waiting)))
    if not waiting:
        request.session.pop(sessions.KEPT, None)
        return redirect("/")
    if request.method == "POST":
        return redirect("kept_text")
    request.session[sessions.KEPT] = True
    forms = [_form(each) for each in waiting]
    return render(request, "account/kept_text.html", {"forms": forms})


def _after(thrown: kept.Kept, waiting: list[kept.Kept]) -> str:
    """Give where to go on: here as long as something waits, else where it was typed."""
    return reverse("kept_text") if len(waiting) > 1 else thrown.path


def _form(each: kept.Kept) -> dict[str, object]:
    fields = [(name, value) for name, values in each.fields for value in values]
    return {"number": each.number, "path": each.path, **errors.shown(fields)}


def _end(request: HttpRequest) -> None:
    user = User.objects.filter(pk=sessions.stop(request.session)).first()
    if user is not None:
        log.write("logout.timed", by=user, at=timezone.now())


def _asks_how_long(request: HttpRequest) -> bool:
    return request.path == reverse("still_there")


def _sends_a_form(request: HttpRequest) -> bool:
    """Whether something is sent that counts once; a search or a button is no text."""
    return request.method == "POST" and errors.SUBMIT_ID in request.POST


def _can_be_taken_away(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the page may go: nobody is typing on it."""
    return (
        request.method == "GET"
        and response.status_code == 200
        and not response.streaming
        and response.headers.get("Content-Type", "").startswith("text/html")
        and _TYPING not in response.content
        and "Refresh" not in response.headers
    )


def _refresh(seconds: int, path: str) -> str:
    """Write the header; without the question of the page, which may hold a name."""
    return f"{seconds};url={reverse('still_there')}?next={quote(path)}"


def _to_log_in(back: str) -> HttpResponse:
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?next={quote(back)}")


def _safe(request: HttpRequest, address: str) -> str:
    """Give an address of ours, whatever was asked for."""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts=None, require_https=request.is_secure()
    )
    return address if ours and address.startswith("/") else "/"


def _give_back_later(request: HttpRequest) -> HttpResponse | None:
    """Keep a form for who sent it; None when nobody knows who, or he has too many."""
    user = request.session.get(sessions.STOPPED)
    if user is None:
        return None
    fields = list(request.POST.lists())
    path = request.get_full_path()
    if not kept.keep(int(user), path=path, fields=fields, at=timezone.now()):
        return None
    request.session[sessions.KEPT] = True
    return _to_log_in(reverse("kept_text"))


def _forget_sent(request: HttpRequest) -> None:
    """Forget what was kept once it is sent again; logging in again does not do that."""
    view = request.resolver_match and request.resolver_match.func
    if view is None or rule_of(view) is None or not isinstance(request.user, User):
        return
    fields = list(request.POST.lists())
    kept.forget_sent(request.user, path=request.get_full_path(), fields=fields)
    if not kept.has_kept(request.user, at=timezone.now()):
        del request.session[sessions.KEPT]
