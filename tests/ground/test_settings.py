"""The environment is read strictly: a wrong value never becomes a quiet default."""

import socket
import sys
from functools import partial

import pytest

from tests.ground.places import run
from tests.ground.starting import starter

PRODUCTION = {
    "DATABASE_URL": "postgres://procesregie:geheim@127.0.0.1/procesregie",
    "BASE_URL": "https://procesregie.zuiderveen.example",
    "ALLOWED_HOSTS": "procesregie.zuiderveen.example",
    "MAIL_FROM": "procesregie@zuiderveen.example",
    "MUNICIPALITY": "Zuiderveen",
    "SOURCE_URL": "https://broncode.zuiderveen.example",
    "EMAIL_URL": "smtp+starttls://mail.zuiderveen.example",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "DATA_KEY": "0123456789abcdef" * 4,
}


@pytest.fixture
def log_key(tmp_path):
    key = tmp_path / "log.key"
    key.write_text("00" * 32)
    return str(key)


@pytest.fixture(scope="module")
def programs():
    with starter() as programs:
        yield programs


@pytest.fixture
def start(programs):
    """Start the product as far as its checks."""
    return partial(programs.run, "manage.py", "check")


@pytest.fixture
def ask(programs):
    """Give what the settings say."""

    def said(expression: str, **environ: str) -> str:
        program = f"from config import settings as s; print({expression})"
        answer = programs.run("-c", program, **environ)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    return said


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "abc"}, "PORT must be a number from 1 to 65535, not 'abc'."),
        ({"PORT": "70000"}, "PORT must be a number from 1 to 65535, not '70000'."),
        ({"PORT": "²"}, "PORT must be a number from 1 to 65535, not '²'."),
        ({"DEMO": "maybe"}, "DEMO must be 1 or 0, not 'maybe'."),
        ({"DEBUG": "2"}, "DEBUG must be 1 or 0, not '2'."),
        (
            {"DEMO": "1", "BASE_URL": "https://procesregie.zuiderveen.example"},
            "DEMO can't be on at an https address: it lets anybody in. Set DEMO=0.",
        ),
        (
            {"DEMO": "1", "ALLOWED_HOSTS": "127.0.0.1,zaken.zuiderveen.example"},
            "DEMO can't be on where the site has a name from outside: set DEMO=0, or "
            "take the name out of ALLOWED_HOSTS.",
        ),
        (
            {"EMAIL_URL": "pigeon://mail"},
            "EMAIL_URL must begin with smtp:// or smtp+starttls:// or smtps://.",
        ),
        (
            {"PING_URL": "https://toezicht.example/één"},
            "PING_URL must be written without spaces and accents.",
        ),
        (
            {"PING_URL": "https://toezicht.example/a b"},
            "PING_URL must be written without spaces and accents.",
        ),
        ({"ALIVE_FILE": "/tmp"}, "ALIVE_FILE must name a file: this is a folder."),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL names no host."),
        ({"EMAIL_URL": "smtp://mail:port"}, "EMAIL_URL is not an address."),
        (
            {"REDIS_URL": "http://127.0.0.1"},
            "REDIS_URL must begin with redis:// or rediss://.",
        ),
        (
            {"DATABASE_URL": "mysql://a@b/c", "DEMO": "1"},
            "DATABASE_URL must begin with postgres:// or postgresql://.",
        ),
        (
            {"DATABASE_URL": "postgres://a@b/", "DEMO": "1"},
            "DATABASE_URL must end with the name of a database.",
        ),
        (
            {"DATABASE_URL": "postgres://b/c", "DEMO": "1"},
            "DATABASE_URL names no user.",
        ),
        (
            {"DATABASE_URL": "postgres://a@b/c?ssl=on", "DEMO": "1"},
            "DATABASE_URL has an unknown option: ssl.",
        ),
        (
            {"DATABASE_OWNER_URL": "postgres://a@b/c"},
            "DATABASE_OWNER_URL is set without a DATABASE_URL.",
        ),
        (
            {"ALLOWED_HOSTS": "*"},
            "ALLOWED_HOSTS must name the hosts: * lets anybody in.",
        ),
        ({"BASE_URL": "zuiderveen"}, "BASE_URL must begin with http:// or https://."),
        *(
            (
                {"BASE_URL": f"http://127.0.0.1:8000{more}"},
                "BASE_URL must hold no more than a scheme, a host and a port.",
            )
            for more in ("/pad", "?x=1", "/#y", "/?", "/\\")
        ),
        (
            {"BASE_URL": "http://u:geheim@127.0.0.1"},
            "BASE_URL must hold no more than a scheme, a host and a port.",
        ),
        (
            {"BASE_URL": "http://procesregie.zuiderveen.example"},
            "BASE_URL names a host that is not in ALLOWED_HOSTS: its links would fail.",
        ),
        (
            {"DEMO": "1", "BASE_URL": "HTTPS://127.0.0.1"},
            "DEMO can't be on at an https address: it lets anybody in. Set DEMO=0.",
        ),
        (
            {"SECRET_KEY_FILE": "/bestaat/niet"},
            "SECRET_KEY_FILE names a file that can't be read.",
        ),
        (
            {"SECRET_KEY": "a", "SECRET_KEY_FILE": "/dev/null"},
            "SECRET_KEY and SECRET_KEY_FILE are both set: keep one of them.",
        ),
        ({"SECRET_KEY_FILE": "/dev/null"}, "SECRET_KEY_FILE names an empty file."),
        (
            {"METRICS_TOKEN": "kort"},
            "METRICS_TOKEN is too short: give at least 32 characters.",
        ),
        (
            {"METRICS_TOKEN": "a", "METRICS_TOKEN_FILE": "/dev/null"},
            "METRICS_TOKEN and METRICS_TOKEN_FILE are both set: keep one of them.",
        ),
        (
            {"LOG_PUBLIC_KEYS": "ab,cd"},
            "LOG_PUBLIC_KEYS must hold keys of 64 hex digits.",
        ),
        (
            {"DATA_KEY": "00" * 32 + " 00"},
            "DATA_KEY must hold keys of 64 hex digits: number 2 isn't.",
        ),
        (
            {"DATA_KEY": f"{'0f' * 32} {'0f' * 32}"},
            "DATA_KEY holds the same key twice.",
        ),
        (
            {"REDIS_URL": "redis://127.0.0.1/abc"},
            "REDIS_URL must end with the number of a database.",
        ),
        (
            {"ALLOWED_HOSTS": "https://procesregie.zuiderveen.example"},
            "ALLOWED_HOSTS takes names, without https:// or a port.",
        ),
        ({"MAIL_FROM": "procesregie"}, "MAIL_FROM is no address to mail from."),
        (
            {"ALIVE_FILE": "/bestaat/niet"},
            "ALIVE_FILE names a folder that does not exist.",
        ),
        *(
            ({"ANCHOR_DIR": path}, "ANCHOR_DIR names no folder that can be written to.")
            for path in ("/proc/nergens", "/dev/null", "/dev/null/ankers")
        ),
        (
            {"DATABASE_URL": "postgres://a@b/c?sslmode=altijd", "DEMO": "1"},
            "DATABASE_URL: sslmode must be one of disable, allow, prefer, require, "
            "verify-ca, verify-full.",
        ),
        (
            {"DATABASE_URL": "postgres://a@b/c?connect_timeout=lang", "DEMO": "1"},
            "DATABASE_URL: connect_timeout must be a number.",
        ),
        (
            {
                "DATABASE_URL": "postgres://a@b/een",
                "DATABASE_OWNER_URL": "postgres://o@b/ander",
                "DEMO": "1",
            },
            "DATABASE_OWNER_URL and DATABASE_URL name different databases.",
        ),
        (
            {"DATA_KEY_FILE": "/bestaat/niet"},
            "DATA_KEY_FILE names a file that can't be read.",
        ),
        (
            {"LOG_KEY_FILE": "/bestaat/niet"},
            "LOG_KEY_FILE names a file that does not exist.",
        ),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_sentence(start, environ, sentence):
    answer = start(**environ)
    assert answer.returncode == 1
    assert answer.stderr.strip() == sentence


