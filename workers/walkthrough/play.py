"""The whole story in order, and what it comes down to."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Sequence

from casework.work.days import spoken
from workers.walkthrough import coming_down, going_up, intake, planning
from workers.walkthrough.actor import Actor, WentWrong
from workers.walkthrough.cast import choose_story, make_cast
from workers.walkthrough.clock import Clock, StandsStill
from workers.walkthrough.outcome import Outcome, count
from workers.walkthrough.page import NotOnThePage
from workers.walkthrough.stage import Stage, first_moment

Scene = Callable[[Stage], None]
Write = Callable[[str], None]

SCENES: tuple[tuple[str, Scene], ...] = (
    ("De telefoon gaat", intake.phone_call),
    ("Is procesregie nodig?", intake.assessment),
    ("Wie horen erbij?", intake.people),
    ("Een plan met twee taken", planning.plan_with_two_tasks),
    ("Eén taak klaar, één geweigerd", planning.one_done_one_declined),
    ("Nog een knelpunt", going_up.second_bottleneck),
    ("Knelpunt 1 naar management", going_up.asked_of_management),
    ("Gevraagd, aangevuld, opgepakt", going_up.supplied_and_picked_up),
    ("Dit moet hogerop", going_up.sent_higher),
    ("Het besluit", going_up.decided),
    ("Van besluit naar taken", planning.decision_into_tasks),
    ("Knelpunt 1 terug", coming_down.taken_back),
    ("De partijen doen wat is besloten", planning.decided_tasks_done),
    ("Knelpunt 2: een antwoord per telefoon", coming_down.answered_by_telephone),
    ("Klopt dit?", coming_down.confirmed),
    ("Beide opgelost", coming_down.both_solved),
    ("Procesregie stopt", coming_down.procesregie_stops),
    ("Nazorg en afsluiten", coming_down.aftercare_and_close),
    ("Wie ziet het nog?", coming_down.afterwards),
)


def perform(
    seed: str, *, write: Write, scenes: Sequence[tuple[str, Scene]] = SCENES
) -> tuple[Outcome, bool]:
    """Play the scenes on the present database; give what came of it, and if it is well."""
    chance = random.Random(seed)  # noqa: S311  a story, no secret
    story = choose_story(chance)
    password = secrets.token_urlsafe(16)
    with Clock(first_moment(story.begins_on)).runs() as clock:
        people = make_cast(chance, password=password)
        actors = {
            role: Actor(user, password=password, number=number)
            for number, (role, user) in enumerate(people.items(), start=1)
        }
        stage = Stage(story=story, clock=clock, actors=actors, write=write)
        write(f"Verhaal {seed}, vanaf {spoken(stage.today)}")
        finished = _play(stage, scenes)
        clock.work()
        outcome = count(stage.reference, at=clock.now(), write=write)
    return outcome, finished and outcome.is_well


def _play(stage: Stage, scenes: Sequence[tuple[str, Scene]]) -> bool:
    for number, (title, scene) in enumerate(scenes, start=1):
        stage.write(f"{number}. {title}")
        try:
            scene(stage)
        except (WentWrong, NotOnThePage, StandsStill) as failure:
            stage.says(f"MISLUKT: {failure}")
            return False
    return True
