"""Fill an empty database of the demo; where from, the settings say."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from casework.audit.sealer import seal
from casework.people.models import User
from casework.work.models import Delivery


def seed_if_empty() -> bool:
    """Seed a demo that nobody lives in yet, and say whether that was so."""
    if not settings.DEMO or User.objects.exists():
        return False
    import_string(settings.SEED)()
    # What it tells was long ago: unsealed or unsent, a clock would seem to have died.
    now = timezone.now()
    seal(at=now)
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING, not_before__lt=now)
    waiting.update(not_before=now)
    return True
