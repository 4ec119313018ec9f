"""Refuse a view that does not say who may ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse

from casework.access.rules import rule_of


class AccessMiddleware:
    """
    The second of three layers: no rule, no page.

    Views of libraries carry none; `settings.LIBRARY_VIEWS` names the modules whose
    views are admitted, each with its reason in the settings.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> None:
        """Refuse with a 404; who is building it gets an error."""
        if rule_of(view) is not None:
            return
        if view.__module__.startswith(tuple(settings.LIBRARY_VIEWS)):
            return
        if settings.DEBUG:
            raise ImproperlyConfigured(f"{view.__module__} has a view without a rule")
        raise Http404
