"""Somebody at a screen: what he opens, presses, fills in and reads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.conf import settings
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page, Response

from casework.people.models import User


@dataclass
class Visitor:
    """One person in a window of his own; every wrong thing the page says is kept."""

    site: str
    page: Page
    wrong: list[str] = field(default_factory=list)
    efforts: int = 0
    status: int = 0

    def __post_init__(self) -> None:
        self._heard = {
            "console": self._hear,
            "pageerror": lambda error: self.wrong.append(str(error)),
            "response": self._see,
            "domcontentloaded": lambda _: self._count(),
        }
        for event, heard in self._heard.items():
            self.page.on(event, heard)

    def leave(self) -> None:
        """Hear no more of the window: the next in it is somebody else."""
        for event, heard in self._heard.items():
            self.page.remove_listener(event, heard)

    def log_in(self, role: str) -> None:
        """Press the button of a role; does not count as effort."""
        self.open("/demo/")
        self.page.locator(f"button[name=role][value='{role}']").click()
        self.page.wait_for_url(self.site + "/")
        self.efforts = 0

    def log_in_as(self, user: User) -> None:
        """Sit down as somebody for whom the demo has no button."""
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.site}]
        )
        self.open("/")
        self.efforts = 0

    def open(self, path: str) -> Visitor:
        """Go to an address, as from a bookmark or a mail."""
        self.page.goto(self.site + path, wait_until="load")
        return self

    @property
    def path(self) -> str:
        """Where he is."""
        return self.page.url.removeprefix(self.site)

    @property
    def text(self) -> str:
        """What stands on the page, in one line, also what is folded away."""
        found = self.page.locator("main").text_content() or ""
        return re.sub(r"\s+", " ", found).strip()

    @property
    def all_text(self) -> str:
        """Everything that was sent: markup, title and hidden fields."""
        return self.page.content()

    def follow(self, name: str, *, exact: bool = False) -> Visitor:
        """Press a link."""
        self.efforts += 1
        self.page.get_by_role("link", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()
        return self

    def press(self, name: str, *, exact: bool = False) -> Visitor:
        """Press a button and wait for what comes."""
        self.efforts += 1
        button = self.page.get_by_role("button", name=name, exact=exact).first
        with self.page.expect_navigation(wait_until="load"):
            button.click()
        return self

    def unfold(self, name: str) -> Visitor:
        """Open what is folded."""
        self.efforts += 1
        self.page.locator("summary", has_text=name).first.click()
        return self

    def fill(self, label: str, text: str) -> Visitor:
        """Type in a field."""
        self.efforts += 1
        self.page.get_by_label(label).first.fill(text)
        return self

    def choose(self, label: str) -> Visitor:
        """Tick a choice by its words."""
        self.efforts += 1
        named = self.page.get_by_label(label)
        self.page.locator("[type=radio], [type=checkbox]").and_(named).first.check()
        return self

    def pick(self, label: str, option: str) -> Visitor:
        """Take one of a list."""
        self.efforts += 1
        field_ = self.page.locator("select").and_(self.page.get_by_label(label)).first
        value = field_.locator("option", has_text=option).first.get_attribute("value")
        field_.select_option(value)
        return self

    def _count(self) -> None:
        self.efforts += 1

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith("Failed to load resource"):
            return  # the response says it too, and whether it was meant
        self.wrong.append(f"{self.path} says {message.text[:200]}")

    def _see(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400:
            self.wrong.append(f"{response.status} {response.url}")
        if response.status >= 500:
            self.wrong.append(f"{response.status} {response.url}")
