"""What is sent when work in cases begins, gets another day or ends."""

from django.dispatch import Signal

work_moved = Signal()
"""`about`: what the work is about that is open now, gets another day, or is over."""
