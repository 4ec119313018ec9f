"""Somebody with a password and an app, who logs in as one does."""

from __future__ import annotations

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from casework.people.models import User

PASSWORD = "Zeven zwanen zwemmen"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/inloggen/"


def somebody(name: str = "fatima") -> User:
    return User.objects.create_user(
        f"{name}@zuiderveen.example", PASSWORD, name=f"{name.title()} El Amrani"
    )


def with_app(user: User) -> Authenticator:
    """Give somebody an app and codes, as the page does."""
    RecoveryCodes.activate(user)
    return TOTP.activate(user, SECRET).instance


def code(secret: str = SECRET) -> str:
    """Give the code of now; just before it is over, that of the next half minute."""
    left = 30 - time.time() % 30
    if left < 5:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def log_in(client: Client, user: User, password: str = PASSWORD, **how):
    return client.post(LOGIN, {"login": user.email, "password": password}, **how)


def secret_on(page: str) -> str:
    """Read the secret that a page shows to type over."""
    found = re.search(r'<code class="secret">(\w+)</code>', page)
    assert found, page
    return found.group(1)


def prove(client: Client) -> None:
    """Say the password again, as is asked before an account changes."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
