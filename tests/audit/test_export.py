"""Whoever has the public key and an export needs nothing else of us."""

from __future__ import annotations

import ast
import json
import os
import tracemalloc
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from casework.audit import keys
from casework.audit.export import NotSealed, export_log, export_proof
from casework.audit.log import write
from casework.audit.merkle import consistency_proof, inclusion_proof
from casework.audit.models import AuditEntry
from casework.audit.sealer import anchor, read_anchor, seal
from tests.audit import outside
from tests.audit.attackers import forged_floor
from tests.audit.conftest import AT
from tests.audit.test_merkle import CONTENTS, LEAVES, ROOTS
from tests.world import make_world

SOUND = "in orde\n"


@pytest.fixture
def verifier():
    return outside.load()


@pytest.fixture
def key() -> str:
    return keys.public_key().hex()


@pytest.fixture
def exported(tmp_path, sealed):
    """The export of seven rows, and the checkpoint of the fifth."""
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f"{line}\n" for line in export_log()), encoding="utf-8")
    return path


@pytest.fixture
def kept(tmp_path, sealed):
    path = tmp_path / "anchor.txt"
    path.write_text(f"Bewaar dit.\n\n{anchor(at=AT)}\nGroet", encoding="utf-8")
    return path


class TestVerifier:
    def test_fits_in_two_hundred_lines(self):
        """Catches a verifier that nobody reads any more."""
        assert len(outside.SCRIPT.read_text(encoding="utf-8").splitlines()) <= 200

    def test_says_which_file_is_not_there(self, verifier, exported, kept, key):
        """Catches a traceback for who checks the log and mistypes a name."""
        for export, anchors, missing in (
            (exported.with_name("weg.jsonl"), [], "weg.jsonl"),
            (exported, [kept.with_name("weg.txt")], "weg.txt"),
            (exported, [kept, kept.parent], kept.parent.name),
        ):
            (said,) = verifier.check(export, key, anchors)

            assert f"{missing} is niet te lezen" in said

    def test_needs_nothing_of_this_project(self):
        tree = ast.parse(outside.SCRIPT.read_text(encoding="utf-8"))
        imported = {
            (node.module or "").split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        } | {
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for name in node.names
        }

        assert imported == {
            "__future__",
            "argparse",
            "base64",
            "collections",
            "contextlib",
            "cryptography",
            "hashlib",
            "json",
            "pathlib",
            "sys",
            "typing",
        }

    @pytest.mark.parametrize("size", range(1, 9))
    def test_grows_the_tree_that_others_published(self, verifier, size):
        """The test vectors of RFC 6962, by the code that stands alone."""
        tree = verifier.Tree()
        for content in CONTENTS[:size]:
            tree.add(verifier.sha256(b"\x00" + content).digest())

        assert tree.holds(self._note(verifier, size))
        assert not tree.holds(self._note(verifier, size)._replace(root=bytes(32)))

    @pytest.mark.parametrize("size", range(1, 9))
    def test_knows_every_proof_and_no_other(self, verifier, size):
        note = self._note(verifier, size)
        for place in range(size):
            proof = inclusion_proof(LEAVES[:size], place)
            assert verifier.is_included(LEAVES[place], place, proof, note)
            assert not verifier.is_included(bytes(32), place, proof, note)
            assert not verifier.is_included(
                LEAVES[place], place, [*proof, bytes(32)], note
            )
            assert not verifier.is_included(LEAVES[place], place - size, proof, note)

    @pytest.mark.parametrize("size", range(1, 9))
    def test_knows_whether_a_tree_only_grew(self, verifier, size):
        new = self._note(verifier, size)
        for earlier in range(1, size + 1):
            old = self._note(verifier, earlier)
            proof = consistency_proof(LEAVES[:size], earlier)
            assert verifier.only_grew(old, new, proof)
            assert not verifier.only_grew(old._replace(root=bytes(32)), new, proof)
            assert not verifier.only_grew(old, new, [*proof, bytes(32)])
            if earlier < size:
                assert not verifier.only_grew(old, new, proof[:-1])
                assert not verifier.only_grew(new, old, proof)

    def _note(self, verifier, size):
        root = bytes.fromhex(ROOTS[size - 1])
        return verifier.Note(size, root, "", b"", b"")

    def test_finds_a_sound_export_sound(self, exported, kept, key):
        done = outside.run(key, exported, kept)

        assert (done.returncode, done.stdout) == (0, f"{SOUND}ankers: 1\n"), done.stderr

    def test_knows_a_key_of_before(self, exported, key):
        assert outside.run(f"{'11' * 32},{key}", exported).returncode == 0

    def test_trusts_no_other_key(self, exported):
        done = outside.run("11" * 32, exported)

        assert done.returncode == 1
        assert "ijkpunt 3 klopt niet" in done.stdout

    @pytest.mark.parametrize(
        "change",
        [
            lambda lines: lines[:-2],
            lambda lines: lines[:4] + lines[5:],
            lambda lines: [lines[0], *lines[2:]],
            lambda lines: [line.replace('"case":7', '"case":8') for line in lines],
            lambda lines: [*lines[:1], lines[2], lines[1], *lines[3:]],
            lambda lines: [*lines, lines[1]],
            lambda lines: ["{}"],
            lambda lines: ["geen json"],
            lambda lines: [],
        ],
    )
    def test_finds_an_export_that_was_changed(
        self, verifier, exported, kept, key, change
    ):
        lines = exported.read_text(encoding="utf-8").splitlines()
        exported.write_text("\n".join(change(lines)), encoding="utf-8")

        assert verifier.check(exported, key, [kept])

    def test_finds_an_end_that_is_gone_by_what_was_kept_only(
        self, verifier, exported, kept, key
    ):
        """The reason for the mail to the FG: without it this can't be seen."""
        lines = exported.read_text(encoding="utf-8").splitlines()
        exported.write_text("\n".join(lines[:5]), encoding="utf-8")

        assert verifier.check(exported, key, []) == []
        assert verifier.check(exported, key, [kept])


