"""A page made here and now: its rule, its methods, its refusals, and what it does once."""

from __future__ import annotations

import re
import uuid
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from psycopg.errors import SerializationFailure

from casework.access.rules import (
    AccessRule,
    everyone,
    once,
    page,
    public,
    roles,
    rule_of,
)
from casework.audit import log
from casework.audit.log import Origin, origin
from casework.audit.models import AuditEntry
from casework.people.errors import NotPermitted, NotVisible, Stale, TransitionRefused
from casework.people.models import Role, Submission
from tests.world import AT

pytestmark = [pytest.mark.access, pytest.mark.django_db]

NOT_HERE = "Deze pagina is er niet"
WHO = "Dit is voor: privacy officer, functioneel beheerder."


@pytest.fixture(autouse=True)
def _nobody_afterwards():
    """A page says as whom somebody acts; the middleware forgets it again."""
    before = origin.set(Origin())
    yield
    origin.reset(before)


def theirs():
    return roles(Role.PRIVACY_OFFICER, Role.BEHEERDER)


def asked(user, *, method="GET", **sent):
    request = RequestFactory().generic(method, "/ergens/")
    if method == "POST":
        request = RequestFactory().post("/ergens/", sent)
    request.user = user
    return request


def heading(response) -> str:
    return re.search(r"<h1>(.*?)</h1>", response.content.decode())[1]


def there(request):
    return HttpResponse("hier")


class TestRule:
    """Catches a rule that says something else than it does."""

    def test_names_the_roles_that_it_admits(self):
        rule = theirs()

        assert rule.reason == WHO
        assert rule.roles == {Role.PRIVACY_OFFICER, Role.BEHEERDER}
        assert rule.admits(frozenset({Role.PRIVACY_OFFICER, Role.MANAGER}))
        assert not rule.admits(frozenset({Role.MANAGER}))
        assert not rule.admits(frozenset())
        assert not rule.anonymous

    def test_admits_who_is_logged_in_or_everybody(self):
        assert everyone.admits(frozenset())
        assert not everyone.anonymous
        assert public("Er staat niets.") == AccessRule(
            "Er staat niets.", anonymous=True
        )
        assert public("Er staat niets.").admits(frozenset())

    def test_stands_on_the_view(self):
        rule = theirs()
        view = page(access=rule, methods=("GET", "POST"))(there)

        assert rule_of(view) is rule
        assert view.methods == ("GET", "POST")
        assert getattr(view, "login_required", True)
        assert page(access=everyone)(there).methods == ("GET",)
        assert not page(access=public("Er staat niets."))(there).login_required
        assert rule_of(there) is None
        assert rule_of(SimpleNamespace(access_rule="iedereen")) is None


class TestPage:
    """Catches a page that is shown to who may not, and a refusal that does not say so."""

    def test_is_for_its_roles(self, world):
        view = page(access=theirs())(there)

        assert view(asked(world.privacy_officer)).content == b"hier"
        refusal = view(asked(world.manager))
        assert refusal.status_code == 403
        assert heading(refusal) == "Dit mag je niet doen"
        assert WHO in refusal.content.decode()
        assert world.manager.name in refusal.content.decode()

    def test_that_is_public_asks_for_nobody(self):
        view = page(access=public("Er staat niets."))(there)

        assert view(asked(AnonymousUser())).content == b"hier"

    def test_takes_its_own_methods(self, world):
        reads = page(access=everyone)(there)
        acts = page(access=everyone, methods=("POST",))(there)

        assert reads(asked(world.fg, method="HEAD")).status_code == 200
        wrong = reads(asked(world.fg, method="POST"))
        assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET, HEAD")
        assert acts(asked(world.fg, method="POST")).status_code == 200
        assert acts(asked(world.fg)).headers["Allow"] == "POST"
        assert acts(asked(world.fg, method="HEAD")).status_code == 405

    @pytest.mark.parametrize(
        ("refusal", "status", "says"),
        [
            (NotPermitted("Alleen de regisseur."), 403, "Dit mag je niet doen"),
            (Stale(), 409, "Er is net iets veranderd"),
            (TransitionRefused(), 409, "Dit kan nu niet"),
            (NotVisible(), 404, NOT_HERE),
        ],
    )
    def test_says_why_not(self, world, refusal, status, says):
        @page(access=everyone)
        def view(request):
            raise refusal

        shown = view(asked(world.fg))

        assert (shown.status_code, heading(shown)) == (status, says)
        assert refusal.user_message in shown.content.decode()
        assert world.fg.name in shown.content.decode()


class TestOvertaken:
    """Catches a reader who gets an error because somebody else was a hair faster."""

    def _view(self, *errors):
        left = list(errors)

        @page(access=everyone)
        def view(request):
            if left:
                raise left.pop()
            return there(request)

        return view

    def _overtaken(self):
        error = OperationalError()
        error.__cause__ = SerializationFailure()
        return error

    def test_is_read_again(self, world):
        view = self._view(self._overtaken(), self._overtaken())

        assert view(asked(world.fg)).content == b"hier"

    def test_is_told_after_three_times(self, world):
        shown = self._view(*(self._overtaken() for _ in range(3)))(asked(world.fg))

        assert (shown.status_code, heading(shown)) == (409, "Er is net iets veranderd")
        assert Stale().user_message in shown.content.decode()
        assert world.fg.name in shown.content.decode()

    def test_is_another_thing_than_a_database_that_fails(self, world):
        with pytest.raises(OperationalError):
            self._view(OperationalError())(asked(world.fg))


