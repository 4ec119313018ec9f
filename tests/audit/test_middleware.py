"""What the log says of a request, and what is shown when it can't say it."""

import pytest
from django.db import connection
from django.test import Client

from casework.audit.log import Origin, origin
from casework.audit.middleware import OriginMiddleware
from casework.audit.models import AuditEntry
from casework.people.models import User
from tests.audit.conftest import run

pytestmark = pytest.mark.urls("tests.audit.urls")

SORRY = "De toegang kon niet worden vastgelegd; daarom tonen we het dossier nu niet."


@pytest.fixture
def visitor(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


class TestOriginMiddleware:
    def test_tells_each_row_from_where_it_came(self, visitor):
        visitor.get("/casussen/AVE-2026-0412/", REMOTE_ADDR="192.0.2.7")
        visitor.get("/casussen/AVE-2026-0412/", REMOTE_ADDR="2001:db8::7")

        first, second = AuditEntry.objects.order_by("pk")
        assert (first.ip, second.ip) == ("192.0.2.7", "2001:db8::7")
        assert (first.channel, second.channel) == ("web", "web")
        assert first.request_id
        assert second.request_id
        assert first.request_id != second.request_id

    @pytest.mark.parametrize("address", ["", "geen adres", "unix:"])
    def test_shows_the_page_where_there_is_no_address(self, visitor, address):
        visitor.get("/casussen/AVE-2026-0412/", REMOTE_ADDR=address)

        assert AuditEntry.objects.get().ip is None

    def test_believes_no_header_of_the_visitor(self, visitor):
        """Anybody could put another address in the log."""
        visitor.get(
            "/casussen/AVE-2026-0412/",
            REMOTE_ADDR="192.0.2.7",
            headers={"X-Forwarded-For": "203.0.113.1"},
        )

        assert AuditEntry.objects.get().ip == "192.0.2.7"

    def test_leaves_nothing_for_the_next_request(self, rf):
        """A thread serves many people."""

        def fail(request):
            raise ZeroDivisionError

        before = origin.get()
        with pytest.raises(ZeroDivisionError):
            OriginMiddleware(fail)(rf.get("/"))

        assert origin.get() == before == Origin()


class TestRefusalMiddleware:
    def test_logs_what_was_refused_and_not_what_was_rolled_back(self, visitor, reader):
        assert visitor.get("/weg/AVE-2026-0412/").status_code == 404

        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.action, entry.granted) == ("page.refused", "R", False)
        assert (entry.by, entry.case) == (reader, None)
        assert (entry.about, entry.access_basis) == ("reference", "hidden")
        assert entry.request_id

    def test_keeps_nothing_of_an_address_that_holds_a_name(self, visitor):
        visitor.get("/mensen/Jan%20de%20Boer/?q=Jansen")

        entry = AuditEntry.objects.get()
        assert (entry.about, entry.access_basis) == ("hidden_person", "hidden_person")

    @pytest.mark.parametrize(
        ("reference", "about"),
        [
            ("AVE-2026-0412", "reference"),
            ("AVE-2026-041212", "reference"),
            ("AVE-2026-Jan", "hidden"),
            ("ave-2026-0412", "hidden"),
            ("123456782", "hidden"),
        ],
    )
    def test_knows_a_reference_by_its_form(self, visitor, reference, about):
        visitor.get(f"/weg/{reference}/")

        assert AuditEntry.objects.get().about == about

    def test_logs_a_page_that_does_not_exist(self, visitor):
        visitor.get("/bestaat/niet/")

        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.about, entry.access_basis) == ("page.refused", "", "")

    @pytest.mark.parametrize("address", ["/verboden/", "/fg/"])
    def test_logs_a_page_that_is_not_for_this_person(self, visitor, address):
        assert visitor.get(address).status_code == 403

        assert AuditEntry.objects.get().verb == "page.refused"

    def test_logs_a_form_that_is_refused(self, visitor):
        assert visitor.post("/weg/AVE-2026-0412/").status_code == 404

        assert AuditEntry.objects.get().verb == "page.refused"

    def test_says_nothing_of_who_is_not_logged_in(self, client, db):
        """Everybody on the internet would fill the log."""
        assert client.get("/open/").status_code == 404
        assert client.get("/fg/").status_code == 302

        assert not AuditEntry.objects.exists()

    def test_says_nothing_more_of_a_page_that_is_shown(self, visitor):
        assert visitor.get("/casussen/AVE-2026-0412/").content == b"KANARIE"

        assert [entry.verb for entry in AuditEntry.objects.all()] == ["case.read"]


@pytest.fixture
def log_is_full(settings, transactional_db):
    """A log that takes no rows any more."""
    role = connection.ops.quote_name(settings.APPLICATION_ROLE)

    def as_owner(statement: str) -> None:
        run("reset role")
        run(f"{statement} {role}")
        run(f"set role {role}")

    as_owner("revoke insert on audit_auditentry from")
    yield
    as_owner("grant insert on audit_auditentry to")


class TestNotLogged:
    def test_shows_no_page_that_could_not_be_logged(
        self, transactional_db, visitor, log_is_full
    ):
        response = visitor.get("/casussen/AVE-2026-0412/")

        assert response.status_code == 503
        assert "KANARIE" not in response.content.decode()
        assert SORRY in response.content.decode()
        assert response.headers["Retry-After"] == "60"
        assert response.headers["Cache-Control"] == "no-store"

    def test_shows_no_refusal_that_could_not_be_logged(
        self, transactional_db, visitor, log_is_full
    ):
        response = visitor.get("/fg/")

        assert response.status_code == 503
        assert SORRY in response.content.decode()

    def test_tells_who_sent_a_form_that_nothing_was_saved(
        self, transactional_db, visitor, log_is_full
    ):
        response = visitor.post("/weg/AVE-2026-0412/")

        assert response.status_code == 503
        assert "Er is niets opgeslagen" in response.content.decode()
