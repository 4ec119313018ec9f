"""
The policy asked a second time: `docs/toegang.cedar`, by an engine that is not ours.

The rows of a world become entities as they stand, one to one. A question is whether
somebody may do something with a thing; for each chain of rows that he could base it on
(a place, a membership, an absence) Cedar is asked, and one yes is enough. Which chains
count, Cedar says: also some that connect him to nothing are laid before it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cedarpy import Entities, PolicySet, is_authorized_batch, policies_to_json_str

POLICY = Path(__file__).parents[2] / "docs" / "toegang.cedar"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")

ACTIONS = {
    "see_case": "zie",
    "read_dossier": "lees",
    "read_memo": "lees_knelpunt",
    "work_case": "werk",
    "steer_case": "stuur",
    "review_escalation": "beantwoord",
    "triage_case": "beoordeel",
    "reopen_case": "heropen",
}
"""What the policy calls each scope on a case."""

PERSONAL = frozenset({"Werk", "Melding"})
"""What is somebody's own, without a place in a case."""

Row = dict[str, Any]
Facts = dict[str, Any]
Thing = tuple[str, int | str]


class Question(NamedTuple):
    """May this person do this with this thing, at a moment?"""

    user: int
    action: str
    thing: Thing
    at: datetime


class Answer(NamedTuple):
    """What the policy says of one chain, and the rules that decided it."""

    question: Question
    chain: Facts
    yes: bool
    rules: frozenset[str]


@dataclass(frozen=True)
class Policy:
    """The text, and what its annotations say about each rule."""

    rules: PolicySet
    notes: dict[str, dict[str, str]]

    @classmethod
    def load(cls, text: str | None = None) -> Policy:
        text = POLICY.read_text() if text is None else text
        parsed = json.loads(policies_to_json_str(text))["staticPolicies"]
        notes = {key: rule.get("annotations", {}) for key, rule in parsed.items()}
        return cls(PolicySet.from_str(text), notes)

    @classmethod
    def without(cls, name: str) -> Policy:
        """The policy without one rule."""
        rules = re.split(r'(?m)^(?=@id\(")', POLICY.read_text())
        return cls.load("".join(r for r in rules if not r.startswith(f'@id("{name}")')))

    @property
    def names(self) -> list[str]:
        return [notes["id"] for notes in self.notes.values()]


@dataclass
class World:
    """The rows of the database as entities, and how they hang together."""

    entities: list[Facts] = field(default_factory=list)
    case_of: dict[Thing, int | None] = field(default_factory=dict)
    places: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    task_of: dict[Thing, int] = field(default_factory=dict)
    members: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    covers: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    like: dict[Thing, Thing] = field(default_factory=dict)
    """Of a piece of a dossier the first with the same facts: no rule knows more of it."""
    _first: dict[tuple[int, str], Thing] = field(default_factory=dict)

    def add(self, kind: str, pk: int | str, **facts: Any) -> None:
        """Make a row an entity; what is empty is left out."""
        known = {name: each for name, each in facts.items() if each is not None}
        uid = {"type": kind, "id": str(pk)}
        self.entities.append({"uid": uid, "attrs": known, "parents": []})

    def thing(self, kind: str, pk: int | str, case: int | None, **facts: Any) -> None:
        """Make something that can be read an entity."""
        self.case_of[kind, pk] = case
        self.add(kind, pk, casus=ref("Casus", case), **facts)

    def piece(self, label: str, pk: int, case: int, **facts: Any) -> None:
        """Make a piece of a dossier an entity."""
        key = f"{label}:{pk}"
        self.thing("Stuk", key, case, **facts)
        known = (case, json.dumps(facts, sort_keys=True))
        self.like["Stuk", key] = self._first.setdefault(known, ("Stuk", key))

    def forgetful(self, *, only: str = "rol") -> World:
        """The same rows, as if nobody had ended a place that has this fact."""
        entities = [
            {**each, "attrs": {**each["attrs"], "beeindigd": False}}
            if each["uid"]["type"] == "Plek" and only in each["attrs"]
            else each
            for each in self.entities
        ]
        return replace(self, entities=entities)

    def chains(self, question: Question) -> Iterator[Facts]:
        """What somebody could base it on; if on nothing, then that."""
        user, thing = question.user, question.thing
        personal = thing[0] in PERSONAL
        if personal:
            yield {"als": ref("Collega", user + 1)}
        yield from self._places(question) or [{"als": ref("Collega", user)}]
        for name, own in self._selves(user):
            if personal or name != user:
                yield own
            yield from self._at_desks(own, name, thing)

    def _selves(self, user: int) -> Iterator[tuple[int, Facts]]:
        """In whose name somebody may come: his own, or of whom he stands in for."""
        yield user, {"als": ref("Collega", user)}
        for row in self.covers[user]:
            name = row["user_id"]
            away = ref("Afwezigheid", row["id"])
            yield name, {"als": ref("Collega", name), "afwezig": away}

    def _at_desks(self, own: Facts, name: int, thing: Thing) -> Iterator[Facts]:
        for row in self.members[name]:
            chain = own | {"lid": ref("Lid", row["id"])}
            if thing[0] == "Werk":
                yield chain
            for part in self.parts[self.task_of.get(thing, 0)]:
                if row["desk_id"] == part["desk_id"] or _stray(row, part):
                    yield chain | {"taakplek": ref("Taakplek", part["id"])}

    def _places(self, question: Question) -> list[Facts]:
        return list(self._based_on_places(question))

    def _based_on_places(self, question: Question) -> Iterator[Facts]:
        case = self.case_of[question.thing]
        user = question.user
        me = {"als": ref("Collega", user)}
        for place in self.places[case or 0]:
            based = me | {"plek": ref("Plek", place["id"])}
            if place["user_id"] is None:
                yield from self._at_its_desk(based, place, user)
            elif place["on_behalf_of_id"] is not None:
                yield from self._stand_ins(based, place, user)
            elif place["user_id"] == user or (place["id"] + user) % 11 == 0:
                yield based
        if (stray := self._stray_place(case, user)) is not None:
            yield me | {"plek": ref("Plek", stray["id"])}

    def _at_its_desk(self, based: Facts, place: Row, user: int) -> Iterator[Facts]:
        for name, own in self._selves(user):
            for row in self.members[name]:
                if row["desk_id"] == place["desk_id"] or _stray(row, place):
                    yield based | own | {"lid": ref("Lid", row["id"])}

    def _stand_ins(self, based: Facts, copy: Row, user: int) -> Iterator[Facts]:
        originals = [
            row
            for row in self.places[copy["case_id"]]
            if row["user_id"] == copy["on_behalf_of_id"] and row["role"] == copy["role"]
        ]
        for absence in self.covers[user]:
            for original in originals:
                yield based | {
                    "afwezig": ref("Afwezigheid", absence["id"]),
                    "voor": ref("Plek", original["id"]),
                }

    def _stray_place(self, case: int | None, user: int) -> Row | None:
        """A place of his in another case, that should not help him here."""
        theirs = self.places[case + 1] if case else []
        return next((row for row in theirs if row["user_id"] == user), None)


