"""What the technical log says of a write that the database refused."""

from __future__ import annotations

import logging
import sys

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.module_loading import import_string

FORMAT = settings.LOGGING["formatters"]["line"]


def said_of(statement: str) -> str:
    """Give the lines that are written when a statement fails unexpectedly."""
    record = logging.LogRecord("x", logging.ERROR, "", 0, "job 7 broke", (), None)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        record.exc_info = sys.exc_info()
    assert record.exc_info
    return import_string(FORMAT["()"])(FORMAT["format"]).format(record)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "insert into people_organisation (name, short_name, kind, is_active) "
            "values ('Kees\nBuurman', null, 'geen', true)",
            "short_name",
        ),
        ("select nee from people_user where name = 'Kees Buurman'", "nee"),
    ],
)
def test_it_names_no_row(statement, named):
    """Catches the row that failed, or its statement, in the trace of a 500."""
    said = said_of(statement)

    assert "Buurman" not in said
    assert named in said
    assert "job 7 broke" in said
    assert "The above exception was the direct cause" in said
    assert "django.db.utils" in said
