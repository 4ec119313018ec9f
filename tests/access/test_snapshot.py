"""A page is read from one moment."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from casework.access.rules import everyone, page, public
from casework.audit.log import Origin, origin
from casework.people.models import User

pytestmark = pytest.mark.access


def level(request):
    """Say how the database reads during a page."""
    with connection.cursor() as cursor:
        cursor.execute("show transaction_isolation")
        return HttpResponse(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_page_is_read_from_one_moment_and_a_public_page_from_none():
    """Catches a page that is made of two moments, and a setting that stays behind."""
    before = origin.set(Origin())
    request = RequestFactory().get("/")

    for _ in range(2):
        request.user = User.objects.create_user("iemand@zuiderveen.example", name="I")
        assert page(access=everyone)(level)(request).content == b"repeatable read"
        request.user.delete()
        request.user = AnonymousUser()
        shown = page(access=public("Er staat niets."))(level)(request)
        assert shown.content == b"read committed"
    origin.reset(before)