@dataclass
class Oracle:
    """The policy, laid over one world."""

    world: World
    policy: Policy = field(default_factory=Policy.load)
    asked: int = 0

    def __post_init__(self) -> None:
        self._moments: frozenset[datetime] = frozenset()
        self._entities: Entities | None = None

    def allowed(self, questions: Iterable[Question]) -> set[Question]:
        """Which of these are allowed."""
        like = {
            question: question._replace(
                thing=self.world.like.get(question.thing, question.thing)
            )
            for question in questions
        }
        self.asked += len(like)
        pairs = [
            (q, chain) for q in set(like.values()) for chain in self.world.chains(q)
        ]
        yes = {
            q for (q, _), (yes, _) in zip(pairs, self._ask(pairs), strict=True) if yes
        }
        return {question for question, asked in like.items() if asked in yes}

    def answers(self, questions: Iterable[Question]) -> list[Answer]:
        """What is said of every chain, and by which rules."""
        pairs = [(q, chain) for q in questions for chain in self.world.chains(q)]
        return [
            Answer(question, chain, yes, frozenset(rules))
            for (question, chain), (yes, rules) in zip(
                pairs, self._ask(pairs), strict=True
            )
        ]

    def _ask(self, pairs: list[tuple[Question, Facts]]) -> list[tuple[bool, list[str]]]:
        asked = [_request(question, chain) for question, chain in pairs]
        moments = frozenset(question.at for question, _ in pairs)
        found = is_authorized_batch(asked, self.policy.rules, self._known_at(moments))
        broken = {error for each in found for error in each.diagnostics.errors}
        assert not broken, broken
        notes = self.policy.notes
        return [
            (each.allowed, [notes[key]["id"] for key in each.diagnostics.reasons])
            for each in found
        ]

    def _known_at(self, moments: frozenset[datetime]) -> Entities:
        """Give the rows and these moments: a time is read once, not in each request."""
        if self._entities is None or not moments <= self._moments:
            self._moments |= moments
            entities = [*self.world.entities, *map(_clock, self._moments)]
            self._entities = Entities.from_json_str(json.dumps(entities))
        return self._entities


def ref(kind: str, pk: int | None) -> Facts | None:
    """Name an entity."""
    return None if pk is None else {"__entity": {"type": kind, "id": str(pk)}}


def moment(at: datetime | date | None) -> Facts | None:
    """Write a moment, or a day, as Cedar does."""
    if at is None:
        return None
    if isinstance(at, datetime):
        written = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
    else:
        written = at.isoformat()
    return {"__extn": {"fn": "datetime", "arg": written}}


def _request(question: Question, chain: Facts) -> Facts:
    kind, pk = question.thing
    return {
        "principal": {"type": "Collega", "id": str(question.user)},
        "action": {"type": "Action", "id": question.action},
        "resource": {"type": kind, "id": str(pk)},
        "context": json.dumps(chain | {"nu": _moment_of(question.at)}),
    }


def _clock(at: datetime) -> Facts:
    """Make a moment an entity: the time, and the day of it."""
    facts = {"tijd": moment(at), "dag": moment(at.astimezone(AMSTERDAM).date())}
    return {"uid": _moment_of(at)["__entity"], "attrs": facts, "parents": []}


def _moment_of(at: datetime) -> Facts:
    return {"__entity": {"type": "Moment", "id": at.isoformat()}}


def _stray(*rows: Row) -> bool:
    return sum(row["id"] for row in rows) % 7 == 0
