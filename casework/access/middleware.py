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
        """Refuse with a 404, in tests with an error."""
        if rule_of(view) is not None:
            return
        module = getattr(view, "__module__", "")
        if module.startswith(tuple(settings.LIBRARY_VIEWS)):
            return
        if settings.DEBUG or getattr(settings, "TESTING", False):
            raise ImproperlyConfigured(f"{module}.{view.__name__} has no access rule")
        raise Http404
