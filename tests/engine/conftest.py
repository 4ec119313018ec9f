"""A case with its first bottleneck at PROCES, for modules that begin with it."""

from __future__ import annotations

import pytest

from ave.escalation.models import Escalation
from tests.standing import begins_with
from tests.world import begin

_begun = begins_with(begin)


@pytest.fixture
def request_(running) -> Escalation:
    """A question to a manager about it, for a class that uses `running`."""
    return running[2]
