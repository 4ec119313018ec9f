"""The clock makes a file in slices: never twice, never lost, whole in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from casework.audit import keys
from casework.audit.export import export_log, export_part
from casework.audit.models import AuditEntry
from casework.jobs import making
from casework.jobs.models import Job, Piece
from casework.jobs.transitions import add_piece, ask_for, claim
from tests.audit import outside
from tests.jobs.conftest import (
    LOG,
    as_the_command_writes,
    file_of,
    fill_log,
    never,
)
from tests.world import AT
from workers import jobs

WHOLE = 10


@pytest.mark.django_db
class TestExportPart:
    @pytest.mark.parametrize("rows", [1, 2, 3, 4, 7, 10, 11])
    def test_gives_the_same_text_as_the_whole(self, world, rows):
        """Catches a checkpoint that falls between two parts, or stands in both."""
        fill_log(world.procesregisseur)

        parts = [
            line
            for start in range(0, WHOLE, rows)
            for line in export_part(start, min(start + rows, WHOLE), of=WHOLE)
        ]

        assert parts == list(export_log())
        assert sum('"checkpoint"' in part for part in parts) == 3


@pytest.mark.django_db
class TestMakeDue:
    @pytest.mark.usefixtures("_small_steps")
    def test_keeps_how_far_it_is_at_each_tick(self, asked, tick):
        """Catches a job that begins again at each tick, or says nothing in between."""
        seen = []
        for _ in range(5):
            assert tick() == 1
            asked.refresh_from_db()
            seen.append((asked.done, asked.state, asked.token))

        assert seen == [
            *((done, Job.State.RUNNING, None) for done in (2, 4, 6, 8)),
            (10, Job.State.DONE, None),
        ]
        assert tick() == 0
        assert file_of(asked) == as_the_command_writes()
        assert asked.size == len(as_the_command_writes())

    def test_makes_a_small_one_at_one_tick(self, asked, tick):
        tick()

        asked.refresh_from_db()
        assert (asked.state, asked.pieces) == (Job.State.DONE, 1)

    def test_makes_a_file_that_anybody_can_check(self, asked, tick, tmp_path):
        """Catches a file that bin/verify_log.py does not find sound."""
        tick()
        path = tmp_path / "logboek.jsonl"
        path.write_bytes(file_of(asked))

        done = outside.run(keys.public_key().hex(), path)

        assert (done.returncode, done.stdout) == (0, "in orde\nankers: 0\n"), (
            done.stderr
        )

    def test_makes_a_file_of_an_empty_log(self, world, tick):
        """Catches a job that waits for ever for its first row."""
        job = ask_for(LOG, by=world.fg, at=AT)

        tick()

        job.refresh_from_db()
        assert (job.state, job.total, job.pieces) == (Job.State.DONE, 0, 1)
        assert file_of(job).count(b"\n") == 1

    def test_does_nothing_when_it_has_to_stop(self, asked, tick):
        assert tick(stop=lambda: True) == 0

        asked.refresh_from_db()
        assert asked.state == Job.State.WAITING

    def test_goes_on_where_a_dead_process_was(self, asked, tick, monkeypatch):
        """Catches rows that are there twice, or not at all, after a kill."""
        monkeypatch.setattr(making, "ROWS", 2)
        killed = claim(at=AT)
        text, reached = making.MAKERS[LOG](0, WHOLE)
        add_piece(killed, text, reached=reached, at=AT)

        assert tick() == 0
        Job.objects.update(lease_until=Now() - timedelta(seconds=1))
        assert tick() == 4

        asked.refresh_from_db()
        assert (asked.state, asked.failures) == (Job.State.DONE, 0)
        assert file_of(asked) == as_the_command_writes()

    def test_goes_on_with_others_when_one_breaks(self, world, asked, tick, monkeypatch):
        """Catches one broken job that holds up all that come after it."""
        monkeypatch.setattr(making, "ROWS", 2)
        other = ask_for(LOG, by=world.privacy_officer, at=AT)
        # A piece of somebody else's stands where the first job wants to put one.
        Piece.objects.create(job=asked, number=1, content=b"", size=0)

        tick()

        asked.refresh_from_db()
        other.refresh_from_db()
        assert other.state == Job.State.DONE
        assert (asked.state, asked.done, asked.failures) == (Job.State.RUNNING, 2, 1)

    def test_gives_up_after_three_times(self, asked, tick, monkeypatch, caplog):
        """Catches a broken job that is tried at each tick for ever, and a bare line."""
        monkeypatch.setattr(making, "ROWS", 2)
        Piece.objects.create(job=asked, number=1, content=b"", size=0)

        for hours in range(4):
            tick(AT + timedelta(hours=hours))

        asked.refresh_from_db()
        assert (asked.state, asked.reason) == (Job.State.FAILED, Job.Reason.BROKEN)
        assert f"job {asked.pk} failed: broken" in caplog.text
        assert not Piece.objects.exists()

    def test_removes_what_is_over(self, asked, tick):
        tick()

        assert tick(AT + timedelta(days=8)) == 1

        asked.refresh_from_db()
        assert asked.state == Job.State.GONE

    def test_is_what_the_clock_calls(self, asked):
        """Catches a job that nobody ever makes, and a name with a typing error."""
        jobs.run(jobs.named("make_jobs"), stop=never, at=AT)

        asked.refresh_from_db()
        assert asked.state == Job.State.DONE
        assert not AuditEntry.objects.filter(channel="clock").exists()
