"""Folders outside the checkout, and somebody who is logged in."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ground.places import copy_of_the_code
from tests.ground.signing_in import log_in, somebody


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that every user may enter, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="procesregie with spaces "))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def fresh(folder: Path) -> Path:
    """Give a fresh clone."""
    return copy_of_the_code(folder / "clone")


@pytest.fixture
def user(clock):
    """Give somebody with an account, at the moment of the module's clock."""
    return somebody()


@pytest.fixture
def inside(client, user):
    log_in(client, user)
    return client
