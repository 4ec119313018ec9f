"""What all tests of a module begin with, made once: each test undoes what it adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.databases import copied, migrated, using

Made = TypeVar("Made")


def standing(blocker: DjangoDbBlocker, make: Callable[[], Made]) -> Iterator[Made]:
    """
    Make something for a whole module, in a transaction around those of its tests.

    For fixtures of scope "module" that use `django_db_setup`, where no test is
    transactional. What is given is shared: hand out a deep copy.
    """
    outer = transaction.atomic()
    with blocker.unblock():
        outer.__enter__()
        made = make()
        # What is checked at the end is checked now, and not again by each test.
        connection.check_constraints()
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def settled(blocker: DjangoDbBlocker, make: Callable[[], Made]) -> Iterator[Made]:
    """
    Make something in a database of its own, committed and counted, for a whole module.

    For tests that ask thousands of things, each in a `scene`: the database then plans
    as it does in use, and leaves nothing behind that slows the next. They are not
    marked `django_db`: what such a test writes outside a scene stays.
    """
    name = f"{connection.settings_dict['TEST']['NAME']}_settled"
    with blocker.unblock(), ExitStack() as stack:
        stack.enter_context(copied(migrated(), name))
        # Those of the database before it have other numbers.
        ContentType.objects.clear_cache()
        stack.callback(ContentType.objects.clear_cache)
        made = make()
        with using(name, owner=True) as owner, owner.cursor() as cursor:
            cursor.execute("analyze")
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
