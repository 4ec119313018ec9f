"""Who reads in the log what somebody searched for."""

import pytest
from django.urls import reverse

from casework.audit.log import write
from casework.audit.models import AuditEntry
from tests.world import AT, make_world

pytestmark = pytest.mark.django_db

SEARCHED = "CANARY-gezochte-naam"


@pytest.fixture
def world():
    world = make_world()
    write("search.done", by=world.procesregisseur, at=AT, words=SEARCHED)
    return world


def page(client, user) -> str:
    client.force_login(user)
    answer = client.get(reverse("audit:log"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_fg_does_and_that_is_a_line_in_it(client, world):
    assert SEARCHED in page(client, world.fg)
    last = AuditEntry.objects.order_by("pk").last()
    assert (last.verb, last.by) == ("log.read", world.fg)


def test_the_privacy_officer_does_not(client, world):
    """Catches words shown to all who may look at the log."""
    assert SEARCHED not in page(client, world.privacy_officer)


def test_the_address_of_a_search_does_not_say_about_whom(client, world):
    """Catches a colleague's name in the history of a browser or the log of a proxy."""
    client.force_login(world.fg)
    answer = client.post(reverse("audit:log"), {"who": world.procesregisseur.name})

    assert answer.status_code == 302
    assert "who=" in answer.url
    assert world.procesregisseur.name.split()[-1] not in answer.url
    found = client.get(answer.url)
    assert found.context["form"]["who"].value() == world.procesregisseur.name
    assert {line.who for line in found.context["page"].lines} == {
        world.procesregisseur.name
    }
    client.force_login(world.privacy_officer)
    assert client.get(answer.url).status_code == 422
