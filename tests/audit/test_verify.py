"""Tampering by who owns the database is found."""

from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection

from casework.audit import keys
from casework.audit.log import write
from casework.audit.models import AuditEntry, Checkpoint
from casework.audit.sealer import anchor, body, note, read_anchor, seal
from casework.audit.verify import STALE, inspect_log, verify_log
from tests.audit.attackers import forged_floor
from tests.audit.conftest import AT, run

FOREIGN_KEY = """
    do $$ begin execute (
        select format('alter table audit_auditseal drop constraint %I', conname)
        from pg_constraint where conrelid = 'audit_auditseal'::regclass
          and contype = 'f');
    end $$
"""


def breaches(**asked) -> dict[str, int]:
    return {
        found.name: found.count for found in inspect_log(at=AT, **asked) if found.count
    }


@pytest.mark.usefixtures("sealed")
class TestVerifyLog:
    def test_finds_nothing_in_a_sound_log(self):
        assert verify_log(at=AT) == []
        assert {found.name: found.checked for found in inspect_log(at=AT)} == {
            "rows": 7,
            "missing": 7,
            "tree": 3,
            "links": 3,
            "signatures": 3,
            "anchors": 0,
            "tail": 0,
            "unsealed": 0,
            "triggers": 7,
        }

    @pytest.mark.parametrize(
        "change",
        [
            '"case" = 8',
            "by_id = null",
            "granted = false",
            "at = at + interval '1 microsecond'",
            "verb = 'case.changed'",
            "ip = '192.0.2.9'",
            "query = ''",
        ],
    )
    def test_finds_a_row_that_was_changed(self, sealed, tampering, change):
        with tampering():
            run(
                f"update audit_auditentry set {change} where id = %s",
                sealed[3].pk,
            )

        assert breaches() == {"rows": 1}
        assert verify_log(at=AT)[0].detail.endswith(f"first at row {sealed[3].pk}")

    def test_finds_a_row_that_was_changed_with_its_seal(self, sealed, tampering):
        """Who knows how a leaf is made still can't make the root of the signature."""
        with tampering():
            run('update audit_auditentry set "case" = 8 where id = %s', sealed[3].pk)
            run(
                "update audit_auditseal set leaf = sha256('\\x00'::bytea) "
                "where entry_id = %s",
                sealed[3].pk,
            )

        assert breaches() == {"rows": 1, "tree": 2}

    def test_finds_a_row_that_is_gone_from_the_middle(self, sealed, tampering):
        with tampering():
            run("delete from audit_auditseal where entry_id = %s", sealed[3].pk)
            run("delete from audit_auditentry where id = %s", sealed[3].pk)

        assert breaches() == {"missing": 1, "tree": 2}

    def test_finds_a_row_that_is_gone_while_its_seal_stays(self, sealed, tampering):
        with tampering():
            run(FOREIGN_KEY)
            run("delete from audit_auditentry where id = %s", sealed[3].pk)

        assert breaches() == {"missing": 1}

    def test_finds_seals_that_changed_places(self, sealed, tampering):
        with tampering():
            run(
                "update audit_auditseal s set leaf = o.leaf from audit_auditseal o "
                "where s.position in (1, 2) and o.position = 3 - s.position"
            )

        assert breaches() == {"rows": 2, "tree": 3}

    def test_finds_a_tail_that_is_gone_with_its_seals(self, sealed, tampering):
        with tampering():
            run("delete from audit_auditseal where position >= 5")
            run("delete from audit_auditentry where id >= %s", sealed[5].pk)

        assert breaches() == {"missing": 2, "tree": 1}

    def test_finds_a_tail_of_which_the_checkpoint_is_gone(self, tampering):
        with tampering():
            run("delete from audit_checkpoint where size = 7")

        assert breaches() == {"tail": 2}

    def test_finds_a_checkpoint_that_is_gone_from_the_middle(self, tampering):
        with tampering():
            run("delete from audit_checkpoint where size = 5")

        assert breaches() == {"links": 1}

    def test_finds_a_checkpoint_signed_with_another_key(self, tampering):
        """Who rewrites the log and its tree still has no key of ours."""
        last = Checkpoint.objects.get(size=7)
        other = Ed25519PrivateKey.generate()
        with tampering():
            run(
                "update audit_checkpoint set signature = %s where size = 7",
                other.sign(body(last)),
            )

        assert breaches() == {"signatures": 1, "tail": 2}

    def test_finds_a_checkpoint_that_names_a_key_we_do_not_know(self, tampering):
        with tampering():
            run("update audit_checkpoint set key_id = '00000000' where size = 7")

        assert breaches() == {"signatures": 1, "tail": 2}

    def test_looks_no_further_than_we_signed(self):
        """Catches a verifier that whoever may add a row keeps busy for ever."""
        forged_floor(ahead=2**62)

        assert breaches() == {"signatures": 1}

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ("root = sha256('x')", {"tree": 1, "links": 1, "signatures": 1}),
            ("previous = sha256('x')", {"links": 2, "signatures": 1}),
            (
                "signed_at = signed_at - interval '1 day'",
                {"links": 1, "signatures": 1},
            ),
            ("frontier = sha256('x') || sha256('y')", {"tree": 1}),
        ],
    )
    def test_finds_a_checkpoint_that_was_changed(self, tampering, change, found):
        with tampering():
            run(f"update audit_checkpoint set {change} where size = 5")

        assert breaches() == found

    def test_finds_rows_that_wait_too_long(self, reader):
        write("case.read", by=reader, at=AT - STALE * 2)
        write("case.read", by=reader, at=AT)

        assert breaches() == {"unsealed": 1}

    def test_finds_a_row_that_a_false_floor_hides(self, reader, tampering):
        with tampering():
            run("update audit_checkpoint set floor = 1000000 where size = 7")
        write("case.read", by=reader, at=AT - STALE * 2)

        assert seal(at=AT) == 0
        assert breaches() == {"unsealed": 1}

    def test_finds_a_trigger_that_is_off(self, as_owner):
        connection.check_constraints()
        run("alter table audit_auditseal disable trigger user")

        assert breaches() == {"triggers": 2}

    def test_knows_a_checkpoint_of_the_key_before(self, settings, reader):
        """After a change of key the old checkpoints stay good."""
        write("case.read", by=reader, at=AT)
        retired = settings.LOG_PUBLIC_KEYS = [_public(settings.LOG_KEY)]
        settings.LOG_KEY = "22" * 32
        seal(at=AT)

        assert breaches() == {}
        settings.LOG_PUBLIC_KEYS = []
        assert retired
        assert breaches() == {"signatures": 3}


