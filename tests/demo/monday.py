"""The fictional municipality on the Monday of all stories."""

import time_machine

from tests.world import AT
from workers.seeding import seed_if_empty


def the_demo() -> None:
    """Tell the stories of the demo in an empty database."""
    with time_machine.travel(AT):
        assert seed_if_empty()
