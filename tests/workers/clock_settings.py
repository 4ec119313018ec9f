"""Settings for processes that a test starts: its database, its Redis, its sink."""

import os
from importlib import import_module

_told = import_module(os.environ["CLOCK_SETTINGS"])
globals().update({name: value for name, value in vars(_told).items() if name.isupper()})

REDIS_URL = os.environ["CLOCK_REDIS"]
EMBEDDED = False
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ["CLOCK_SMTP"])
EMAIL_URL = f"smtp://127.0.0.1:{EMAIL_PORT}"
DATABASES = {
    "default": {
        **_told.DATABASES["default"],
        "NAME": os.environ["CLOCK_DATABASE"],
        "OPTIONS": {
            **_told.DATABASES["default"]["OPTIONS"],
            "assume_role": _told.APPLICATION_ROLE,
        },
    }
}
