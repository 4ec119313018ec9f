"""One overview a day, also when the mail server was away in between."""

import uuid
from datetime import date, timedelta

import pytest

from casework.people.errors import NotVisible
from casework.policy.ladders import Step
from casework.work import items, outbox, overviews, own, preferences
from casework.work.digests import moved_on
from casework.work.due import Due
from casework.work.mail import StoreTransport
from casework.work.models import Delivery, Notice, Preference
from tests.work.conftest import FRIDAY, Away, moment, plan

pytestmark = pytest.mark.django_db

State = Delivery.State


def deliver(text: str, *, connect=StoreTransport) -> int:
    return outbox.deliver_due(at=moment(text), connect=connect)


def digests() -> list[tuple[str, str]]:
    rows = Delivery.objects.order_by("pk")
    return list(rows.values_list("state", "last_error"))


class TestMovedOn:
    @pytest.fixture
    def missed(self, opened, manager):
        """The digest of Tuesday could not go out."""
        opened(manager, due=FRIDAY, reference="AVE-2026-0001")
        plan("2026-11-23 10:00")
        assert deliver("2026-11-24 07:30", connect=Away) == 0

    def test_goes_with_that_of_today(self, missed, opened, manager):
        """Catches two overviews on the day that the mail server is back."""
        opened(manager, due=FRIDAY, reference="AVE-2026-0002")
        plan("2026-11-24 10:00")

        assert deliver("2026-11-25 08:00") == 1

        assert digests() == [(State.DROPPED, "merged"), (State.SENT, "")]
        sent = Delivery.objects.get(state=State.SENT)
        assert "AVE-2026-0001" in sent.text
        assert "AVE-2026-0002" in sent.text

    @pytest.mark.parametrize(
        ("late", "waits"), [(0, "AVE-2026-0001"), (1, "AVE-2026-0002")]
    )
    def test_waits_for_tomorrow_when_one_was_read_today(
        self, missed, opened, manager, late, waits
    ):
        """Catches a second one, later on a day that had that of today, or an older."""
        opened(manager, due=FRIDAY, reference="AVE-2026-0002")
        plan("2026-11-24 10:00")
        row = Delivery.objects.order_by("pk")[late]
        Delivery.objects.filter(pk=row.pk).update(not_before=moment("2026-11-25 09:00"))
        assert deliver("2026-11-25 07:30") == 1

        assert deliver("2026-11-25 10:00") == 0
        assert deliver("2026-11-26 07:30") == 1

        morning = Delivery.objects.order_by("pk").last()
        assert (morning.state, waits in morning.text) == (State.SENT, True)

    def test_goes_with_one_that_waits_for_its_turn(self, missed, opened, manager):
        """Catches a second one when so many wait that they are not taken at once."""
        opened(manager, due=FRIDAY, reference="AVE-2026-0002")
        plan("2026-11-24 10:00")
        at = moment("2026-11-25 08:00")
        first, second = Delivery.objects.order_by("pk")
        (taken,) = outbox.claim(at=at, limit=1)
        assert taken == first

        assert moved_on(taken, at=at)

        assert set(Notice.objects.values_list("delivery", flat=True)) == {second.pk}

    @pytest.mark.parametrize("back", ["2026-11-25 03:00", "2026-11-24 22:00"])
    def test_waits_for_the_morning(self, missed, back):
        """Catches an overview in the night in which the mail server comes back."""
        assert deliver(back) == 0
        assert deliver("2026-11-25 07:30") == 1

    def test_waits_for_the_monday(self, opened, manager):
        """Catches an overview in a weekend."""
        opened(manager, due=date(2026, 12, 4), at=moment("2026-11-26 10:00"))
        plan("2026-11-26 10:00")
        deliver("2026-11-27 07:30", connect=Away)

        assert deliver("2026-11-28 12:00") == 0
        assert deliver("2026-11-30 07:30") == 1

    def test_goes_late_on_its_own_day(self, missed):
        """Catches lines that wait a day for nothing."""
        assert deliver("2026-11-24 11:00") == 1

    def test_keeps_a_legal_term_from_being_missed(self, opened, manager):
        """Catches a legal line in a digest that is skipped after a doubt."""
        opened(manager, due=FRIDAY, legal=True, ladder=[Step(0, "now")])
        plan("2026-11-23 10:00")
        deliver("2026-11-24 07:30", connect=Away)

        deliver("2026-11-24 22:00")

        morning = Delivery.objects.order_by("pk").last()
        assert morning.state == State.PENDING
        assert morning.repeats_in_doubt


