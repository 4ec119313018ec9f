"""How days, names, levels and icons are written on the screen."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_outline

from casework.levels import Level

register = template.Library()

WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)

ICONS = {
    "add": "plus",
    "archive": "archive-box",
    "attachment": "paper-clip",
    "back": "arrow-left",
    "bell": "bell",
    "calendar": "calendar-days",
    "cases": "folder",
    "chart": "chart-bar",
    "chat": "chat-bubble-left-right",
    "check": "check",
    "clock": "clock",
    "close": "x-mark",
    "computer": "computer-desktop",
    "decide": "scale",
    "delete": "trash",
    "document": "document-text",
    "done": "check-circle",
    "down": "arrow-down",
    "download": "arrow-down-tray",
    "edit": "pencil-square",
    "flag": "flag",
    "forward": "arrow-right",
    "group": "user-group",
    "help": "question-mark-circle",
    "hidden": "eye-slash",
    "house": "home",
    "info": "information-circle",
    "key": "key",
    "lock": "lock-closed",
    "log": "clipboard-document-list",
    "logout": "arrow-right-start-on-rectangle",
    "mail": "envelope",
    "next": "chevron-right",
    "organisation": "building-office-2",
    "phone": "phone",
    "previous": "chevron-left",
    "print": "printer",
    "programme": "shield-check",
    "reports": "chart-bar-square",
    "search": "magnifying-glass",
    "send": "paper-airplane",
    "settings": "cog-6-tooth",
    "signal": "megaphone",
    "stop": "no-symbol",
    "swap": "arrows-right-left",
    "tasks": "queue-list",
    "undo": "arrow-uturn-left",
    "unlock": "lock-open",
    "up": "arrow-up",
    "user": "user",
    "user-add": "user-plus",
    "user-remove": "user-minus",
    "visible": "eye",
    "warning": "exclamation-triangle",
    "work": "inbox",
}
"""Our name of an icon -> its name in heroicons (outline)."""

STAIRCASE = (
    '<svg fill="none" viewBox="0 0 32 32" stroke="currentColor" stroke-width="2.4"'
    ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" class="icon">'
    '<path d="M4 28h7v-7h7v-7h7V7h5M7 15V4M2.5 8.5 7 4l4.5 4.5"/></svg>'
)
"""The mark of the product: steps going up. Drawn here; heroicons has none."""


@register.simple_tag
def new_submit_id() -> uuid.UUID:
    """Give a form that is one button a key of its own: sent twice it acts once."""
    return uuid.uuid4()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """
    Draw an icon in the text; with a label it is read aloud, else it is decoration.

    :raises KeyError: if we have no icon of this name
    """
    drawn = STAIRCASE if name == "staircase" else _drawn(ICONS[str(name)])
    if label:
        drawn = drawn.replace(
            'aria-hidden="true"', f'role="img" aria-label="{escape(label)}"', 1
        )
    # Made of our own constants and the icons of a package; the label is escaped.
    return mark_safe(drawn)  # noqa: S308


@functools.cache
def _drawn(heroicon: str) -> str:
    return str(heroicon_outline(heroicon, size=None, **{"class": "icon"}))


@register.filter
def day(value: date | datetime | None, today: date | str = "") -> str:
    """Write a day: "vr 27 november", with the year if it is not this one."""
    if not value:
        return ""
    on = _on(value)
    year = "" if on.year == _today(today).year else f" {on.year}"
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}{year}"


@register.filter
def moment(value: datetime | None, today: date | str = "") -> str:
    """Write a moment: "20 november, 16.42 uur", in our own time."""
    if not value:
        return ""
    on = _on(value)
    year = "" if on.year == _today(today).year else f" {on.year}"
    return f"{on.day} {MONTHS[on.month - 1]}{year}, {_clock(value)}"


@register.filter
def clock(value: datetime | None) -> str:
    """Write the time alone: "16.42 uur"."""
    return _clock(value) if value else ""


@register.filter
def until(value: datetime | None, today: date | str = "") -> str:
    """Write an end: "tot en met vr 4 december", or "tot 4 december, 16.42 uur"."""
    if not value:
        return ""
    on = timezone.localtime(value)
    if on.time() == time():
        return f"tot en met {day(on.date() - timedelta(days=1), today)}"
    return f"tot {moment(value, today)}"


@register.filter
def due(value: date | datetime | None, today: date | str = "") -> str:
    """Write until when: "vandaag", "morgen, 10.00 uur" or "6 dagen te laat"."""
    if not value:
        return ""
    days = (_on(value) - _today(today)).days
    if days < 0:
        return "1 dag te laat" if days == -1 else f"{-days} dagen te laat"
    word = {0: "vandaag", 1: "morgen"}.get(days) or day(value, today)
    return f"{word}, {_clock(value)}" if isinstance(value, datetime) else word


@register.filter
def is_late(value: date | datetime | None, today: date | str = "") -> bool:
    """Whether a day is over."""
    return _on(value) < _today(today) if value else False


@register.filter
def long_day(value: date | datetime | None) -> str:
    """Write a day in full, as the heading of a page: "Maandag 23 november"."""
    if not value:
        return ""
    names = ("Maan", "Dins", "Woens", "Donder", "Vrij", "Zater", "Zon")
    on = _on(value)
    return f"{names[on.weekday()]}dag {on.day} {MONTHS[on.month - 1]}"


@register.filter
def initials(name: str) -> str:
    """Two letters for somebody's name: "Marloes de Wit" is MW, "Dr. A. Smit" AS."""
    words = str(name).replace("(", "").replace("-", " ").split()
    names = [word for word in words if word[0].isupper() and not _is_title(word)]
    return "".join(word[0] for word in (names or words)[:2]).upper()


@register.filter
def dial(phone: str) -> str:
    """Write a telephone number as a link takes it: "+31 (0)10 1234" is +31101234."""
    dialled = str(phone).replace("(0)", "")
    return "".join(sign for sign in dialled if sign.isdigit() or sign == "+")


@register.filter
def level_name(number: int | None) -> str:
    """Name a level: 3 is "Management"."""
    return Level(number).label if number else ""


@register.filter
def number(value: int) -> str:
    """Write how many: 12000 is "12.000"."""
    return f"{value:,}".replace(",", ".")


@register.filter
def at_key(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Look up what stands at a key; nothing if there is no such key."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def anchor(field: BoundField) -> str:
    """Give the id where the cursor must go to mend a field."""
    return f"{field.auto_id}_0" if is_group(field) else str(field.id_for_label)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether a field is a group of choices: radio buttons or checkboxes."""
    return getattr(field.field.widget, "input_type", "") in {"radio", "checkbox"} and (
        field.use_fieldset
    )


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a field is one single box to tick."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and (
        not field.use_fieldset
    )


@register.inclusion_tag("components/breadcrumbs.html")
def crumbs(*parts: object) -> dict[str, list[tuple[str, str]]]:
    """
    Show the way to this page: `{% crumbs "Casussen" "/casussen/" case.reference %}`.

    Pairs of a name and an address; the last name stands alone.
    """
    words = [str(part) for part in parts]
    names, addresses = words[::2], words[1::2]
    return {"crumbs": list(zip(names, [*addresses, ""], strict=False))}


def _on(value: date | datetime) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value


def _clock(value: datetime) -> str:
    return f"{timezone.localtime(value):%H.%M} uur"


def _today(given: date | str) -> date:
    return given if isinstance(given, date) else timezone.localdate()


def _is_title(word: str) -> bool:
    return word.endswith(".") and len(word) > 2
