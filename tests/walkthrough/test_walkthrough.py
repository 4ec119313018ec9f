"""The walkthrough shows what it says: it fails when something of it does not hold."""

from __future__ import annotations

import json
import subprocess
import sys
from random import Random

import pytest
from django.db import connection

from casework.cases.models import Case
from casework.levels import Level
from tests.ground.places import ROOT, environment
from workers.walkthrough.cast import choose_story
from workers.walkthrough.outcome import LEVELS
from workers.walkthrough.page import NotOnThePage, read
from workers.walkthrough.play import SCENES, perform
from workers.walkthrough.stage import Stage

LEAST = {"escalations": 2, "tasks": 4, "reminders": 2, "refusals": 2}
TWO_SCENES = SCENES[:2]
ROLES = (
    *("manager", "bestuurder", "aov", "beleidsmedewerker", "fg", "privacy-officer"),
    *("ketenpartner-politie", "ketenpartner-wonen"),
)

PATIENCE = 300


def python(*command: str, **environ: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(DEMO="1", **environ),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.long
def test_plays_the_whole_story() -> None:
    """
    Catches what broke on the way, a count that says less, a role that dropped out.

    One test, since two processes would each play the whole story; `.ci/run` plays it too.
    """
    played = python("manage.py", "walkthrough", SEED="test")

    assert played.returncode == 0, played.stdout + played.stderr
    outcome = json.loads(played.stdout.splitlines()[-1])
    assert outcome.pop("levels") == LEVELS
    for well in ("log_ok", "verify_ok", "replay_ok"):
        assert outcome.pop(well) is True
    assert outcome.keys() == LEAST.keys()
    assert all(outcome[name] >= least for name, least in LEAST.items())
    for role in ROLES:
        assert f"({role})" in played.stdout


class TestCommand:
    SPOILED = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from casework.cases.models import Case
from workers.walkthrough.play import SCENES

before, during = connection.settings_dict["NAME"], []

def spoil(stage):
    Case._base_manager.update(level=4)
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_database()")
        during.extend(cursor.fetchone())

try:
    call_command("walkthrough", scenes=(*SCENES[:2], ("Fout", spoil)))
except SystemExit as left:
    print("exit", left.code)
print("as the application", during[0] == connection.settings_dict["USER"])
print("back", connection.settings_dict["NAME"] == before != during[1])
with connection._nodb_cursor() as cursor:
    cursor.execute("select 1 from pg_database where datname = %s", [during[1]])
    print("left", cursor.fetchall())
"""

    @pytest.mark.long
    def test_fails_when_something_does_not_hold_and_drops_the_database(self) -> None:
        """Catches a run that says yes, that may do too much, or that stays behind."""
        done = python("-c", self.SPOILED, DJANGO_SETTINGS_MODULE="config.settings")

        *told, outcome, left, role, back, rest = done.stdout.splitlines()
        assert (left, role) == ("exit 1", "as the application True"), done.stderr
        assert (back, rest) == ("back True", "left []")
        assert not json.loads(outcome)["verify_ok"]
        assert any("Klopt niet" in line for line in told)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
class TestPerform:
    def test_is_not_well_when_a_level_was_moved_behind_its_back(self) -> None:
        """Catches a walkthrough that says "ok" without looking."""

        def moved(_stage: Stage) -> None:
            Case._base_manager.update(level=Level.BESTUURLIJK)

        outcome, is_well = perform(
            "fault", write=print, scenes=(*TWO_SCENES, ("Fout", moved))
        )

        assert not is_well
        assert (outcome.verify_ok, outcome.replay_ok) == (False, False)

    def test_is_not_well_when_somebody_outside_read_a_name(self) -> None:
        """Catches a name that leaks without anybody noticing."""

        def leak(stage: Stage) -> None:
            stage["manager"].has_read.append(f"<p>{stage.story.inhabitant}</p>")
            stage.never_saw("manager")

        said: list[str] = []
        _, is_well = perform(
            "fault", write=said.append, scenes=(*TWO_SCENES, ("Fout", leak))
        )

        assert not is_well
        assert "MISLUKT" in said[-1]

    def test_is_not_well_when_the_log_misses_a_row(self) -> None:
        """Catches a walkthrough that does not look at the log."""

        def unwritten(stage: Stage) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into cases_event (case_id, kind, at, facts, changes) "
                    "values (%s, 'case.changed', now(), '{}', '[]')",
                    [stage.case.pk],
                )

        outcome, is_well = perform(
            "fault", write=print, scenes=(*TWO_SCENES, ("Fout", unwritten))
        )

        assert not is_well
        assert not outcome.log_ok

    def test_is_not_well_when_a_refusal_is_no_refusal(self) -> None:
        """Catches a role that sees what it may not see."""

        def seen_by_all(stage: Stage) -> None:
            stage.refuses("procesregisseur", stage.address())

        said: list[str] = []
        outcome, is_well = perform(
            "fault", write=said.append, scenes=(*TWO_SCENES, ("Fout", seen_by_all))
        )

        assert not is_well
        assert "MISLUKT" in said[-1]
        assert outcome.verify_ok

    def test_is_not_well_with_half_of_the_story(self) -> None:
        """Catches a walkthrough that stops early and still says yes."""
        outcome, is_well = perform("fault", write=print, scenes=TWO_SCENES)

        assert not is_well
        assert outcome.levels == ["casus", "proces"]
        assert (outcome.log_ok, outcome.verify_ok, outcome.replay_ok) == (
            True,
            True,
            True,
        )


class TestChooseStory:
    def test_is_the_same_for_the_same_seed(self) -> None:
        """Catches a failure that nobody can play again."""
        assert choose_story(Random("a")) == choose_story(Random("a"))

    def test_differs_from_seed_to_seed(self) -> None:
        """Catches a seed that changes nothing."""
        stories = [choose_story(Random(str(number))) for number in range(30)]

        assert len({story.begins_on for story in stories}) > 20
        assert len({story.kind for story in stories}) > 4
        assert len({story.inhabitant for story in stories}) > 4


class TestPage:
    HTML = """
        <form method="post" action="#x"><input type="hidden" name="action" value="a">
        <label for="r1"><input type="radio" name="who" value="1" id="r1">Piet</label>
        <select name="desk"><option value="">Kies<option value="7">Wonen</select>
        <textarea name="text">oud</textarea></form>
    """

    def test_sends_what_a_browser_would_send(self) -> None:
        """Catches a form that is filled in past what stands on the page."""
        values = {"action": "a", "who": "Piet", "desk": "Wonen", "text": "nieuw"}
        form = read("/hier/", 200, self.HTML).form(values, to="/hier/", press="")

        form.fill(values)

        assert form.data() == {
            "action": ["a"],
            "who": ["1"],
            "desk": ["7"],
            "text": ["nieuw"],
        }

    @pytest.mark.parametrize(
        "values",
        [{"nergens": "x"}, {"action": "b"}, {"who": "Klaas"}],
        ids=["field", "hidden value", "choice"],
    )
    def test_refuses_what_is_not_on_the_page(self, values) -> None:
        """Catches a play that sends what nobody could have filled in."""
        page = read("/hier/", 200, self.HTML)

        with pytest.raises(NotOnThePage):
            page.form(values, to="", press="").fill(values)
