"""A mail is true for who reads it, at the moment at which it leaves."""

from datetime import date, timedelta

import pytest

from casework.policy.ladders import Step
from casework.work import chasing, feed, items, outbox
from casework.work.mail import StoreTransport
from casework.work.models import Delivery
from tests.work.conftest import FRIDAY, Away, moment, plan

pytestmark = pytest.mark.django_db

State = Delivery.State
LATER = date(2026, 12, 11)
SUNDAY_NIGHT = moment("2026-11-30 00:00")


def deliver(text: str) -> int:
    return outbox.deliver_due(at=moment(text), connect=StoreTransport)


def sent() -> list[tuple[str, str]]:
    """Whom each mail went to, and its subject."""
    rows = Delivery.objects.filter(state=State.SENT).order_by("pk")
    return list(rows.values_list("address", "subject"))


class TestWhatWaited:
    @pytest.mark.parametrize(
        ("leaves", "opening"),
        [("2026-12-11 17:00", "Uiterlijk vandaag"), ("2026-12-14 09:00", "Te laat")],
    )
    def test_is_called_late_once_its_day_is_over(
        self, opened, manager, now, leaves, opening
    ):
        """Catches "Vandaag is de laatste dag" on the Monday after a weekend of no mail."""
        opened(manager, due=LATER, kind="escalation.review", at=now)
        Delivery.objects.all().delete()
        last_day = moment("2026-12-11 09:00")
        plan(last_day)
        kept = Delivery.objects.filter(subject__startswith="Uiterlijk vandaag:")
        assert kept.count() == 1
        outbox.deliver_due(at=last_day, connect=Away)

        deliver(leaves)

        assert f"{manager.email}: {opening}" in {
            f"{address}: {subject.partition(':')[0]}" for address, subject in sent()
        }
        if opening == "Te laat":
            assert not kept.filter(state=State.SENT).exists()


class TestWhoIsBack:
    """Catches work that is said to the deputy of somebody who is back, and not to him."""

    def test_reads_a_mail_that_was_kept_for_the_morning(
        self, opened, manager, deputy, absent, now
    ):
        absent(manager, deputy, since=now, until=SUNDAY_NIGHT)
        evening = moment("2026-11-27 20:00")
        opened(manager, due=LATER, kind="escalation.review", at=evening)
        plan(evening)
        assert Delivery.objects.get().to_user == deputy

        assert deliver("2026-11-30 07:00") == 1

        [(address, _)] = sent()
        assert address == manager.email

    def test_reads_it_once(
        self, opened, manager, person, member_of, beheer, absent, now
    ):
        """Catches a mail for each beheerder who would have heard it in his place."""
        member_of(person("Bea Beheer"), beheer)
        gone = person("Wie Vertrok", is_active=False)
        manager.deputy = None
        manager.save(update_fields=["deputy"])
        absent(manager, gone, since=now, until=SUNDAY_NIGHT)
        evening = moment("2026-11-27 20:00")
        opened(manager, due=LATER, kind="escalation.review", at=evening)
        plan(evening)
        assert Delivery.objects.count() == 2

        deliver("2026-11-30 07:00")

        assert [address for address, _ in sent()] == [manager.email]

    def test_reads_the_line_of_the_overview(self, opened, manager, deputy, absent, now):
        absent(manager, deputy, since=now, until=SUNDAY_NIGHT)
        friday = moment("2026-11-27 10:00")
        opened(manager, due=LATER, reference="AVE-2026-1111", at=friday)
        opened(deputy, due=LATER, reference="AVE-2026-2222", at=friday)
        plan(friday)

        deliver("2026-11-30 07:30")
        deliver("2026-11-30 07:31")

        texts = dict(
            Delivery.objects.filter(state=State.SENT).values_list("address", "text")
        )
        assert "AVE-2026-1111" in texts[manager.email]
        assert "AVE-2026-1111" not in texts[deputy.email]

    def test_leaves_the_deputy_what_is_told_to_him(
        self, opened, manager, deputy, absent, now
    ):
        """Catches the mail about somebody's silence that goes to the silent one."""
        opened(manager, due=FRIDAY, kind="escalation.voice")
        plan(moment("2026-11-30 07:00"))

        deliver("2026-11-30 07:00")

        assert deputy.email in [address for address, _ in sent()]


