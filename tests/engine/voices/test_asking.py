"""What it does to ask for a voice, and of whom it is not asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from ave.escalation.models import Voice
from casework.cases.absence import end_absence, set_deputy, start_absence
from casework.cases.excluding import exclude_colleague
from casework.cases.models import Participation
from casework.people.errors import InvalidInput, NotPermitted
from casework.work import items
from tests.engine.voices.conftest import adviser, places
from tests.world import AT, asked, opened

pytestmark = pytest.mark.engine


class TestAsking:
    def test_gives_a_place_and_work_until_the_day_of_the_request(self, world, request_):
        """Catches a voice without work, or with a day of its own."""
        voice = adviser(world, request_)

        item = items.open_about(voice.key, kind="escalation.voice").get()
        assert item.due_on == request_.due_on
        assert item.due.basis is not None
        assert item.owner_user == world.other_manager
        assert item.asked_by == world.procesregisseur
        assert places(request_, world.other_manager) == 1

    def test_of_a_deputy_is_no_longer_his_after_the_absence(self, world, request_):
        """Catches a deputy who lets the adviser's work rest when it is not his now."""
        manager = world.manager
        set_deputy(manager, by=manager, at=AT, deputy=world.aov)
        absence = start_absence(manager, by=manager, at=AT, reason="Ziek")
        voice = adviser(world, request_, by=world.aov)

        end_absence(absence, by=manager, at=AT + timedelta(hours=1))

        (item,) = items.open_about(voice.key)
        assert item.asked_by == manager

    def test_once_in_a_request(self, world, request_):
        """Catches somebody who is asked twice, also round the transition."""
        adviser(world, request_)

        with pytest.raises(InvalidInput) as refusal:
            adviser(world, request_)
        assert refusal.value.field == "whom"
        with pytest.raises(IntegrityError), transaction.atomic():
            Voice.objects.create(
                escalation=request_,
                kind="advice",
                user=world.other_manager,
                asked_by=world.procesregisseur,
                asked_at=AT,
            )

    def test_not_of_who_knows_these_people(self, world, case, request_):
        exclude_colleague(
            case, by=world.procesregisseur, at=AT, user=world.other_manager
        )

        with pytest.raises(InvalidInput):
            adviser(world, request_)

    def test_not_of_oneself(self, world, case, request_):
        """Catches an acting deputy who asks himself for advice."""
        start_absence(world.procesregisseur, by=world.aov, at=AT, reason="Ziek")

        with pytest.raises(InvalidInput):
            adviser(world, request_, by=world.aov, user=world.aov)
        assert adviser(world, request_, by=world.aov).asked_by == world.aov

    def test_not_beside_a_notice(self, world):
        notice = asked(world, opened(world), kind="notice")

        with pytest.raises(NotPermitted):
            adviser(world, notice)

    def test_not_of_a_manager_whose_party_left(self, world, case, request_):
        """Catches a position of an organisation that takes part no longer."""
        Participation.objects.system_scope("test").filter(role="party").update(
            until_at=AT
        )

        with pytest.raises(InvalidInput):
            adviser(world, request_, kind="position", user=world.director)
