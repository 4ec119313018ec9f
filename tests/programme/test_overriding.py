"""An AOV breaks through where an activity is stuck: who, where, and what follows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.audit.models import AuditEntry
from casework.people.errors import InvalidInput, NotPermitted, Stale
from programme.asking import REPORT_PROGRESS
from programme.holding import PeriodClosed
from programme.models import Activity, OverrideDecision, ProgressUpdate
from programme.overriding import NEEDED, NoOwner, NotStuck, Override, override
from programme.transitions import assign_owner, close_period, post_progress
from tests.programme.conftest import work
from tests.programme.test_transitions import NOT_AOV
from tests.world import AT, DAY
from workers.verify import STATEMENTS, count_of
from workers.verify_programme import PROGRAMME

DECISION = Override(
    text="Twee mensen van Vergunningen werken tot februari aan het beleid.",
    mandate="Collegebesluit mandaat veiligheid",
    mandate_on=date(2026, 1, 13),
    ground="De wet vraagt dit beleid, en er komen nu al aanvragen binnen.",
    binding="Team Vergunningen",
    heard="De manager Vergunningen vindt het krap, en ziet dat het moet.",
    until_on=date(2027, 2, 26),
)
STUCK = ("at_risk", "stalled", "partly", "not_done")
GOING_WELL = ("planned", "running", "achieved", "dropped")


@pytest.fixture
def ahead(world, programme):
    """An activity with an owner and a day that is still to come."""
    activity = Activity.objects.get(programme=programme, code="ZV-02")
    assert not activity.is_past(on=DAY)
    return assign_owner(activity, owner=world.manager, by=world.aov, at=AT)


@pytest.fixture
def stuck(world, ahead):
    return told(ahead, "not_done", by=world.manager)


def told(activity, status, *, by):
    if status != "planned":
        post_progress(activity, status=status, reason="capacity", by=by, at=AT)
    return activity


class TestWhoAndWhere:
    @pytest.mark.parametrize("status", [*STUCK, *GOING_WELL])
    def test_only_where_it_is_stuck(self, world, ahead, status):
        """Catches a decision over somebody whose work goes well, or is over."""
        told(ahead, status, by=world.manager)

        if status in STUCK:
            override(ahead, DECISION, by=world.aov, at=AT)
        else:
            with pytest.raises(NotStuck):
                override(ahead, DECISION, by=world.aov, at=AT)

        assert OverrideDecision.objects.exists() == (status in STUCK)

    @pytest.mark.parametrize("status", ["planned", "running"])
    def test_also_where_its_day_is_over(self, world, owned, status):
        told(owned, status, by=world.manager)

        override(owned, DECISION, by=world.aov, at=AT)

        owned.refresh_from_db()
        assert owned.status == status

    @pytest.mark.parametrize("role", NOT_AOV)
    @pytest.mark.parametrize("status", [*STUCK, *GOING_WELL])
    def test_by_nobody_but_an_aov(self, world, ahead, status, role):
        """Catches an owner who decides over himself, and a regisseur who does."""
        told(ahead, status, by=world.manager)

        with pytest.raises(NotPermitted):
            override(ahead, DECISION, by=getattr(world, role), at=AT)

        assert not OverrideDecision.objects.exists()

    @pytest.mark.parametrize("status", STUCK)
    def test_not_where_nobody_answers_for_it(self, world, programme, status):
        """Catches a decision that nobody is asked to carry out."""
        activity = Activity.objects.get(programme=programme, code="ZV-02")
        told(activity, status, by=world.aov)

        with pytest.raises(NoOwner) as refusal:
            override(activity, DECISION, by=world.aov, at=AT)

        assert refusal.value.user_message.startswith("Wijs eerst een actiehouder aan")

    def test_not_where_its_owner_has_no_account_any_more(self, world, stuck):
        """Catches a question to who left, before the clock comes by."""
        world.manager.is_active = False
        world.manager.save(update_fields=["is_active"])

        with pytest.raises(NoOwner):
            override(stuck, DECISION, by=world.aov, at=AT)

    def test_not_in_a_closed_period(self, world, programme, stuck):
        close_period(programme, by=world.aov, at=AT)

        with pytest.raises(PeriodClosed):
            override(stuck, DECISION, by=world.aov, at=AT)


class TestWhatFollows:
    def test_it_is_kept_whole(self, world, stuck):
        made = override(
            stuck, replace(DECISION, formal_reference="Z-26-0114"), by=world.aov, at=AT
        )

        made.refresh_from_db()
        assert (made.by, made.at, made.activity) == (world.aov, AT, stuck)
        assert (made.text, made.mandate, made.mandate_on) == (
            DECISION.text,
            DECISION.mandate,
            DECISION.mandate_on,
        )
        assert (made.ground, made.binding, made.heard, made.until_on) == (
            DECISION.ground,
            DECISION.binding,
            DECISION.heard,
            DECISION.until_on,
        )
        assert made.formal_reference == "Z-26-0114"

    def test_it_is_recorded(self, world, stuck):
        override(stuck, DECISION, by=world.aov, at=AT)

        entry = AuditEntry.objects.get(verb="activity.overridden")
        assert (entry.by, entry.about, entry.case) == (world.aov, stuck.key, None)

    @pytest.mark.parametrize("status", ["partly", "not_done"])
    def test_what_had_ended_goes_on(self, world, ahead, status):
        """Catches an outcome that stays beside a decision to go on."""
        told(ahead, status, by=world.manager)

        override(ahead, DECISION, by=world.aov, at=AT)

        ahead.refresh_from_db()
        newest = ahead.updates.latest("pk")
        assert ahead.status == newest.status == "at_risk"
        assert (newest.by, newest.text) == (
            world.aov,
            "Gaat verder door een doorzettingsbesluit.",
        )

    @pytest.mark.parametrize("status", ["at_risk", "stalled"])
    def test_what_goes_on_stands_as_its_owner_told(self, world, ahead, status):
        """Catches a decision that says for the owner how it goes."""
        told(ahead, status, by=world.manager)

        override(ahead, DECISION, by=world.aov, at=AT)

        ahead.refresh_from_db()
        assert ahead.status == status
        assert ProgressUpdate.objects.count() == 1

    @pytest.mark.parametrize("status", STUCK)
    @pytest.mark.parametrize(
        ("until", "due"),
        [
            (DAY + timedelta(days=1), DAY + timedelta(days=1)),
            (date(2026, 12, 31), date(2026, 12, 31)),
            (date(2027, 2, 26), date(2026, 12, 31)),
        ],
    )
    def test_its_owner_tells_how_it_goes_by_then(
        self, world, ahead, status, until, due
    ):
        """Catches work of before that stays, a second one, or a day after its end."""
        told(ahead, status, by=world.manager)

        override(ahead, replace(DECISION, until_on=until), by=world.aov, at=AT)

        item = work(ahead.key, REPORT_PROGRESS).open().get()
        assert (item.owner_user, item.asked_by) == (world.manager, world.aov)
        assert item.title == "Meld voortgang na een doorzettingsbesluit"
        assert item.due_on == due

    def test_an_aov_who_answers_for_it_asks_himself(self, world, ahead):
        """Catches work that says somebody asked for it who did not."""
        assign_owner(ahead, owner=world.aov, by=world.aov, at=AT)
        told(ahead, "stalled", by=world.aov)

        override(
            ahead,
            replace(DECISION, until_on=DAY + timedelta(days=7)),
            by=world.aov,
            at=AT,
        )

        item = work(ahead.key, REPORT_PROGRESS).open().get()
        assert (item.owner_user, item.asked_by, item.chosen_by) == (
            world.aov,
            None,
            "self",
        )

    def test_another_owner_tells_it_by_then_too(self, world, stuck):
        """Catches a decision whose end nobody hears of once its owner is another."""
        until = DAY + timedelta(days=7)
        override(stuck, replace(DECISION, until_on=until), by=world.aov, at=AT)

        assign_owner(stuck, owner=world.other_manager, by=world.aov, at=AT)

        item = work(stuck.key, REPORT_PROGRESS).open().get()
        assert (item.owner_user, item.due_on) == (world.other_manager, until)

    def test_after_its_end_the_quarter_counts_again(self, world, stuck):
        """Catches work that is due on a day long ago."""
        until = DAY + timedelta(days=1)
        override(stuck, replace(DECISION, until_on=until), by=world.aov, at=AT)

        later = AT + timedelta(days=2)
        assign_owner(stuck, owner=world.other_manager, by=world.aov, at=later)

        item = work(stuck.key, REPORT_PROGRESS).open().get()
        assert (item.title, item.due_on) == ("Meld voortgang", date(2026, 12, 31))

    def test_the_programme_stays_sound(self, world, stuck):
        """Catches a state, an owner or a question that contradicts another."""
        override(stuck, DECISION, by=world.aov, at=AT)

        assert STATEMENTS.keys() >= PROGRAMME.keys()
        assert not [name for name in PROGRAMME if count_of(name, at=AT)]

    def test_a_second_one_comes_beside_the_first(self, world, stuck):
        override(stuck, DECISION, by=world.aov, at=AT)

        override(stuck, replace(DECISION, text="Drie."), by=world.aov, at=AT)

        assert stuck.overrides.count() == 2
        assert work(stuck.key, REPORT_PROGRESS).open().count() == 1


class TestRefusal:
    def test_of_a_form_from_before_a_change(self, world, stuck):
        """Catches a decision over a state that its AOV did not see."""
        before = stuck.version
        post_progress(stuck, status="stalled", text="Wacht.", by=world.manager, at=AT)

        with pytest.raises(Stale):
            override(stuck, DECISION, by=world.aov, at=AT, seen=before)

    def test_of_two_at_once(self, world, stuck):
        """Catches a second AOV who decides without having read the first."""
        before = stuck.version
        override(stuck, DECISION, by=world.aov, at=AT, seen=before)

        with pytest.raises(Stale):
            override(stuck, DECISION, by=world.aov, at=AT, seen=before)

    @pytest.mark.parametrize("field", NEEDED)
    @pytest.mark.parametrize("empty", ["", " \n "])
    def test_of_what_is_not_whole(self, world, stuck, field, empty):
        """Catches power without a mandate, a ground, or somebody who was heard."""
        with pytest.raises(InvalidInput) as refusal:
            override(stuck, replace(DECISION, **{field: empty}), by=world.aov, at=AT)

        assert (refusal.value.field, refusal.value.user_message) == (
            field,
            NEEDED[field],
        )

    @pytest.mark.parametrize(
        ("field", "day"),
        [
            ("mandate_on", DAY + timedelta(days=1)),
            ("until_on", DAY),
            ("until_on", DAY - timedelta(days=1)),
        ],
    )
    def test_of_a_day_that_can_not_be(self, world, stuck, field, day):
        with pytest.raises(InvalidInput) as refusal:
            override(stuck, replace(DECISION, **{field: day}), by=world.aov, at=AT)

        assert refusal.value.field == field

    @pytest.mark.parametrize("field", [*NEEDED, "formal_reference"])
    def test_of_what_leads_to_somebody(self, world, stuck, field):
        """Catches an inhabitant in a decision that everybody reads."""
        told_of = replace(DECISION, **{field: "Zie Veenmospad 15."})

        with pytest.raises(InvalidInput) as refusal:
            override(stuck, told_of, by=world.aov, at=AT)

        assert refusal.value.field == field
        assert "Veenmospad 15" in refusal.value.user_message
        assert not OverrideDecision.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            *({field: ""} for field in NEEDED),
            {"mandate_on": DAY + timedelta(days=1)},
            {"until_on": DAY},
        ],
    )
    def test_by_the_database_too(self, world, stuck, wrong):
        """Catches a writer that goes around the transition."""
        made = override(stuck, DECISION, by=world.aov, at=AT)

        with pytest.raises(IntegrityError), transaction.atomic():
            OverrideDecision.objects.filter(pk=made.pk).update(**wrong)
