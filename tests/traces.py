"""
What any test leaves behind is what two tables say: work, events and rows of the log.

A link to nowhere, a reference that is missing, a sentence without the name of who did it:
none of them fails a test that looks at something else, and somebody reads each one day.
`tests/kinds.csv` holds every kind of work, `tests/trail.csv` every verb. In a
field stand the answers that are good, with `|` between them; `n` is any number, `*`
anything, `-` nothing; a fact with `?` is there and holds nothing.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_save  # noqa: TID251  # to see, not to act

from casework.audit.models import AuditEntry
from casework.cases.models import Case, Event
from casework.cases.timeline import Names, sentence
from casework.work.models import WorkItem

HERE = Path(__file__).parent
SOMEBODY = re.compile(
    r"\b(?:[Ee]en collega|[Ee]en partij|een bureau|een hoger niveau)\b"
)
"""What a sentence says in the place of a name that its event does not carry."""

AT_ONCE = ("case.read_in", "case.still", "plan.review")

_WRITERS = ("casework.work.", "casework.audit.log", "django.", "mutmut.", __name__)


def _table(path: Path) -> dict[str, dict[str, list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            next(iter(row.values())): {
                name: told.split("|") for name, told in row.items()
            }
            for row in csv.DictReader(file)
        }


KINDS = _table(HERE / "kinds.csv")
VERBS = _table(HERE / "trail.csv")


class Left:
    """What was written, and what is wrong with it."""

    def __init__(self) -> None:
        self._wrong: set[str] = set()
        self._items: list[WorkItem] = []
        self._events: list[Event] = []

    def item(self, instance: WorkItem, *, created: bool, **_: Any) -> None:
        """See new work, but for what a test itself has opened."""
        if not created or _is_of_a_test():
            return
        self._items.append(instance)
        self._look_at_item(instance)

    def _look_at_item(self, instance: WorkItem) -> None:
        self._compare(
            instance.kind,
            KINDS,
            title=_shape(instance.title),
            link=_shape(instance.link),
            about=_noun(instance.about),
            by=_by(instance.opened_by_id),
            asked_by=_asked(instance),
            case=_yes(instance.case),
            reference=_yes(instance.reference),
            level=_yes(instance.level),
            legal=_yes(instance.legal),
            owner="user" if instance.owner_user_id else "desk",
            term=instance.term.partition(":")[0] or "-",
        )

    def event(self, instance: Event, *, created: bool, **_: Any) -> None:
        """See what was recorded; its log row says by whom and about what."""
        if created:
            self._events.append(instance)
            facts = {**instance.facts}
            facts.pop("about", None)
            names = sorted(
                f"{name}?" if facts[name] is None else name for name in facts
            )
            self._compare(instance.kind, VERBS, facts=" ".join(names) or "-")

    def row(self, instance: AuditEntry, *, created: bool, **_: Any) -> None:
        """See one row of the log, but for what a test itself has written."""
        if created and not _is_of_a_test():
            self._compare(
                instance.verb,
                VERBS,
                about=_noun(instance.about),
                by=_by(instance.by_id),
                case=_yes(instance.case),
                basis=_noun(instance.access_basis),
                granted=_yes(instance.granted),
                break_glass=_yes(instance.break_glass),
            )

    def look(self) -> set[str]:
        """Compare it with what else stands in the database; give what is wrong."""
        items, self._items = self._items, []
        events, self._events = self._events, []
        if items and not connection.needs_rollback:
            self._look_at_cases(items)
            self._look_at_many(items)
            self._look_at_ends(items)
        if events and not connection.needs_rollback:
            self._look_at_sentences(events)
        found, self._wrong = self._wrong, set()
        return found

    def _compare(
        self,
        what: str,
        table: Mapping[str, Mapping[str, list[str]]],
        **told: str,
    ) -> None:
        known = table.get(what)
        if known is None:
            self._wrong.add(f"{what} stands in no table")
            return
        for name, value in told.items():
            if value not in known[name] and known[name] != ["*"]:
                self._wrong.add(f"{what}: {name} is {value!r}, not {known[name]}")

    def _look_at_cases(self, items: list[WorkItem]) -> None:
        cases = Case._base_manager.in_bulk({each.case for each in items if each.case})
        for item in items:
            case = cases.get(item.case)
            if case is not None and item.reference != case.reference:
                self._wrong.add(f"{item.kind}: of {item.reference}, not {case}")

    def _look_at_many(self, items: list[WorkItem]) -> None:
        """Work that was opened in many cases at once says nothing of itself."""
        first = min(each.pk for each in items)
        rows = WorkItem._base_manager.filter(pk__gt=first, kind__in=AT_ONCE)
        for each in rows:
            self._look_at_item(each)

    def _look_at_ends(self, items: list[WorkItem]) -> None:
        ended = WorkItem._base_manager.filter(pk__in=[each.pk for each in items])
        for kind, state, by in ended.exclude(state="open").values_list(
            "kind", "state", "closed_by"
        ):
            self._compare(kind, KINDS, ended=f"{state} {_by(by)}")

    def _look_at_sentences(self, events: list[Event]) -> None:
        names = Names.of(events)
        for event in events:
            said = sentence(event, names)
            if SOMEBODY.search(said):
                self._wrong.add(f"{event.kind}: {said}")


def _is_of_a_test() -> bool:
    """Whether a test called the writer itself."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals["__name__"].startswith(_WRITERS):
        frame = frame.f_back
    return frame.f_code.co_filename.startswith(f"{HERE}/")


def _shape(text: str) -> str:
    return re.sub(r"\d+", "n", re.sub(r"AVE-\d+-\d+", "REF", str(text)))


def _noun(code: str) -> str:
    return code.partition(":")[0] or "-"


def _by(user: int | None) -> str:
    return "clock" if user is None else "person"


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _asked(item: WorkItem) -> str:
    if item.asked_by_id is None:
        return "-"
    return "same" if item.asked_by_id == item.opened_by_id else "other"


LEFT = Left()


@pytest.fixture(scope="session", autouse=True)
def _see_what_is_left() -> Iterator[None]:
    seen = {WorkItem: LEFT.item, Event: LEFT.event, AuditEntry: LEFT.row}
    for model, look in seen.items():
        post_save.connect(look, sender=model)
    yield
    for model, look in seen.items():
        post_save.disconnect(look, sender=model)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """
    Let the test fail that left it; what its fixtures left counts too.

    Not in `make long`: what chance comes upon there is more than two tables hold.
    """
    result = yield
    wrong = LEFT.look()
    if item.get_closest_marker("long") is None:
        assert not wrong, "\n".join(sorted(wrong))
    return result
