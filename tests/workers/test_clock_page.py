"""The page on which the beheerder sees the clock: its words, its buttons, its silence."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from casework.jobs.models import Job
from casework.work.models import Delivery, Heartbeat, WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(beheer, settings) -> Client:
    settings.SECOND_STEP_REQUIRED = False
    client = Client()
    client.force_login(beheer.memberships.get().user)
    return client


@pytest.fixture
def failed(manager) -> Delivery:
    long_ago = timezone.now() - timedelta(hours=2)
    return Delivery.objects.create(
        key="x",
        kind="reminder",
        to_user=manager,
        address=manager.email,
        subject="Beantwoord de vraag over knelpunt 1",
        text="Beste Marloes",
        state="failed",
        attempts=12,
        last_error="smtp-450",
        planned_at=long_ago,
        not_before=long_ago,
    )


@pytest.fixture
def failing(opened, manager) -> WorkItem:
    now = timezone.now()
    item = opened(
        manager,
        due=now.date() + timedelta(days=9),
        kind="escalation.review",
        title="Beantwoord de vraag over knelpunt 1",
        at=now,
    )
    later = now + timedelta(hours=1)
    WorkItem.objects.system_scope("test").update(failures=3, retry_at=later)
    item.refresh_from_db(from_queryset=WorkItem.objects.system_scope("test"))
    return item


def shown(browser: Client) -> str:
    return " ".join(browser.get("/beheer/klok/").content.decode().split())


class TestShow:
    def test_says_that_all_is_well(self, browser):
        call_command("send_due", verbosity=0)

        page = shown(browser)

        assert "Alles loopt." in page
        assert "Er wachten geen berichten." in page
        assert "De klok tikte" in page

    def test_says_that_the_clock_stands_still(self, browser):
        call_command("send_due", verbosity=0)
        hour_ago = timezone.now() - timedelta(hours=3)
        Heartbeat.objects.filter(name="plan_due").update(at=hour_ago)

        page = shown(browser)

        assert "De klok staat stil" in page
        assert "De klok tikte 3 uur geleden." in page
        assert "Alles loopt." not in page

    def test_says_how_much_there_is_in_words(self, browser, failed, manager):
        call_command("send_due", verbosity=0)
        now = timezone.now()
        for number in range(3):
            Delivery.objects.create(
                key=f"w{number}",
                kind="reminder",
                to_user=manager,
                planned_at=now,
                not_before=now,
            )
        Delivery.objects.filter(key="w0").update(in_doubt=1)

        page = shown(browser)

        assert "Er wachten 3 berichten." in page
        assert "1 bericht kwam niet aan." in page
        assert "Van 1 bericht van vandaag weten we niet of het aankwam." in page
        assert "De mailserver weigerde de mail (code 450)." in page

    @pytest.mark.parametrize(
        ("often", "said"),
        [
            (1, "Vandaag mislukte 1 lange klus"),
            (2, "Vandaag mislukten 2 lange klussen"),
        ],
    )
    def test_says_that_a_long_job_failed_today(self, browser, manager, often, said):
        """Catches an export that fails of which only who asked ever hears."""
        now = timezone.now()
        for age in (*(timedelta(hours=1),) * often, timedelta(days=2)):
            facts = {"asked_at": now - age, "ended_at": now - age, "total": 1}
            Job.objects.create(
                kind="log_export", state="failed", reason="broken", by=manager, **facts
            )

        assert f"{said}, zoals een export." in shown(browser)

    def test_says_nothing_about_a_person_or_a_case(
        self, browser, failed, failing, manager
    ):
        """Catches a title, a reference, a name or an address on the beheerder's page."""
        page = shown(browser)

        assert "Een vraag aan een hoger niveau" in page
        for secret in (
            manager.name,
            manager.email,
            failing.title,
            failing.reference,
            failed.text,
        ):
            assert secret not in page

    def test_costs_the_same_for_one_and_for_many(
        self, browser, failed, manager, django_assert_max_num_queries
    ):
        now = timezone.now()
        for number in range(40):
            Delivery.objects.create(
                key=f"f{number}",
                kind="reminder",
                to_user=manager,
                state="failed",
                planned_at=now,
                not_before=now,
            )

        with django_assert_max_num_queries(20):
            page = shown(browser)
        assert page.count("Probeer opnieuw") == 25
        assert "Er is meer." in page

    def test_is_in_the_menu_and_on_the_page_of_the_beheerder(self, browser):
        assert 'href="/beheer/klok/"' in browser.get("/").content.decode()
        page = browser.get("/beheer/klok/").content.decode()
        assert page.count('aria-current="page"') >= 1