def _public(seed: str) -> str:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    return key.public_key().public_bytes_raw().hex()


class TestAnchors:
    def test_fit_a_log_that_only_grew(self, reader):
        kept = []
        for _ in range(3):
            write("case.read", by=reader, at=AT)
            seal(at=AT)
            kept.append(read_anchor(anchor(at=AT)))

        assert breaches(anchors=kept) == {}

    def test_find_a_tail_that_is_gone_with_its_checkpoint(self, sealed, tampering):
        """What the database alone can't tell: the reason to keep them elsewhere."""
        kept = read_anchor(anchor(at=AT))
        with tampering():
            run("delete from audit_checkpoint where size = 7")
            run("delete from audit_auditseal where position >= 5")
            run("delete from audit_auditentry where id >= %s", sealed[5].pk)

        assert breaches() == {}
        assert breaches(anchors=[kept]) == {"anchors": 1}

    def test_find_a_log_that_was_made_again(self, sealed, tampering, reader):
        kept = read_anchor(anchor(at=AT))
        with tampering():
            run("truncate audit_checkpoint, audit_auditseal, audit_auditentry")
        for _ in range(9):
            write("case.read", by=reader, at=AT)
        seal(at=AT)

        assert breaches() == {}
        assert breaches(anchors=[kept]) == {"anchors": 1}

    def test_find_two_that_say_different_things(self, sealed):
        """A log that shows each reader another tree is found by comparing notes."""
        last = Checkpoint.objects.get(size=7)
        shown = read_anchor(note(last))
        last.root = bytes(32)
        last.signature = keys.sign(body(last))

        assert breaches(anchors=[read_anchor(note(last)), shown]) == {"anchors": 1}
        assert breaches(anchors=[shown, read_anchor(note(last))]) == {"anchors": 1}

    def test_must_be_signed_by_us(self, sealed):
        forged = anchor(at=AT).replace("\n7\n", "\n5\n")

        assert "anchors" in breaches(anchors=[read_anchor(forged)])


@pytest.mark.usefixtures("sealed")
class TestAuditVerify:
    def test_says_what_it_checked(self):
        out = StringIO()

        call_command("audit_verify", stdout=out)

        lines = out.getvalue().splitlines()
        assert len(lines) == 10
        assert (
            lines[0] == "ok     rows       0 of 7 rows that differ from what was sealed"
        )

    def test_ends_with_an_error_after_a_breach(self, sealed, tampering):
        with tampering():
            run(
                "update audit_auditentry set granted = false where id = %s",
                sealed[0].pk,
            )
        out = StringIO()

        with pytest.raises(CommandError) as raised:
            call_command("audit_verify", stdout=out)

        assert raised.value.returncode == 1
        assert out.getvalue().startswith("BREACH rows       1 of 7")

    def test_compares_with_a_kept_checkpoint(self, tmp_path, tampering, sealed):
        kept = tmp_path / "anchor.txt"
        kept.write_text(anchor(at=AT), encoding="utf-8")
        call_command("audit_verify", "--anchor", str(kept), stdout=StringIO())

        with tampering():
            run("delete from audit_checkpoint where size = 7")
            run("delete from audit_auditseal where position >= 5")

        with pytest.raises(CommandError):
            call_command("audit_verify", "--anchor", str(kept), stdout=StringIO())

    def test_refuses_a_file_without_a_checkpoint(self, tmp_path):
        empty = tmp_path / "anchor.txt"
        empty.write_text("niets", encoding="utf-8")

        with pytest.raises(CommandError, match=r"no checkpoint in anchor\.txt"):
            call_command("audit_verify", "--anchor", str(empty), stdout=StringIO())

    def test_finds_an_empty_log_sound(self, tampering):
        with tampering():
            run("truncate audit_checkpoint, audit_auditseal, audit_auditentry")

        assert verify_log(at=AT) == []
        assert not AuditEntry.objects.exists()