class TestExportLog:
    def test_is_as_long_as_we_signed(self, sealed):
        """Catches an export that whoever may add a row makes as long as he likes."""
        whole = list(export_log())
        forged_floor(ahead=2**62)

        assert list(export_log()) == whole


class TestExportProof:
    def test_shows_one_row_and_no_other(self, tmp_path, verifier, sealed, kept, key):
        path = tmp_path / "proof.json"
        path.write_text(
            export_proof(sealed[4], anchors=[read_anchor(kept.read_text())]),
            encoding="utf-8",
        )

        assert verifier.check(path, key, [kept]) == []
        assert path.read_text().count('"verb"') == 1

    def test_proves_that_the_log_grew_from_what_was_kept(
        self, tmp_path, verifier, sealed, kept, key, reader
    ):
        for _ in range(6):
            write("case.read", by=reader, at=AT, case=8)
        seal(at=AT)
        proof = json.loads(
            export_proof(sealed[2], anchors=[read_anchor(kept.read_text())])
        )
        path = tmp_path / "proof.json"

        path.write_text(json.dumps(proof), encoding="utf-8")
        assert verifier.check(path, key, [kept]) == []
        for change in (
            {"consistency": {}},
            {"position": 3},
            {"inclusion": proof["inclusion"][1:]},
            {"row": {**proof["row"], "granted": False}},
        ):
            path.write_text(json.dumps(proof | change), encoding="utf-8")
            assert verifier.check(path, key, [kept]), change

    def test_holds_one_row_and_no_other(self, tmp_path, verifier, sealed, kept, key):
        """Catches a proof of one row for which five million have to fit in memory."""
        reader, rows = sealed[0].by, 3000
        AuditEntry.objects.bulk_create(
            AuditEntry(verb="case.read", action="R", by=reader, at=AT)
            for _ in range(rows)
        )
        seal(at=AT)
        anchors = [read_anchor(kept.read_text())]
        path = tmp_path / "proof.json"

        tracemalloc.start()
        try:
            proof = export_proof(sealed[4], anchors=anchors)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        path.write_text(proof, encoding="utf-8")
        assert verifier.check(path, key, [kept]) == []
        assert peak < 200 * rows

    def test_refuses_a_row_without_a_seal(self, reader, sealed):
        with pytest.raises(NotSealed):
            export_proof(write("case.read", by=reader, at=AT))


