"""Our own PostgreSQL: started by who comes first, stopped by who leaves last."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config import database
from config.account import CannotStart
from config.server import Server
from tests.ground.places import ROOT, environment

USE = """
import sys
from config import database
from config.server import Server
from pathlib import Path
server = Server(Path(sys.argv[1]))
print(server.connection(database.APPLICATION)["port"], flush=True)
sys.stdin.read()
"""
CRASH = USE.replace("sys.stdin.read()", "import os; os._exit(1)")
AS_NOBODY = """
import os, sys
from pathlib import Path
import psycopg, socket, encodings.idna, json, pwd
from config import database
from config.server import Server
if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.chown(sys.argv[1], nobody.pw_uid, nobody.pw_gid)
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
server = Server(Path(sys.argv[1]) / "var")
place = server.connection(database.APPLICATION)
with psycopg.connect(**place, user=database.APPLICATION, dbname=database.NAME) as line:
    print(line.execute("select current_user").fetchone()[0], server.account.drop)
"""


def process(program: str, *arguments: str | Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answers(port: str) -> bool:
    try:
        psycopg.connect(host="127.0.0.1", port=port, user="niemand", password="x")
    except psycopg.OperationalError as error:
        return "password authentication failed" in str(error)
    return True


def connect(server: Server, user: str) -> psycopg.Connection:
    return psycopg.connect(
        **server.connection(user), user=user, dbname=database.NAME, autocommit=True
    )


def test_the_last_one_out_stops_it(folder):
    first, second = process(USE, folder / "var"), process(USE, folder / "var")
    port = first.stdout.readline().strip()
    assert second.stdout.readline().strip() == port
    first.communicate("")
    assert answers(port)
    second.communicate("")
    assert not answers(port)
    assert (first.returncode, second.returncode) == (0, 0)


def test_its_log_names_nobody(folder):
    """Catches a name in the log of the database, with each write that was refused."""
    server = Server(folder / "var")
    with connect(server, database.OWNER) as line:
        line.execute("create table person (name text check (name <> 'Jansje'))")
        with pytest.raises(psycopg.errors.CheckViolation):
            line.execute("insert into person values ('Jansje')")
    server.leave()

    said = (server.data() / "server.log").read_text(encoding="utf-8")
    assert "violates check constraint" in said
    assert "Jansje" not in said


def test_a_crash_leaves_a_server_that_the_next_one_uses(folder):
    crashed = process(CRASH, folder / "var")
    port = crashed.communicate()[0].strip()
    assert answers(port)
    following = process(USE, folder / "var")
    assert following.communicate("")[0].strip() == port
    assert not answers(port)


def test_a_database_that_was_killed_comes_back(folder):
    server = Server(folder / "var")
    first = server.connection(database.APPLICATION)["port"]
    pid = int((server.data() / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, 3)
    while answers(first):
        pass
    with connect(server, database.APPLICATION) as line:
        assert line.execute("select 1").fetchone() == (1,)
    line.close()
    server.leave()


def test_the_application_can_use_and_not_change_what_the_owner_makes(folder):
    server = Server(folder / "var")
    owner = connect(server, database.OWNER)
    owner.execute("create table thing (id int generated always as identity, a int)")
    application = connect(server, database.APPLICATION)
    application.execute("insert into thing (a) values (1)")
    for refused in (
        "drop table thing",
        "alter table thing add b int",
        "truncate thing",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute(refused)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("create table another ()")
    owner.close()
    application.close()
    server.leave()


def test_passwords_are_for_the_owner_of_the_folder_only(folder):
    server = Server(folder / "var")
    server.use()
    assert (folder / "var" / "postgres.json").stat().st_mode & 0o077 == 0
    assert server.data().stat().st_mode & 0o077 == 0
    port = server.connection(database.APPLICATION)["port"]
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(host="127.0.0.1", port=port, user=database.OWNER, dbname="x")
    server.leave()


def test_it_runs_for_somebody_who_is_not_root(folder):
    said, wrong = process(AS_NOBODY, folder).communicate()
    assert said.split() == [database.APPLICATION, "False"], wrong


@pytest.mark.parametrize("reachable", [True, False])
def test_the_data_are_where_the_servers_user_can_reach_them(
    folder, reachable, monkeypatch
):
    """A checkout in somebody's closed home keeps its rights, and still has a server."""
    monkeypatch.setattr("config.server.ELSEWHERE", folder / "elsewhere")
    home = folder / "home"
    home.mkdir(mode=0o755 if reachable else 0o700)
    server = Server(home / "var")
    server.use()
    elsewhere = server.account.drop and not reachable
    assert (home / "var" / "where").exists() == elsewhere
    assert server.data().is_relative_to(folder / "elsewhere") == elsewhere
    assert home.stat().st_mode & 0o777 == (0o755 if reachable else 0o700)
    server.leave()


def test_data_of_a_version_that_is_not_here_are_left_alone(folder):
    data = folder / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    server = Server(folder / "var")
    with pytest.raises(CannotStart, match="data of PostgreSQL 14"):
        server.use()
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_secret_is_made_once_and_kept(folder):
    path = folder / "var" / "secret"
    made = database.kept_secret(path)
    assert len(made) > 50
    assert database.kept_secret(path) == made
    assert path.stat().st_mode & 0o077 == 0
