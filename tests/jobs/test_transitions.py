"""Who may ask for a long job and fetch what it made, and how it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from casework.audit.export import export_log
from casework.audit.log import write
from casework.audit.models import AuditEntry
from casework.audit.sealer import seal
from casework.jobs import transitions
from casework.jobs.models import Job, Piece
from casework.jobs.transitions import LeaseLost, NotThere, ask_for, claim, open_file
from casework.keys.envelope import KeyDestroyed, envelope
from casework.keys.masters import Damaged
from casework.people.errors import NotPermitted, NotVisible
from tests.jobs.conftest import LOG
from tests.world import AT

pytestmark = pytest.mark.django_db

OTHERS = ("procesregisseur", "manager", "beheerder", "officer", "burgemeester", "aov")
LAST_DAY = AT + timedelta(days=7)


@pytest.fixture
def made(asked, tick) -> Job:
    tick()
    asked.refresh_from_db()
    return asked


def text_of_file(job: Job, by) -> str:
    _, pieces = open_file(job.pk, by=by, at=AT)
    return b"".join(pieces).decode()


class TestAskFor:
    @pytest.mark.parametrize(
        ("who", "role"),
        [("fg", "fg"), ("privacy_officer", "privacy-officer")],
    )
    def test_is_for_who_watches_over_the_log(self, world, who, role):
        """Catches a row of the log that does not say who asked, or as what."""
        user = getattr(world, who)

        job = ask_for(LOG, by=user, at=AT)

        row = AuditEntry.objects.get(verb="export.made")
        assert (job.state, job.by) == (Job.State.WAITING, user)
        assert (row.by, row.by_role, row.about) == (user, role, "log:all")

    @pytest.mark.parametrize("who", OTHERS)
    def test_refuses_anybody_else(self, world, who):
        """Catches a right that stands in the view alone."""
        with pytest.raises(NotPermitted) as refusal:
            ask_for(LOG, by=getattr(world, who), at=AT)

        assert refusal.value.user_message == (
            "Dit is voor: functionaris gegevensbescherming, privacy officer."
        )

        assert not Job.objects.exists()
        assert not AuditEntry.objects.filter(verb="export.made").exists()

    def test_refuses_who_left(self, world):
        world.fg.memberships.update(until_on=AT.date())

        with pytest.raises(NotPermitted):
            ask_for(LOG, by=world.fg, at=AT)

    def test_gives_the_one_that_is_going_to_who_asks_twice(self, world, asked):
        """Catches a second export, or a second row of the log, for impatience."""
        claim(at=AT)

        assert ask_for(LOG, by=world.fg, at=AT).pk == asked.pk
        assert AuditEntry.objects.filter(verb="export.made").count() == 1

    def test_gives_another_his_own(self, world, asked):
        assert ask_for(LOG, by=world.privacy_officer, at=AT).pk != asked.pk

    def test_gives_a_new_one_once_it_is_made(self, world, made):
        assert ask_for(LOG, by=world.fg, at=AT).pk != made.pk

    def test_covers_what_had_a_seal_then(self, world, asked, tick):
        """Catches an export that goes on growing while it is made."""
        text = "".join(f"{line}\n" for line in export_log())
        write("case.read", by=world.fg, at=AT, case=8)
        seal(at=AT)

        tick()

        assert text_of_file(asked, world.fg) == text


class TestClaim:
    def test_gives_a_job_to_one(self, asked):
        """Catches two processes at the same file."""
        assert claim(at=AT) == asked
        assert claim(at=AT) is None

    def test_takes_over_what_a_dead_process_had(self, asked):
        first = claim(at=AT)
        _let_lease_end()

        second = claim(at=AT)

        assert second == asked
        assert second.token != first.token
        assert second.failures == 1

    def test_goes_by_the_clock_of_the_database(self, asked):
        """Catches a worker whose clock runs ahead and who takes over what runs."""
        claim(at=AT)

        assert claim(at=AT + timedelta(days=2)) is None

    def test_gives_up_what_keeps_killing_who_works_on_it(self, asked):
        """Catches a job that takes down a process a minute for ever."""
        for _ in range(3):
            claim(at=AT)
            _let_lease_end()

        assert claim(at=AT) is None
        asked.refresh_from_db()
        assert asked.state == Job.State.FAILED
        assert "bel dan de functioneel beheerder" in asked.get_reason_display()


class TestAddPiece:
    @pytest.mark.parametrize(
        "act",
        [
            lambda job: transitions.add_piece(job, "x", reached=1, at=AT),
            lambda job: transitions.finish(job, at=AT),
            lambda job: transitions.give_back(job),
            lambda job: transitions.try_later(job, at=AT),
        ],
    )
    @pytest.mark.parametrize("taken", [True, False])
    def test_refuses_who_woke_up_too_late(self, asked, act, taken):
        """Catches a process that was asleep, and writes into the file of another."""
        sleeper = claim(at=AT)
        _let_lease_end()
        if taken:
            claim(at=AT)
        before = Job.objects.values().get()

        with pytest.raises(LeaseLost):
            act(sleeper)

        assert Job.objects.values().get() == before
        assert not Piece.objects.exists()

    def test_hides_what_it_keeps(self, asked, made):
        """Catches a log that can be read in a dump of the database."""
        content = bytes(Piece.objects.get().content)

        assert b"case.read" not in content
        assert b'"kind"' not in content

    def test_seals_each_piece_for_its_own_place(self, world, asked, made):
        """Catches pieces that can change places without anybody seeing it."""
        opened = envelope(made.subject)
        content = bytes(Piece.objects.get().content)

        with pytest.raises(Damaged):
            opened.reveal(content, purpose="piece:1")


class TestTryLater:
    def test_tries_three_times_and_says_what_to_do(self, asked):
        """Catches a job that fails for ever, or without a word."""
        for failures in (1, 2, 3):
            transitions.try_later(claim(at=AT + timedelta(hours=failures)), at=AT)

        asked.refresh_from_db()
        assert (asked.state, asked.failures) == (Job.State.FAILED, 2)
        assert "Vraag het over een uur opnieuw" in asked.get_reason_display()
        assert asked.ended_at == AT
        with pytest.raises(KeyDestroyed):
            envelope(asked.subject)

    def test_waits_longer_each_time(self, asked):
        transitions.try_later(claim(at=AT), at=AT)

        assert claim(at=AT + timedelta(seconds=59)) is None
        assert claim(at=AT + timedelta(seconds=60)) is not None


class TestOpenFile:
    def test_gives_the_same_as_the_command_and_writes_it_down(self, world, made):
        """Catches a fetching that leaves no trace."""
        assert text_of_file(made, world.fg).startswith('{"kind": "log"')

        row = AuditEntry.objects.get(verb="export.fetched")
        assert (row.by, row.by_role, row.action) == (world.fg, "fg", "R")
        assert row.about == f"job:{made.pk}"

    def test_hides_it_from_another(self, world, made):
        """Catches an export that a colleague with the same right can take."""
        with pytest.raises(NotVisible):
            open_file(made.pk, by=world.privacy_officer, at=AT)

        assert not AuditEntry.objects.filter(verb="export.fetched").exists()

    def test_refuses_who_lost_the_role(self, world, made):
        """Catches a right that is asked when it was made and not when it goes out."""
        world.fg.memberships.update(until_on=AT.date())

        with pytest.raises(NotPermitted):
            open_file(made.pk, by=world.fg, at=AT)

        assert not AuditEntry.objects.filter(verb="export.fetched").exists()

    def test_refuses_whose_account_was_closed(self, world, made):
        world.fg.is_active = False

        with pytest.raises(NotPermitted):
            open_file(made.pk, by=world.fg, at=AT)

    def test_refuses_what_is_not_made_yet(self, world, asked):
        with pytest.raises(NotThere):
            open_file(asked.pk, by=world.fg, at=AT)

    def test_goes_until_the_end_of_the_last_day(self, world, made):
        """Catches "tot en met" that means until."""
        assert made.last_on == date(2026, 11, 30)
        last_minute = LAST_DAY.replace(hour=22, minute=59)
        open_file(made.pk, by=world.fg, at=last_minute)

        with pytest.raises(NotThere):
            open_file(made.pk, by=world.fg, at=last_minute + timedelta(minutes=1))

    def test_breaks_off_at_a_piece_that_is_gone(self, world, made):
        """Catches a file with a hole that looks whole."""
        _, pieces = open_file(made.pk, by=world.fg, at=AT)
        Piece.objects.all().delete()

        with pytest.raises(Piece.DoesNotExist):
            list(pieces)


class TestRemoveOver:
    def test_leaves_what_can_be_fetched(self, made):
        assert transitions.remove_over(at=LAST_DAY) == 0
        assert Piece.objects.exists()

    def test_lets_who_is_fetching_come_to_the_end(self, made):
        """Catches a download of just before midnight that breaks off at midnight."""
        midnight = LAST_DAY.replace(hour=23, minute=30)

        assert transitions.remove_over(at=midnight) == 0

    def test_takes_the_file_and_its_key(self, made):
        """Catches a file that can still be read in a backup of after that day."""
        assert transitions.remove_over(at=LAST_DAY + timedelta(days=1)) == 1

        made.refresh_from_db()
        assert (made.state, made.pieces, made.size) == (Job.State.GONE, 0, 0)
        assert not Piece.objects.exists()
        with pytest.raises(KeyDestroyed):
            envelope(made.subject)

    def test_does_it_once(self, made):
        transitions.remove_over(at=LAST_DAY + timedelta(days=1))

        assert transitions.remove_over(at=LAST_DAY + timedelta(days=1)) == 0


class TestConstraints:
    @pytest.mark.parametrize(
        "change",
        [
            {"state": Job.State.DONE},
            {"state": Job.State.FAILED},
            {"state": Job.State.GONE},
            {"reason": Job.Reason.BROKEN},
            {"done": 11},
            {"lease_until": Now()},
            {"token": "6f1e4c1e-0000-4000-8000-000000000001", "lease_until": Now()},
        ],
        ids=str,
    )
    def test_refuse_a_state_without_its_facts(self, asked, change):
        """Catches a change round the transitions that leaves half a state."""
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.update(**change)

    def test_refuse_a_second_that_is_going(self, asked):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.create(kind=LOG, by=asked.by, asked_at=AT, total=0)

    def test_refuse_a_piece_twice(self, made):
        with (
            pytest.raises(IntegrityError, match="piece_once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "insert into jobs_piece (job_id, number, content, size) "
                "select job_id, number, content, size from jobs_piece"
            )


def _let_lease_end() -> None:
    """What a minute does to a process that died."""
    Job.objects.filter(token__isnull=False).update(
        lease_until=Now() - timedelta(seconds=1)
    )
