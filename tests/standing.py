"""What all tests of a module begin with, made once: each test undoes what it adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db import transaction
from pytest_django import DjangoDbBlocker

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
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)
