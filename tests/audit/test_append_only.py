"""Nobody changes the log: not the application, not the owner, in no way that SQL has."""

from collections.abc import Callable

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction

from casework.audit import checks, triggers
from casework.audit.log import write
from casework.audit.models import AuditEntry, AuditSeal, Checkpoint
from tests.audit.attackers import with_key
from tests.audit.conftest import AT, run

TABLES = triggers.TABLES
KEYS = {
    "audit_auditentry": "id",
    "audit_auditseal": "position",
    "audit_checkpoint": "size",
}


def bulk_update() -> None:
    entries = list(AuditEntry.objects.all())
    for entry in entries:
        entry.granted = False
    AuditEntry.objects.bulk_update(entries, ["granted"])


def save() -> None:
    entry = AuditEntry.objects.first()
    assert entry
    entry.granted = False
    entry.save(update_fields=["granted"])


def upsert() -> None:
    entry = AuditEntry.objects.first()
    assert entry
    entry.granted = False
    AuditEntry.objects.bulk_create(
        [entry], update_conflicts=True, update_fields=["granted"], unique_fields=["id"]
    )


WAYS: dict[str, Callable[[], object]] = {
    "update": lambda: AuditEntry.objects.update(granted=False),
    "bulk_update": bulk_update,
    "save": save,
    "upsert": upsert,
    "delete": lambda: AuditEntry.objects.all()._raw_delete("default"),
    "delete seals": lambda: AuditSeal.objects.all().delete(),
    "delete checkpoints": lambda: Checkpoint.objects.all().delete(),
    "merge": lambda: run(
        "merge into audit_auditentry e using (select 1) one on true"
        " when matched then update set granted = false"
    ),
    "cte": lambda: run(
        "with gone as (delete from audit_auditseal returning *) select * from gone"
    ),
    "truncate all": lambda: run(f"truncate {', '.join(TABLES)}"),
    "truncate cascade": lambda: run("truncate people_user cascade"),
}


