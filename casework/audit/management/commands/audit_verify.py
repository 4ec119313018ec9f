"""Check that the log is still what was sealed, signed and kept elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.audit import keys
from casework.audit.sealer import Anchor, NoAnchor, read_anchor
from casework.audit.verify import inspect_log


class Command(BaseCommand):
    """Print one line for each check, and end with 1 when something is wrong."""

    help = "Recompute the log: rows, tree, signatures, links, and what waits."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the checkpoints that were kept outside the database."""
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="a kept checkpoint (or a mail that holds one); may be repeated",
        )

    def handle(self, *_args: Any, anchor: list[Path], **_options: Any) -> None:
        """Check and report."""
        kept = [_read(path) for path in anchor]
        findings = inspect_log(at=timezone.now(), anchors=kept)
        for finding in findings:
            word = "BREACH" if finding.count else "ok"
            self.stdout.write(
                f"{word:<7}{finding.name:<11}"
                f"{finding.count} of {finding.checked} {finding.detail}"
            )
        self.stdout.write(f"key    {keys.key_id()} {keys.public_key().hex()}")
        if any(finding.count for finding in findings):
            raise CommandError("the log is not what was sealed")


def _read(path: Path) -> Anchor:
    try:
        return read_anchor(path.read_text(encoding="utf-8"))
    except (NoAnchor, OSError, UnicodeDecodeError) as error:
        raise CommandError(f"no checkpoint in {path.name}") from error
