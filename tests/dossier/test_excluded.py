"""Who knows these people sees, hears and decides nothing of their case any more."""

from datetime import timedelta

import pytest

from ave.stagnation.transitions import refuse_stuck, report_stuck
from casework.cases.absence import set_deputy, start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.excluding import exclude_colleague, exclude_myself
from casework.cases.handover import hand_over_procesregie
from casework.cases.reading_in import finish_reading_in
from casework.people.errors import NotVisible
from casework.work import ladder, outbox
from casework.work.feed import calendar_for, make_feed
from casework.work.mail import StoreTransport
from casework.work.models import Delivery, WorkItem
from tests.dossier.conftest import post
from tests.replay import replays
from tests.world import AT, opened, referred, started
from workers import jobs

SOON, LATER = AT + timedelta(minutes=1), AT + timedelta(minutes=3)
LISTS = ("/", "/?toon=klaar", "/gemeld/")


@pytest.fixture
def told(world):
    """A case that the casusregisseur referred himself, with the outcome to read."""
    case = opened(world, referrer=world.casusregisseur, referrer_name="")
    appoint_casusregisseur(
        case, by=world.procesregisseur, at=AT, user=world.casusregisseur
    )
    assert open_for(world.casusregisseur, case) == {"case.read_in", "referral.outcome"}
    return case


@pytest.fixture
def report(world, told):
    """He said that it is stuck."""
    text = "Er is geen plek en niemand beslist."
    return report_stuck(told, text=text, by=world.casusregisseur, at=AT)


def open_for(user, case) -> set[str]:
    """What waits for somebody and names a case, whether it is about that case or not."""
    found = WorkItem.objects.system_scope("test").open()
    mine = found.filter(owner_user=user, reference=case.reference)
    return set(mine.values_list("kind", flat=True))


class TestWorkThatOnlyNamesTheCase:
    """Catches work outside the case, of which an exclusion knows nothing."""

    def test_ends_with_the_exclusion(self, world, told, report) -> None:
        refuse_stuck(report, reason="Loopt al.", by=world.procesregisseur, at=SOON)
        assert "stuck.answer" in open_for(world.casusregisseur, told)

        with replays(told):
            exclude_myself(told, by=world.casusregisseur, at=LATER)

        assert open_for(world.casusregisseur, told) == set()

    def test_of_another_or_of_another_case_goes_on(self, world, told) -> None:
        other = opened(world, referrer=world.casusregisseur, referrer_name="")

        exclude_myself(told, by=world.casusregisseur, at=LATER)

        assert open_for(world.casusregisseur, other) == {"referral.outcome"}
        assert open_for(world.procesregisseur, told)

    def test_is_not_made_by_an_answer_that_comes_after_it(
        self, world, told, report
    ) -> None:
        exclude_myself(told, by=world.casusregisseur, at=SOON)

        with replays(told):
            refuse_stuck(report, reason="Loopt al.", by=world.procesregisseur, at=LATER)

        assert open_for(world.casusregisseur, told) == set()

    def test_is_not_made_by_an_assessment_that_comes_after_it(self, world) -> None:
        melder = world.other_procesregisseur
        case = referred(world, referrer=melder, referrer_name="")
        exclude_myself(case, by=melder, at=SOON)

        with replays(case):
            started(world, case, at=LATER)

        assert open_for(melder, case) == set()

    def test_is_mailed_to_nobody(self, world, told, report) -> None:
        refuse_stuck(report, reason="Loopt al.", by=world.procesregisseur, at=SOON)
        ladder.plan_due(at=SOON, call=jobs.call)
        exclude_myself(told, by=world.casusregisseur, at=LATER)

        for days in range(1, 15):
            moment = LATER + timedelta(days=days)
            ladder.plan_due(at=moment, call=jobs.call)
            outbox.deliver_due(at=moment, connect=StoreTransport)

        mail = Delivery.objects.filter(to_user=world.casusregisseur)
        assert not mail.filter(state=Delivery.State.SENT).exists()