@pytest.mark.django_db
class TestAuditExport:
    def test_writes_all_and_says_for_whom(self, tmp_path, verifier, key):
        world = make_world()
        write("case.read", by=world.procesregisseur, at=AT, case=7)
        seal(at=AT)
        path, out = tmp_path / "log.jsonl", StringIO()

        call_command(
            "audit_export", "--for", world.fg.email, "--output", str(path), stdout=out
        )

        entry = AuditEntry.objects.order_by("-pk")[0]
        assert (entry.verb, entry.by, entry.by_role) == ("export.made", world.fg, "fg")
        assert verifier.check(path, out.getvalue().split()[1], []) == []

    def test_is_read_by_who_makes_it_alone(self, tmp_path, key):
        """Catches who read which case in a file that everybody on the server reads."""
        world = make_world()
        path, usual = tmp_path / "log.jsonl", os.umask(0o022)
        try:
            call_command("audit_export", "--for", world.fg.email, "--output", str(path))
        finally:
            os.umask(usual)

        assert path.stat().st_mode & 0o777 == 0o600

    def test_writes_the_proof_of_one_row(self, tmp_path, verifier, key):
        world = make_world()
        row = write("case.read", by=world.procesregisseur, at=AT, case=7)
        seal(at=AT)
        path = tmp_path / "proof.json"

        call_command(
            *("audit_export", "--for", world.fg.email, "--row", str(row.pk)),
            *("--output", str(path)),
            stdout=StringIO(),
        )

        assert verifier.check(path, key, []) == []
        assert AuditEntry.objects.order_by("-pk")[0].about == f"row:{row.pk}"

    @pytest.mark.parametrize("who", ["procesregisseur", "beheerder", "nobody"])
    def test_refuses_who_does_not_watch_over_the_log(self, tmp_path, who):
        world = make_world()
        user = getattr(world, who, None)
        path = tmp_path / "log.jsonl"

        with pytest.raises(CommandError):
            call_command(
                *("audit_export", "--for", user.email if user else "x@y.example"),
                *("--output", str(path)),
            )

        assert not path.exists()

    @pytest.mark.parametrize("row", ["999999999", "sealed later"])
    def test_refuses_a_row_that_stands_nowhere(self, tmp_path, row):
        world = make_world()
        if row == "sealed later":
            row = str(write("case.read", by=world.fg, at=AT).pk)

        with pytest.raises(CommandError, match="row"):
            call_command(
                *("audit_export", "--for", world.fg.email, "--row", row),
                *("--output", str(tmp_path / "proof.json")),
            )


@pytest.mark.django_db
class TestLogsOnlyWhatWasMade:
    """Catches a line of the log, which stays for ever, about an export that never was."""

    def export(self, *options):
        """Ask for an export, and give how much more exports the log knows of."""
        world = make_world()
        row = write("case.read", by=world.procesregisseur, at=AT, case=7)
        seal(at=AT)
        options = [str(row.pk) if each == "sealed" else each for each in options]
        with pytest.raises(CommandError) as refusal:
            call_command("audit_export", "--for", world.fg.email, *options)
        assert not AuditEntry.objects.filter(verb="export.made").exists()
        return str(refusal.value)

    @pytest.mark.parametrize("row", [[], ["--row", "sealed"]])
    def test_not_where_a_file_stands(self, tmp_path, row):
        path = tmp_path / "log.jsonl"
        path.write_text("van een ander", encoding="utf-8")

        assert self.export("--output", str(path), *row) == "log.jsonl exists already"
        assert path.read_text(encoding="utf-8") == "van een ander"

    def test_not_where_no_file_can_be(self, tmp_path):
        path = tmp_path / "nergens" / "log.jsonl"

        said = self.export("--output", str(path))

        assert said == "log.jsonl can't be written: No such file or directory"

    def test_not_of_a_row_that_is_not_there(self, tmp_path):
        path = tmp_path / "proof.json"

        said = self.export("--output", str(path), "--row", "999999999")

        assert said == "there is no row 999999999"
        assert not path.exists()