def test_one_process_does_not_start_where_no_anchor_can_be_kept():
    """Catches a clock that says a month later that nothing of the log was kept."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = run(
            *(sys.executable, "manage.py", "up"),
            ANCHOR_DIR="/dev/null/ankers",
            # So that it ends, also where it does not look.
            PORT=str(taken.getsockname()[1]),
        )

    assert (answer.returncode, answer.stderr.strip()) == (
        1,
        "ANCHOR_DIR names no folder that can be written to.",
    )


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("BASE_URL", "BASE_URL is missing: mail links to it (https://...)."),
        ("ALLOWED_HOSTS", "ALLOWED_HOSTS is missing: name the host of the site."),
        ("MAIL_FROM", "MAIL_FROM is missing: the sender of all mail."),
        ("MUNICIPALITY", "MUNICIPALITY is missing: every page names it."),
        ("SOURCE_URL", "SOURCE_URL is missing: the licence asks for the source."),
        ("SECRET_KEY", "SECRET_KEY is missing: set it, or SECRET_KEY_FILE."),
        ("LOG_KEY_FILE", "LOG_KEY_FILE is missing: its key signs the log."),
        ("DATA_KEY", "DATA_KEY_FILE is missing: its key hides BSN and more."),
        ("EMAIL_URL", "EMAIL_URL is missing: nobody would be reminded."),
    ],
)
def test_production_has_no_defaults(start, missing, sentence, log_key):
    environ = PRODUCTION | {"LOG_KEY_FILE": log_key}
    environ.pop(missing)
    answer = start(**environ)
    assert (answer.returncode, answer.stderr.strip()) == (1, sentence)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://procesregie.zuiderveen.example/", ".zuiderveen.example"),
        (
            "https://Procesregie.zuiderveen.example:443",
            "procesregie.zuiderveen.example",
        ),
    ],
)
def test_links_begin_with_the_address_of_the_site(ask, url, hosts, log_key):
    """Catches a right address that the start refuses, or a link with two slashes."""
    environ = PRODUCTION | {"BASE_URL": url, "ALLOWED_HOSTS": hosts}

    said = ask("s.BASE_URL", **environ, LOG_KEY_FILE=log_key)

    assert said == url.rstrip("/")


def test_the_links_of_production_are_of_a_host_that_answers(start, log_key):
    """Catches mail whose every link gives a page that says Bad Request."""
    environ = PRODUCTION | {"ALLOWED_HOSTS": "intranet.zuiderveen.example"}

    answer = start(**environ, LOG_KEY_FILE=log_key)

    assert (answer.returncode, answer.stderr.strip()) == (
        1,
        "BASE_URL names a host that is not in ALLOWED_HOSTS: its links would fail.",
    )


def test_production_has_no_debug_pages(start, log_key):
    answer = start(**PRODUCTION, LOG_KEY_FILE=log_key, DEBUG="1")
    assert answer.stderr.strip().startswith("DEBUG can't be on in production")


def test_production_refuses_a_key_that_can_not_sign(start, tmp_path):
    """Catches a log that is never sealed, found out a month later."""
    broken = tmp_path / "log.key"
    broken.write_text("abc")

    answer = start(**PRODUCTION, LOG_KEY_FILE=str(broken))

    assert answer.returncode == 1
    assert answer.stderr.strip() == (
        "LOG_KEY_FILE must hold 32 bytes, as hex or base64."
    )


def test_production_refuses_a_short_secret(start, log_key):
    answer = start(**PRODUCTION | {"SECRET_KEY": "kort", "LOG_KEY_FILE": log_key})
    assert "at least 50 characters" in answer.stderr


def test_the_address_of_production_is_https(start, log_key):
    environ = PRODUCTION | {"BASE_URL": "http://zuiderveen.example"}
    answer = start(**environ, LOG_KEY_FILE=log_key)
    assert answer.stderr.strip() == "BASE_URL must begin with https://."


def test_no_sentence_shows_a_password(start, log_key):
    for name in ("DATABASE_URL", "EMAIL_URL", "REDIS_URL"):
        environ = PRODUCTION | {"LOG_KEY_FILE": log_key, name: "x://u:geheim@h:1/d?q=1"}
        answer = start(**environ)
        assert answer.returncode == 1
        assert "geheim" not in answer.stderr + answer.stdout


def test_production_passes_the_checks_for_deployment(start, log_key):
    answer = start(
        *("--deploy", "--fail-level", "WARNING"),
        **PRODUCTION,
        LOG_KEY_FILE=log_key,
    )
    assert answer.returncode == 0, answer.stderr


def test_cookies_of_production_belong_to_the_host_alone(ask, log_key):
    names = "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE"
    said = ask(names, **PRODUCTION, LOG_KEY_FILE=log_key)
    assert said == "__Host-session __Host-csrf True"


def test_a_secret_may_come_from_a_file(ask, tmp_path):
    place = tmp_path / "secret"
    place.write_text("uit een bestand\n")
    assert ask("s.SECRET_KEY", SECRET_KEY_FILE=str(place)) == "uit een bestand"


def test_parts_of_an_address_may_hold_any_character(ask):
    url = "postgres://a%40b:p%2Fw@db:5433/naam?sslmode=require"
    said = ask("s.DATABASES['default']", DATABASE_URL=url, DEMO="1")
    for part in ("'a@b'", "'p/w'", "'db'", "'5433'", "'naam'", "'require'"):
        assert part in said


def test_a_socket_may_be_given_as_host(ask):
    url = "postgres://a@/naam?host=/run/postgresql"
    assert ask("s.DATABASES['default']['HOST']", DATABASE_URL=url, DEMO="1") == (
        "/run/postgresql"
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("smtp://mail", "mail 25 False False"),
        ("smtp+starttls://mail", "mail 587 True False"),
        ("smtps://mail:4650", "mail 4650 False True"),
    ],
)
def test_mail_goes_where_its_address_says(ask, url, said):
    names = "s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL"
    assert ask(names, EMAIL_URL=url) == said


def test_the_demo_is_installed_in_demo_mode_only(ask):
    assert ask("'config.demo' in s.INSTALLED_APPS", DEMO="1") == "True"
    assert ask("'config.demo' in s.INSTALLED_APPS") == "False"


@pytest.mark.parametrize(
    ("address", "environ", "sentence"),
    [
        ("http://x", {}, "The address must begin with postgres:// or postgresql://."),
        (
            "postgres://admin@127.0.0.1/postgres",
            {"DATABASE_URL": ""},
            "DATABASE_URL is missing: it names the role of the application.",
        ),
        (
            "postgres://admin@127.0.0.1/postgres",
            {"DATABASE_OWNER_URL": ""},
            "DATABASE_OWNER_URL is missing: it owns the tables.",
        ),
        (
            "postgres://admin@127.0.0.1/postgres",
            {"DATABASE_OWNER_URL": "postgres://owner:y@127.0.0.1/other"},
            "DATABASE_OWNER_URL and DATABASE_URL name different databases.",
        ),
        (
            "postgres://admin:geheim@127.0.0.1:1/postgres",
            {},
            'The server could not be prepared: connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused',
        ),
    ],
)
def test_a_server_that_can_not_be_prepared_is_told_in_one_sentence(
    address, environ, sentence
):
    """Catches a traceback, or another database for owner and application."""
    given = {
        "DATABASE_URL": "postgres://app:x@127.0.0.1/product",
        "DATABASE_OWNER_URL": "postgres://owner:y@127.0.0.1/product",
    }

    answer = run("python", "-m", "config.database", address, **(given | environ))

    assert (answer.returncode, answer.stderr.strip()) == (1, sentence)


@pytest.mark.parametrize("words", [("worker",), ("beat", "--pidfile=")])
def test_no_worker_or_beat_starts_without_a_broker(tmp_path, words):
    """Catches one that looks for ever for a broker on its own machine, and does nothing."""
    if words[0] == "beat":
        words = (*words, f"--schedule={tmp_path / 'beat'}")

    answer = run("celery", "-A", "workers.app", *words)

    assert answer.returncode == 1
    assert answer.stderr.strip().endswith(
        "REDIS_URL is missing: a worker and the beat get their work there."
    )
