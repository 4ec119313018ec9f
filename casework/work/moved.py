"""What is sent when work in cases begins, gets another day or ends."""

from django.dispatch import Signal

work_moved = Signal()
"""`cases`: the numbers of the cases whose open work, or a day of it, is another now."""
