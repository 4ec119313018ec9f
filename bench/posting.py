"""What mail costs: with a fence for each, beside an outbox without."""

from __future__ import annotations

import itertools
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.test import override_settings
from post_office import mail as post_office
from post_office.models import Email

from bench.context import Bench
from bench.measure import Contender, Operation, Target
from casework.people.models import User
from casework.work import outbox
from casework.work.models import Delivery
from casework.work.tell import message_id

MAILS = 50
PEER = "django-post_office"
SUBJECT, TEXT = "Je hebt werk dat wacht", "Kijk in Procesregie wat er op je wacht.\n"
HTML = "<p>Kijk in Procesregie wat er op je wacht.</p>"

_numbers = itertools.count(1)


def operations(bench: Bench) -> Iterator[Operation]:
    """Give what goes through the mail server."""
    with _mail_server() as port:
        url = f"smtp://127.0.0.1:{port}"
        with override_settings(
            EMAIL_URL=url,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            POST_OFFICE={"THREADS_PER_PROCESS": 1, "DEFAULT_PRIORITY": "medium"},
        ):
            yield mails_sent(bench, port)


def mails_sent(bench: Bench, port: int) -> Operation:
    """One worker sends fifty; ours commits before and after the last dot of each."""
    reader = bench.viewers.median

    def bare(_: object) -> int:
        line = smtplib.SMTP("127.0.0.1", port)
        message = EmailMultiAlternatives(SUBJECT, TEXT, "a@b.example", [reader.email])
        message.attach_alternative(HTML, "text/html")
        for _number in range(MAILS):
            line.sendmail("a@b.example", [reader.email], message.message().as_bytes())
        line.quit()
        return MAILS

    return Operation(
        f"{MAILS} mails verstuurd",
        ours=Contender(
            "deliver_due",
            lambda _: outbox.deliver_due(at=bench.at),
            prepare=lambda: _plan(bench, reader),
        ),
        bound=Contender("smtplib, zonder database", bare),
        peers=(
            Contender(
                PEER,
                lambda _: post_office.send_queued()[0],
                prepare=lambda: _queue(reader),
            ),
        ),
        targets=(_a_second(200),),
        reads=False,
        note="de ander schrijft pas na alle mails dat zij weg zijn",
    )


def _a_second(mails: int) -> Target:
    return Target(
        f">= {mails} mails/s", lambda found: MAILS / found.median() * 1000 >= mails
    )


def _plan(bench: Bench, reader: User) -> None:
    keys = [f"bench:{next(_numbers)}" for _ in range(MAILS)]
    Delivery.objects.bulk_create(
        Delivery(
            key=key,
            kind=Delivery.Kind.ABSENCE,
            to_user=reader,
            message_id=message_id(key),
            subject=SUBJECT,
            text=TEXT,
            html=HTML,
            planned_at=bench.at,
            not_before=bench.at - timedelta(minutes=1),
        )
        for key in keys
    )


def _queue(reader: User) -> None:
    Email.objects.filter(status=0).delete()
    post_office.send_many(
        [
            {
                "sender": "a@b.example",
                "recipients": [reader.email],
                "subject": SUBJECT,
                "message": TEXT,
                "html_message": HTML,
            }
            for _ in range(MAILS)
        ]
    )


@contextmanager
def _mail_server() -> Iterator[int]:
    """Run a mail server that forgets everything, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    sink = "aiosmtpd.handlers.Sink"
    command = ("-m", "aiosmtpd", "-n", "-c", sink, "-l", f"127.0.0.1:{port}")
    process = subprocess.Popen([sys.executable, *command])
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)
