"""What a page may load: what we serve ourselves, and nothing inline."""

from csp.constants import NONE, SELF

POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        # No page makes markup from text. htmx does: a page that gets it says so itself.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
}