class TestRetryMail:
    def test_lets_it_go_out(self, browser, failed):
        answer = browser.post(f"/beheer/klok/mail/{failed.pk}/opnieuw/", follow=True)

        assert "De mail gaat binnen een minuut weg." in answer.content.decode()
        failed.refresh_from_db()
        assert (failed.state, failed.attempts) == ("pending", 0)

    def test_says_in_dutch_that_it_was_done_already(self, browser, failed):
        """A second tab, with a form of its own: no second mail, and a clear sentence."""
        browser.post(f"/beheer/klok/mail/{failed.pk}/opnieuw/")

        again = browser.post(f"/beheer/klok/mail/{failed.pk}/opnieuw/")

        assert again.status_code == 409
        assert "Deze mail staat al klaar" in again.content.decode()

    def test_does_a_double_click_once(self, browser, failed):
        form = {"submit_id": str(uuid4())}
        path = f"/beheer/klok/mail/{failed.pk}/opnieuw/"

        answers = [browser.post(path, form) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [303, 303]

    def test_is_not_there_for_a_mail_that_is_not(self, browser):
        assert browser.post("/beheer/klok/mail/999999/opnieuw/").status_code == 404


class TestGiveUp:
    def test_asks_why_first(self, browser, failed):
        path = f"/beheer/klok/mail/{failed.pk}/stoppen/"

        assert "dat kun je niet terugdraaien" in browser.get(path).content.decode()
        assert browser.post(path).status_code == 422
        failed.refresh_from_db()
        assert failed.state == "failed"

    def test_stops_it(self, browser, failed):
        path = f"/beheer/klok/mail/{failed.pk}/stoppen/"

        assert browser.post(path, {"reason": "told"}).status_code == 303

        failed.refresh_from_db()
        assert failed.state == "cancelled"
        again = browser.post(path, {"reason": "told"})
        assert again.status_code == 409
        assert "Deze mail gaat niet meer weg." in again.content.decode()

    def test_is_not_asked_of_a_mail_that_went(self, browser, failed):
        """Catches "de mail gaat dan niet meer weg" about a mail that was read."""
        path = f"/beheer/klok/mail/{failed.pk}/stoppen/"
        assert browser.get(path).status_code == 200
        Delivery.objects.update(state="sent", sent_at=timezone.now())

        page = browser.get(path)

        assert page.status_code == 409
        assert "Deze mail is al verstuurd." in page.content.decode()


class TestRetryStep:
    def test_lets_the_clock_try_it_now(self, browser, failing):
        path = f"/beheer/klok/werk/{failing.pk}/opnieuw/"

        answer = browser.post(path, follow=True)

        assert "De klok probeert het nu opnieuw." in answer.content.decode()
        failing.refresh_from_db(from_queryset=WorkItem.objects.system_scope("test"))
        assert failing.retry_at is None
        again = browser.post(path)
        assert again.status_code == 409
        assert "Je hoeft niets te doen." in again.content.decode()

    def test_is_not_there_for_work_that_is_not(self, browser):
        assert browser.post("/beheer/klok/werk/999999/opnieuw/").status_code == 404
