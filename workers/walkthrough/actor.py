"""One person behind a browser: opens pages, fills in what stands on them, sends."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from casework.people.models import User
from workers.walkthrough.page import Choice, Page, read, sentences

HOST = "127.0.0.1"
SEE_OTHER = (302, 303)
REFUSED = (403, 404)
MOST_HOPS = 5


LOGGED_OUT = "Je bent uitgelogd Er is niets verstuurd."
"""What the page says to of whom nobody knows who he was."""


class WentWrong(Exception):
    """A step of the play did not go as it should."""


class Actor:
    """
    Somebody of the cast with a browser of his own.

    Real requests through all middleware: cookies, CSRF and submit ids come from the
    pages. When his session is over he logs in again and goes on.
    """

    def __init__(self, user: User, *, password: str, number: int) -> None:
        self.user = user
        self.name = user.name
        self.has_read: list[str] = []
        self._password = password
        self._client = Client(
            enforce_csrf_checks=True,
            SERVER_NAME=HOST,
            REMOTE_ADDR=f"192.0.2.{number}",
        )

    def opens(self, path: str) -> Page:
        """
        Open a page and read it.

        :raises WentWrong: if it is not shown
        """
        page = self._get(path)
        if page.status != 200:
            raise WentWrong(f"{self.name} krijgt {page.status} op {path}")
        return page

    def finds_work(self, title: str) -> str:
        """Give the address behind a piece of work on Mijn werk."""
        return self.opens("/").link(title)

    def sends(
        self,
        path: str,
        values: dict[str, Choice] | None = None,
        *,
        to: str = "",
        press: str = "",
    ) -> Page:
        """
        Fill in the form with these fields, send it, and follow where it leads.

        `to` is the end of its address and `press` the name of its button, where a page
        has more forms with the same fields.

        :raises WentWrong: if it is not accepted, with what the page says
        """
        answer = self.tries(path, values, to=to, press=press)
        if answer.status not in SEE_OTHER:
            said = " ".join(sentences(answer.errors)) or answer.text[:200]
            raise WentWrong(f"{self.name} krijgt {answer.status} op {path}: {said}")
        return self.opens(answer.path)

    def tries(
        self,
        path: str,
        values: dict[str, Choice] | None = None,
        *,
        to: str = "",
        press: str = "",
    ) -> Page:
        """
        Fill in and send a form; give the answer, with where it leads as its path.

        Where his session ended between opening and sending he does it once more.
        """
        answer = self._fills_in(path, values or {}, to=to, press=press)
        if not _is_logged_out(answer):
            return answer
        self._log_in()
        return self._fills_in(path, values or {}, to=to, press=press)

    def is_refused(
        self, path: str, values: dict[str, str] | None = None
    ) -> tuple[bool, int]:
        """Ask for what one may not have, with a token of his own; say if it is refused."""
        if values is None:
            status = self._get(path).status
        else:
            home = self.opens("/")
            token = home.form({}, to=reverse("account_logout"), press="").data()
            status = self._post(path, {**token, **values}).status
        return status in REFUSED, status

    def _fills_in(
        self, path: str, values: dict[str, Choice], *, to: str, press: str
    ) -> Page:
        form = self.opens(path).form(values, to=to, press=press)
        form.fill(values)
        data: dict[str, Any] = form.data()
        if press:
            data[press] = "1"
        return self._post(form.action, data)

    def _get(self, path: str) -> Page:
        for _ in range(MOST_HOPS):
            response = self._client.get(path)
            if response.status_code not in SEE_OTHER:
                return self._reads(path, response)
            went_to = response.headers["Location"]
            if urlsplit(went_to).path == reverse("account_login"):
                self._log_in()
            else:
                path = went_to
        raise WentWrong(f"{self.name} komt niet verder dan {path}")

    def _post(self, path: str, data: dict[str, Any]) -> Page:
        response = self._client.post(path, data)
        if response.status_code in SEE_OTHER:
            return read(response.headers["Location"], response.status_code, "")
        return self._reads(path, response)

    def _reads(self, path: str, response: Any) -> Page:
        html: str = response.content.decode()
        self.has_read.append(html)
        return read(path, response.status_code, html)

    def _log_in(self) -> None:
        path = reverse("account_login")
        page = read(path, 200, self._client.get(path).content.decode())
        values: dict[str, Choice] = {
            "login": self.user.email,
            "password": self._password,
        }
        form = page.form(values, to=path, press="")
        form.fill(values)
        response = self._client.post(path, form.data())
        if response.status_code not in SEE_OTHER:
            raise WentWrong(f"{self.name} kan niet inloggen: {response.status_code}")


def _is_logged_out(answer: Page) -> bool:
    """Whether nothing was sent, since nobody is logged in any more."""
    kept = urlsplit(answer.path).path == reverse("account_login")
    return kept or (answer.status == 403 and LOGGED_OUT in answer.text)
