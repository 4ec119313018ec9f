"""The application works with a role that owns nothing, in tests as in production."""

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.django_db


def asked(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_a_test_runs_as_the_role_of_the_application():
    assert asked("select current_user") == [(settings.APPLICATION_ROLE,)]


def test_the_application_owns_no_table():
    assert (
        asked("select tablename from pg_tables where tableowner = current_user") == []
    )


def test_the_application_may_use_what_the_owner_made():
    assert asked("select count(*) from django_session") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_is_cleaned_up_and_leaves_the_role():
    assert asked("select current_user") == [(settings.APPLICATION_ROLE,)]


def test_after_a_clean_up_the_application_is_still_the_application():
    assert asked("select current_user") == [(settings.APPLICATION_ROLE,)]
