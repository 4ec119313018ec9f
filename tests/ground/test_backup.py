"""What docs/back-up.md says, done: a database that is lost and restored elsewhere."""

import shutil
from pathlib import Path

import pytest

from config.server import Server
from tests.ground.places import ROOT, run

pytestmark = pytest.mark.long

PEOPLE = (
    "organisatie;soort organisatie;bureau;soort bureau;naam;e-mailadres;rol\n"
    "Zuiderveen;gemeente;Beheer;beheer;Ben Beheer;ben@zuiderveen.example;beheerder\n"
    "Zuiderveen;gemeente;FG;fg;Fred Gerritsen;fg@zuiderveen.example;fg\n"
)


@pytest.fixture
def places(folder):
    """Give two servers, of which the second knows nothing yet."""
    both = [Server(folder / name, lasting=False) for name in ("first", "second")]
    yield both
    for server in both:
        server.leave()


@pytest.fixture
def keys(folder):
    (folder / "log_key").write_text(bytes(range(32)).hex())
    return {
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "DATA_KEY": bytes(range(32)).hex(),
        "LOG_KEY_FILE": str(folder / "log_key"),
        "ANCHOR_DIR": str(folder / "anchors"),
        "BASE_URL": "https://procesregie.zuiderveen.example",
        "ALLOWED_HOSTS": "procesregie.zuiderveen.example",
        "MAIL_FROM": "procesregie@zuiderveen.example",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "MUNICIPALITY": "Zuiderveen",
        "SOURCE_URL": "https://broncode.zuiderveen.example",
    }


def addresses(server: Server) -> dict[str, str]:
    admin = server.connection("postgres")
    place = f"127.0.0.1:{admin['port']}"
    return {
        "ADMIN_URL": f"postgres://postgres:{admin['password']}@{place}/postgres",
        "DATABASE_URL": f"postgres://app:x@{place}/product",
        "DATABASE_OWNER_URL": f"postgres://owner:y@{place}/product",
    }


def program(server: Server, name: str) -> str:
    """Give one of PostgreSQL's own programs that fits the server."""
    found = Path(server._binaries(server.data())) / name
    return str(found) if found.exists() else str(shutil.which(name))


def done(*command: str, **environ: str) -> str:
    answer = run(*command, cwd=ROOT, **environ)
    said = answer.stdout + answer.stderr
    assert answer.returncode == 0, said
    return said


def made_and_dumped(server: Server, keys: dict[str, str], dump: Path) -> Path:
    """Make a product with people and a sealed log, dump it, and give its anchor."""
    environ = keys | addresses(server)
    done("sh", "bin/migrate", **environ)
    people = dump.with_suffix(".csv")
    people.write_text(PEOPLE, encoding="utf-8")
    done("python", "manage.py", "import_people", str(people), **environ)
    done("python", "manage.py", "send_due", **environ)
    place = environ["DATABASE_OWNER_URL"]
    done(program(server, "pg_dump"), "-Fc", f"--file={dump}", place)
    (anchor,) = Path(keys["ANCHOR_DIR"]).iterdir()
    return anchor


def restored(server: Server, dump: Path, *more: str, name: str) -> dict[str, str]:
    """Restore it where there is no such database yet; give its addresses."""
    new = {
        key: url.replace("/product", f"/{name}")
        for key, url in addresses(server).items()
    }
    done("python", "-m", "config.database", new["ADMIN_URL"], **new)
    place = new["ADMIN_URL"].removesuffix("postgres") + name
    restore = (program(server, "pg_restore"), "--exit-on-error", *more)
    done(*restore, f"--dbname={place}", str(dump))
    return new


def test_what_was_dumped_works_on_another_server(places, keys, folder):
    """Catches a back-up that loses rights, keys of rows, or the proof of the log."""
    first, second = places
    dump = folder / "product.dump"
    anchor = made_and_dumped(first, keys, dump)

    environ = keys | restored(second, dump, name="product")

    said = done("sh", "bin/migrate", **environ)
    assert "No migrations to apply" in said
    assert "no issues" in said
    people = dump.with_suffix(".csv")
    people.write_text("\n".join(PEOPLE.splitlines()[:2]), encoding="utf-8")
    again = ("import_people", str(people), "--by", "ben@zuiderveen.example", "--leave")
    assert "gestopt: 1" in done("python", "manage.py", *again, **environ)
    done("python", "manage.py", "send_due", **environ)
    verify = ("python", "manage.py", "audit_verify", "--anchor", str(anchor))
    assert "0 of 1 kept checkpoints" in done(*verify, **environ)

    environ = keys | restored(second, dump, "--no-acl", name="without")

    check = ("python", "manage.py", "check", "--database", "default")
    answer = run(*check, cwd=ROOT, **environ)
    assert answer.returncode == 1
    assert "audit.E004" in answer.stderr
    assert "Traceback" not in answer.stderr
