"""Python's stack has the room that a page needs."""

import subprocess
import sys

COUNTS = """
import resource
from config.room import roomy

def deep(left):
    return left and deep(left - 1)

def pages_of_a_list():
    for _ in range(2_000):
        deep(400)

def faults(call):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    call()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

within = roomy(pages_of_a_list)
print(faults(pages_of_a_list), faults(within), within.__name__)
"""


def test_what_is_called_from_a_frame_with_room_takes_no_memory_again():
    """Catches a Python whose frames no longer take the room they say they need."""
    said = subprocess.run(
        [sys.executable, "-c", COUNTS], check=True, capture_output=True, text=True
    )
    without, within, name = said.stdout.split()

    assert int(within) < int(without) / 10
    assert name == "pages_of_a_list"
