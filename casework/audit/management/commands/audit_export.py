"""Write the log to a file that can be checked without this program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.audit import keys, log
from casework.audit.export import NotSealed, export_log, export_proof
from casework.audit.models import AuditEntry
from casework.audit.sealer import Anchor, NoAnchor, read_anchor
from casework.people.models import Role, User

READERS = frozenset({Role.FG, Role.PRIVACY_OFFICER})


class Command(BaseCommand):
    """Export all, or the proof of one row; who gets it stands in the log."""

    help = "Export the log, to be checked with bin/verify_log.py and the public key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take for whom it is, what, and where it goes."""
        parser.add_argument(
            "--for",
            dest="reader",
            required=True,
            help="e-mail of FG or privacy officer",
        )
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--row", type=int, help="only the proof of this row")
        parser.add_argument(
            "--anchor", action="append", default=[], type=Path, metavar="FILE"
        )

    def handle(
        self,
        *_args: Any,
        reader: str,
        output: Path,
        row: int | None,
        anchor: list[Path],
        **_options: Any,
    ) -> None:
        """Look whether it can be made, log it, and only then write what is in it."""
        user = _reader(reader)
        kept = [_read(path) for path in anchor]
        lines = export_log() if row is None else [_proof(row, kept)]
        try:
            with _for_its_owner(output) as file:
                _log(user, "log:all" if row is None else f"row:{row}")
                file.writelines(f"{line}\n" for line in lines)
        except FileExistsError:
            raise CommandError(f"{output.name} exists already") from None
        except OSError as error:
            raise CommandError(
                f"{output.name} can't be written: {error.strerror}"
            ) from None
        self.stdout.write(f"key {keys.public_key().hex()}")


def _for_its_owner(path: Path) -> TextIO:
    """Make a file that only who makes it may read, from its first byte on."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    return os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8")


def _reader(email: str) -> User:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None or not user.roles(on=timezone.localdate()) & READERS:
        raise CommandError("the log goes to the FG or the privacy officer only")
    return user


def _log(user: User, about: str) -> None:
    roles = user.roles(on=timezone.localdate()) & READERS
    at, role = timezone.now(), ",".join(sorted(roles))
    log.write("export.made", by=user, at=at, about=about, role=role)


def _proof(row: int, kept: list[Anchor]) -> str:
    entry = AuditEntry.objects.filter(pk=row).first()
    if entry is None:
        raise CommandError(f"there is no row {row}")
    try:
        return export_proof(entry, anchors=kept)
    except NotSealed as error:
        raise CommandError(f"row {row} has no seal yet") from error


def _read(path: Path) -> Anchor:
    try:
        return read_anchor(path.read_text(encoding="utf-8"))
    except (NoAnchor, OSError, UnicodeDecodeError) as error:
        raise CommandError(f"no checkpoint in {path.name}") from error
