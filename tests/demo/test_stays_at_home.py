"""The demo lets anybody in, so nobody from outside may reach it."""

from django.core.checks import run_checks

from config.demo.apps import demo_stays_at_home


def found():
    return [each.id for each in demo_stays_at_home()]


def test_a_check_finds_a_demo_with_a_name_from_outside(settings):
    """Catches role buttons that the whole internet can press."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "zaken.zuiderveen.example"]

    assert found() == ["demo.E001"]


def test_a_check_lets_a_demo_be_at_home(settings):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

    assert found() == []


def test_a_check_says_nothing_where_there_is_no_demo(settings):
    settings.DEMO = False
    settings.ALLOWED_HOSTS = ["zaken.zuiderveen.example"]

    assert "demo.E001" not in [each.id for each in run_checks()]
