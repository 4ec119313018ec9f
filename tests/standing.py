"""What all tests of a module begin with, made once: each test undoes what it adds."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.databases import Made, Originals, copied


def standing(
    blocker: DjangoDbBlocker, make: Callable[[], Made]
) -> Iterator[Callable[[], Made]]:
    """
    Make something for a whole module, in a transaction around those of its tests.

    For fixtures of scope "module" that use `django_db_setup`, where no test is
    transactional. Each test calls what is given for a copy of its own.
    """
    outer = transaction.atomic()
    with blocker.unblock():
        outer.__enter__()
        made = make()
        # What is checked at the end is checked now, and not again by each test.
        connection.check_constraints()
    # An eighth of the time of a deep copy.
    yield partial(pickle.loads, pickle.dumps(made))
    with blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def begins_with(make: Callable[[], Made]) -> Any:
    """Give the fixture of modules that begin with this; each test calls it for a copy."""

    @pytest.fixture(scope="module")
    def begun(
        django_db_setup: None, django_db_blocker: DjangoDbBlocker
    ) -> Iterator[Callable[[], Made]]:
        yield from standing(django_db_blocker, make)

    return begun


def goes_on(make: Callable[[Any], Made]) -> Any:
    """
    Give the fixture of classes that begin with what this makes of what `_begun` gives.

    Only of classes, or modules, of which each test says that it uses it: in any other
    it would be there or not by which test came first.
    """

    @pytest.fixture(scope="class")
    def running(
        request: pytest.FixtureRequest,
        _begun: Callable[[], Any],
        django_db_blocker: DjangoDbBlocker,
    ) -> Iterator[Callable[[], Made]]:
        marks = request.node.iter_markers("usefixtures")
        assert any("running" in mark.args for mark in marks), request.node
        yield from standing(django_db_blocker, lambda: make(_begun()))

    return running


def settled(
    blocker: DjangoDbBlocker, originals: Originals, make: Callable[[], Made]
) -> Iterator[Made]:
    """
    Make something in a database of its own, committed and counted, for a whole module.

    For tests that ask thousands of things, each in a `scene`: the database then plans
    as it does in use, and leaves nothing behind that slows the next. They are not
    marked `django_db`: what such a test writes outside a scene stays, but for no other
    module that begins with the same.
    """
    name = f"{connection.settings_dict['TEST']['NAME']}_settled"
    with blocker.unblock():
        original, made = originals.of(make)
        with copied(original, name):
            yield made


@contextmanager
def scene() -> Iterator[None]:
    """Let something happen, and undo it after."""
    if connection.in_atomic_block:
        mark = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(mark)
            transaction.set_rollback(False)
        return
    block = transaction.atomic()
    # As Django does for its own test cases: what insists on being outermost may be in it.
    block._from_testcase = True  # type: ignore[attr-defined]  # not in the stubs
    with block:
        try:
            yield
        finally:
            transaction.set_rollback(True)
