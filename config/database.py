"""Which database: one that is given, or the one of our own server.

Run as a program it prepares the roles and the database on a server that is given:
`python -m config.database postgres://admin@host/postgres`.
"""

import contextlib
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import psycopg
from psycopg import sql

from config import environment

ENGINE = "config.postgresql"
NAME = "procesregie"
APPLICATION = "procesregie"
OWNER = "procesregie_owner"
SSL = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
OPTIONS = {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "host"}


def given(name: str, url: str) -> dict[str, Any]:
    """Return Django's settings for the database at an address.

    :raises environment.Wrong: without showing the address: it may hold a password.
    """
    schemes = ("postgres", "postgresql")
    if url.split("://")[0] in schemes and "://" in url and "?host=" in url:
        url = re.sub(r"://([^/@]*@)?/", r"://\1localhost/", url, count=1)
    parts = environment.address(name, url, schemes)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - OPTIONS)
    if unknown:
        raise environment.Wrong(f"{name} has an unknown option: {unknown[0]}.")
    if options.get("sslmode", "prefer") not in SSL:
        raise environment.Wrong(f"{name}: sslmode must be one of {', '.join(SSL)}.")
    if not options.get("connect_timeout", "0").isdecimal():
        raise environment.Wrong(f"{name}: connect_timeout must be a number.")
    database = environment.plain(parts.path.removeprefix("/"))
    if not database or "/" in database:
        raise environment.Wrong(f"{name} must end with the name of a database.")
    if not parts.username:
        raise environment.Wrong(f"{name} names no user.")
    return {
        "ENGINE": ENGINE,
        "NAME": database,
        "USER": environment.plain(parts.username),
        "PASSWORD": environment.plain(parts.password),
        "HOST": options.pop("host", "") or environment.plain(parts.hostname),
        "PORT": str(parts.port or 5432),
        "OPTIONS": options,
    }


def ours(var: Path, *, user: str, lasting: bool = True) -> dict[str, Any]:
    """Return Django's settings for our own server, which starts at first use.

    :param lasting: whether what was committed stands when the machine's power fails.
    """
    return {
        "ENGINE": ENGINE,
        "NAME": NAME,
        "USER": user,
        "OPTIONS": {"server": str(var), "lasting": lasting},
    }


def prepare(
    admin: "psycopg.Connection[Any]",
    *,
    owner: dict[str, str],
    application: dict[str, str],
    database: str,
) -> None:
    """Make the two roles and the database, where they are not there yet."""
    for role, createdb in ((owner, True), (application, False)):
        found = admin.execute(
            "select 1 from pg_roles where rolname = %s", [role["USER"]]
        ).fetchone()
        verb = sql.SQL("alter role" if found else "create role")
        can = "login nosuperuser nocreaterole " + (
            "createdb" if createdb else "nocreatedb"
        )
        superuser = admin.execute(
            "select rolsuper from pg_roles where rolname = %s", [role["USER"]]
        ).fetchone()
        if superuser and superuser[0]:
            continue
        statement = sql.SQL("{} {} {}").format(
            verb, sql.Identifier(role["USER"]), sql.SQL(can)
        )
        if role.get("PASSWORD"):
            statement += sql.SQL(" password {}").format(sql.Literal(role["PASSWORD"]))
        admin.execute(statement)
    names = [sql.Identifier(role["USER"]) for role in (application, owner)]
    if application["USER"] != owner["USER"]:
        admin.execute(sql.SQL("grant {} to {}").format(*names))
    there = admin.execute(
        "select 1 from pg_database where datname = %s", [database]
    ).fetchone()
    if not there:
        admin.execute(
            sql.SQL(
                "create database {} owner {} template template0 encoding 'UTF8'"
            ).format(sql.Identifier(database), sql.Identifier(owner["USER"]))
        )


def open_to_application(
    connection: "psycopg.Connection[Any]", *, owner: str, application: str
) -> None:
    """
    Let the application use what the owner will make in this database, and no more.

    Not even a table of its own connection: one with the name of a table of the log would
    be found first, and take the rows that were meant for the log.
    """
    roles = {
        "owner": sql.Identifier(owner),
        "app": sql.Identifier(application),
        "database": sql.Identifier(connection.info.dbname),
    }
    for statement in (
        "revoke temporary on database {database} from public, {app}",
        "grant usage on schema public to {app}",
        "alter default privileges for role {owner} in schema public "
        "grant select, insert, update, delete on tables to {app}",
        "alter default privileges for role {owner} in schema public "
        "grant usage, select on sequences to {app}",
    ):
        connection.execute(sql.SQL(statement).format(**roles))


def kept_key(path: Path) -> bytes:
    """Return a key of 32 bytes that is made once and kept in a file of our own."""
    return bytes.fromhex(kept_secret(path, make=lambda: secrets.token_hex(32)))


def kept_secret(
    path: Path, *, make: Callable[[], str] = lambda: secrets.token_urlsafe(64)
) -> str:
    """Return a secret that is made once and kept in a file of our own."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, delete=False, encoding="utf-8"
    ) as half:
        half.write(make() + "\n")
    with contextlib.suppress(FileExistsError):
        os.link(half.name, path)
    Path(half.name).unlink()
    return path.read_text(encoding="utf-8").strip()


def main(arguments: list[str]) -> None:
    """Prepare a given server, or say in one sentence why that can't be."""
    if len(arguments) != 1:
        sys.exit("usage: python -m config.database postgres://admin@host/postgres")
    try:
        _prepare_given(arguments[0])
    except environment.Wrong as wrong:
        sys.exit(str(wrong))
    except psycopg.Error as error:
        sys.exit(f"The server could not be prepared: {_first_line(error)}")
    print("The roles and the database are ready.")  # noqa: T201


def _prepare_given(address: str) -> None:
    """Make roles, database and default rights on the server at an address."""
    admin = given("The address", address)
    application = given(
        "DATABASE_URL",
        environment.required("DATABASE_URL", "it names the role of the application"),
    )
    owner = given(
        "DATABASE_OWNER_URL",
        environment.required("DATABASE_OWNER_URL", "it owns the tables"),
    )
    if owner["NAME"] != application["NAME"]:
        raise environment.Wrong(
            "DATABASE_OWNER_URL and DATABASE_URL name different databases."
        )
    place: dict[str, Any] = {
        "host": admin["HOST"],
        "port": admin["PORT"],
        "user": admin["USER"],
        "password": admin["PASSWORD"] or None,
        **admin["OPTIONS"],
    }
    with psycopg.connect(**place, dbname=admin["NAME"], autocommit=True) as connection:
        prepare(
            connection, owner=owner, application=application, database=owner["NAME"]
        )
    with psycopg.connect(**place, dbname=owner["NAME"], autocommit=True) as connection:
        open_to_application(
            connection, owner=owner["USER"], application=application["USER"]
        )


def _first_line(error: psycopg.Error) -> str:
    """Say what the server answered; what follows it may show a statement."""
    return next(iter(str(error).splitlines()), type(error).__name__)


if __name__ == "__main__":
    main(sys.argv[1:])
