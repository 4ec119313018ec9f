"""How what happened in a case reads: one Dutch sentence for each event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from casework.audit import wording
from casework.audit.models import AuditEntry
from casework.cases.models import Bottleneck, Case, Event
from casework.levels import Level
from casework.people.models import Desk, Organisation, User

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline, as the component shows it."""

    at: datetime
    text: str
    main: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    A page of it, newest first: `older` is from before what is in `fresh`.

    `fresh` is all since one's last visit, if another did any of it.
    """

    fresh: list[Line]
    older: list[Line]
    before: int | None


def timeline_for(
    case: Case,
    user: User,
    *,
    at: datetime,
    before: int | None = None,
    since: datetime | None = None,
) -> Timeline:
    """Give a page of what happened, for who reads the dossier. A fixed number of queries."""
    rows = (
        Event.objects.visible_to(user, at=at)
        .filter(case=case.pk)
        .select_related("by", "on_behalf_of")
        .order_by("-pk")
    )
    if before is not None:
        rows = rows.filter(pk__lt=before)
    events = list(rows[: PAGE + 1])
    shown = events[:PAGE]
    names = Names.of(shown)
    lines = [
        Line(event.at, sentence(event, names), event.kind in MAIN) for event in shown
    ]
    new = [event for event in shown if since is not None and event.at > since]
    fresh = len(new) if any(event.by_id != user.pk for event in new) else 0
    return Timeline(
        fresh=lines[:fresh],
        older=lines[fresh:],
        before=shown[-1].pk if len(events) > PAGE else None,
    )


def last_visit(case: Case, user: User) -> datetime | None:
    """When somebody last read this case; ask it before this reading is logged."""
    return (
        AuditEntry.objects.filter(
            case=case.pk,
            by=user,
            verb__in=["case.read", "timeline.read", "household.read"],
        )
        .order_by("-at", "-pk")
        .values_list("at", flat=True)
        .first()
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys in events are called, read at once for a page."""

    users: dict[int | None, str]
    organisations: dict[int | None, str]
    desks: dict[int | None, str]
    bottlenecks: dict[str, int]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Names:
        """Read the names that some events need: four queries at most."""
        users: set[int] = set()
        organisations: set[int] = set()
        desks: set[int] = set()
        bottlenecks: set[int] = set()
        for event in events:
            facts = event.facts
            users |= {facts[key] for key in _PEOPLE if facts.get(key)}
            organisations |= {facts[key] for key in _PARTIES if facts.get(key)}
            desks |= {facts[key] for key in _DESKS if facts.get(key)}
            bottlenecks |= {int(pk) for pk, _ in _moves(event)}
            noun, _, pk = str(facts.get("about", "")).partition(":")
            if noun == Bottleneck.KEY:
                bottlenecks.add(int(pk))
        return cls(
            users=_named(User.objects.filter(pk__in=users)),
            organisations=_named(Organisation.objects.filter(pk__in=organisations)),
            desks=_named(Desk.objects.filter(pk__in=desks)),
            bottlenecks={
                str(pk): number
                for pk, number in Bottleneck.objects.system_scope("their numbers")
                .filter(pk__in=bottlenecks)
                .values_list("pk", "number")
            },
        )


def sentence(event: Event, names: Names) -> str:
    """
    Say what happened, who did it and in whose name.

    What has no words of its own here reads as it does in the log.
    """
    code = next((event.facts[key] for key in _CODES if event.facts.get(key)), "")
    words = _WORDS.get(f"{event.kind}:{code}") or _WORDS.get(event.kind)
    said = (words or f"{{actor}} {wording.sentence(event.kind)}.").format_map(
        _facts(event, names)
    )
    parts = [said, *_moved(event, names)]
    if any(event.facts.get(key) for key in _SAID_BY):
        parts.append(f"Opgeschreven door {_actor(event)}.")
    elif event.on_behalf_of is not None and words is not None and _ACTOR not in words:
        parts.append(f"Gedaan door {_actor(event)}.")
    return " ".join(parts)


_PEOPLE = ("user", "deputy", "receiver", "recorded_for")
_PARTIES = ("organisation", "recorded_for_party")
_DESKS = ("desk",)
_SAID_BY = ("recorded_for", "recorded_for_party")
_ACTOR = "{actor}"
_CODES = ("answer", "outcome", "state", "voice")
_TOWARDS = {2: "proces", 3: "management", 4: "bestuurlijk"}