@pytest.mark.usefixtures("sealed")
class TestTheLog:
    @pytest.mark.parametrize("way", WAYS)
    def test_refuses_the_application(self, way):
        with pytest.raises(DatabaseError), transaction.atomic():
            WAYS[way]()

    @pytest.mark.parametrize("way", WAYS)
    def test_refuses_the_owner(self, as_owner, way):
        connection.check_constraints()

        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
        ):
            WAYS[way]()

    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize(
        "statement",
        ["update {0} set {1} = {1}", "delete from {0}", "truncate {0} cascade"],
    )
    def test_refuses_every_statement_on_every_table(self, as_owner, table, statement):
        connection.check_constraints()

        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
        ):
            run(statement.format(table, KEYS[table]))

    @pytest.mark.parametrize(
        "statement",
        [
            "alter table audit_auditentry disable trigger all",
            "alter table audit_auditentry disable trigger user",
            "drop trigger audit_refuse_change on audit_auditentry",
            "set session_replication_role = replica",
            "drop table audit_checkpoint",
            "create or replace function audit_refuse() returns trigger"
            " language plpgsql as $$ begin return new; end $$",
        ],
    )
    def test_refuses_the_application_a_way_around(self, statement):
        with pytest.raises(DatabaseError), transaction.atomic():
            run(statement)

    @pytest.mark.parametrize("table", TABLES)
    def test_takes_the_rights_that_roles_had(self, table):
        """The default rights of the database give them to the application."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select privilege_type from information_schema.role_table_grants"
                " where table_name = %s and grantee = current_user",
                [table],
            )
            held = {right for (right,) in cursor.fetchall()}

        assert held == {"SELECT", "INSERT"}


class TestKeys:
    def test_go_on_where_a_filled_log_was(self, sealed, as_owner):
        """Catches a migration after which an old row and a new one want one key."""
        connection.check_constraints()
        run(triggers.LET_KEYS_BE_CHOSEN)
        by_us = write("case.read", by=None, at=AT)
        with_key(by_us.pk + 100)()
        connection.check_constraints()
        run(triggers.GIVE_KEYS)

        assert by_us.pk > sealed[-1].pk
        assert write("case.read", by=None, at=AT).pk > by_us.pk + 100


def test_nobody_puts_a_table_before_the_log(db):
    """Catches rows of the log that are written, and gone with the connection."""
    with pytest.raises(DatabaseError, match="permission denied"):
        run("create temporary table audit_auditentry (like public.audit_auditentry)")


class TestLogStands:
    def test_finds_nothing_where_all_is_well(self, db):
        found = run_checks(tags=["database"], databases=["default"])

        assert [message for message in found if message.id.startswith("audit.")] == []

    @pytest.mark.parametrize("how", ["disable", "enable", "enable replica"])
    def test_finds_a_trigger_that_does_not_always_fire(self, as_owner, how):
        run(f"alter table audit_auditseal {how} trigger audit_refuse_truncate")

        found = checks.log_stands(None, ["default"])

        assert "audit.E001" in [message.id for message in found]

    def test_finds_that_keys_can_be_chosen(self, as_owner):
        run("alter table audit_auditentry disable trigger audit_give_key")

        found = checks.log_stands(None, ["default"])

        assert "audit.E001" in [message.id for message in found]

    def test_finds_that_the_keys_can_be_put_back(self, db, settings, tampering):
        with tampering():
            run(f'grant update on {triggers.KEYS} to "{settings.APPLICATION_ROLE}"')

        found = checks.log_stands(None, ["default"])

        assert [message.id for message in found] == ["audit.E003"]

    def test_finds_that_the_log_can_be_hidden_behind_a_table(self, as_owner, settings):
        """Catches a connection whose every reading is written down nowhere."""
        name = connection.settings_dict["NAME"]
        run(f'grant temporary on database "{name}" to "{settings.APPLICATION_ROLE}"')
        run(f'set role "{settings.APPLICATION_ROLE}"')

        found = checks.log_stands(None, ["default"])

        assert [message.id for message in found] == ["audit.E003"]

    def test_finds_that_rights_were_lost(self, as_owner, settings):
        """Catches a restored database that passes and of which no page can be read."""
        run(f'revoke insert on work_workitem from "{settings.APPLICATION_ROLE}"')
        run(f'revoke select on keys_datakey from "{settings.APPLICATION_ROLE}"')
        run(f'set role "{settings.APPLICATION_ROLE}"')

        found = run_checks(tags=["database"], databases=["default"])

        (told,) = [each for each in found if str(each.id).startswith(("audit", "keys"))]
        assert told.id == "audit.E004"
        assert "2 tables, of which keys_datakey" in told.msg

    def test_finds_a_trigger_that_is_gone(self, as_owner):
        run("drop trigger audit_refuse_change on audit_checkpoint")

        found = checks.log_stands(None, ["default"])

        assert "audit.E001" in [message.id for message in found]

    def test_finds_a_trigger_that_does_something_else(self, as_owner):
        run("drop trigger audit_refuse_change on audit_checkpoint")
        run(
            "create function harmless() returns trigger language plpgsql"
            " as $$ begin return new; end $$"
        )
        run(
            "create trigger audit_refuse_change before update or delete on"
            " audit_checkpoint for each row execute function harmless()"
        )
        run("alter table audit_checkpoint enable always trigger audit_refuse_change")

        found = checks.log_stands(None, ["default"])

        assert "audit.E001" in [message.id for message in found]

    def test_finds_that_we_are_the_owner(self, as_owner):
        found = checks.log_stands(None, ["default"])

        assert [message.id for message in found] == ["audit.E002"]

    def test_finds_a_right_too_many(self, db, settings, tampering):
        with tampering():
            run(f'grant update on audit_checkpoint to "{settings.APPLICATION_ROLE}"')

        found = checks.log_stands(None, ["default"])

        assert [message.id for message in found] == ["audit.E003"]

    def test_asks_nothing_without_a_database(self, django_assert_num_queries, db):
        with django_assert_num_queries(0):
            assert checks.log_stands(None, None) == []


class TestOff:
    def test_puts_the_triggers_and_the_role_back(self, sealed, tampering, settings):
        with tampering():
            run("delete from audit_checkpoint")

        with connection.cursor() as cursor:
            assert triggers.faults(cursor) == []
            cursor.execute("select current_user")
            assert cursor.fetchone() == (settings.APPLICATION_ROLE,)

    def test_refuses_a_database_that_is_not_for_tests(self, db):
        """It would open the log of a municipality."""
        production = connection.copy()
        production.settings_dict = {**connection.settings_dict, "NAME": "postgres"}

        with (
            pytest.raises(triggers.NotATestDatabase),
            triggers.off(production),
        ):
            pass
        production.close()