@pytest.mark.usefixtures("_now")
def test_who_is_shut_out_of_one_case_can_be_of_another(world, case) -> None:
    """Catches "ziet deze casus al niet" about a case that he sees."""
    for each in (case, opened(world)):
        exclude_colleague(each, by=world.procesregisseur, at=AT, user=world.manager)

    assert world.manager.exclusions.count() == 2


class TestLists:
    def test_show_nothing_of_the_case(self, world, told, report, as_user) -> None:
        """Catches a list, also of what he did himself, that still names it."""
        him = world.casusregisseur
        client, key = as_user(him), make_feed(him, at=AT)
        finish_reading_in(told, by=him, at=AT)
        refuse_stuck(report, reason="Loopt al.", by=world.procesregisseur, at=SOON)

        def naming() -> list[str]:
            shown = [page for page in LISTS if told.reference in body(client, page)]
            calendar = calendar_for(key, at=LATER).decode()
            return [*shown, "calendar"] if told.reference in calendar else shown

        assert naming() == [*LISTS, "calendar"]
        exclude_myself(told, by=world.casusregisseur, at=SOON)

        assert naming() == []

    def test_of_who_stands_in_show_nothing_of_it(self, world, told, as_user) -> None:
        """Catches a deputy who reads of people he knows in the work of another."""
        him, deputy = world.casusregisseur, world.other_manager
        set_deputy(him, by=him, at=AT, deputy=deputy)
        start_absence(him, by=him, at=AT, reason="Ziek")
        assert told.reference in body(as_user(deputy), "/")

        exclude_colleague(told, by=world.procesregisseur, at=SOON, user=deputy)

        assert told.reference not in body(as_user(deputy), "/")


def body(client, page: str) -> str:
    return client.get(page).content.decode()


@pytest.mark.usefixtures("_now")
class TestTeamLead:
    @pytest.fixture
    def lead(self, world):
        world.procesregisseur.team_lead = world.other_manager
        world.procesregisseur.save(update_fields=["team_lead"])
        return world.other_manager

    def excluded(self, world, case, *users) -> None:
        for user in users:
            exclude_colleague(case, by=world.procesregisseur, at=AT, user=user)

    def test_is_not_asked_for_another(self, world, case, lead) -> None:
        """Catches a question about people whom he knows."""
        self.excluded(world, case, lead, world.deputy)

        start_absence(world.procesregisseur, by=world.deputy, at=SOON, reason="Ziek")

        assert open_for(lead, case) == set()

    def test_finds_no_other_for_who_he_turns_out_to_know(
        self, world, case, lead, as_user
    ) -> None:
        """Catches a page that asks whose work it is, and not whom he knows."""
        self.excluded(world, case, world.deputy)
        start_absence(world.procesregisseur, by=world.deputy, at=SOON, reason="Ziek")
        (item,) = WorkItem.objects.system_scope("test").filter(kind="absence.uncovered")
        client, path = as_user(lead), f"/afwezig/casus/{item.pk}/"
        assert client.get(path).status_code == 200
        assert case.reference in body(client, "/afwezig/")

        exclude_colleague(case, by=world.procesregisseur, at=LATER, user=lead)
        WorkItem.objects.system_scope("test").filter(pk=item.pk).update(owner_user=lead)

        assert case.reference not in body(client, "/afwezig/")
        assert client.get(path).status_code == 404
        successor = world.other_procesregisseur
        assert post(client, path, user=successor.pk).status_code == 404

    def test_hands_over_nothing(self, world, case, lead) -> None:
        """Catches a team lead who decides who steers the case of people he knows."""
        self.excluded(world, case, lead)
        given = {"by": lead, "at": LATER, "user": world.other_procesregisseur}
        other = opened(world)

        with pytest.raises(NotVisible):
            hand_over_procesregie([case], **given)
        with pytest.raises(NotVisible):
            hand_over_procesregie([case, other], **given)

        hand_over_procesregie([other], **given)
        assert other.procesregisseur == world.other_procesregisseur
