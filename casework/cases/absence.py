"""Somebody is away and his deputy works in his name, in every case; and it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from casework.audit import log
from casework.cases.lock import lock_cases
from casework.cases.models import Participation
from casework.cases.standing_in import (
    cover,
    end_places,
    is_away,
    stand_ins,
    uncovered,
    unsettled,
)
from casework.cases.uncovered import (
    BACK,
    close_questions,
    close_uncovered,
    question,
    questions,
)
from casework.people.absence import may_stand_in
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    TransitionRefused,
)
from casework.people.models import Absence, Membership, User
from casework.work import items
from casework.work.absences import tell_absences
from casework.work.days import end_of, local_day
from casework.work.models import WorkItem

LAPSED = WorkItem.Outcome.LAPSED
WHO_MAY = "Dit doet de collega zelf, de vervanger of de leidinggevende."


class NoDeputy(TransitionRefused):
    """Nobody was chosen to stand in, or nobody who was chosen is there."""

    status = 422
    user_message = "Er is nog geen vervanger die er is. Kies die eerst."


@transaction.atomic
def set_deputy(user: User, *, by: User, at: datetime, deputy: User) -> User:
    """
    Choose who stands in when somebody is away; until then the deputy sees nothing.

    :raises NotPermitted: if `by` is neither the person nor his team lead
    :raises InvalidInput: for himself, somebody of another organisation, or who left
    """
    user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
    leads = by.pk == user.team_lead_id and may_stand_in(by, user, at=at)
    if by.pk != user.pk and not leads:
        raise NotPermitted("Dit doet de collega zelf of de leidinggevende.")
    if deputy.pk == user.pk:
        raise InvalidInput("Kies een ander als vervanger.", field="deputy")
    if not may_stand_in(deputy, user, at=at):
        raise InvalidInput("Kies een collega van je eigen organisatie.", field="deputy")
    user.deputy = deputy
    user.save(update_fields=["deputy"])
    log.write("deputy.chosen", by=by, at=at, about=f"user:{user.pk}")
    return user


@transaction.atomic
def start_absence(
    user: User, *, by: User, at: datetime, reason: str, until: date | None = None
) -> Absence:
    """
    Let the deputy work in somebody's name from now on, until he is back.

    In all his running cases at once, but not in those of people whom the deputy
    knows: for these another is asked for. Whom this person stood in for goes on to
    the deputy. The three of them and the FG hear it.

    :raises NotPermitted: if `by` is not the person, his deputy or his team lead
    :raises NoDeputy: if there is nobody to stand in
    :raises AlreadyDone: if he is away already
    :raises InvalidInput: without a reason of another, or for a day that is over
    """
    _lock(user, at=at)
    user.refresh_from_db()
    if not may_report(user, by, at=at):
        raise NotPermitted(WHO_MAY)
    if until is not None and until < local_day(at):
        raise InvalidInput("Kies een dag die nog komt.", field="until")
    if not reason.strip() and by.pk != user.pk:
        raise InvalidInput("Schrijf waarom je dit nu doet.", field="reason")
    _refuse_who_is_away(user, by=by, at=at)
    absence = _begin(
        user,
        _find_deputy(user, at=at),
        by=by,
        at=at,
        reason=reason.strip() or "Zelf gemeld",
        ends_at=end_of(until) if until else None,
        started_by=by,
    )
    _pass_on(user, to=absence.deputy, by=by, at=at)
    tell_absences(at=at, only=absence)
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by: User, at: datetime) -> Absence:
    """
    Let somebody be back: his deputy sees his cases no longer.

    :raises NotPermitted: if `by` is not the person, his deputy or his team lead
    :raises AlreadyDone: if it ended before
    """
    away = absence.user
    _lock(away, at=at)
    absence.refresh_from_db(from_queryset=Absence.objects.select_for_update())
    if by.pk != absence.deputy_id and not may_report(away, by, at=at):
        raise NotPermitted(WHO_MAY)
    if absence.ends_at is not None and absence.ends_at <= at:
        raise AlreadyDone(BACK)
    _end(absence, by=by, at=at)
    tell_absences(at=at, only=absence)
    return absence


@transaction.atomic
def settle_absences(*, at: datetime) -> int:
    """
    Make the places of deputies equal to who is away now, for the clock.

    Ends the places of absences that ended by their day, with what was asked about them
    meanwhile. Adds a case that somebody came into in the same moment as he was
    reported away, and asks for another where the deputy sees one no longer. Gives how
    many rows changed.
    """
    over = stand_ins().exclude(is_away(at))
    # Read before the absences: a question of one that begins meanwhile is not in it.
    asked = {item.about: item for item in questions()}
    missing: dict[int, Absence] = {}
    cases = {row.case_id for row in over.all()}
    running = Absence.objects.active(at)
    for absence in running.select_related("user__team_lead", "deputy"):
        rows = uncovered(absence, at=at)
        for row in rows:
            asked.pop(question(absence, row.case), None)
        new = unsettled(absence, rows, at=at)
        if new:
            missing[absence.pk] = absence
            cases |= new
    cases |= {item.case for item in asked.values() if item.case is not None}
    if not cases:
        return 0
    lock_cases(cases)
    changed = end_places(over.all(), by=None, at=at)
    changed += close_questions(asked.values(), by=None, at=at, outcome=LAPSED)
    return changed + sum(cover(each, by=None, at=at) for each in missing.values())


def replace_who_left(*, at: datetime) -> int:
    """
    Let another stand in where a deputy left or went away meanwhile, for the clock.

    That is the next along the deputies, or else the team lead. If nobody is left, the
    absence ends: who was away, his team lead and the FG hear it. Gives how many
    absences that were.
    """
    held = _without_deputy(at).select_related("user", "started_by").order_by("pk")
    return sum(_replace(absence, at=at) for absence in list(held))


def dormant_stand_ins(*, at: datetime) -> int:
    """How many deputies hold a running place outside an absence: 0 when all is well."""
    return stand_ins().running(at).exclude(is_away(at)).count()


def may_report(user: User, by: User, *, at: datetime) -> bool:
    """Whether it is his to say that somebody is away: himself, deputy or team lead."""
    return reported_by(by, at=at).filter(pk=user.pk).exists()


def reported_by(by: User, *, at: datetime) -> QuerySet[User]:
    """
    Of whom somebody may say that they are away: himself, and whom he may stand in for.

    A deputy or a team lead who has left may say nothing of anybody else.
    """
    works = Membership.objects.on(local_day(at)).filter(user=by, user__is_active=True)
    theirs = Q(
        Q(deputy=by) | Q(team_lead=by),
        Exists(works),
        organisation__isnull=False,
        organisation=by.organisation_id,
    )
    return User.objects.filter(Q(pk=by.pk) | theirs)


def deputies_of(user: User, *, at: datetime) -> Iterator[User]:
    """His deputy and on along theirs; who has left counts as none."""
    seen, found = {user.pk}, user.deputy
    while found is not None and found.pk not in seen:
        if not may_stand_in(found, user, at=at):
            return
        yield found
        seen.add(found.pk)
        found = found.deputy


def _without_deputy(at: datetime) -> QuerySet[Absence]:
    """Give the absences of which the deputy has left, or is away himself."""
    works = Membership.objects.on(local_day(at)).filter(
        user=OuterRef("deputy"), user__is_active=True
    )
    running = Absence.objects.active(at)
    is_away = running.filter(user=OuterRef("deputy"))
    return running.filter(~Exists(works) | Exists(is_away))


@transaction.atomic
def _replace(absence: Absence, *, at: datetime) -> bool:
    """End an absence without a deputy and begin it anew; no if he has one by now."""
    _lock(absence.user, at=at)
    absence.refresh_from_db(from_queryset=Absence.objects.select_for_update())
    if not _without_deputy(at).filter(pk=absence.pk).exists():
        return False
    away, ends_at = absence.user, absence.ends_at
    _end(absence, by=None, at=at)
    with contextlib.suppress(NoDeputy):
        anew = _begin(
            away,
            _present(away, deputies_of(away, at=at), at=at),
            by=None,
            at=at,
            reason=absence.reason,
            ends_at=ends_at,
            started_by=absence.started_by,
        )
        tell_absences(at=at, only=anew)
    tell_absences(at=at, only=absence)
    return True


def _lock(user: User, *, at: datetime) -> None:
    """
    Lock what changes when somebody goes or comes back: the cases, then the people.

    The people are he, for whom he stands in, and who may stand in for him: so that
    nobody is chosen who goes away in the same moment. What came in while we waited
    would be locked out of order; then all of it is let go, and locked anew.
    """
    while True:
        cases, people = _cases_of(user), _people_around(user, at=at)
        with transaction.atomic():
            lock_cases(cases)
            _lock_people(people)
            if _cases_of(user) <= cases and _people_around(user, at=at) <= people:
                return
            transaction.set_rollback(True)


def _lock_people(keys: Iterable[int]) -> None:
    """Lock people in the order of their keys; rows that refer to them need not wait."""
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=list(keys))
    list(locked.order_by("pk").values_list("pk"))


def _people_around(user: User, *, at: datetime) -> set[int]:
    """Give him, for whom he stands in, and everybody who may stand in for him."""
    now = User.objects.select_related("deputy").get(pk=user.pk)
    held = Absence.objects.active(at).filter(deputy=user)
    found = {now.pk, *held.values_list("user_id", flat=True)}
    found |= {deputy.pk for deputy in deputies_of(now, at=at)}
    return found if now.team_lead_id is None else found | {now.team_lead_id}


def _cases_of(user: User) -> set[int]:
    """Give every case in which he, or whom he stands in for, takes part."""
    rows = Participation.objects.system_scope("to lock them in order").filter(
        Q(user=user) | Q(on_behalf_of=user), ended_at__isnull=True
    )
    theirs = Exists(Absence.objects.filter(user=OuterRef("user"), deputy=user))
    named = Participation.objects.system_scope("of whom he stands in for").filter(
        theirs, ended_at__isnull=True
    )
    cases = rows.values_list("case", flat=True)
    return {*cases, *named.values_list("case", flat=True)}


def obstacle(user: User, by: User, *, at: datetime) -> TransitionRefused | None:
    """Give why nobody can say now that this person is away; None if one can."""
    try:
        _refuse_who_is_away(user, by=by, at=at)
        _find_deputy(user, at=at)
    except TransitionRefused as refusal:
        return refusal
    return None


def _refuse_who_is_away(user: User, *, by: User, at: datetime) -> None:
    if Absence.objects.active(at).filter(user=user).exists():
        who = "Je bent" if by.pk == user.pk else "Deze collega is"
        raise AlreadyDone(f"{who} al afwezig gemeld.")


def _find_deputy(user: User, *, at: datetime) -> User:
    deputies = list(deputies_of(user, at=at))
    if not deputies:
        raise NoDeputy
    return _present(user, deputies, at=at)


def _present(user: User, deputies: Iterable[User], *, at: datetime) -> User:
    """His deputy, or along the deputies who is there; else his team lead."""
    away = frozenset(Absence.objects.active(at).values_list("user_id", flat=True))
    for found in deputies:
        if found.pk not in away:
            return found
    lead = user.team_lead
    if lead is None or lead.pk in away or not may_stand_in(lead, user, at=at):
        raise NoDeputy
    return lead


def _begin(
    user: User,
    deputy: User,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    ends_at: datetime | None,
    started_by: User,
) -> Absence:
    absence = Absence.objects.create(
        user=user,
        deputy=deputy,
        starts_at=at,
        ends_at=ends_at,
        started_by=started_by,
        reason=reason,
    )
    _log("absence.started", absence, by=by, at=at)
    items.end_silence(user, but=deputy)
    cover(absence, by=by, at=at)
    return absence


def _end(absence: Absence, *, by: User | None, at: datetime) -> None:
    absence.ends_at, absence.ended_by = at, by
    absence.save(update_fields=["ends_at", "ended_by"])
    _log("absence.ended", absence, by=by, at=at)
    close_uncovered(absence, by=by, at=at)
    held = stand_ins().filter(user=absence.deputy_id, on_behalf_of=absence.user_id)
    end_places(held, by=by, at=at)


def _pass_on(user: User, *, to: User, by: User, at: datetime) -> None:
    """Whom this person stood in for, is stood in for by his deputy from now on."""
    held = Absence.objects.active(at).filter(deputy=user).exclude(user=to)
    for absence in held.select_related("user", "deputy").order_by("pk"):
        ends_at, reason = absence.ends_at, absence.reason
        _end(absence, by=by, at=at)
        _begin(
            absence.user,
            to,
            by=by,
            at=at,
            reason=reason,
            ends_at=ends_at,
            started_by=by,
        )


def _log(verb: str, absence: Absence, *, by: User | None, at: datetime) -> None:
    in_his_name = by is not None and by.pk == absence.deputy_id
    log.write(
        verb,
        by=by,
        at=at,
        about=f"absence:{absence.pk}",
        on_behalf_of=absence.user if in_his_name else None,
    )