class TestDigest:
    def test_is_one_mail_a_morning_without_what_was_closed(self, opened, manager, now):
        done = opened(manager, due=FRIDAY, reference="AVE-2026-1111")
        opened(manager, due=FRIDAY, reference="AVE-2026-2222")
        plan(now)
        items.close_items(done.about, by=manager, at=now)

        outbox.deliver_due(at=moment("2026-11-24 07:30"))

        mail = Delivery.objects.get()
        assert mail.state == Delivery.State.SENT
        assert mail.subject == "1 ding te doen, di 24 november"
        assert "AVE-2026-2222" in mail.text
        assert "AVE-2026-1111" not in mail.text + mail.html

    def test_is_dropped_when_nothing_is_left(self, opened, manager, now):
        item = opened(manager, due=FRIDAY)
        plan(now)
        items.close_items(item.about, by=manager, at=now)

        outbox.deliver_due(at=moment("2026-11-24 07:30"))

        assert Delivery.objects.get().state == Delivery.State.DROPPED

    def test_leaves_out_what_its_reader_lost_meanwhile(
        self, opened, manager, person, now
    ):
        """Catches the reference and the kind of work of a case that is another's now."""
        lost = opened(manager, due=FRIDAY, reference="AVE-2026-1111")
        opened(manager, due=FRIDAY, reference="AVE-2026-2222")
        plan(now)
        items.hand_over(lost, to=person("Piet Nieuw"), by=manager, at=now)

        deliver("2026-11-24 07:30")

        mail = Delivery.objects.get(kind=Delivery.Kind.DIGEST)
        assert mail.subject == "1 ding te doen, di 24 november"
        assert "AVE-2026-2222" in mail.text
        assert "AVE-2026-1111" not in mail.text + mail.html

    def test_is_dropped_when_all_of_it_is_of_another(
        self, opened, manager, person, now
    ):
        item = opened(manager, due=FRIDAY)
        plan(now)
        items.hand_over(item, to=person("Piet Nieuw"), by=manager, at=now)

        deliver("2026-11-24 07:30")

        mail = Delivery.objects.get(kind=Delivery.Kind.DIGEST)
        assert (mail.state, mail.last_error) == (State.DROPPED, "empty")

    def test_says_to_the_beheerder_what_nobody_else_hears(
        self, opened, person, beheer, now
    ):
        """Catches work that he does not see, and of which then nobody hears at all."""
        alone = person("Anna Alleen")
        alone.is_active = False
        alone.save()
        opened(alone, due=FRIDAY, reference="AVE-2026-3333")
        plan(now)

        deliver("2026-11-24 07:30")

        mail = Delivery.objects.get(kind=Delivery.Kind.DIGEST)
        assert mail.to_user.name == "Carla Beheer"
        assert "AVE-2026-3333" in mail.text

    def test_reads_no_more_for_many_lines(
        self, opened, manager, now, django_assert_max_num_queries
    ):
        """Catches a query for each line, to know whether its reader may see it."""
        for _ in range(8):
            opened(manager, due=FRIDAY)
        plan(now)
        (row,) = outbox.claim(at=moment("2026-11-24 07:30"))

        with django_assert_max_num_queries(8):
            assert overviews.fill(row, at=moment("2026-11-24 07:30"))

    def test_skips_days_off(self, opened, manager):
        thursday = moment("2026-12-24 16:00")
        opened(manager, due=date(2027, 1, 8), at=thursday)

        plan(thursday)

        assert Delivery.objects.get().not_before == moment("2026-12-28 07:30")

    def test_takes_no_line_when_it_is_on_its_way(self, opened, manager, now):
        """A line added after it was written would never be sent."""
        opened(manager, due=FRIDAY)
        plan(now)
        outbox.claim(at=moment("2026-11-24 07:30"))
        opened(manager, due=FRIDAY, about="later:1")

        plan(now + timedelta(seconds=1))

        mornings = Delivery.objects.order_by("pk").values_list("not_before", flat=True)
        assert list(mornings) == [
            moment("2026-11-24 07:30"),
            moment("2026-11-25 07:30"),
        ]

    def test_can_be_refused_but_not_for_decisions_and_the_law(
        self, opened, manager, now
    ):
        Preference.objects.create(user=manager, digest=False)
        opened(manager, due=FRIDAY)
        opened(manager, due=FRIDAY, legal=True)
        opened(manager, due=FRIDAY, kind="escalation.review")

        plan(now)

        kinds = Delivery.objects.order_by("kind").values_list("kind", flat=True)
        assert list(kinds) == ["digest", "reminder"]
        assert Notice.objects.filter(delivery__kind="digest").count() == 1
        assert Notice.objects.count() == 3

    def test_ends_with_the_key_in_its_mail(self, manager, now):
        wanted = preferences.choose_digest(manager, wanted=True, at=now)

        key = wanted.unsubscribe_key
        preferences.choose_digest_by_key(key, wanted=False, at=now)

        assert not preferences.wants_digest(key)
        with pytest.raises(NotVisible):
            preferences.choose_digest_by_key(uuid.uuid4(), wanted=False, at=now)

    def test_holds_no_words_that_somebody_wrote_for_himself(self, regisseur, now):
        own.write_own("Bel Jansje", due=Due.day(FRIDAY), by=regisseur, at=now)
        plan("2026-11-27 07:00")

        outbox.deliver_due(at=moment("2026-11-27 07:30"))

        mail = Delivery.objects.get()
        assert mail.state == Delivery.State.SENT
        assert "Jansje" not in mail.text + mail.html + mail.subject


