"""What Mijn werk shows of somebody's cases; work itself knows no cases."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from ave.board.reading import levels_of
from casework.people.models import User

register = template.Library()


@register.inclusion_tag("board/_levels.html")
def cases_per_level(user: User) -> dict[str, Any]:
    """Show how many open cases somebody has at each level. One query."""
    return {"levels": levels_of(user, at=timezone.now())}
