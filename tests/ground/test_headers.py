"""What every answer tells the browser."""

import pytest

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "manifest-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
}


@pytest.mark.parametrize("path", ["/inloggen/", "/bestaat-niet/", "/healthz"])
def test_an_answer_loads_nothing_from_elsewhere_and_stays_in_no_cache(client, path):
    headers = client.get(path).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_who_is_not_logged_in_is_asked_to(client):
    answer = client.get("/programma/")
    assert (answer.status_code, answer.url) == (302, "/inloggen/?next=/programma/")
