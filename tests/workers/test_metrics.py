"""What a Prometheus elsewhere reads: the figures of /readyz, for who may know them."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from casework.work.models import Delivery, Heartbeat
from workers.app import PERIODIC

pytestmark = pytest.mark.django_db

TOKEN = "een-geheim-van-minstens-32-tekens-lang"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


def asked(**meta: str):
    return Client().get("/metrics", **meta)


def read(response) -> dict[str, float]:
    """Read it as Prometheus does: a name, with its label where it has one."""
    return {
        ":".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


class TestFigures:
    def test_are_those_of_readyz(self, manager):
        """Catches a second way of counting: an alarm that the page does not show."""
        call_command("send_due", verbosity=0)
        now = timezone.now()
        for number, state in enumerate(("pending", "failed", "failed")):
            Delivery.objects.create(
                key=f"x{number}",
                kind="reminder",
                to_user=manager,
                state=state,
                planned_at=now - timedelta(days=3),
                not_before=now - timedelta(hours=1),
            )
        Delivery.objects.filter(key="x0").update(planned_at=now, in_doubt=1)

        found = read(asked())
        said = json.loads(Client().get("/readyz").content)

        assert (found["procesregie_waiting"], found["procesregie_failed"]) == (1, 2)
        assert found["procesregie_in_doubt"] == 1
        assert found["procesregie_oldest_due_seconds"] >= 3600
        assert found["procesregie_all_is_well"] == 0
        for name in (
            "waiting",
            "failed",
            "failed_jobs",
            "in_doubt",
            "planner_lag_seconds",
        ):
            assert found[f"procesregie_{name}"] == said[name]
        assert {f"procesregie_last_tick_seconds:{each.name}" for each in PERIODIC} <= (
            set(found)
        )

    def test_say_when_a_part_of_the_clock_never_ran(self):
        """Catches a gauge that is 0, as if it ran just now."""
        call_command("send_due", verbosity=0)
        Heartbeat.objects.filter(name__in=("plan_due", "auditor")).delete()

        found = read(asked())

        assert found["procesregie_last_tick_seconds:plan_due"] == float("inf")
        assert found["procesregie_auditor_seconds"] == float("inf")

    def test_take_a_fixed_number_of_queries(self, django_assert_max_num_queries):
        with django_assert_max_num_queries(10):
            asked()

    def test_say_nothing_about_a_person(self):
        """Catches a label that somebody's name, address or case could get into."""
        families = text_string_to_metric_families(asked().content.decode())
        labels = {
            value
            for family in families
            for sample in family.samples
            for value in sample.labels.values()
        }

        assert labels <= {each.name for each in PERIODIC}

    def test_fail_without_a_database(self):
        with connection.execute_wrapper(_no_database):
            assert asked().status_code == 503


class TestAccess:
    def test_is_for_the_machine_itself(self):
        assert asked().status_code == 200
        assert asked(REMOTE_ADDR="::1").status_code == 200

    @pytest.mark.parametrize(
        "meta",
        [
            ELSEWHERE,
            {"REMOTE_ADDR": ""},
            {"HTTP_X_FORWARDED_FOR": "203.0.113.7"},
            {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
            {"HTTP_FORWARDED": "for=127.0.0.1"},
        ],
    )
    def test_is_not_there_for_others(self, meta):
        """Catches a proxy on the same machine that lets the whole world in."""
        refused = asked(**meta)

        assert refused.status_code == 404
        assert refused.content == Client().get("/bestaat-niet", **meta).content

    @pytest.mark.parametrize(
        ("given", "status"),
        [
            (f"Bearer {TOKEN}", 200),
            (f"bearer {TOKEN}", 200),
            (f"Bearer {TOKEN}x", 404),
            (f"Basic {TOKEN}", 404),
            ("Bearer ", 404),
            (f"Bearer é{TOKEN}", 404),
        ],
    )
    @override_settings(METRICS_TOKEN=TOKEN)
    def test_is_there_for_who_knows_the_token(self, given, status):
        assert asked(HTTP_AUTHORIZATION=given, **ELSEWHERE).status_code == status

    @pytest.mark.parametrize("given", ["Bearer ", "Bearer", ""])
    @override_settings(METRICS_TOKEN="")
    def test_knows_no_empty_token(self, given):
        """Catches that nothing, compared with nothing, is right."""
        assert asked(HTTP_AUTHORIZATION=given, **ELSEWHERE).status_code == 404


def _no_database(execute, sql, params, many, context):
    raise DatabaseError
