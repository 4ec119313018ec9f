"""A sender in a process of its own that dies exactly where it is told to."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import django
from django.conf import settings
from django.db import connection


def main() -> None:
    told: dict[str, Any] = json.loads(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = told["settings"]
    django.setup()
    connection.settings_dict["NAME"] = told["database"]
    connection.settings_dict["OPTIONS"].update(told["options"])
    settings.EMAIL_URL, settings.EMAIL_HOST = "smtp://", "127.0.0.1"
    settings.EMAIL_PORT = told["port"]

    from casework.work import mail, outbox
    from casework.work.days import datetime

    class Dying(mail.SmtpTransport):
        def offer(self, outgoing: mail.Outgoing) -> None:
            super().offer(outgoing)
            if told["dies"] == "before the fence":
                os.kill(os.getpid(), signal.SIGKILL)

        def finish(self) -> str:
            if told["dies"] == "before the dot":
                os.kill(os.getpid(), signal.SIGKILL)
            reply = super().finish()
            if told["dies"] == "after the dot":
                os.kill(os.getpid(), signal.SIGKILL)
            return reply

    outbox.deliver_due(at=datetime.fromisoformat(told["at"]), connect=Dying)


main()
