"""What anybody may read about the product: help, privacy, access, source code."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from casework.access.requests import UserRequest
from casework.access.rules import page, public

_about = public("fixed text without data, that one needs before logging in too")


@page(access=_about)
def help(request: UserRequest) -> HttpResponse:  # noqa: A001  # the name of the page
    """What the words and the levels mean, and whom to call."""
    return render(request, "about/help.html")


@page(access=_about)
def privacy(request: UserRequest) -> HttpResponse:
    """Who sees what, and what is kept."""
    return render(request, "about/privacy.html")


@page(access=_about)
def accessibility(request: UserRequest) -> HttpResponse:
    """How accessible the site is, and what to do if it is not."""
    return render(request, "about/accessibility.html")


@page(access=_about)
def source(request: UserRequest) -> HttpResponse:
    """Where the source code of this version is, as the AGPL asks."""
    return render(request, "about/source.html", {"address": settings.SOURCE_URL})
