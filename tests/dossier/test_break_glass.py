"""The procedure for an emergency: who, how long, nothing but reading, and the review."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.dissenting import write_dissent
from ave.escalation.flow import answer
from ave.escalation.voices import ask_voice
from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.audit import log
from casework.audit.models import AuditEntry
from casework.cases.break_glass import (
    LASTS,
    REVIEW,
    TOLD_FG,
    TOLD_STEERER,
    NoAccessByThis,
    TooOften,
    end_break_glass,
    open_break_glass,
    review_break_glass,
    say_seen,
)
from casework.cases.break_glass_views import SHOWN
from casework.cases.excluding import exclude_colleague
from casework.cases.models import BreakGlass, Event, Participation
from casework.cases.pages import case_for
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from casework.people.models import Role
from casework.people.transitions import join_desk
from casework.work.models import WorkItem
from tests.replay import replays
from tests.world import AT, FIRST_DAY, asked
from workers.verify import verify

pytestmark = pytest.mark.django_db

REASON = "Er wordt gebeld dat er nu brand is."


def emergency(world, case, **facts) -> BreakGlass:
    given = {"by": world.casusregisseur, "at": AT, "reason": REASON, **facts}
    with replays(case):
        return open_break_glass(case.reference, **given)


def broken() -> list[str]:
    return [
        each.name
        for each in verify(at=AT)
        if not each.is_well and not each.name.startswith("log:")
    ]


class TestOpening:
    def test_gives_no_say_beside_a_decision(self, world, case):
        """Catches an emergency reader who writes where a party may."""
        request = asked(world, case)
        answer(request, by=world.manager, at=AT, answer="decide", text="De ggz begint.")
        emergency(world, case)

        with pytest.raises(NotPermitted):
            write_dissent(request, by=world.casusregisseur, at=AT, text="Ik niet.")

    def test_lets_him_read_and_nothing_else(self, world, case):
        emergency(world, case)

        assert scopes(world.casusregisseur, case, at=AT) == {
            Permission.SEE_CASE,
            Permission.READ_DOSSIER,
        }
        assert broken() == []

    def test_is_over_after_four_hours(self, world, case):
        """Catches access that waits for a clock to end it."""
        emergency(world, case)
        user, over = world.casusregisseur, AT + LASTS

        assert case_for(user, case.reference, at=over - timedelta(seconds=1)) == case
        for later in (over, over + timedelta(seconds=1)):
            with pytest.raises(NotVisible):
                case_for(user, case.reference, at=later)

    def test_asks_for_a_review_and_tells_two_people(self, world, case):
        found = emergency(world, case)

        waiting = {
            item.kind: item.owner_user or item.owner_desk
            for item in WorkItem._base_manager.filter(about=found.key, state="open")
        }
        assert waiting == {
            REVIEW: world.privacy_officer.memberships.get().desk,
            TOLD_FG: world.fg.memberships.get().desk,
            TOLD_STEERER: world.procesregisseur,
        }

    def test_is_no_work_of_an_fg_who_knows_these_people(self, world, case):
        """Catches work that names a case to somebody for whom it is not there."""
        found = emergency(world, case)
        mine = WorkItem.objects.visible_to(world.fg, at=AT).filter(about=found.key)
        assert [item.kind for item in mine] == [TOLD_FG]

        exclude_colleague(case, by=world.procesregisseur, at=AT, user=world.fg)

        assert not mine.all().exists()

    def test_is_flagged_in_the_log_and_says_nothing_of_the_reason(self, world, case):
        found = emergency(world, case)

        entry = AuditEntry.objects.get(verb="break_glass.opened")
        assert entry.break_glass
        assert (entry.by, entry.case) == (world.casusregisseur, case.pk)
        event = Event.objects.system_scope("test").get(kind="break_glass.opened")
        assert found.reason not in repr([event.facts, event.changes])

    @pytest.mark.parametrize(
        "name",
        [
            "officer",
            "housing_worker",
            "manager",
            "burgemeester",
            "wethouder",
            "beleidsmedewerker",
            "privacy_officer",
            "fg",
            "beheerder",
        ],
    )
    def test_is_not_for_others(self, world, case, name):
        with pytest.raises(NotVisible):
            emergency(world, case, by=getattr(world, name))

    def test_is_not_for_a_casusregisseur_of_a_partner(self, world, case):
        worker = world.housing_worker
        join_desk(worker, world.health_desk, role=Role.CASUSREGISSEUR, on=FIRST_DAY)

        with pytest.raises(NotVisible):
            emergency(world, case, by=worker)

    @pytest.mark.parametrize("reason", ["", " " * 30, "Te kort voor reden", "x" * 19])
    def test_needs_a_reason_of_twenty_characters(self, world, case, reason):
        with pytest.raises(InvalidInput):
            emergency(world, case, reason=reason)

    def test_says_the_same_of_what_is_hidden_and_what_is_not_there(self, world, case):
        """Catches an answer that tells that a case of people he knows exists."""
        exclude_colleague(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )
        with pytest.raises(NoAccessByThis) as hidden:
            emergency(world, case)
        with pytest.raises(NoAccessByThis) as absent:
            open_break_glass(
                "AVE-2026-000000", by=world.casusregisseur, at=AT, reason=REASON
            )

        assert hidden.value.user_message == absent.value.user_message
        assert hidden.value.status == absent.value.status

    def test_is_not_for_who_reads_it_already(self, world, case):
        with pytest.raises(AlreadyDone):
            emergency(world, case, by=world.procesregisseur)

    def test_five_times_in_an_hour_is_enough(self, world, case):
        for _ in range(5):
            end_break_glass(emergency(world, case), by=world.casusregisseur, at=AT)

        with pytest.raises(TooOften):
            emergency(world, case)
        later = AT + timedelta(hours=1, seconds=1)
        assert emergency(world, case, at=later).pk


class TestEnding:
    def test_ends_at_once(self, world, case):
        found = emergency(world, case)
        with replays(case):
            end_break_glass(found, by=world.casusregisseur, at=AT)

        assert not scopes(world.casusregisseur, case, at=AT)
        assert broken() == []
        with pytest.raises(AlreadyDone):
            end_break_glass(found, by=world.casusregisseur, at=AT)

    def test_is_his_own(self, world, case):
        with pytest.raises(NotVisible):
            end_break_glass(emergency(world, case), by=world.privacy_officer, at=AT)


class TestReview:
    def test_is_written_down_and_done(self, world, case):
        found = emergency(world, case)
        with replays(case):
            review_break_glass(
                found, by=world.privacy_officer, at=AT, outcome="right", note=""
            )

        assert not WorkItem._base_manager.filter(kind=REVIEW, state="open").exists()
        assert AuditEntry.objects.get(verb="break_glass.reviewed").break_glass
        assert scopes(world.casusregisseur, case, at=AT)
        assert broken() == []

    def test_that_was_wrong_ends_it(self, world, case):
        found = emergency(world, case)
        with pytest.raises(InvalidInput):
            review_break_glass(
                found, by=world.privacy_officer, at=AT, outcome="wrong", note=" "
            )
        review_break_glass(
            found,
            by=world.privacy_officer,
            at=AT,
            outcome="wrong",
            note="Het kon wachten.",
        )

        assert not scopes(world.casusregisseur, case, at=AT)
        with pytest.raises(AlreadyDone):
            review_break_glass(
                found, by=world.privacy_officer, at=AT, outcome="right", note=""
            )

    def test_is_of_another_privacy_officer(self, world, case):
        user = world.casusregisseur
        join_desk(
            user,
            world.privacy_officer.memberships.get().desk,
            role=Role.PRIVACY_OFFICER,
            on=FIRST_DAY,
        )
        found = emergency(world, case)

        with pytest.raises(NotPermitted):
            review_break_glass(found, by=user, at=AT, outcome="right", note="")
        with pytest.raises(NotVisible):
            review_break_glass(found, by=world.fg, at=AT, outcome="right", note="")

    def test_who_was_told_says_that_he_read_it(self, world, case):
        found = emergency(world, case)
        for user in (world.fg, world.procesregisseur):
            with replays(case):
                say_seen(found, by=user, at=AT)

        left = WorkItem._base_manager.filter(about=found.key, state="open")
        assert [item.kind for item in left] == [REVIEW]
        with pytest.raises(NotVisible):
            say_seen(found, by=world.manager, at=AT)


class TestVerify:
    def test_sees_an_emergency_that_lasts_longer(self, world, case):
        found = emergency(world, case)
        found.participation.until_at = AT + timedelta(hours=5)
        found.participation.save(update_fields=["until_at"])

        assert any("four hours" in name for name in broken())

    def test_sees_one_that_nobody_reviews(self, world, case):
        found = emergency(world, case)
        WorkItem._base_manager.filter(about=found.key, kind=REVIEW).delete()

        assert "an emergency is reviewed, or waits for that" in broken()


class TestPages:
    def test_the_bar_says_until_when_on_each_page(self, world, case, client):
        with time_machine.travel(AT, tick=False):
            emergency(world, case)
            client.force_login(world.casusregisseur)
            for part in ("", "plan/", "huishouden/", "partijen/", "tijdlijn/"):
                page = client.get(f"/casussen/{case.reference}/{part}")
                assert "tot 14.00 uur" in page.content.decode(), part

    def test_the_bar_says_that_it_ends_tomorrow(self, world, case, client):
        """Catches "tot 03.07 uur" read at eleven, which seems to be over."""
        late = AT.replace(hour=22, minute=7)
        with time_machine.travel(late, tick=False):
            emergency(world, case, at=late)
            client.force_login(world.casusregisseur)
            page = client.get(f"/casussen/{case.reference}/")

        assert "tot morgen, 03.07 uur." in page.content.decode()

    def test_reading_by_one_is_flagged_whatever_else_he_has(self, world, case, client):
        """Catches reading in an emergency that was logged as an adviser's."""
        request = asked(world, case)
        ask_voice(
            request, by=world.procesregisseur, at=AT, kind="advice", user=world.aov
        )
        adviser = Participation._base_manager.get(case=case, user=world.aov)
        found = emergency(world, case, by=world.aov)
        with time_machine.travel(AT, tick=False):
            client.force_login(world.aov)
            client.get(f"/casussen/{case.reference}/huishouden/")
            client.get(f"/besluiten/{request.pk}/advies/")

        read = AuditEntry.objects.filter(by=world.aov, verb__endswith=".read")
        assert list(
            read.order_by("pk").values_list("verb", "break_glass", "access_basis")
        ) == [
            ("household.read", True, found.participation.key),
            ("memo.read", False, adviser.key),
        ]

    def test_says_how_much_of_what_he_did_is_not_shown(self, world, case, client):
        """Catches a review of who read a hundred times what was read after that too."""
        opened = emergency(world, case)
        for _ in range(SHOWN + 2):
            log.write("case.read", by=opened.by, at=AT, case=case.pk, about=case.key)

        with time_machine.travel(AT, tick=False):
            client.force_login(world.privacy_officer)
            page = client.get(f"/noodtoegang/{opened.pk}/").content.decode()

        assert "En nog 3 keer iets: dat staat in het logboek." in page

    def test_what_is_asked_in_vain_is_logged(self, world, case, client):
        client.force_login(world.casusregisseur)
        sent = {"reference": "AVE-2026-000000", "reason": REASON}
        page = client.post("/noodtoegang/", sent)

        assert page.status_code == 422
        assert REASON in page.content.decode()
        entry = AuditEntry.objects.get(verb="break_glass.refused")
        assert (entry.granted, entry.break_glass, entry.case) == (False, True, None)

    def test_each_one_too_many_is_logged_and_counts_for_nothing(
        self, world, case, client
    ):
        """Catches somebody who tries one reference after another and is seen five
        times, and a limit that never ends for who is refused by it."""
        client.force_login(world.casusregisseur)
        sent = {"reference": "AVE-2026-000000", "reason": REASON}
        with time_machine.travel(AT, tick=False):
            answers = [client.post("/noodtoegang/", sent) for _ in range(8)]

        assert [page.status_code for page in answers] == [422] * 5 + [409] * 3
        entries = AuditEntry.objects.filter(verb="break_glass.throttled")
        assert (
            list(entries.values_list("by", "granted", "break_glass", "case", "about"))
            == [(world.casusregisseur.pk, False, True, None, "reference")] * 3
        )
        later = AT + timedelta(hours=1, seconds=1)
        assert emergency(world, case, at=later).pk
