"""A browser that tries again: what a person does when a page does not come."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

PATIENCE = 60.0
WAITS = 0.3
ANSWERS_WITHIN = 20
FAILED = 500
SUBMIT_ID = "submit_id"


class GaveUp(Exception):
    """The product did not answer for a whole minute."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product answered, as Django's own client gives it."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """A form that was sent, and where it led if that was heard."""

    user: int
    submit_id: str
    path: str
    led_to: str


@dataclass
class Diary:
    """What all browsers together did."""

    steps: list[Step] = field(default_factory=list)
    repeated: int = 0
    failures: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def heard(self, step: Step) -> None:
        """Note that a form was sent and answered."""
        with self._lock:
            self.steps.append(step)

    def failed(self, status: int) -> None:
        """Note that something is tried again; 0 is no answer at all."""
        with self._lock:
            self.repeated += 1
            self.failures[status] = self.failures.get(status, 0) + 1


class Browser:
    """
    Asks and sends until there is an answer that is no failure.

    Sent again is the very same form: its token, its submit id and what was typed.
    """

    def __init__(self, port: int, *, user: int, address: str, diary: Diary) -> None:
        self._port = port
        self._user = user
        self._address = address
        self._diary = diary
        self._cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._until_answered(lambda: self._ask("GET", path, ""))

    def post(self, path: str, data: Mapping[str, object]) -> Answer:
        """Send a form."""
        body = urlencode(data, doseq=True)
        answer = self._until_answered(lambda: self._ask("POST", path, body))
        led_to = answer.headers.get("Location", "")
        key = data.get(SUBMIT_ID)
        if answer.status_code == http.client.SEE_OTHER and key:
            submit_id = str(key[0] if isinstance(key, list) else key)
            self._diary.heard(Step(self._user, submit_id, path, led_to))
        return answer

    def _until_answered(self, ask: Callable[[], Answer]) -> Answer:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            try:
                answer = ask()
            except (OSError, http.client.HTTPException):
                self._diary.failed(0)
            else:
                if answer.status_code < FAILED:
                    return answer
                self._diary.failed(answer.status_code)
            time.sleep(WAITS)
        raise GaveUp

    def _ask(self, method: str, path: str, body: str) -> Answer:
        line = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=ANSWERS_WITHIN
        )
        try:
            line.request(method, _target(path), body=body or None, headers=self._told())
            response = line.getresponse()
            content = response.read()
        finally:
            line.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self._cookies.load(value)
        return Answer(response.status, dict(response.getheaders()), content)

    def _told(self) -> dict[str, str]:
        held = [each for each in self._cookies.values() if each.value]
        cookies = "; ".join(f"{each.key}={each.value}" for each in held)
        return {
            "Cookie": cookies,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": self._address,
        }


def _target(path: str) -> str:
    parts = urlsplit(path)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
