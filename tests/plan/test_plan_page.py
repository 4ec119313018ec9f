"""The page of the plan: how goals and tasks are made there, and what it refuses."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases.models import Note
from casework.plan.models import ActionPlan, Goal, Task
from casework.plan.transitions import add_goal, make_plan
from casework.work.models import ClosedWeekday
from tests.plan.conftest import QUESTION, page_of, send
from tests.world import AT, CANARIES, DAY

pytestmark = pytest.mark.usefixtures("_now")


def task_data(world, **data) -> dict:
    return {
        "kind": "advice_housing",
        "question": QUESTION,
        "desk": world.health_desk.pk,
        "due_on": (DAY + timedelta(days=10)).isoformat(),
        "package": "question",
        **data,
    }


class TestPlan:
    def test_a_plan_a_goal_and_a_task_are_made_here(self, world, case, as_user):
        """Catches a plan that is begun and said not to be there."""
        client = as_user(world.casusregisseur)
        url = f"/casussen/{case.reference}/plan/"

        assert "Er is nog geen doel" not in page_of(client, url)
        assert send(client, url, "plan", discussed="yes").status_code == 303
        begun = page_of(client, url)
        assert "Er is nog geen doel" in begun
        goal = send(client, url, "goal", life_domain="housing", text="Rust in huis.")
        assert goal.status_code == 303
        kept = Goal.objects.system_scope("test").get()
        task = send(client, url, "task", **task_data(world, goal=kept.pk))

        assert task.status_code == 303
        assert task.headers["Location"] == url
        shown = page_of(client, url)
        assert "Rust in huis." in shown
        assert "Geef advies over veilig wonen" in shown
        assert "GGZ Zuid" in shown

    def test_offers_a_goal_by_its_own_words(self, world, case, as_user):
        """Catches "goal 3" in the list of goals that a task can serve."""
        who = {"by": world.casusregisseur, "at": AT}
        plan = make_plan(case, **who, discussed=True)
        text = "Rust in huis. " * 10
        goal = add_goal(plan, **who, text=text, life_domain="housing")

        shown = page_of(
            as_user(world.procesregisseur), f"/casussen/{case.reference}/plan/"
        )

        assert f'<option value="{goal.pk}">{text[:80]}...</option>' in shown

    @pytest.mark.parametrize(
        ("desk", "day", "says"),
        [
            ("health_desk", 4, "Vrijdag 27 november 2026 is geen werkdag: vrije dag."),
            ("health_desk", 3, ""),
            ("housing_desk", 4, ""),
            ("housing_desk", 5, "Zaterdag 28 november 2026 is geen werkdag"),
        ],
    )
    def test_says_that_a_desk_does_not_work_on_that_day(
        self, world, case, as_user, desk, day, says
    ):
        """Catches a day on which nobody is there, chosen without a word."""
        friday = ClosedWeekday.Weekday.FRIDAY
        ClosedWeekday.objects.create(
            desk=world.health_desk, weekday=friday, reason="vrije dag"
        )
        asked = getattr(world, desk)
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/plan/"
        data = task_data(world, desk=asked.pk, due_on=DAY + timedelta(days=day))

        assert send(client, url, "task", **data).status_code == 303

        shown = page_of(client, url)
        assert says in shown
        assert (f"Spreek met {asked} af" in shown) == bool(says)

    @pytest.mark.parametrize(
        ("data", "error"),
        [
            ({"kind": ""}, "Kies wat je vraagt."),
            ({"kind": "Bel Jansje"}, "Kies iets uit de lijst."),
            ({"question": ""}, "Schrijf wat je vraagt."),
            ({"question": "a\x00b"}, "Er staat een teken in"),
            ({"question": "x" * 100_000}, "Dit is te lang."),
            ({"desk": ""}, "Kies wie het doet."),
            ({"desk": "9" * 30}, "Kies iets uit de lijst."),
            ({"joining": ["\x00"]}, "Kies iets uit de lijst."),
            ({"joining": ["1" * 40]}, "Kies iets uit de lijst."),
            ({"due_on": "2026-11-31"}, "31 november bestaat niet."),
            ({"due_on": "2026-11-20"}, "Kies een dag die nog komt."),
            ({"due_on": "gisteren"}, "Deze dag bestaat niet."),
            ({"package": "alles"}, "Kies iets uit de lijst."),
            ({"package": "chosen"}, "Kies iets uit de lijst."),
            ({"goal": "99999"}, "Kies iets uit de lijst."),
            ({"seen": "x"}, ""),
        ],
    )
    def test_bad_input_gives_the_page_with_what_was_typed(
        self, world, case, as_user, data, error
    ):
        client = as_user(world.procesregisseur)

        response = send(
            client,
            f"/casussen/{case.reference}/plan/",
            "task",
            **task_data(world, **data),
        )

        assert response.status_code == 422
        assert error in response.content.decode()
        if "question" not in data:
            assert QUESTION in response.content.decode()
        assert not Task.objects.system_scope("test").exists()

    def test_a_package_of_chosen_notes_asks_which(self, world, case, as_user):
        Note.objects.create(
            case=case, text="De voordeur is kapot.", mark="fact", by=world.fg, at=AT
        )
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/plan/"
        assert "De voordeur is kapot." in page_of(client, url)

        response = send(client, url, "task", **task_data(world, package="chosen"))

        assert response.status_code == 422
        assert "Kies welke stukken meegaan." in response.content.decode()

    def test_an_unknown_action_does_nothing(self, world, case, as_user):
        client = as_user(world.procesregisseur)

        response = send(client, f"/casussen/{case.reference}/plan/", "vernietig")

        assert response.status_code == 422

    def test_a_stale_form_is_shown_again(self, world, case, as_user):
        make_plan(case, by=world.casusregisseur, at=AT, discussed=True)
        ActionPlan.objects.system_scope("test").update(version=7)
        client = as_user(world.casusregisseur)
        url = f"/casussen/{case.reference}/plan/"

        response = send(client, url, "plan", discussed="no", why_not="Ziek.", seen=1)

        assert response.status_code == 409
        assert "Ziek." in response.content.decode()
        assert 'value="7"' in response.content.decode()

    def test_the_same_form_sent_twice_makes_one_task(self, world, case, as_user):
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/plan/"
        data = task_data(world, submit_id=str(uuid.uuid4()))

        first = send(client, url, "task", **data)
        second = send(client, url, "task", **data)

        assert (first.status_code, second.status_code) == (303, 303)
        assert Task.objects.system_scope("test").count() == 1

    def test_a_note_with_a_tag_cannot_be_chosen(self, world, case, as_user):
        client = as_user(world.procesregisseur)
        police = Note.objects.system_scope("test").get(case=case, tag="police")
        url = f"/casussen/{case.reference}/plan/"

        response = send(
            client,
            url,
            "task",
            **task_data(world, package="chosen", notes=[police.pk]),
        )

        assert response.status_code == 422
        assert CANARIES["police"] not in response.content.decode()

    def test_is_hidden_from_who_does_not_read_the_dossier(
        self, world, case, as_user, offered, agent
    ):
        offered()
        for user in (agent, world.manager, world.aov, world.other_procesregisseur):
            response = as_user(user).get(f"/casussen/{case.reference}/plan/")
            assert response.status_code == 404

    def test_has_as_many_queries_for_forty_tasks_as_for_four(
        self, world, case, as_user, offered
    ):
        client = as_user(world.procesregisseur)
        url = f"/casussen/{case.reference}/plan/"

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                page_of(client, url)
            return len(captured)

        for _ in range(4):
            offered(joining=[world.police_desk])
        page_of(client, url)
        few = queries()
        for _ in range(36):
            offered(joining=[world.police_desk])

        assert queries() == few
