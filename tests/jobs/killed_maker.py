"""A part of the clock in a process of its own that dies exactly where it is told to."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import django
from django.db import connection


def main() -> None:
    told: dict[str, Any] = json.loads(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = told["settings"]
    django.setup()
    connection.settings_dict["NAME"] = told["database"]
    connection.settings_dict["OPTIONS"].update(told["options"])

    from django.utils import timezone

    from casework.jobs import making

    made = 0

    def dying(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal made
        writes = 'INSERT INTO "jobs_piece"' in str(sql)
        made += writes
        last = writes and made == told["pieces"]
        if last and told["dies"] == "before the piece":
            os.kill(os.getpid(), signal.SIGKILL)
        done = execute(sql, params, many, context)
        if last and told["dies"] == "before the commit":
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    making.ROWS = told["rows"]
    with connection.execute_wrapper(dying):
        making.make_due(at=timezone.now(), stop=lambda: False)


main()
