"""Something is said to each person once, by mail if that is what anybody asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.policy import policy
from casework.work import ladder
from casework.work.days import local_day, working_days
from casework.work.letters import Opening
from casework.work.models import Delivery, Notice
from casework.work.recipients import Recipient
from casework.work.tell import tell, tell_owner
from tests.work.conftest import FRIDAY, no_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(now):
    def say_it(item, people, *, key="one", **facts):
        return tell(
            item,
            people,
            key=key,
            opening=Opening.REMINDER,
            at=now,
            days=working_days(policy.at(local_day(now))),
            **{"at_once": True, **facts},
        )

    return say_it


class TestTell:
    @pytest.mark.parametrize(
        ("mails", "sent"),
        [
            ((True, True), 1),
            ((True, False), 1),
            ((False, True), 1),
            ((False, False), 0),
        ],
    )
    def test_tells_one_person_once_by_mail_if_one_of_both_is(
        self, opened, manager, say, mails, sent
    ):
        """Catches two mails to who stands in for two, and none because one is none."""
        item = opened(manager, due=FRIDAY)

        assert say(item, [Recipient(manager, by_mail=each) for each in mails]) == 1

        assert Notice.objects.filter(item=item, user=manager).count() == 1
        assert Delivery.objects.count() == sent

    def test_says_a_thing_again_to_nobody_but_who_did_not_hear_it(
        self, opened, manager, deputy, say
    ):
        item = opened(manager, due=FRIDAY)
        say(item, [Recipient(manager)])

        assert say(item, [Recipient(manager), Recipient(deputy)]) == 1
        assert say(item, [Recipient(manager)], key="two") == 1
        assert Delivery.objects.count() == 3

    def test_says_it_in_the_product_only_where_no_mail_goes(self, opened, manager, say):
        item = opened(manager, due=FRIDAY)

        assert say(item, [Recipient(manager)], by_mail=False) == 1

        assert Notice.objects.get().delivery is None
        assert not Delivery.objects.exists()

    def test_keeps_what_can_wait_for_one_digest(self, opened, manager, say):
        first, second = opened(manager, due=FRIDAY), opened(manager, due=FRIDAY)

        for item in (first, second):
            say(item, [Recipient(manager)], at_once=False)

        digest = Delivery.objects.get()
        assert digest.kind == Delivery.Kind.DIGEST
        assert {row.delivery for row in Notice.objects.all()} == {digest}


class TestTellOwner:
    def test_leaves_out_who_does_it_himself(self, opened, manager, regisseur, now):
        """Catches "Nu bij jou", sent to who just took it."""
        facts = {"key": "handed", "opening": Opening.HANDED, "at": now}

        assert tell_owner(opened(manager, due=FRIDAY), by=manager, **facts) == 0
        assert tell_owner(opened(manager, due=FRIDAY), by=regisseur, **facts) == 1
        assert tell_owner(opened(manager, due=FRIDAY), by=None, **facts) == 1


def test_nobody_who_is_there_is_a_line_in_the_log(opened, person, now, caplog):
    """Catches work of a desk without people that nobody is ever told of."""
    gone = person("Wie Vertrok", is_active=False)
    item = opened(gone, due=FRIDAY)

    ladder.plan_due(at=now + timedelta(days=4), call=no_call)

    assert f"nobody to tell of item {item.pk}, step remind:+0wd:owner" in caplog.text
