"""How a session ends: by being away, by lasting, by another password or role."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.audit.models import AuditEntry
from casework.keys.models import DataKey, KeptForm
from casework.people.models import Desk, Organisation, Role
from casework.people.transitions import join_desk, leave_desk, open_desk
from casework.work.models import WorkItem
from tests.ground.signing_in import PASSWORD, log_in, somebody
from workers.jobs import named, run

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STILL_THERE = "/inloggen/nog-even/"
KEPT = "/inloggen/bewaard/"

TEXT = "CANARY-getypt-toen-het-te-laat-was"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def later(clock, **how) -> None:
    clock.shift(timedelta(**how))


def is_in(client) -> bool:
    return client.get("/").status_code == 200


def send(client, text=TEXT, *, submit_id="", **how):
    return client.post(
        reverse("work:write"),
        {"title": text, "due_on": "2026-12-01", "submit_id": submit_id},
        **how,
    )


def sent_too_late(client, clock, text=TEXT, **how):
    later(clock, minutes=16)
    return send(client, text, **how)


class TestIdle:
    def test_who_is_away_a_quarter_of_an_hour_is_logged_out(self, inside, clock):
        later(clock, minutes=15)

        answer = inside.get("/programma/")

        assert (answer.status_code, answer.url) == (302, "/inloggen/?next=/programma/")
        assert "te lang weg" in inside.get(answer.url).content.decode()
        assert AuditEntry.objects.order_by("pk").last().verb == "logout.timed"

    def test_who_comes_back_before_that_stays(self, inside, clock):
        for _ in range(4):
            later(clock, minutes=14)
            assert is_in(inside)

    def test_a_page_that_is_not_there_keeps_nobody_in(self, inside, clock):
        """Catches an icon or a robot that a forgotten tab asks for again and again."""
        for _ in range(3):
            later(clock, minutes=6)
            inside.get("/bestaat-niet/")

        assert not is_in(inside)

    def test_not_each_click_is_written_down(self, inside, clock, settings):
        """Catches an update of the session on each page."""
        settings.SESSION_SEEN_EVERY = 60
        inside.get("/inloggen/veilig/")
        later(clock, seconds=59)
        before = inside.session["seen"]
        inside.get("/inloggen/veilig/")
        assert inside.session["seen"] == before
        later(clock, seconds=1)
        inside.get("/inloggen/veilig/")
        assert inside.session["seen"] == before + 60

    def test_a_session_without_a_clock_is_over(self, client, user):
        """Catches a session of an older version, that would never end."""
        client.force_login(user)
        session = client.session
        del session["seen"]
        session.save()

        assert not is_in(client)


class TestLongest:
    def test_ten_hours_is_the_most(self, inside, clock):
        for _ in range(59):
            later(clock, minutes=10)
            assert is_in(inside)
        later(clock, minutes=10)

        assert not is_in(inside)


class TestWarning:
    def test_a_page_to_read_leads_to_it_by_itself(self, inside):
        """Catches a warning that needs a script."""
        answer = inside.get("/")

        assert answer.headers["Refresh"] == f"780;url={STILL_THERE}?next=/"

    def test_what_was_searched_is_not_in_its_address(self, inside):
        answer = inside.get("/?q=Jansen")

        assert "Jansen" not in answer.headers["Refresh"]

    def test_a_form_is_never_taken_away(self, inside):
        """Catches a page that goes while somebody types."""
        answer = inside.get(reverse("work:write"))

        assert b" novalidate" in answer.content
        assert "Refresh" not in answer.headers
        assert b"idle-notice" in answer.content

    def test_looking_at_it_does_not_count_as_being_there(self, inside, clock):
        later(clock, minutes=13)
        answer = inside.get(f"{STILL_THERE}?next=/programma/")

        assert "Over 2 minuten" in answer.content.decode()
        assert answer.headers["Refresh"] == f"121;url={STILL_THERE}?next=/programma/"
        later(clock, minutes=2)
        assert inside.get(STILL_THERE).status_code == 302
        assert "_auth_user_id" not in inside.session

    def test_one_press_keeps_somebody_in(self, inside, clock):
        later(clock, minutes=14)
        answer = inside.post(f"{STILL_THERE}?next=/programma/")
        later(clock, minutes=14)

        assert answer.url == "/programma/"
        assert is_in(inside)

    def test_who_is_too_late_comes_back_where_he_was(self, inside, clock):
        later(clock, minutes=16)

        answer = inside.get(f"{STILL_THERE}?next=/programma/")

        assert answer.url == "/inloggen/?next=/programma/"

    @pytest.mark.parametrize(
        "address",
        ["https://elders.example/", "//elders.example", "javascript:alert(1)"],
    )
    def test_it_does_not_lead_to_another_site(self, inside, address):
        answer = inside.post(STILL_THERE, query_params={"next": address})

        assert answer.url == "/"


class TestKeptText:
    def test_what_comes_too_late_is_given_back(self, inside, user, clock):
        """Catches an hour of typing that is thrown away."""
        answer = sent_too_late(inside, clock)
        assert answer.url == f"/inloggen/?next={KEPT}"

        answer = inside.post(
            answer.url, {"login": user.email, "password": PASSWORD}, follow=True
        )

        page = answer.content.decode()
        assert answer.request["PATH_INFO"] == KEPT
        assert TEXT in page
        assert f'<form method="post" action="{reverse("work:write")}">' in page
        assert 'name="due_on" value="2026-12-01"' in page
        assert not WorkItem.objects.system_scope("a test counts").exists()

    def test_it_can_be_sent_after_all(self, inside, user, clock):
        sent_too_late(inside, clock)
        log_in(inside, user)
        [form] = inside.get(KEPT).context["forms"]
        assert form["path"] == reverse("work:write")

        answer = inside.post(form["path"], dict(form["fields"]))

        assert answer.status_code == 303
        written = WorkItem.objects.system_scope("a test reads").get()
        assert written.title == TEXT
        assert inside.get(KEPT).url == "/"

    def test_a_search_does_not_take_its_place(self, inside, user, clock):
        """Catches typed text that a search, or the button "Ik ben er nog", forgets."""
        sent_too_late(inside, clock)
        log_in(inside, user)
        inside.post("/casussen/", {"q": "overlast"})
        inside.post(f"{STILL_THERE}?next=/")

        assert TEXT in inside.get(KEPT).content.decode()

    def test_a_search_that_comes_too_late_leads_back_to_the_list(self, inside, clock):
        later(clock, minutes=16)
        answer = inside.post("/casussen/", {"q": "overlast"})

        assert answer.url == "/inloggen/?next=/casussen/"
        assert not KeptForm.objects.exists()

    def test_it_can_be_thrown_away(self, inside, user, clock):
        sent_too_late(inside, clock)
        log_in(inside, user)

        [form] = inside.get(KEPT).context["forms"]
        answer = inside.post(KEPT, {"kept": form["number"]})

        assert answer.url == reverse("work:write")
        assert inside.get(KEPT).url == "/"

    @pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "\x00"])
    def test_a_number_that_is_none_throws_nothing_away(
        self, inside, user, clock, number
    ):
        """Catches a page that breaks, or forgets all, on a form that was changed."""
        sent_too_late(inside, clock)
        log_in(inside, user)

        assert inside.post(KEPT, {"kept": number}).status_code == 302
        assert TEXT in inside.get(KEPT).content.decode()

    def test_two_forms_are_both_kept(self, inside, user, clock):
        """Catches a second tab that is sent too, and takes the place of the first."""
        sent_too_late(inside, clock, "Eerste tabblad", submit_id=str(uuid4()))
        send(inside, "Tweede tabblad", submit_id=str(uuid4()))
        log_in(inside, user)

        page = inside.get(KEPT).content.decode()

        assert "Eerste tabblad" in page
        assert "Tweede tabblad" in page

    def test_a_form_that_is_sent_twice_is_kept_once(self, inside, user, clock):
        """Catches a second press on the button that asks to send the same text twice."""
        one = str(uuid4())
        sent_too_late(inside, clock, submit_id=one)
        send(inside, submit_id=one)
        log_in(inside, user)

        assert len(inside.get(KEPT).context["forms"]) == 1

    def test_one_that_is_sent_after_all_leaves_the_other(self, inside, user, clock):
        """Catches any form that is sent, and makes us forget all that is kept."""
        sent_too_late(inside, clock, "Eerste tabblad", submit_id=str(uuid4()))
        send(inside, "Tweede tabblad", submit_id=str(uuid4()))
        log_in(inside, user)
        first = inside.get(KEPT).context["forms"][0]

        inside.post(first["path"], dict(first["fields"]))
        page = inside.get("/").content.decode()

        assert f'<a href="{KEPT}">' in page
        assert "Tweede tabblad" in inside.get(KEPT).content.decode()
        assert "Eerste tabblad" not in inside.get(KEPT).content.decode()

    def test_being_away_again_loses_nothing(self, inside, user, clock):
        """Catches text that is kept until one is away from the page that says so."""
        sent_too_late(inside, clock)
        log_in(inside, user)
        assert inside.get(KEPT).status_code == 200
        later(clock, minutes=16)
        assert inside.get(KEPT).status_code == 302

        log_in(inside, user)

        assert TEXT in inside.get(KEPT).content.decode()

    def test_logging_out_loses_nothing_and_each_page_says_so(self, inside, user, clock):
        """Catches text that is gone, or that nobody finds, after logging out."""
        sent_too_late(inside, clock)
        log_in(inside, user)
        inside.post(reverse("account_logout"))
        assert TEXT not in inside.get("/inloggen/").content.decode()

        log_in(inside, user)

        assert f'<a href="{KEPT}">' in inside.get("/").content.decode()
        assert TEXT in inside.get(KEPT).content.decode()

    def test_another_is_not_told_of_it_and_can_not_throw_it_away(
        self, inside, user, clock
    ):
        """Catches a colleague who forgets what is not his, by its number."""
        sent_too_late(inside, clock)
        number = KeptForm.objects.get().pk
        log_in(inside, somebody("achmed"))
        assert f'<a href="{KEPT}">' not in inside.get("/").content.decode()

        inside.post(KEPT, {"kept": number})
        send(inside)

        assert KeptForm.objects.get().user == user

    def test_after_a_week_it_is_over(self, inside, user, clock):
        """Catches text that stays for ever when nobody comes back for it."""
        sent_too_late(inside, clock)
        later(clock, days=7)
        log_in(inside, user)
        assert inside.get(KEPT).url == "/"

        run(named("remove_kept"), stop=lambda: False, at=timezone.now())

        assert not KeptForm.objects.exists()

    def test_a_day_before_it_is_not(self, inside, user, clock):
        """Catches a clock that removes what somebody still comes back for."""
        sent_too_late(inside, clock)
        later(clock, days=6)

        run(named("remove_kept"), stop=lambda: False, at=timezone.now())

        assert KeptForm.objects.exists()

    def test_another_on_the_same_machine_does_not_see_it(self, inside, clock):
        """Catches text of one colleague that is shown to the next."""
        sent_too_late(inside, clock)
        log_in(inside, somebody("achmed"))

        answer = inside.get(KEPT)

        assert answer.status_code == 302
        assert TEXT not in answer.content.decode()

    def test_it_is_not_readable_in_the_database(self, inside, clock):
        sent_too_late(inside, clock)

        assert TEXT not in str(dict(inside.session))
        assert TEXT.encode() not in bytes(KeptForm.objects.get().sealed)
        assert DataKey.objects.get().subject == "drafts"

    def test_a_password_is_never_kept(self, inside, clock):
        later(clock, minutes=16)
        inside.post(reverse("account_change_password"), {"oldpassword": PASSWORD})

        assert not KeptForm.objects.exists()

    def test_a_forged_form_is_not_kept(self, user, clock):
        """Catches text that another site puts in somebody's hands."""
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        answer = sent_too_late(client, clock)

        assert answer.status_code == 403
        assert not KeptForm.objects.exists()


