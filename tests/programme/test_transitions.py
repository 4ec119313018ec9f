"""Who may move an activity, what it records, and what it refuses."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.audit.models import AuditEntry
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    Stale,
)
from casework.people.models import Absence
from programme.asking import quarter_end
from programme.holding import PeriodClosed
from programme.models import ActivityOwner, ProgressUpdate
from programme.transitions import (
    NoAccount,
    ReasonMissing,
    assign_owner,
    close_period,
    post_progress,
    reopen_period,
)
from tests.programme.conftest import work
from tests.world import AT

NOT_AOV = (
    "procesregisseur",
    "other_procesregisseur",
    "casusregisseur",
    "officer",
    "manager",
    "burgemeester",
    "beleidsmedewerker",
    "privacy_officer",
    "fg",
    "beheerder",
)


class TestAssignOwner:
    def test_makes_somebody_answer_for_it_and_asks_for_progress(self, world, bibob):
        assign_owner(bibob, owner=world.manager, by=world.aov, at=AT)

        item = work(bibob.key).get()
        assert bibob.owner == world.manager
        assert (item.title, item.owner_user, item.due_on) == (
            "Meld voortgang",
            world.manager,
            date(2026, 12, 31),
        )
        assert item.link == "/programma/OND-02/"

    def test_records_it(self, world, owned):
        entry = AuditEntry.objects.get(verb="activity.assigned")

        assert (entry.by, entry.about, entry.case) == (world.aov, owned.key, None)

    def test_keeps_who_answered_before(self, world, owned):
        """Catches a new owner beside the old one, or work left with the old one."""
        later = AT + timedelta(days=1)

        assign_owner(owned, owner=world.other_manager, by=world.aov, at=later)

        history = ActivityOwner.objects.filter(activity=owned).order_by("pk")
        assert [(row.owner, row.ended_at) for row in history] == [
            (world.manager, later),
            (world.other_manager, None),
        ]
        open_work = work(owned.key).open().get()
        assert open_work.owner_user == world.other_manager

    @pytest.mark.parametrize("role", NOT_AOV)
    def test_refuses_whoever_is_no_aov(self, world, bibob, role):
        with pytest.raises(NotPermitted):
            assign_owner(bibob, owner=world.manager, by=getattr(world, role), at=AT)

        bibob.refresh_from_db()
        assert bibob.owner is None

    def test_refuses_an_owner_whose_account_is_closed(self, world, bibob):
        world.manager.is_active = False
        world.manager.save(update_fields=["is_active"])

        with pytest.raises(NoAccount) as refusal:
            assign_owner(bibob, owner=world.manager, by=world.aov, at=AT)

        assert refusal.value.user_message.startswith("Kies een actiehouder die hier")

    def test_refuses_an_executive_who_is_none(self, world, bibob):
        with pytest.raises(InvalidInput):
            assign_owner(
                bibob,
                owner=world.manager,
                executive=world.fg,
                by=world.aov,
                at=AT,
            )

    def test_names_the_executive_who_is_responsible(self, world, bibob):
        assign_owner(
            bibob,
            owner=world.manager,
            executive=world.burgemeester,
            by=world.aov,
            at=AT,
        )

        bibob.refresh_from_db()
        assert bibob.responsible_executive == world.burgemeester

    def test_refuses_the_same_owner_twice(self, world, owned):
        with pytest.raises(AlreadyDone):
            assign_owner(owned, owner=world.manager, by=world.aov, at=AT)

    def test_refuses_a_form_from_before_a_change(self, world, bibob, owned):
        with pytest.raises(Stale):
            assign_owner(bibob, owner=world.fg, by=world.aov, at=AT, seen=1)

    def test_refuses_a_closed_period(self, world, programme, bibob):
        close_period(programme, by=world.aov, at=AT)

        with pytest.raises(PeriodClosed):
            assign_owner(bibob, owner=world.manager, by=world.aov, at=AT)


class TestPostProgress:
    def test_says_how_it_goes_and_asks_again_next_quarter(self, world, owned):
        """Catches a report after which nobody is ever asked again."""
        post_progress(owned, status="running", by=world.manager, at=AT)

        assert owned.status == "running"
        again = work(owned.key).open().get()
        assert again.due_on == date(2027, 3, 31)
        assert work(owned.key).filter(state="done").count() == 1

    def test_stops_asking_when_there_is_an_outcome(self, world, owned):
        post_progress(owned, status="achieved", by=world.manager, at=AT)

        assert not work(owned.key).open().exists()

    def test_records_it(self, world, owned):
        post_progress(owned, status="running", by=world.manager, at=AT)

        entry = AuditEntry.objects.get(verb="progress.posted")
        assert (entry.by, entry.about) == (world.manager, owned.key)

    @pytest.mark.parametrize("status", ["stalled", "partly", "not_done", "dropped"])
    def test_refuses_bad_news_without_a_reason(self, world, owned, status):
        """Catches "niet gelukt" of which nobody can learn anything."""
        with pytest.raises(ReasonMissing) as refusal:
            post_progress(owned, status=status, text="  ", by=world.manager, at=AT)

        assert refusal.value.user_message == (
            "Schrijf waarom het niet lukte. Kies een reden of leg het uit."
        )
        assert not ProgressUpdate.objects.exists()

    @pytest.mark.parametrize(
        "why", [{"reason": "capacity"}, {"text": "Niemand beschikbaar."}]
    )
    def test_takes_a_reason_or_words(self, world, owned, why):
        post_progress(owned, status="not_done", by=world.manager, at=AT, **why)

        assert owned.status == "not_done"

    @pytest.mark.parametrize(
        "text",
        [
            "Mevrouw Kwikstaart wacht nog.",
            "Overlast bij Veenmospad 15.",
            "Bel 06-12345678.",
            "Zie ave-2026-7552.",
        ],
    )
    def test_refuses_what_leads_to_somebody(self, world, owned, text):
        """Catches an inhabitant in a programme that everybody reads."""
        with pytest.raises(InvalidInput) as refusal:
            post_progress(owned, status="running", by=world.manager, at=AT, text=text)

        assert refusal.value.field == "text"
        assert "dat naar iemand leidt" in refusal.value.user_message
        assert not ProgressUpdate.objects.exists()

    def test_still_shows_what_it_waits_for_when_it_failed(self, world, owned):
        post_progress(
            owned, status="not_done", reason="capacity", by=world.manager, at=AT
        )

        assert owned.waits_for_proposal
        assert owned.capacity_proposal.title == "Extra capaciteit ondermijning"

    @pytest.mark.parametrize("role", NOT_AOV)
    def test_refuses_whoever_is_not_its_owner(self, world, bibob, role):
        with pytest.raises(NotPermitted):
            post_progress(bibob, status="running", by=getattr(world, role), at=AT)

    def test_lets_the_aov_report_for_the_owner(self, world, owned):
        update = post_progress(owned, status="at_risk", by=world.aov, at=AT)

        assert (update.by, update.on_behalf_of) == (world.aov, None)

    def test_lets_the_deputy_report_in_the_name_of_an_absent_owner(self, world, owned):
        Absence.objects.create(
            user=world.manager,
            deputy=world.other_manager,
            starts_at=AT,
            started_by=world.manager,
            reason="Ziek",
        )

        update = post_progress(owned, status="running", by=world.other_manager, at=AT)

        assert update.on_behalf_of == world.manager
        entry = AuditEntry.objects.get(verb="progress.posted")
        assert entry.on_behalf_of == world.manager

    def test_refuses_a_form_from_before_a_change(self, world, owned):
        with pytest.raises(Stale):
            post_progress(owned, status="running", by=world.manager, at=AT, seen=1)

    def test_refuses_a_state_that_does_not_exist(self, world, owned):
        with pytest.raises(InvalidInput):
            post_progress(owned, status="nearly", by=world.manager, at=AT)

    def test_refuses_a_closed_period(self, world, programme, owned):
        close_period(programme, by=world.aov, at=AT)

        with pytest.raises(PeriodClosed) as refusal:
            post_progress(owned, status="running", by=world.manager, at=AT)

        assert refusal.value.user_message == (
            "Deze periode is gesloten. "
            "Je kunt alleen nog in de nieuwe periode schrijven."
        )

    def test_is_refused_by_the_database_too(self, world, owned):
        """Catches a writer that goes around the transition."""
        with pytest.raises(IntegrityError), transaction.atomic():
            ProgressUpdate.objects.create(
                activity=owned, by=world.manager, at=AT, status="not_done"
            )


class TestClosePeriod:
    def test_lets_nothing_wait_any_more(self, world, programme, owned):
        close_period(programme, by=world.aov, at=AT)

        assert work(owned.key).get().state == "lapsed"
        assert AuditEntry.objects.filter(verb="period.closed").count() == 1

    @pytest.mark.parametrize("role", NOT_AOV)
    def test_refuses_whoever_is_no_aov(self, world, programme, role):
        with pytest.raises(NotPermitted):
            close_period(programme, by=getattr(world, role), at=AT)

    def test_refuses_twice(self, world, programme):
        close_period(programme, by=world.aov, at=AT)

        with pytest.raises(PeriodClosed):
            close_period(programme, by=world.aov, at=AT)


class TestReopenPeriod:
    def test_asks_owners_for_progress_again(self, world, programme, owned):
        close_period(programme, by=world.aov, at=AT)

        reopen_period(programme, by=world.aov, at=AT)

        assert work(owned.key).open().get().owner_user == world.manager
        post_progress(owned, status="running", by=world.manager, at=AT)

    def test_is_seen_by_who_looked_before_it(self, world, programme):
        """Catches a version that goes back, so that an old page fits again."""
        before = programme.version
        close_period(programme, by=world.aov, at=AT, seen=before)
        reopen_period(programme, by=world.aov, at=AT, seen=before + 1)

        with pytest.raises(Stale):
            close_period(programme, by=world.aov, at=AT, seen=before)

    def test_asks_nothing_that_was_told_in_this_quarter(self, world, programme, owned):
        """Catches an owner who is asked again what he told before it was closed."""
        post_progress(owned, by=world.manager, at=AT, status="running")
        before = work(owned.key).open().get()
        close_period(programme, by=world.aov, at=AT)

        reopen_period(programme, by=world.aov, at=AT)

        after = work(owned.key).open().get()
        assert after.pk != before.pk
        assert after.due_on == before.due_on

    def test_refuses_whoever_is_no_aov(self, world, programme):
        close_period(programme, by=world.aov, at=AT)

        with pytest.raises(NotPermitted):
            reopen_period(programme, by=world.manager, at=AT)

    def test_refuses_an_open_period(self, world, programme):
        with pytest.raises(AlreadyDone):
            reopen_period(programme, by=world.aov, at=AT)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 11, 23), date(2026, 12, 31)),
        (date(2028, 2, 29), date(2028, 3, 31)),
    ],
)
def test_a_quarter_ends_on_its_own_last_day(day, end):
    """Catches a quarter that runs into the next one."""
    assert quarter_end(day) == end
