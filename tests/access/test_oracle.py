"""The policy in other words, asked of another engine, gives the same answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

import pytest
from django.apps import apps
from django.db.models import Model

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet, ScopeMissing
from casework.cases.lifecycle import answer_consultation
from casework.cases.models import Case, Consultation, Participation
from casework.cases.seers import ASKED, ENDS, grounds_of
from casework.people.models import Membership, User
from casework.plan.reading import AFTER_PICK_UP, AFTER_THAT
from casework.work.days import local_day
from tests.access.building import build
from tests.access.oracle import ACTIONS, Answer, Oracle, Policy, Question, World
from tests.access.oracle_answers import CONTENT, OF_THINGS, Way, ways
from tests.access.oracle_rows import DOSSIER, read_world
from tests.access.oracle_worlds import MOMENTS, make
from tests.access.relations import stands
from tests.access.town import NOW
from tests.proofs import ORACLE
from tests.world import AT, make_world

pytestmark = [pytest.mark.access, pytest.mark.django_db]

WORLDS, WORLDS_OF_LONG = 4, 36
CASES_OF_QUICK = 50
"""Together a hundred thousand questions, and not many more."""

ENOUGH = 200
ENOUGH_PLACES = 8

Difference = tuple[str, Question]


def compare(
    oracle: Oracle, people: Iterable[User], *, at: datetime
) -> list[Difference]:
    """Lay the policy beside every way of asking; what differs."""
    given: list[tuple[User, Way]] = [
        (user, way) for user in people for way in ways(oracle.world, user, at=at)
    ]
    questions = {q for user, way in given for q in way.questions(user, at)}
    yes = oracle.allowed(questions)
    return [
        (way.name, question)
        for user, way in given
        for question in way.differing(user, at, yes)
    ]


def say(record_property, oracle: Oracle, differ: list[Difference]) -> None:
    """Keep it for the last line of the run."""
    record_property(ORACLE, {"decisions": oracle.asked, "differ": len(differ)})


@pytest.mark.parametrize("seed", range(WORLDS))
def test_a_world_at_random_is_seen_as_the_policy_says(seed, record_property):
    """
    Catches a way of asking that forgets what another knows.

    An end, an exclusion, a membership, an absence, somebody who left, in any scope,
    list, piece of a dossier or page.
    """
    people = make(seed, size=CASES_OF_QUICK)
    oracle = Oracle(read_world())

    differ = compare(oracle, people, at=MOMENTS[seed % len(MOMENTS)])

    say(record_property, oracle, differ)
    assert not differ
    assert oracle.asked > 24_000


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 100 + WORLDS_OF_LONG))
def test_a_million_questions(seed, record_property):
    people = make(seed)
    oracle = Oracle(read_world())

    differ = compare(oracle, people, at=MOMENTS[seed % len(MOMENTS)])

    say(record_property, oracle, differ)
    assert not differ
    assert oracle.asked > 24_000


@pytest.mark.long
def test_everybody_in_every_relation(time_machine_at, record_property):
    """Catches a transition that leaves somebody a place that the policy ended."""
    time_machine_at(NOW)
    town = build()

    for group in stands(town):
        oracle = Oracle(read_world())
        people = {stand.user for stand in group if stand.user is not None}
        differ = compare(oracle, people, at=NOW)
        say(record_property, oracle, differ)
        assert not differ, group[0]


@pytest.mark.long
def test_without_any_one_rule_the_answers_differ():
    """
    Catches a rule that the worlds never reach, and a comparison that sees nothing.

    Each rule is taken away in turn. In a world where nobody ever ended a place the
    rules speak of which a transition takes care otherwise.
    """
    people = make(7, size=30)
    world = read_world()
    silent = set(Policy.load().names)
    first, _, _, later, _ = MOMENTS
    for known, at in (
        (world, first),
        (world, later),
        (world.forgetful(), first),
        (world.forgetful(only="namens"), first),
    ):
        whole = Oracle(known)
        alone = _deciding(whole, people, at=at)
        for rule in sorted(silent & set(alone)):
            less = Oracle(known, Policy.without(rule))
            if less.allowed(alone[rule]) != whole.allowed(alone[rule]):
                silent.remove(rule)

    assert not silent


def _deciding(
    oracle: Oracle, people: Iterable[User], *, at: datetime
) -> dict[str, set[Question]]:
    """Of each rule some questions that it alone decided, by one chain at least."""
    found: dict[str, set[Question]] = {}
    for answer in oracle.answers(_everything(oracle.world, people, at=at)):
        if len(answer.rules) == 1:
            (rule,) = answer.rules
            if len(found.setdefault(rule, set())) < ENOUGH:
                found[rule].add(answer.question)
    return found


def _everything(world: World, people: Iterable[User], *, at: datetime) -> set[Question]:
    """Everything that can be asked of everybody; of the dossier only the notes."""
    actions = {
        "Casus": [*ACTIONS.values(), "zie_in_lijst"],
        "Concept": ["stuur"],
        "Werk": ["lees_werk"],
        "Verstrekking": ["lees_mee"],
    }
    return {
        Question(user.pk, action, thing, at)
        for user in people
        for thing in world.case_of
        if thing[0] != "Stuk" or str(thing[1]).startswith("cases.Note:")
        for action in actions.get(thing[0], ["lees"])
    }


def test_who_asks_why_he_sees_it_is_told_the_grounds_of_the_policy():
    """Catches a page that names a place that gives nothing, or keeps one silent."""
    people = make(3)
    oracle = Oracle(read_world())
    at = MOMENTS[0]
    named = 0

    for user in people:
        if not user.is_active:
            continue
        for case in Case.objects.visible_to(
            user, at=at, permission=Permission.READ_DOSSIER
        ):
            running = Participation.objects.visible_to(user, at=at).running(at)
            told = {
                ground.place.pk
                for ground in grounds_of(running.filter(case=case), user, at=at)
            }
            asked = [
                Question(user.pk, action, ("Casus", case.pk), at)
                for action in ACTIONS.values()
            ]
            assert told == _places_of(oracle.answers(asked))
            named += len(told)
    assert named > 25


def _places_of(answers: Iterable[Answer]) -> set[int]:
    """The places that gave somebody anything."""
    return {
        int(answer.chain["plek"]["__entity"]["id"])
        for answer in answers
        if answer.yes and "plek" in answer.chain
    }


def test_what_ends_a_place_the_page_says_as_the_policy_does():
    """Catches an end or a reason that the page or the policy changes alone, or lacks."""
    make(3)
    oracle = Oracle(read_world())
    notes = {each["id"]: each for each in oracle.policy.notes.values()}
    at = MOMENTS[0]
    places = Participation.objects.system_scope("all that give something").running(at)
    seen = set()

    for user, place in _own_places(places.filter(on_behalf_of=None), at=at):
        asked = [
            Question(user.pk, action, ("Casus", place.case_id), at)
            for action in ACTIONS.values()
        ]
        answers = [
            answer
            for answer in oracle.answers(asked)
            if place.pk in _places_of([answer])
        ]
        if not answers:
            continue
        [ground] = grounds_of([place], user, at=at)
        rules = {notes[rule]["vervalt"] for each in answers for rule in each.rules}
        ends = [_lower(rules.pop())]
        if place.desk_id:
            ends.append(_lower(notes["lid-van-het-bureau"]["vervalt"]))
        assert not rules
        said = {notes[rule]["waarom"] for each in answers for rule in each.rules}
        assert place.role not in ASKED or {ground.words} == said
        assert ground.ends == f"Dit stopt {' Of '.join(ends)}"
        seen.add(place.role)
    assert seen == set(ENDS)


def test_what_ends_a_task_the_page_says_as_the_policy_does():
    """Catches an end of a task that the page or the policy changes alone."""
    notes = {
        each["id"]: each["vervalt"]
        for each in Policy.load().notes.values()
        if "vervalt" in each
    }

    said = [
        f"Dit stopt {_lower(notes[rule])}"
        for rule in ("opgepakt", "taak-van-eigen-bureau")
    ]

    assert said == [AFTER_PICK_UP, AFTER_THAT]


def _own_places(
    places: Iterable[Participation], *, at: datetime
) -> Iterator[tuple[User, Participation]]:
    """Of each kind of place a few, with somebody who has it himself."""
    many: Counter[str] = Counter()
    members = Membership.objects.on(local_day(at)).filter(user__is_active=True)
    for place in places.select_related("user", "desk").order_by("pk"):
        member = members.filter(desk=place.desk_id).order_by("pk").first()
        user = place.user or (member and member.user)
        if user and many[place.role] < ENOUGH_PLACES:
            many[place.role] += 1
            yield user, place


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def test_every_model_of_case_content_is_compared():
    """Catches a new kind of content, with a scope or without one, left out of here."""
    known = {"cases.Case", "escalation.Draft", "work.WorkItem", *DOSSIER}
    known |= {model._meta.label for model in [*CONTENT.values(), *OF_THINGS]}
    scoped = {
        model._meta.label
        for model in apps.get_models()
        if isinstance(model._default_manager.all(), ScopedQuerySet)
    }

    assert scoped - {"cases.Consultation"} == known
    assert {model._meta.label for model in _of_cases()} - NO_CONTENT <= known


NO_CONTENT = {
    "cases.CaseDeskGrant",
    "cases.CaseUserGrant",
    "cases.Exclusion",
    "escalation.DeescalationProcess",
    "escalation.EscalationProcess",
    "triage.IntakeProcess",
}
"""Who may see it, who may not, and where a procedure is."""


def _of_cases() -> set[type[Model]]:
    """Every model of which a row belongs to a case, along however many others."""
    found: set[type[Model]] = {Case}
    while True:
        more = {
            model
            for model in apps.get_models()
            if any(
                field.related_model in found
                for field in model._meta.concrete_fields
                if field.is_relation
            )
        }
        if more <= found:
            return found
        found |= more


def test_advice_without_a_case_is_for_who_gave_it():
    """Catches advice in the list of a colleague, or without a scope."""
    world = make_world()
    row = answer_consultation(
        by=world.procesregisseur,
        at=AT,
        asked_by="De school",
        question="Mag dit?",
        advice="Ja.",
        minutes=5,
    )

    readers = [
        user
        for user in User.objects.all()
        if row in Consultation.objects.visible_to(user, at=AT)
    ]

    assert readers == [world.procesregisseur]
    by_scope = Consultation.objects.visible_to(
        world.procesregisseur, at=AT, permission=Permission.SEE_CASE
    )
    assert not by_scope.exists()
    with pytest.raises(ScopeMissing):
        Consultation.objects.exists()
