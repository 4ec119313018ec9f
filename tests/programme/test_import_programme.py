"""The programme comes in as the source has it: counted, nothing filled in."""

from datetime import date

from casework.audit.models import AuditEntry
from programme.importing import TYNAARLO, import_programme
from programme.models import (
    Achievement,
    Activity,
    ActivityParty,
    CapacityProposal,
    Priority,
    Programme,
    Theme,
)
from programme.transitions import assign_owner, post_progress
from tests.world import AT


class TestImportProgramme:
    def test_takes_over_everything_that_the_source_has(self, programme):
        """Catches a row that is lost or doubled on the way in."""
        assert Programme.objects.count() == 1
        assert Priority.objects.count() == 5
        assert Theme.objects.count() == 4
        assert Activity.objects.count() == 20
        assert CapacityProposal.objects.count() == 2
        assert Achievement.objects.filter(achieved=True).count() == 9
        assert Achievement.objects.filter(achieved=False).count() == 9

    def test_keeps_sentences_with_a_comma_whole(self, programme):
        """Catches a result that YAML cut off at its comma."""
        training = Achievement.objects.get(title__startswith="Bewustwordingstraining")

        assert training.result.endswith("(vastgoed, buitendienst)")

    def test_leaves_empty_what_the_source_leaves_empty(self, programme):
        """Catches an owner, executive or deadline that somebody made up."""
        assert Activity.objects.filter(owner=None).count() == 20
        assert Activity.objects.filter(responsible_executive=None).count() == 20
        assert Activity.objects.get(code="ZV-02").deadline is None
        assert Activity.objects.get(code="ZV-01").deadline is None
        assert Activity.objects.get(code="ZV-01").period_in_words == (
            "vanaf begin 2025"
        )

    def test_keeps_the_days_that_the_source_names(self, programme):
        assert Activity.objects.get(code="OND-02").deadline == date(2024, 12, 31)
        assert Activity.objects.filter(deadline=None).count() == 7

    def test_merges_two_priorities_in_one_theme(self, programme):
        theme = Theme.objects.get(code="zorg-en-veiligheid")

        assert sorted(theme.priorities.values_list("number", flat=True)) == [1, 3]

    def test_lets_mensenhandel_wait_for_the_proposal_of_another_theme(self, programme):
        waiting = CapacityProposal.objects.get(code="OND").activities

        assert waiting.filter(code="ZV-04").exists()
        assert waiting.filter(code="OND-02").exists()
        assert not waiting.filter(code="OND-07").exists()

    def test_knows_one_party_under_its_several_names(self, programme):
        """Catches a party that is counted as two because of its spelling."""
        names = ActivityParty.objects.filter(name_in_source__in=["M&M", "Domein M&M"])

        assert set(names.values_list("name", flat=True)) == {
            "Domein Mens en Maatschappij"
        }

    def test_names_who_takes_up_what_was_not_done(self, programme):
        bibob = Achievement.objects.get(title="Bibob-beleid geactualiseerd")
        dropped = Achievement.objects.get(title__startswith="Interventieplan")

        assert bibob.successor.code == "OND-02"
        assert dropped.successor is None

    def test_changes_nothing_of_ours_a_second_time(self, world, programme, bibob):
        """Catches an import that throws away owners or progress, or doubles rows."""
        assign_owner(bibob, owner=world.manager, by=world.aov, at=AT)
        post_progress(bibob, status="running", by=world.manager, at=AT)
        before = ActivityParty.objects.count()

        import_programme(TYNAARLO, by=None, at=AT)

        bibob.refresh_from_db()
        assert (bibob.owner, bibob.status) == (world.manager, "running")
        assert (Activity.objects.count(), ActivityParty.objects.count()) == (20, before)
        assert Achievement.objects.count() == 18

    def test_writes_in_the_log_who_did_it(self, world, programme):
        entry = AuditEntry.objects.get(verb="programme.imported")

        assert (entry.by, entry.about) == (world.aov, f"programme:{programme.pk}")
