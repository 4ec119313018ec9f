"""Who knows whom: planted breaches of each contract are found, also between models."""

import sys
from pathlib import Path

from django.apps import apps
from django.db import models

from tests.ground.places import copy_of_the_code, run

# From low to high: an app may point at those before it.
ORDER = (
    *("contenttypes", "auth", "sessions"),
    *("people", "guardian", "viewflow", "account", "mfa", "usersessions"),
    *("policy", "keys", "audit", "access", "jobs", "work", "cases", "plan", "meetings"),
    *("programme", "ave", "ave_policy", "trends", "triage", "escalation"),
    *("stagnation", "board", "workers", "demo"),
)

BREACHES = {
    "Packages point one way": ("casework/levels.py", "import programme.apps"),
    "Inside casework": ("casework/people/errors.py", "import casework.work.apps"),
    "Inside ave": ("ave/trends/apps.py", "import ave.escalation.apps"),
    "Inside a feature": ("casework/plan/transitions.py", "import casework.plan.forms"),
    "Transitions know no flow": (
        "ave/escalation/transitions.py",
        "import ave.escalation.flow",
    ),
    "Only access knows guardian": ("casework/cases/apps.py", "import guardian"),
    "Only the engine and the flows know viewflow": (
        "ave/escalation/apps.py",
        "import viewflow",
    ),
    "Only workers knows Celery": ("programme/apps.py", "import celery"),
}


def lint(folder: Path) -> str:
    linter = str(Path(sys.executable).parent / "lint-imports")
    return run(linter, "--no-cache", cwd=folder).stdout


def plant(folder: Path, path: str, line: str) -> None:
    file = folder / path
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(f"{before}\n{line}\n", encoding="utf-8")


def test_each_contract_finds_a_planted_breach(tmp_path):
    folder = copy_of_the_code(tmp_path)
    for path, line in BREACHES.values():
        plant(folder, path, line)
    (folder / "casework/plan/forms.py").touch()
    said = lint(folder)
    assert [name for name in BREACHES if f"{name} BROKEN" not in said] == []
    assert " KEPT" not in said, "a contract has no planted breach: add one"


def test_a_type_is_knowledge_too(tmp_path):
    folder = copy_of_the_code(tmp_path)
    line = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import ave.apps"
    plant(folder, "casework/levels.py", line)
    assert "Packages point one way BROKEN" in lint(folder)


def test_a_new_folder_needs_a_place_in_the_order(tmp_path):
    folder = copy_of_the_code(tmp_path)
    (folder / "casework/helpers").mkdir()
    (folder / "casework/helpers/__init__.py").touch()
    assert "Inside casework BROKEN" in lint(folder)


def upward(known: list[type[models.Model]]) -> list[str]:
    """Name each relation to an app that lies higher."""
    return [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in known
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and isinstance(field.related_model, type)
        and ORDER.index(field.related_model._meta.app_label)
        > ORDER.index(model._meta.app_label)
    ]


def test_no_model_points_at_what_lies_higher():
    """Imports do not see a foreign key by string."""
    assert upward(apps.get_models(include_auto_created=True)) == []


def test_every_app_with_models_has_a_place_in_the_order():
    labels = {model._meta.app_label for model in apps.get_models()}
    assert labels - set(ORDER) == set()


def test_a_planted_relation_is_found():
    class Low(models.Model):  # noqa: DJ008
        case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")

        class Meta:
            app_label = "people"
            managed = False

    try:
        assert upward([Low]) == ["people.Low.case -> cases.Case"]
    finally:
        del apps.all_models["people"]["low"]
        apps.clear_cache()