class TestOnce:
    """Catches a deed that a double click does twice, and one that is half done."""

    KEY = "6f1e4c1e-0000-4000-8000-00000000000a"

    def _sent(self, user):
        return asked(user, method="POST", submit_id=self.KEY)

    def _form(self, did, *, before=lambda request: None, refusal=None):
        def act():
            if refusal is not None:
                raise refusal
            did.append("act")
            return "/gedaan/"

        @page(access=everyone, methods=("POST",))
        def view(request):
            before(request)
            try:
                return once(request, act)
            except TransitionRefused as why:
                return HttpResponse(why.user_message, status=why.status)

        return view

    def test_goes_where_it_led_the_first_time(self, world):
        """Without looking at the page: what it was about may be gone."""
        did = []
        view = self._form(did, before=lambda request: did.append("look"))
        answers = [view(self._sent(world.fg)) for _ in range(2)]

        assert [(each.status_code, each.url) for each in answers] == [
            (303, "/gedaan/")
        ] * 2
        assert did == ["look", "act"]
        sent = Submission.objects.get(user=world.fg)
        assert (str(sent.key), sent.result) == (self.KEY, "/gedaan/")

    def test_is_for_this_person_and_this_form(self, world):
        did = []
        view = self._form(did)
        for user, key in (
            (world.fg, self.KEY),
            (world.manager, self.KEY),
            (world.fg, str(uuid.uuid4())),
            (world.fg, "geen sleutel"),
        ):
            view(asked(user, method="POST", submit_id=key))

        assert did == ["act"] * 4

    def test_asks_nothing_about_who_is_not_logged_in(self):
        view = page(access=public("Er staat niets."), methods=("POST",))(there)

        sent = asked(AnonymousUser(), method="POST", submit_id=self.KEY)

        assert view(sent).content == b"hier"

    def test_sees_the_click_that_was_first_by_a_hair(self, world):
        """The other came after the page was read, and before this one is done."""
        did = []

        def first(request):
            for user, key, result in (
                (world.manager, self.KEY, "/anders/"),
                (world.fg, uuid.uuid4(), "/anders/"),
                (world.fg, self.KEY, "/eerder/"),
            ):
                Submission.objects.create(user=user, key=key, at=AT, result=result)

        answer = self._form(did, before=first)(self._sent(world.fg))

        assert (answer.status_code, answer.url) == (303, "/eerder/")
        assert did == []

    def test_goes_home_where_the_first_click_led_nowhere(self, world):
        did = []
        first = Submission(user=world.fg, key=uuid.UUID(self.KEY), at=AT)

        for before in (lambda request: first.save(), lambda request: None):
            answer = self._form(did, before=before)(self._sent(world.fg))
            assert (answer.status_code, answer.url) == (303, "/")
        assert did == []

    def test_shows_a_refusal_and_does_nothing(self, world):
        did = []
        view = self._form(did, refusal=Stale())

        answer = view(self._sent(world.fg))

        assert answer.status_code == 409
        assert answer.content.decode() == Stale().user_message
        assert not Submission.objects.filter(user=world.fg).exists()

    def test_gives_the_page_of_a_refusal_that_the_view_does_not_show(self, world):
        def act():
            raise Stale

        @page(access=everyone, methods=("POST",))
        def view(request):
            return once(request, act)

        shown = view(self._sent(world.fg))

        assert (shown.status_code, heading(shown)) == (409, "Er is net iets veranderd")
        assert world.fg.name in shown.content.decode()

    def test_refused_is_one_reading_of_its_page(self, world):
        """Catches a page that stands in the log twice, and was shown once."""
        view = self._form([], before=self._reads(["a", "a"]), refusal=Stale())

        view(self._sent(world.fg))

        assert self._read() == ["case:a"]

    def test_refused_is_a_reading_of_what_was_read_then(self, world):
        """Catches a reading in no row, since something else was read before it."""
        view = self._form([], before=self._reads(["a", "b"]), refusal=Stale())

        view(self._sent(world.fg))

        assert self._read() == ["case:a", "case:b"]

    def test_refused_counts_no_reading_that_was_rolled_back(self, world):
        """Catches a reading in no row, since who was first made it undone."""
        overtaken = OperationalError()
        overtaken.__cause__ = SerializationFailure()
        reads = self._reads(["a", "b", "a"])
        tries = iter((overtaken, None, None))

        def before(request):
            reads(request)
            failure = next(tries)
            if failure is not None:
                raise failure

        self._form([], before=before, refusal=Stale())(self._sent(world.fg))

        assert self._read()[-2:] == ["case:b", "case:a"]

    def _reads(self, cases):
        about = iter(cases)
        return lambda request: log.write(
            "case.read", by=request.user, at=AT, about=f"case:{next(about)}"
        )

    def _read(self):
        rows = AuditEntry.objects.filter(verb="case.read").order_by("pk")
        return list(rows.values_list("about", flat=True))
