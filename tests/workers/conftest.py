"""The people and moments of the tests of work, also for the tests of the clock."""

from tests.work.conftest import (  # noqa: F401  pytest finds fixtures by their name
    absent,
    beheer,
    deputy,
    desk,
    manager,
    member_of,
    municipality,
    now,
    opened,
    person,
    regisseur,
)
