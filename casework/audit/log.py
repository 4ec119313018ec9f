"""How a row gets into the log: one plain INSERT that waits for nobody."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DatabaseError

from casework.audit.keys import search_words
from casework.audit.models import CODE, VERB, AuditEntry
from casework.audit.wording import action_of
from casework.keys.envelope import KeyDestroyed
from casework.keys.masters import Damaged, UnknownMaster
from casework.people.models import User


@dataclass(frozen=True)
class Origin:
    """From where somebody acts. `role` is what he acts as when a row does not say."""

    ip: str | None = None
    request_id: uuid.UUID | None = None
    channel: str = AuditEntry.Channel.COMMAND.value
    role: str = ""


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039  # frozen


_noted: ContextVar[list[AuditEntry] | None] = ContextVar("noted", default=None)
_known: ContextVar[Iterable[AuditEntry]] = ContextVar("known", default=())


@dataclass(frozen=True, kw_only=True)
class Row:
    """
    What one row of the log says: codes and keys, never names or text.

    `words` is what somebody searched for; it goes in encrypted.
    """

    verb: str
    by: User | None
    at: datetime
    case: int | None = None
    about: str = ""
    on_behalf_of: User | None = None
    ground: str = ""
    granted: bool = True
    break_glass: bool = False
    role: str = ""
    access_basis: str = ""
    words: str = ""


class NotLogged(Exception):
    """The log could not be written, so nothing may be shown or done."""

    user_message = (
        "De toegang kon niet worden vastgelegd; daarom tonen we het dossier nu niet."
    )


class NotACode(ValueError):
    """The log holds codes only: a verb is `noun.verb`, the rest has no spaces."""


def write(  # the fields of NEN 7513
    verb: str,
    *,
    by: User | None,
    at: datetime,
    case: int | None = None,
    about: str = "",
    on_behalf_of: User | None = None,
    ground: str = "",
    granted: bool = True,
    break_glass: bool = False,
    role: str = "",
    access_basis: str = "",
    words: str = "",
) -> AuditEntry:
    """
    Write one row, in the transaction of what it tells about.

    :raises NotACode: if something would put text into the log
    :raises NotLogged: if the database refuses it, or no key hides its words
    """
    row = Row(
        verb=verb,
        by=by,
        at=at,
        case=case,
        about=about,
        on_behalf_of=on_behalf_of,
        ground=ground,
        granted=granted,
        break_glass=break_glass,
        role=role,
        access_basis=access_basis,
        words=words,
    )
    try:
        entry = _entry(row, origin.get())
        if (before := _written_before(entry)) is not None:
            return before
        entry.save(force_insert=True)
    except _FAILURES as error:
        raise NotLogged from error
    if (noted := _noted.get()) is not None:
        noted.append(entry)
    return entry


def write_many(rows: Iterable[Row]) -> list[AuditEntry]:
    """
    Write rows in one statement, in the order given.

    :raises NotACode: if something would put text into the log
    :raises NotLogged: if the database refuses them, or no key hides their words
    """
    here = origin.get()
    try:
        return AuditEntry.objects.bulk_create([_entry(row, here) for row in rows])
    except _FAILURES as error:
        raise NotLogged from error


@contextmanager
def noting() -> Iterator[list[AuditEntry]]:
    """Give the rows that are written within, one by one."""
    rows: list[AuditEntry] = []
    token = _noted.set(rows)
    try:
        yield rows
    finally:
        _noted.reset(token)


@contextmanager
def once_more(rows: Iterable[AuditEntry]) -> Iterator[None]:
    """
    Write no reading anew that these rows tell of: it is the same page once more.

    Of one request, after they were committed: else a reading would be in no row.
    """
    token = _known.set(rows)
    try:
        yield
    finally:
        _known.reset(token)


def act_as(role: str) -> None:
    """Say in which role the rest of this request is done."""
    origin.set(replace(origin.get(), role=role))


def _written_before(entry: AuditEntry) -> AuditEntry | None:
    if entry.action != "R" or entry.query is not None:
        return None
    same = (row for row in _known.get() if _says(row) == _says(entry))
    return next(same, None)


def _says(entry: AuditEntry) -> tuple[object, ...]:
    return tuple(getattr(entry, name) for name in _SAID)


def _entry(row: Row, here: Origin) -> AuditEntry:
    role = row.role or (here.role if row.by else "")
    if not _VERB.match(row.verb):
        raise NotACode(row.verb)
    for code in (row.about, row.ground, row.access_basis, role):
        if not _CODE.match(code):
            raise NotACode(row.verb)
    return AuditEntry(
        at=row.at,
        verb=row.verb,
        action=action_of(row.verb),
        by=row.by,
        by_role=role,
        on_behalf_of=row.on_behalf_of,
        case=row.case,
        about=row.about,
        granted=row.granted,
        break_glass=row.break_glass,
        ground=row.ground,
        access_basis=row.access_basis,
        ip=here.ip,
        channel=here.channel,
        request_id=here.request_id,
        query=search_words(row.words, at=row.at) if row.words else None,
    )


_SAID = (
    *("verb", "by_id", "by_role", "on_behalf_of_id", "case", "about", "granted"),
    *("break_glass", "ground", "access_basis", "request_id", "query"),
)
"""What is the same in two rows about one page; not the moment."""

_FAILURES = (DatabaseError, KeyDestroyed, UnknownMaster, Damaged)
_VERB = re.compile(VERB.replace("$", r"\Z"))
_CODE = re.compile(CODE.replace("$", r"\Z"))
