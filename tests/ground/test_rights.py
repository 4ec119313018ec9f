"""What the silenced check of guardian would have seen, and what it can't see."""

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string
from guardian.backends import ObjectPermissionBackend


def test_guardian_is_asked_through_our_backend():
    """guardian.W001 compares names, so it is silenced; this looks at the class."""
    first = import_string(settings.AUTHENTICATION_BACKENDS[0])
    assert issubclass(first, ObjectPermissionBackend)
    assert first is not ObjectPermissionBackend


def test_no_other_backend_answers_or_lets_in():
    names = {path.rsplit(".", 1)[1] for path in settings.AUTHENTICATION_BACKENDS}
    assert names == {"GrantBackend", "AuthenticationBackend"}


def test_nothing_that_shows_personal_data_by_itself_is_installed():
    labels = {config.label for config in apps.get_app_configs()}
    assert labels & {"admin", "viewflow_base", "debug_toolbar"} == set()


def test_guardian_adds_nothing_to_our_models():
    assert settings.ANONYMOUS_USER_NAME is None
    user = apps.get_model(settings.AUTH_USER_MODEL)
    assert not hasattr(user, "add_obj_perm")
    assert not hasattr(user, "get_anonymous")