class TestWhoWaits:
    """Catches work of another that is mailed to somebody as if it were his own."""

    def test_hears_that_another_is_silent(self, opened, manager, regisseur, now):
        item = opened(
            manager,
            due=now + timedelta(hours=24),
            urgent=True,
            kind="escalation.voice",
            ladder=[Step(4, "h", to="asked_by")],
        )
        plan(now + timedelta(hours=28))

        outbox.deliver_due(at=now + timedelta(hours=28), connect=StoreTransport)

        [(address, subject)] = sent()
        assert address == regisseur.email
        assert subject.startswith(f"Nog geen antwoord: {item.title}")

    def test_is_led_where_he_may_go(self, opened, desk, person, member_of, now):
        """Catches a melder who is sent to the page on which others assess it."""
        member_of(person("Leest Het Bureau"), desk, is_lead=True)
        melder = person("Wie Het Meldde")
        item = opened(
            desk,
            due=now + timedelta(hours=4),
            urgent=True,
            asked_by=melder,
            ladder=[Step(4, "h", action="deputy"), Step(4, "h", to="asked_by")],
        )
        late = now + timedelta(hours=8)
        plan(late)

        outbox.deliver_due(at=late, connect=StoreTransport)

        told = dict(
            Delivery.objects.filter(state=State.SENT, item=item).values_list(
                "address", "text"
            )
        )
        assert "/besluiten/1/" not in told.pop(melder.email)
        [of_the_desk] = told.values()
        assert "/besluiten/1/" in of_the_desk

    @pytest.mark.parametrize("reader", ["regisseur", "deputy"])
    def test_reads_so_in_the_overview(self, opened, manager, deputy, regisseur, reader):
        people = {"regisseur": regisseur, "deputy": deputy}
        to = "asked_by" if reader == "regisseur" else "owner"
        opened(
            manager,
            due=FRIDAY,
            ladder=[Step(1, action="deputy"), Step(2, to=to, facts={"digest": True})],
        )
        plan("2026-11-30 07:00")
        plan("2026-12-01 07:00")

        deliver("2026-12-01 07:30")

        mail = Delivery.objects.get(kind="digest", address=people[reader].email)
        assert "- Nog geen antwoord: Beantwoord de vraag over knelpunt 1" in mail.text
        assert "/besluiten/1/" not in mail.text + mail.html

    def test_reads_so_in_the_calendar(self, opened, manager, deputy, now):
        opened(manager, due=FRIDAY, ladder=[Step(1, action="deputy")])
        plan("2026-11-30 07:00")
        key = feed.make_feed(deputy, at=now)

        said = feed.calendar_for(key, at=moment("2026-11-30 08:00")).decode()

        assert "SUMMARY:Nog geen antwoord: Beantwoord" in said
        assert "/besluiten/1/" not in said.replace("\r\n ", "")

    def test_is_not_reminded_of_what_he_may_not_open(
        self, opened, manager, deputy, regisseur
    ):
        """Catches "Vraag om antwoord" to who only heard that another is silent."""
        item = opened(manager, due=FRIDAY, ladder=[Step(1, action="deputy")])
        plan("2026-11-30 07:00")
        item.refresh_from_db()

        chasing.remind_now(item, by=regisseur, at=moment("2026-11-30 10:00"))

        mails = Delivery.objects.filter(key__contains="asked:")
        subjects = dict(mails.values_list("to_user", "subject"))
        assert subjects[manager.pk].startswith("Vraag om antwoord: ")
        assert subjects[deputy.pk].startswith("Nog geen antwoord: ")


class TestWhatWasPickedUp:
    """Catches "Nieuw te doen" to who leads a desk, of which a colleague does it."""

    @pytest.fixture
    def lead(self, person, member_of, desk):
        return member_of(person("Leiding"), desk, is_lead=True)

    @pytest.fixture
    def colleague(self, person, member_of, desk):
        return member_of(person("Collega"), desk)

    def test_is_not_mailed_any_more(self, opened, desk, lead, colleague):
        evening = moment("2026-11-27 20:00")
        item = opened(desk, due=LATER, kind="escalation.review", at=evening)
        plan(evening)

        items.claim(item, by=colleague, at=moment("2026-11-28 10:00"))

        assert deliver("2026-11-30 07:00") == 0

    def test_is_in_no_overview_of_another(self, opened, desk, lead, colleague, now):
        item = opened(desk, due=FRIDAY)
        plan(now)

        items.claim(item, by=colleague, at=now)

        assert deliver("2026-11-24 07:30") == 0
