"""What stands in the log, for who may read it: newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from casework.audit.models import AuditEntry
from casework.audit.wording import sentence, thing
from casework.people.models import Role, User

_ROLES = {role.value: role.label.lower() for role in Role}
_PLACES = {
    "participation": "betrokken bij de casus",
    "task_desk": "had een taak in de casus",
}
_USER = "user:"


@dataclass(frozen=True)
class LogQuery:
    """Which rows somebody asks for; what is not given does not count."""

    from_on: date | None = None
    until_on: date | None = None
    who: str = ""
    case: int | None = None
    verb: str = ""
    granted: bool | None = None
    without: frozenset[int] = frozenset()
    """Cases that whoever asks may not know of."""


@dataclass(frozen=True)
class Line:
    """One row of the log as the screen shows it."""

    pk: int
    at: datetime
    who: str
    organisation: str
    role: str
    on_behalf_of: str
    text: str
    case: str
    code: str
    """What it is about, as the log says it."""
    about: str
    basis: str
    granted: bool
    break_glass: bool
    ip: str
    channel: str


@dataclass(frozen=True)
class Page:
    """A page of lines; `after` asks for the next one, None is the end."""

    lines: list[Line]
    after: int | None


def page_of_log(
    filters: LogQuery,
    *,
    after: int | None = None,
    limit: int = 50,
    references: Mapping[int, str] | None = None,
) -> Page:
    """
    Give a page of the whole log. One query, and one for the colleagues that it is about.

    It logs nothing itself. `references` names cases by their reference for who may know
    them; the rest is shown by number.
    """
    found = _page(
        _asked(filters), after=after, limit=limit, references=references or {}
    )
    people = _colleagues(line.code for line in found.lines)
    lines = [
        replace(line, about=people.get(line.code, line.about)) for line in found.lines
    ]
    return replace(found, lines=lines)


def entries_for_case(
    case_id: int, *, after: int | None = None, limit: int = 50
) -> Page:
    """Give who saw or did what in one case. One query."""
    entries = AuditEntry.objects.filter(case=case_id)
    return _page(entries, after=after, limit=limit, references={})


def cases_of(
    filters: LogQuery, *, after: int | None = None, limit: int = 50
) -> set[int]:
    """Give the numbers of the cases on a page, to look their references up."""
    entries = _newest_first(_asked(filters), after=after)[:limit]
    return {case for case in entries.values_list("case", flat=True) if case is not None}


def lines_of(entries: Iterable[AuditEntry]) -> list[Line]:
    """Give some rows as the screen shows them; two queries for all."""
    rows = list(entries)
    prefetch_related_objects(rows, "by__organisation", "on_behalf_of")
    return list(_lines(rows, {}))


def _asked(filters: LogQuery) -> QuerySet[AuditEntry]:
    asked = AuditEntry.objects.all()
    if filters.from_on:
        asked = asked.filter(at__gte=_midnight(filters.from_on))
    if filters.until_on:
        asked = asked.filter(at__lt=_midnight(filters.until_on + timedelta(days=1)))
    if filters.who:
        named = Q(name__icontains=filters.who) | Q(email__iexact=filters.who)
        people = User.objects.filter(named).values("pk")
        asked = asked.filter(Q(by__in=people) | Q(on_behalf_of__in=people))
    if filters.case is not None:
        asked = asked.filter(case=filters.case)
    if filters.verb:
        asked = asked.filter(verb=filters.verb)
    if filters.granted is not None:
        asked = asked.filter(granted=filters.granted)
    if filters.without:
        asked = asked.exclude(case__in=filters.without)
    return asked


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _page(
    entries: QuerySet[AuditEntry],
    *,
    after: int | None,
    limit: int,
    references: Mapping[int, str],
) -> Page:
    ordered = _newest_first(entries, after=after).select_related(
        "by__organisation", "on_behalf_of"
    )
    found = list(ordered[: limit + 1])
    return Page(
        lines=list(_lines(found[:limit], references)),
        after=found[limit - 1].pk if len(found) > limit else None,
    )


def _newest_first(
    entries: QuerySet[AuditEntry], *, after: int | None
) -> QuerySet[AuditEntry]:
    if after is not None:
        moment = AuditEntry.objects.filter(pk=after).values("at")[:1]
        entries = entries.alias(moment=moment).filter(
            Q(at__lt=F("moment")) | Q(at=F("moment"), pk__lt=after),
            at__lte=F("moment"),
        )
    return entries.order_by("-at", "-pk")


def _lines(
    entries: Iterable[AuditEntry], references: Mapping[int, str]
) -> Iterable[Line]:
    for entry in entries:
        yield Line(
            pk=entry.pk,
            at=entry.at,
            who=_who(entry),
            organisation=_organisation(entry.by),
            role=", ".join(_ROLES.get(r, r) for r in entry.by_role.split(",")),
            on_behalf_of=entry.on_behalf_of.name if entry.on_behalf_of else "",
            text=sentence(entry.verb),
            case=_case(entry, references),
            code=entry.about,
            about=thing(entry.about),
            basis=_basis(entry),
            granted=entry.granted,
            break_glass=entry.break_glass,
            ip=entry.ip or "",
            channel=entry.get_channel_display(),
        )


def _colleagues(codes: Iterable[str]) -> dict[str, str]:
    """Name the colleagues that rows are about: who got a place at a desk, for example."""
    keys = [code.removeprefix(_USER) for code in codes if code.startswith(_USER)]
    people = User.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
    if not keys:
        return {}
    return {f"{_USER}{pk}": name for pk, name in people.values_list("pk", "name")}


def _who(entry: AuditEntry) -> str:
    if entry.by:
        return entry.by.name
    nobody = entry.channel == AuditEntry.Channel.WEB
    return "Iemand zonder account" if nobody else "Het systeem"


def _basis(entry: AuditEntry) -> str:
    """Say why he might: by his place in the case or a task, and on which ground."""
    noun = entry.access_basis.partition(":")[0]
    return ", ".join(filter(None, (_PLACES.get(noun, ""), entry.ground)))


def _organisation(user: User | None) -> str:
    return user.organisation.short_name if user and user.organisation else ""


def _case(entry: AuditEntry, references: Mapping[int, str]) -> str:
    return "" if entry.case is None else references.get(entry.case, str(entry.case))
