"""The settings with which the tests run: the demo's, made fast and told to be loud."""

import os

for _name in ("EMAIL_URL", "REDIS_URL", "SECRET_KEY", "SECRET_KEY_FILE", "DEBUG"):
    os.environ.pop(_name, None)
os.environ["DEMO"] = "1"

from config.settings import *  # noqa: E402, F403
from config.settings import (  # noqa: E402
    APPLICATION_DATABASE,
    DATABASES,
    OWNER_DATABASE,
    STORAGES,
    VAR,
    database,
    environment,
)

# So that a slow machine counts no query more than a fast one.
SESSION_SEEN_EVERY = 10 * 60
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOG_KEY = "00" * 32
DATA_KEYS = [bytes(range(32))]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# A browser fetches a style sheet once, as in production, also while our clock is set.
WHITENOISE_MAX_AGE = 365 * 24 * 60 * 60
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}

if "server" in OWNER_DATABASE["OPTIONS"]:
    # Beside the demo's, and without its care: a test's rows need not survive.
    OWNER_DATABASE = database.ours(
        VAR / "tests", user=OWNER_DATABASE["USER"], lasting=False
    )

# The owner makes the database; after that every connection is the application's.
APPLICATION_ROLE = APPLICATION_DATABASE["USER"]
DATABASES["default"] = {
    **OWNER_DATABASE,
    "OPTIONS": {
        **OWNER_DATABASE["OPTIONS"],
        "application": APPLICATION_ROLE,
        "options": "-c synchronous_commit=off",
    },
    "TEST": {
        "NAME": f"test_procesregie{environment.text('TEST_DATABASE_SUFFIX')}",
    },
}