class TestGiveOn:
    """Catches a line of the overview, also of a legal term, that nobody reads when its
    reader turns out to be away: the ladder says it only once."""

    @pytest.fixture
    def reports_away(self, manager, deputy, absent):
        """The reader of an overview that was planned on Monday reports away."""
        return lambda: absent(manager, deputy, since=moment("2026-11-23 11:00"))

    def lines_of(self, user) -> list[str]:
        rows = Delivery.objects.filter(to_user=user, state=State.SENT)
        return [row.text for row in rows.order_by("pk")]

    def test_goes_to_who_stands_in(self, opened, manager, deputy, now, reports_away):
        opened(manager, due=FRIDAY, legal=True, reference="AVE-2026-1111")
        opened(manager, due=FRIDAY, reference="AVE-2026-2222")
        plan(now)
        reports_away()

        assert deliver("2026-11-24 07:30") == 1

        [text] = self.lines_of(deputy)
        assert "AVE-2026-1111" in text
        assert "AVE-2026-2222" in text
        hers = Delivery.objects.get(to_user=manager)
        assert (hers.state, hers.last_error) == (State.DROPPED, "away")
        assert Delivery.objects.get(to_user=deputy).repeats_in_doubt

    def test_goes_with_his_own_of_that_morning(
        self, opened, manager, deputy, now, reports_away
    ):
        """Catches a second overview for the deputy on the same day."""
        opened(manager, due=FRIDAY, reference="AVE-2026-1111")
        opened(deputy, due=FRIDAY, reference="AVE-2026-2222")
        plan(now)
        reports_away()

        assert deliver("2026-11-24 07:30") == 1

        [text] = self.lines_of(deputy)
        assert "AVE-2026-1111" in text
        assert "AVE-2026-2222" in text
        assert deliver("2026-11-24 08:00") == 0

    def test_waits_for_the_next_morning_when_his_own_has_gone(
        self, opened, manager, deputy, now, reports_away
    ):
        opened(manager, due=FRIDAY, reference="AVE-2026-1111")
        opened(deputy, due=FRIDAY, reference="AVE-2026-2222")
        plan(now)
        reports_away()
        Delivery.objects.filter(to_user=manager).update(
            not_before=moment("2026-11-24 09:00")
        )
        assert deliver("2026-11-24 07:30") == 1

        assert deliver("2026-11-24 09:00") == 0
        assert deliver("2026-11-25 07:30") == 1

        own, given = self.lines_of(deputy)
        assert "AVE-2026-1111" not in own
        assert "AVE-2026-1111" in given

    def test_says_a_legal_term_to_who_wants_no_overview(
        self, opened, manager, deputy, now, reports_away
    ):
        Preference.objects.create(user=deputy, digest=False)
        opened(manager, due=FRIDAY, legal=True, reference="AVE-2026-1111")
        opened(manager, due=FRIDAY, reference="AVE-2026-2222")
        plan(now)
        reports_away()

        deliver("2026-11-24 07:30")

        [text] = self.lines_of(deputy)
        assert "AVE-2026-1111" in text
        assert "AVE-2026-2222" not in text

    def test_keeps_what_somebody_wrote_for_himself(self, manager, deputy, now, absent):
        own.write_own("Bel Jansje", due=Due.day(FRIDAY), by=manager, at=now)
        plan("2026-11-26 10:00")
        absent(manager, deputy, since=moment("2026-11-26 11:00"))

        deliver("2026-11-27 07:30")

        assert not Delivery.objects.filter(to_user=deputy).exists()

    def test_is_dropped_where_nobody_is_left(self, opened, manager, deputy, now):
        opened(manager, due=FRIDAY)
        plan(now)
        for user in (manager, deputy):
            user.is_active = False
            user.save()

        assert deliver("2026-11-24 07:30") == 0

        row = Delivery.objects.get()
        assert (row.state, row.last_error) == (State.DROPPED, "away")
