"""No page takes a file: what somebody sends as one is not kept, nor read when large."""

from __future__ import annotations

from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class NoFiles(FileUploadHandler):
    """
    Refuse a form that is larger than any form of ours, and skip the files in another.

    Django counts the fields of such a form and not its files, and would write these to
    the disk, also of who is not logged in.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803  # of the library
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse it before a byte is read."""
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Skip it."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> None:
        """Give nothing."""
