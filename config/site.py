"""Where the site is: the names that it answers to, and the address of its links."""

from django.http.request import validate_host

from config import environment

HERE = ("127.0.0.1", "localhost")
INSIDE = (*HERE, "[::1]", "testserver")


def hosts(*, production: bool, demo: bool) -> list[str]:
    """Return the names that the site answers to.

    :raises environment.Wrong: if there are none, one is no name of a host, or the demo
        would answer to a name from outside: it lets anybody in.
    """
    names = environment.words("ALLOWED_HOSTS", () if production else HERE)
    if not names:
        raise environment.Wrong("ALLOWED_HOSTS is missing: name the host of the site.")
    if "*" in names:
        raise environment.Wrong("ALLOWED_HOSTS must name the hosts: * lets anybody in.")
    if any(mark in name for name in names for mark in "/:"):
        raise environment.Wrong(
            "ALLOWED_HOSTS takes names, without https:// or a port."
        )
    if demo and not set(names) <= set(INSIDE):
        raise environment.Wrong(
            "DEMO can't be on where the site has a name from outside: set DEMO=0, or "
            "take the name out of ALLOWED_HOSTS."
        )
    return names


def address(names: list[str], *, production: bool, demo: bool, port: int) -> str:
    """Return what links in mail begin with, without a slash at the end.

    :raises environment.Wrong: if a link that is put after it would not open the page.
    """
    if not production and not environment.text("BASE_URL"):
        return f"http://{HERE[0]}:{port}"
    value = environment.required("BASE_URL", "mail links to it (https://...)")
    schemes = ("https",) if production else ("http", "https")
    parts = environment.address("BASE_URL", value, schemes)
    if demo and parts.scheme == "https":
        raise environment.Wrong(
            "DEMO can't be on at an https address: it lets anybody in. Set DEMO=0."
        )
    site = f"{parts.scheme}://{parts.netloc}"
    if "@" in site or value.rstrip("/").lower() != site.lower():
        raise environment.Wrong(
            "BASE_URL must hold no more than a scheme, a host and a port."
        )
    if not validate_host(parts.hostname or "", names):
        raise environment.Wrong(
            "BASE_URL names a host that is not in ALLOWED_HOSTS: its links would fail."
        )
    return site
