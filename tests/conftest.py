"""What every test shares: a database that is made by its owner and used by the application."""

import gc
import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as chances

from ave.escalation.models import Escalation
from casework.audit import triggers
from casework.cases.models import Case
from casework.people.models import User
from tests.databases import Originals, migrated
from tests.standing import begins_with, goes_on
from tests.world import World, asked, begin, make_world, with_canaries

pytest_plugins = (
    "tests.leaks",
    "tests.proofs",
    "tests.refusals",
    "tests.room",
    "tests.traces",
)


# How long an example takes says something of the machine and nothing of the code.
chances.register_profile(
    "busy", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
chances.load_profile("busy")

# What a test leaves is little; looking for it so often costs a twentieth of the time.
gc.set_threshold(100_000, 50, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="only what takes long")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Keep the two tiers apart, `make test` and `make long`, and begin with the drills."""
    wanted = config.getoption("--long")
    items[:] = [
        item for item in items if bool(item.get_closest_marker("long")) == wanted
    ]
    # The longest in one piece goes first: at the end the other processes would wait.
    items.sort(key=lambda item: item.path.parent.name != "drills")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker
) -> None:
    """Copy a database that was migrated before, in this run or an earlier one."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


@pytest.fixture(scope="session")
def originals(
    django_db_modify_db_settings: None, django_db_blocker, tmp_path_factory
) -> Iterator[Originals]:
    """Give what was made once in this run, by whichever of its processes."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    made = Originals(folder)
    with made.held(django_db_blocker):
        yield made


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Go on as the application's role once the owner has made the database."""
    options = connection.settings_dict["OPTIONS"]
    options["assume_role"] = settings.APPLICATION_ROLE
    with django_db_blocker.unblock():
        connections.close_all()
    yield
    options.pop("assume_role")
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _flush_as_owner() -> Iterator[None]:
    """Let a transactional test be cleaned up: only the owner may empty the log."""
    flush = TransactionTestCase._fixture_teardown

    def as_owner(case: TransactionTestCase) -> None:
        with triggers.off(connection):
            flush(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", as_owner)
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Start without the wrong passwords that an earlier test counted."""
    cache.clear()


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """Give browsers in which somebody is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(
            user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return log_in


_world = begins_with(make_world)


@pytest.fixture
def world(_world, db) -> World:
    """The people of a municipality around its first case; not for transactional tests."""
    return _world()


Begun = tuple[World, Case]


def _begin() -> Begun:
    world, case = begin()
    return world, with_canaries(world, case)


_begun = begins_with(_begin)


@pytest.fixture
def begun(request, _begun, db) -> Begun:
    """The people and that case, for a module in which every test is about it."""
    if "running" in request.fixturenames:
        world, case, _ = request.getfixturevalue("running")
        return world, case
    return _begun()


@pytest.fixture
def case(world: World, begun: Begun) -> Case:
    """That case, for a module of which the `world` is that of `begun` too."""
    assert world is begun[0]
    return begun[1]


Running = tuple[World, Case, Escalation]


def _ask(begun: Begun) -> Running:
    return *begun, asked(*begun)


_running = goes_on(_ask)


@pytest.fixture
def running(_running, db) -> Running:
    """Those and a question to a manager, for a class or module that uses it throughout."""
    return _running()
