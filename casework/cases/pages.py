"""What every page of a case shows above its own part, and how a case is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases import staircase
from casework.cases.break_glass import address_of
from casework.cases.closed import require_in
from casework.cases.models import Bottleneck, BreakGlass, Case, Participation
from casework.cases.participations import lender
from casework.cases.readings import log_reading
from casework.levels import Level
from casework.people.absence import lent_desks
from casework.people.errors import NotVisible
from casework.people.models import User

_REFERENCE = re.compile(r"[A-Z]{2,5}-\d{4}-\d{3,8}", re.ASCII)

TABS = (
    ("overzicht", "Overzicht"),
    ("plan", "Plan"),
    ("afspraken", "Afspraken en overleg"),
    ("opschalen", "Op- en afschalen"),
    ("huishouden", "Huishouden"),
    ("partijen", "Partijen"),
    ("tijdlijn", "Tijdlijn"),
    ("wie-zag-dit", "Wie zag dit"),
)

TABS_IN_TRIAGE = frozenset(
    {"overzicht", "huishouden", "partijen", "tijdlijn", "wie-zag-dit"}
)

STATUS_KINDS = {
    Case.Status.IN_TRIAGE: "amber",
    Case.Status.OPEN: "blue",
    Case.Status.AFTERCARE: "green",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of a case, on its own address."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Emergency:
    """The red bar: until when somebody reads a case in an emergency."""

    until: str
    url: str


def case_for(
    user: User,
    reference: str,
    *,
    at: datetime,
    permission: Permission = Permission.READ_DOSSIER,
) -> Case:
    """
    Give the case that somebody may see with this scope; check and read are one.

    :raises NotVisible: if there is no such case for him
    """
    require_reference(reference)
    mine = Case.objects.visible_to(user, at=at, permission=permission)
    try:
        # Not `first`: an order of one row costs as much as asking for it.
        return mine.select_related(
            "procesregisseur", "casusregisseur", "referral__organisation"
        ).get(reference=reference)
    except Case.DoesNotExist:
        raise NotVisible() from None


def require_reference(text: str) -> None:
    """
    Refuse what can't be the reference of a case, such as what no database can hold.

    :raises NotVisible: if it isn't one
    """
    if not _REFERENCE.fullmatch(text):
        raise NotVisible


def dossier_for(
    user: User,
    reference: str,
    *,
    at: datetime,
    about: str = "",
    verb: str = "",
    need: Permission | None = None,
) -> Case:
    """
    Give a case whose dossier somebody reads, and write down that he does.

    `need` is what he must be allowed besides; refused, he read nothing.

    :raises NotVisible: if there is no such case for him
    :raises NotPermitted: if he sees it but lacks what is needed
    """
    case = case_for(user, reference, at=at)
    if need is not None:
        require_in(case, user, need, at=at)
    log_reading(
        verb or "case.read",
        case,
        user,
        at=at,
        scope=Permission.READ_DOSSIER,
        about=about,
    )
    return case


def address(case: Case, part: str = "") -> str:
    """Give the address of a case, or of one of its parts."""
    tail = f"{part}/" if part and part != "overzicht" else ""
    return f"/casussen/{case.reference}/{tail}"


def head(case: Case, user: User, tab: str, at: datetime) -> dict[str, Any]:
    """
    Give what `cases/case.html` needs around a part of a case.

    `tab` is a key of `TABS`; `allowed` is what this person may do, as codenames.
    """
    held = scopes(user, case, at=at)
    reads = Permission.READ_DOSSIER in held
    bottlenecks = list(
        case.bottlenecks.filter(state=Bottleneck.State.OPEN).order_by("number")
    )
    asked = staircase.asked_in(case) if case.status == Case.Status.OPEN else []
    places = _places(case, user, at=at)
    return {
        "case": case,
        "case_url": address(case),
        "title": case.title,
        "mnemonic": case.mnemonic if reads else "",
        "tab": tab,
        "tabs": _tabs(case, tab) if reads else [],
        "allowed": {scope.value for scope in held},
        "status_kind": STATUS_KINDS.get(Case.Status(case.status), ""),
        "level": staircase.level_of(case),
        "asked": asked,
        "summary": summary(case, user, bottlenecks),
        "whereabouts": _whereabouts(case, user, bottlenecks),
        "open_bottlenecks": bottlenecks,
        "staircase": staircase.steps_of(
            bottlenecks, asked, level=staircase.level_of(case)
        ),
        "acts_for": _acts_for(places, user, at=at),
        "emergency": emergency_bar(places, at=at),
        "today": timezone.localdate(at),
    }


def emergency_of(case: Case, user: User, *, at: datetime) -> Emergency | None:
    """Give the red bar of a page of a case that has no head, for who needs it."""
    return emergency_bar(_places(case, user, at=at), at=at)


def emergency_bar(places: Sequence[Participation], *, at: datetime) -> Emergency | None:
    """Give the red bar, when one of these places in the case is for an emergency."""
    for place in places:
        if place.role == Participation.Role.BREAK_GLASS and place.until_at is not None:
            found = BreakGlass._base_manager.only("pk").get(participation=place)
            end = timezone.localtime(place.until_at)
            until = f"{end:%H.%M} uur"
            if end.date() > timezone.localdate(at):
                until = f"morgen, {until}"
            return Emergency(until, address_of(found))
    return None


def summary(case: Case, user: User, bottlenecks: Sequence[Bottleneck]) -> str:
    """Say in two sentences where a case stands and who has procesregie."""
    match case.status:
        case Case.Status.IN_TRIAGE:
            return "Nog geen niveau. De melding ligt bij bureau procesregie."
        case Case.Status.AFTERCARE:
            return f"Procesregie is gestopt, de nazorg loopt. {_looks_back(case, user)}"
        case Case.Status.OPEN:
            return f"{_highest(bottlenecks)} {_steers(case, user)}"
        case Case.Status.ELSEWHERE:
            return f"Deze casus loopt elders verder: {_outcome(case)}."
        case _:
            return f"Afgesloten met als uitkomst: {_outcome(case)}."


def _outcome(case: Case) -> str:
    # The first letter alone: an outcome may hold a name.
    said = str(case.get_outcome_display())
    return said[:1].lower() + said[1:]


def _highest(bottlenecks: Sequence[Bottleneck]) -> str:
    if not bottlenecks:
        return "Er is geen open knelpunt."
    level = Level(max(each.level for each in bottlenecks))
    return f"Hoogste open knelpunt: {level.value} {level.label}."


def _steers(case: Case, user: User) -> str:
    if case.procesregisseur is None:
        return "Er is nog geen procesregisseur."
    if case.procesregisseur_id == user.pk:
        return "Jij blijft procesregisseur."
    return f"{case.procesregisseur.name} blijft procesregisseur."


def _looks_back(case: Case, user: User) -> str:
    if case.procesregisseur is None:
        return _steers(case, user)
    mine = case.procesregisseur_id == user.pk
    who = "Jij" if mine else case.procesregisseur.name
    return f"{who} kijkt nog terug en sluit daarna af."


def _whereabouts(
    case: Case, user: User, bottlenecks: Sequence[Bottleneck]
) -> list[str]:
    if len(bottlenecks) < 2:
        return []
    return [
        f"Knelpunt {each.number}: {_with(case, user, each)}" for each in bottlenecks
    ]


def _with(case: Case, user: User, bottleneck: Bottleneck) -> str:
    """Say with whom a bottleneck is: "bij management", "bij jou"."""
    level = Level(bottleneck.level)
    if level > Level.PROCES:
        return f"bij {level.label.lower()}"
    owner = case.procesregisseur if level is Level.PROCES else case.casusregisseur
    if owner is None:
        return f"op {level.word}"
    return "bij jou" if owner.pk == user.pk else f"bij {owner.name}"


def _tabs(case: Case, current: str) -> list[Tab]:
    in_triage = case.status == Case.Status.IN_TRIAGE
    return [
        Tab(label=label, url=address(case, key), current=key == current)
        for key, label in TABS
        if not in_triage or key in TABS_IN_TRIAGE
    ]


def _places(case: Case, user: User, *, at: datetime) -> list[Participation]:
    lent = lent_desks(user, at=at)
    return list(
        Participation.objects.system_scope("in whose name somebody looks")
        .running(at)
        .filter(Q(user=user) | Q(desk__in=lent), case=case)
        .select_related("on_behalf_of")
    )


def _acts_for(places: Sequence[Participation], user: User, *, at: datetime) -> str:
    people = {lender(place, user, at=at) for place in places}
    return ", ".join(sorted(person.name for person in people if person is not None))
