"""What must be so by construction, for the lock to hold."""

from __future__ import annotations

import inspect

import pytest
from allauth.account.views import login
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_backends
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from guardian.backends import ObjectPermissionBackend
from viewflow.workflow.nodes import End, If, Switch

from ave.engine import Begin, CaseFlow, CaseLock, Step
from ave.escalation.flow import DeescalationFlow, EscalationFlow
from ave.triage.flow import IntakeFlow
from casework.access.backend import GrantBackend
from casework.access.middleware import AccessMiddleware
from casework.access.rules import everyone, page
from casework.access.scope import ScopedQuerySet
from casework.cases.models.tracked import Tracked
from casework.people.models import User
from tests.access.addresses import addresses

pytestmark = pytest.mark.access

FLOWS = (IntakeFlow, EscalationFlow, DeescalationFlow)
ROUTES = (Begin, Switch, If, End)
"""The nodes at which nobody acts."""


def test_no_page_of_a_library_shows_cases():
    """Catches viewflow, guardian or the Django admin with an address of its own."""
    modules = {each.view.__module__.split(".")[0] for each in addresses()}

    assert modules <= {"casework", "ave", "programme", "config", "workers", "allauth"}
    assert not apps.is_installed("django.contrib.admin")
    assert {name for name in settings.INSTALLED_APPS if "viewflow" in name} == {
        "viewflow.workflow"
    }


class TestAccessMiddleware:
    """Catches a view that somebody wrote without saying who may ask for it."""

    @staticmethod
    def _let_in(view):
        return AccessMiddleware(view).process_view(
            RequestFactory().get("/"), view, (), {}
        )

    def test_gives_no_page_without_a_rule(self, settings):
        def view(request):
            return HttpResponse("open voor iedereen")

        with pytest.raises(Http404):
            self._let_in(view)
        settings.DEBUG = True
        with pytest.raises(ImproperlyConfigured, match="test_structure has a view"):
            self._let_in(view)

    def test_gives_a_page_with_a_rule_and_that_of_a_library(self):
        def view(request):
            return HttpResponse("hier")

        assert self._let_in(page(access=everyone)(view)) is None
        assert self._let_in(login) is None
        passed = AccessMiddleware(view)(RequestFactory().get("/"))
        assert passed.content == b"hier"


def test_every_flow_is_known():
    assert set(CaseFlow.__subclasses__()) == set(FLOWS)


@pytest.mark.parametrize("flow", FLOWS)
class TestFlow:
    def test_locks_the_case(self, flow):
        """Catches the lock of viewflow: it corrupted 24 of 24 races."""
        assert isinstance(flow.lock_impl, CaseLock)

    def test_people_act_in_steps_only(self, flow):
        """Catches a node without a work item, and a Join: two tokens in one case."""
        for node in flow.instance.nodes():
            assert isinstance(node, (Step, *ROUTES)), node.name

    def test_every_step_closes_the_work_that_it_opens(self, flow):
        steps = [node for node in flow.instance.nodes() if isinstance(node, Step)]

        assert steps
        assert all(step._closes and callable(step._asks) for step in steps)


def test_has_perm_is_ours():
    """Catches the short cut of Django: a superuser before any backend."""
    of_guardian = [b for b in get_backends() if isinstance(b, ObjectPermissionBackend)]

    assert [type(backend) for backend in of_guardian] == [GrantBackend]
    assert "has_perm" in User.__dict__
    assert "is_superuser" not in inspect.getsource(User.has_perm)


def test_content_of_cases_is_scoped():
    """Catches a model with the content of a case whose rows can be read by anybody."""
    unscoped = {
        model.__name__
        for model in apps.get_models()
        if issubclass(model, Tracked)
        and not isinstance(model._default_manager.all(), ScopedQuerySet)
    }

    assert not unscoped


def test_scoped_models_ask_their_own_right():
    """Catches dossier content that whoever merely sees the case could read."""
    loose = {
        model.__name__
        for model in apps.get_models()
        if isinstance(rows := model._default_manager.all(), ScopedQuerySet)
        and rows.scope_permission.value == "see_case"
    }

    assert loose <= {"Case", "WorkItem", "Event", "Escalation"}
