"""What becomes of a file: no page asks for one."""

from __future__ import annotations

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """Where Django would put what it does not keep in memory."""
    written = []
    make = tempfile.NamedTemporaryFile

    def seen(*args, **kwargs):
        written.append(kwargs)
        return make(*args, **kwargs)

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", seen)
    return written


def sends(size: int):
    file = SimpleUploadedFile("groot.bin", b"x" * size)
    given = {"login": "a@b.example", "password": "niet goed", "file": file}
    return Client().post(reverse("account_login"), given)


def test_a_large_one_is_refused_to_who_is_not_logged_in(disk) -> None:
    """Catches a disk, or the memory of a container, that anybody may fill."""
    answer = sends(3 * 1024 * 1024)

    assert answer.status_code == 413
    assert "In één keer passen" in answer.content.decode()
    assert not disk


def test_a_small_one_is_skipped(disk) -> None:
    """Catches a form that breaks on what it does not ask for."""
    answer = sends(100)

    assert answer.status_code == 200
    assert not answer.wsgi_request.FILES
    assert not disk