class TestChange:
    @pytest.fixture
    def elsewhere(self, user):
        client = Client()
        log_in(client, user)
        return client

    @pytest.fixture
    def desk(self):
        gemeente = Organisation.objects.create(
            name="Gemeente", short_name="Gemeente", kind="gemeente"
        )
        return open_desk(gemeente, name="Regie", kind=Desk.Kind.PROCESREGIE)

    def test_another_password_ends_every_session(self, inside, elsewhere):
        inside.post(
            reverse("account_change_password"),
            {
                "oldpassword": PASSWORD,
                "password1": "Acht achterlijke apen",
                "password2": "Acht achterlijke apen",
            },
        )

        assert not is_in(inside)
        assert not is_in(elsewhere)

    def test_a_new_role_ends_every_session(self, inside, elsewhere, user, desk):
        join_desk(user, desk, role=Role.PROCESREGISSEUR, on=START.date())

        assert not is_in(inside)
        assert not is_in(elsewhere)

    def test_a_role_that_ends_does_too(self, client, user, desk):
        membership = join_desk(user, desk, role=Role.PROCESREGISSEUR, on=START.date())
        log_in(client, user)
        assert is_in(client)

        leave_desk(membership, on=START.date())

        assert not is_in(client)

    def test_the_role_of_another_does_not(self, inside, desk):
        join_desk(somebody("achmed"), desk, role=Role.PROCESREGISSEUR, on=START.date())

        assert is_in(inside)
