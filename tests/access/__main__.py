"""Write `docs/autorisatiematrix.html` again: `python -m tests.access`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.access.render import PAGE, rendered  # noqa: E402

PAGE.write_text(rendered())