_WORDS = {
    "absence.ended": "{deputy} neemt niet meer waar voor {user}.",
    "absence.started": "{deputy} neemt waar voor {user}.",
    "bottleneck.ended": "{Bottleneck} is afgerond.",
    "bottleneck.ended:accepted": "{Bottleneck} is geaccepteerd.",
    "bottleneck.ended:lapsed": "{Bottleneck} is vervallen.",
    "bottleneck.ended:solved": "{Bottleneck} is opgelost.",
    "bottleneck.raised": "{actor} legde {bottleneck} vast.",
    "bottleneck.reworded": "{actor} verbeterde de tekst van {bottleneck}.",
    "bottleneck.taken_back": "{actor} nam {bottleneck} terug.",
    "case.closed": "{actor} sloot de casus af.",
    "case.referred": "Melding ontvangen.",
    "case.reopened": "{actor} heropende de casus en is procesregisseur.",
    "case.triaged": "{actor} beoordeelde de melding.",
    "case.triaged:advice": "Melding beoordeeld: advies gegeven.",
    "case.triaged:back": "Melding beoordeeld: terug naar de casusregisseur.",
    "case.triaged:elsewhere": "Melding beoordeeld: naar een andere plek.",
    "case.triaged:procesregie": "Procesregie start.",
    "case.triaged:refused": "Melding beoordeeld: niet opgepakt.",
    "case.triaged:safety_house": "Melding beoordeeld: naar het "
    "Zorg- en Veiligheidshuis.",
    "casusregisseur.appointed": "{user} is casusregisseur.",
    "colleague.excluded": "{user} ziet deze casus niet: kent deze mensen.",
    "colleague.left": "{user} werkt hier niet meer en ziet deze casus niet.",
    "dissent.written": "{party} schreef een mening bij het besluit over {bottleneck}.",
    "escalation.answered:ask_first": "{giver} wil eerst iets weten over {bottleneck}.",
    "escalation.answered:decide": "{giver} besloot over {bottleneck}.",
    "escalation.answered:higher": "{giver} vindt dat {bottleneck} hogerop moet.",
    "escalation.answered:lower": "{giver} vindt dat {bottleneck} op {below} kan.",
    "escalation.answered:pick_up": "{giver} pakt {bottleneck} op.",
    "escalation.answered:read": "{giver} las wat er speelt bij {bottleneck}.",
    "escalation.made_known": "{Bottleneck} ter kennisname aan {level}.",
    "escalation.passed_on": "De vraag over {bottleneck} is nu aan {user}. "
    "Wie hem eerst kreeg, werkt hier niet meer of doet niet meer mee.",
    "escalation.passed_on:nobody": "Niemand kan de vraag over {bottleneck} nog "
    "beantwoorden: wie hem kreeg, werkt hier niet meer of doet niet meer mee. "
    "{user} moet kiezen hoe het verdergaat.",
    "escalation.requested": "{Bottleneck} gevraagd aan {level}.",
    "escalation.requested:notice": "{Bottleneck} ter kennisname aan {level}.",
    "escalation.skipped_told": "{Level} kijkt terug op {bottleneck}, dat met spoed "
    "hogerop ging.",
    "escalation.supplied": "{actor} vulde de vraag aan.",
    "escalation.withdrawn:notice": "{Bottleneck} hoeft niemand meer te lezen.",
    "escalation.withdrawn": "{actor} trok de vraag over {bottleneck} in.",
    "party.ended": "{party} doet niet meer mee.",
    "party.extended": "{party} doet langer mee.",
    "party.invited": "{party} doet mee.",
    "person.birthday": "Iemand uit het huishouden werd {age}. "
    "Kijk opnieuw naar grondslag en informeren.",
    "procesregie.handed_over": "{user} is procesregisseur.",
    "reader.left": "{user} hoort niet meer bij de vraag over {bottleneck} en leest haar "
    "niet meer.",
    "stop.accepted": "{giver} neemt de casus over. De nazorg loopt.",
    "stop.declined": "{giver} neemt de casus nu niet over.",
    "stop.proposed": "{actor} vroeg {receiver} om de casus over te nemen.",
    "stop.withdrawn": "{actor} trok het voorstel om procesregie te stoppen in.",
    "stop.withdrawn:lapsed": "{receiver} neemt de casus niet over: doet niet meer mee.",
    "stop.withdrawn:resumed": "{actor} gaat verder met procesregie.",
    "task.done": "{giver} rondde een taak af.",
    "task.freed": "Een taak wacht weer op {desk}. Wie hem oppakte, kan hem niet meer doen.",
    "task.joined": "{giver} gaf zijn deel van een taak af.",
    "task.offered": "{actor} vroeg een taak aan {desk}.",
    "task.offered_again": "{actor} vroeg een taak nu aan {desk}.",
    "voice.asked:advice": "{actor} vroeg {user} om advies over {bottleneck}.",
    "voice.asked:position": "{actor} vroeg {user} om het standpunt van de partij "
    "over {bottleneck}.",
    "voice.asked:second": "{actor} vroeg {user} als tweede bestuurder over {bottleneck}.",
    "voice.given:advice": "{user} gaf advies over {bottleneck}.",
    "voice.given:position": "{user} gaf het standpunt van de partij over {bottleneck}.",
    "voice.given:second": "{user} reageerde als tweede bestuurder over {bottleneck}.",
    "voice.lapsed": "De reactie van {user} over {bottleneck} is niet meer nodig.",
}
"""The kind of an event, if needed with its code, and the sentence for it."""

