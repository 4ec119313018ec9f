"""Somebody of the play is logged out on the way, and goes on."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from casework.work.models import WorkItem
from workers.walkthrough.actor import Actor
from workers.walkthrough.page import Page

pytestmark = pytest.mark.django_db

PASSWORD = "Zeven slapende bruggen"


class Forgotten(Actor):
    """Somebody whose session is gone after the first page that he opened."""

    def opens(self, path: str) -> Page:
        page = super().opens(path)
        if not self.has_read[1:]:
            Session.objects.all().delete()
        return page


def test_sends_a_form_once_more_after_logging_in(world) -> None:
    """Catches a play that breaks when a session ends between opening and sending."""
    user = world.procesregisseur
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    actor = Forgotten(user, password=PASSWORD, number=7)

    today = timezone.localdate().isoformat()

    actor.sends(reverse("work:write"), {"title": "Bel", "due_on": today})

    [item] = WorkItem.objects.system_scope("test").filter(kind="own")
    assert (item.title, item.owner_user) == ("Bel", user)
