"""Who works here, from a list that the functioneel beheerder keeps."""

from workers.roster.lines import BadRoster, Line, read
from workers.roster.taking import Taken, take_over

__all__ = ["BadRoster", "Line", "Taken", "read", "take_over"]