MAIN = frozenset(
    {
        "case.referred",
        "case.triaged",
        "case.closed",
        "case.reopened",
        "bottleneck.raised",
        "bottleneck.ended",
        "bottleneck.taken_back",
        "escalation.requested",
        "escalation.answered",
        "stop.accepted",
        "procesregie.handed_over",
    }
)
"""What has a filled dot: the case itself moved."""


def _facts(event: Event, names: Names) -> dict[str, object]:
    """The words that a sentence may use."""
    facts = event.facts
    bottleneck = f"knelpunt {_number(event, names)}".strip()
    level = _TOWARDS.get(facts.get("level"), "een hoger niveau")
    below = Level(facts.get("level") or Level.PROCES).below or Level.CASUS
    return {
        "actor": _actor(event),
        "giver": _giver(event, names),
        "user": names.users.get(facts.get("user"), "Een collega"),
        "deputy": names.users.get(facts.get("deputy"), "Een collega"),
        "receiver": names.users.get(facts.get("receiver"), "een collega"),
        "party": names.organisations.get(facts.get("organisation"), "Een partij"),
        "desk": names.desks.get(facts.get("desk"), "een bureau"),
        "bottleneck": bottleneck,
        "Bottleneck": bottleneck.capitalize(),
        "level": level,
        "Level": level.capitalize(),
        "below": below.word,
        "age": facts.get("age", ""),
    }


def _number(event: Event, names: Names) -> int | str:
    known = event.facts.get("bottleneck")
    if known:
        return int(known)
    noun, _, pk = str(event.facts.get("about", "")).partition(":")
    return names.bottlenecks.get(pk, "") if noun == Bottleneck.KEY else ""


def _actor(event: Event) -> str:
    """Who did it, and in whose name."""
    if event.by is None:
        return "Het systeem"
    if event.on_behalf_of is None:
        return event.by.name
    return f"{event.by.name} namens {event.on_behalf_of.name}"


def _giver(event: Event, names: Names) -> str:
    """Who said it, or did it, or in whose name it was done: who must act now."""
    spoken = event.facts.get("recorded_for")
    if spoken:
        return names.users.get(spoken, "Een collega")
    party = event.facts.get("recorded_for_party")
    if party:
        return names.organisations.get(party, "Een partij")
    person = event.on_behalf_of or event.by
    return person.name if person is not None else "Het systeem"


def _moves(event: Event) -> Iterator[tuple[str, int]]:
    """The bottlenecks that changed level in an event, with where they went."""
    for key, name, before, after in event.changes:
        noun, _, pk = key.partition(":")
        if noun == Bottleneck.KEY and name == "level" and after != before:
            yield pk, int(after)


def _moved(event: Event, names: Names) -> Iterator[str]:
    """Where each bottleneck went, and who must act: "Knelpunt 1 naar procesniveau."."""
    for pk, to in _moves(event):
        yield f"Knelpunt {names.bottlenecks.get(pk, '')} naar {Level(to).word}."
        if event.facts.get("answer") not in {"higher", "lower", "decide"}:
            yield f"{_giver(event, names)} is aan zet."


def _named(
    rows: Iterable[User] | Iterable[Organisation] | Iterable[Desk],
) -> dict[int | None, str]:
    return {row.pk: row.name for row in rows}
