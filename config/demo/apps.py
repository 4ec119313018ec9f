"""The demo, with the check that keeps it out of production."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from config.site import INSIDE


class DemoConfig(AppConfig):
    """The role buttons and the fictional municipality."""

    name = "config.demo"
    label = "demo"
    verbose_name = "Demo"


@register
def demo_stays_at_home(**_: Any) -> list[CheckMessage]:
    """Refuse the demo where somebody from outside could come."""
    if not settings.DEMO:
        return []
    outside = sorted(set(settings.ALLOWED_HOSTS) - set(INSIDE))
    if not outside:
        return []
    return [
        Error(
            "DEMO is on, and the site answers to a name from outside.",
            hint="Unset DEMO, or take the name out of ALLOWED_HOSTS.",
            id="demo.E001",
        )
    ]
