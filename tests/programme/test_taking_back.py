"""An inhabitant who was named in a programme that everybody reads is taken out of it."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from casework.audit.models import AuditEntry
from casework.people.errors import AlreadyDone, NotPermitted
from programme.holding import PeriodClosed
from programme.models import ProgressUpdate
from programme.taking_back import take_back_text
from programme.transitions import close_period, post_progress
from tests.programme.conftest import PEOPLE, text_of, work
from tests.world import AT
from workers.verify import count_of

PAGE = "/programma/OND-02/"
NAMED = "Jansje Kwikstaart uit Zuiderveen werkt niet mee."
LINK = "Haal de toelichting weg"
LATER = AT + timedelta(hours=1)


@pytest.fixture
def told(world, owned):
    """A report whose text names somebody: nothing refuses a name without a title."""
    return post_progress(owned, status="stalled", text=NAMED, by=world.manager, at=AT)


@pytest.fixture
def address(told):
    return f"{PAGE}voortgang/{told.pk}/weghalen/"


class TestTakeBackText:
    def test_leaves_how_it_goes_without_the_text(self, world, told):
        """Catches a text that stays in the table, or takes how it goes along."""
        take_back_text(told, by=world.aov, at=LATER)

        kept = ProgressUpdate.objects.get()
        assert (kept.text, kept.taken_back_at) == ("", LATER)
        assert (kept.status, kept.activity.status) == ("stalled", "stalled")
        assert work(kept.activity.key).open().exists()
        assert count_of("an activity stands as was last told of it", at=LATER) == 0

    def test_is_logged_without_the_text(self, world, told):
        """Catches a name that moves from the programme to the log, which forgets nothing."""
        take_back_text(told, by=world.aov, at=LATER)

        with connection.cursor() as cursor:
            cursor.execute("select l::text from audit_auditentry l order by id")
            rows = [row for (row,) in cursor.fetchall()]
        entry = AuditEntry.objects.get(verb="progress.taken_back")
        assert (entry.by, entry.about) == (world.aov, told.activity.key)
        assert not any("Kwikstaart" in row for row in rows)

    def test_is_done_once(self, world, told):
        """Catches a second day on which it was taken away."""
        take_back_text(told, by=world.aov, at=LATER)

        with pytest.raises(AlreadyDone):
            take_back_text(told, by=world.aov, at=LATER)

    def test_refuses_where_there_was_no_text(self, world, owned):
        """Catches a line that says that something was taken away which never stood there."""
        bare = post_progress(owned, status="running", by=world.manager, at=AT)

        with pytest.raises(AlreadyDone):
            take_back_text(bare, by=world.aov, at=LATER)

    @pytest.mark.parametrize("role", [each for each in PEOPLE if each != "aov"])
    def test_is_for_the_aov(self, world, told, role):
        """Catches an owner who rewrites what he told everybody."""
        with pytest.raises(NotPermitted):
            take_back_text(told, by=getattr(world, role), at=LATER)

        told.refresh_from_db()
        assert told.text == NAMED

    def test_refuses_a_closed_period(self, world, programme, told):
        """Catches a period that changes after it was closed."""
        close_period(programme, by=world.aov, at=AT)

        with pytest.raises(PeriodClosed):
            take_back_text(told, by=world.aov, at=LATER)

    def test_the_text_does_not_come_back(self, world, told):
        """Catches a writer that goes around the transition."""
        take_back_text(told, by=world.aov, at=LATER)

        with pytest.raises(IntegrityError), transaction.atomic():
            ProgressUpdate.objects.update(text=NAMED)

    def test_bad_news_still_needs_a_reason(self, world, told):
        """Catches a way around "waarom niet" without anything that was taken away."""
        with pytest.raises(IntegrityError), transaction.atomic():
            ProgressUpdate.objects.update(text="")


class TestPage:
    @pytest.mark.parametrize("who", PEOPLE)
    def test_is_offered_to_the_aov_alone(self, world, address, browser, who):
        """Catches a text with a name that nobody can take away."""
        client = browser(getattr(world, who))

        assert (LINK in text_of(client.get(PAGE))) == (who == "aov")
        assert client.get(address).status_code == (200 if who == "aov" else 403)

    def test_asks_first_and_then_takes_it_away(self, world, address, browser):
        """Catches a name that somebody still reads."""
        client = browser(world.aov)
        asked = text_of(client.get(address))
        sent = {"submit_id": str(uuid.uuid4())}
        done, again = client.post(address, sent), client.post(address, sent)

        assert NAMED in asked
        assert "Ze komt niet terug." in asked
        assert (done.status_code, done["Location"]) == (303, PAGE)
        assert again.status_code == 303
        page = text_of(browser(world.manager).get(PAGE))
        assert "Jansje" not in page
        assert (
            "Staat stil, meldt Marloes de Wit.</b> De toelichting is weggehaald door de "
            "AOV, op" in page
        )

    def test_says_so_when_it_is_gone(self, world, told, address, browser):
        """Catches a form of which nothing can come."""
        take_back_text(told, by=world.aov, at=LATER)
        client = browser(world.aov)

        assert "Hier staat geen toelichting" in text_of(client.get(address))
        late = client.post(address, {"submit_id": str(uuid.uuid4())})
        assert late.status_code == 409
        assert "Hier staat geen toelichting meer." in text_of(late)
        assert LINK not in text_of(client.get(PAGE))

    def test_is_not_offered_in_a_closed_period(
        self, world, programme, address, browser
    ):
        """Catches a button that is refused whatever one does."""
        close_period(programme, by=world.aov, at=AT)
        client = browser(world.aov)

        assert LINK not in text_of(client.get(PAGE))
        assert "Deze periode is gesloten" in text_of(client.get(address))

    @pytest.mark.parametrize("code", ["OND-99", "ZV-02"])
    def test_is_of_its_own_activity(self, world, told, browser, code):
        """Catches a text that is taken away under the name of another activity."""
        address = f"/programma/{code}/voortgang/{told.pk}/weghalen/"

        assert browser(world.aov).get(address).status_code == 404
