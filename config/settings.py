"""All settings, read from the environment; the README lists the variables.

Three ways to run: development (nothing set), demo (DEMO=1) and production (a
DATABASE_URL without DEMO). A wrong value stops the start with one sentence.
"""

import sys
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from config import database, environment, site
from config.csp import POLICY

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

# --- what was asked ---------------------------------------------------------------

DEMO = environment.flag("DEMO")
PRODUCTION = bool(environment.text("DATABASE_URL")) and not DEMO
DEBUG = environment.flag("DEBUG")
if DEBUG and PRODUCTION:
    raise environment.Wrong("DEBUG can't be on in production: unset DATABASE_URL.")

PORT = environment.number("PORT", 8000, low=1, high=65535)
if PRODUCTION:
    MUNICIPALITY = environment.required("MUNICIPALITY", "every page names it")
else:
    MUNICIPALITY = environment.text("MUNICIPALITY", "Zuiderveen")
REDIS_URL = environment.text("REDIS_URL")
if REDIS_URL:
    _redis = environment.address("REDIS_URL", REDIS_URL, ("redis", "rediss"))
    if _redis.path.strip("/") and not _redis.path[1:].isdigit():
        raise environment.Wrong("REDIS_URL must end with the number of a database.")
EMBEDDED = not REDIS_URL

ALLOWED_HOSTS = site.hosts(production=PRODUCTION, demo=DEMO)
BASE_URL = site.address(ALLOWED_HOSTS, production=PRODUCTION, demo=DEMO, port=PORT)
if PRODUCTION:
    MAIL_FROM = environment.required("MAIL_FROM", "the sender of all mail")
else:
    MAIL_FROM = environment.text("MAIL_FROM", "procesregie@zuiderveen.example")
if "@" not in parseaddr(MAIL_FROM)[1]:
    raise environment.Wrong("MAIL_FROM is no address to mail from.")

# Where the source of the running version is, for the footer (see NOTICE).
SOURCE_URL = environment.link("SOURCE_URL")
if PRODUCTION and not SOURCE_URL:
    raise environment.Wrong("SOURCE_URL is missing: the licence asks for the source.")
ALIVE_FILE = environment.text("ALIVE_FILE")
if ALIVE_FILE and not Path(ALIVE_FILE).parent.is_dir():
    raise environment.Wrong("ALIVE_FILE names a folder that does not exist.")
if ALIVE_FILE and Path(ALIVE_FILE).is_dir():
    raise environment.Wrong("ALIVE_FILE must name a file: this is a folder.")
# Where the clock says every minute that it runs: what stays away raises the alarm.
PING_URL = environment.link("PING_URL")
# Who knows it reads /metrics from elsewhere; without it only the machine itself does.
METRICS_TOKEN = environment.secret("METRICS_TOKEN", least=32)

# --- secrets ----------------------------------------------------------------------

SECRET_KEY = environment.secret("SECRET_KEY", least=50 if PRODUCTION else 0)
if not SECRET_KEY and PRODUCTION:
    raise environment.Wrong("SECRET_KEY is missing: set it, or SECRET_KEY_FILE.")
if not SECRET_KEY:
    SECRET_KEY = database.kept_secret(VAR / "secret")

if PRODUCTION:
    LOG_KEY_FILE = environment.file("LOG_KEY_FILE")
    if LOG_KEY_FILE is None:
        raise environment.Wrong("LOG_KEY_FILE is missing: its key signs the log.")
else:
    LOG_KEY_FILE = environment.file("LOG_KEY_FILE") or VAR / "log.key"

# Hide BSN, search words and drafts: the first is used, the others only open (rotation).
DATA_KEYS = environment.keys("DATA_KEY")
if not DATA_KEYS and PRODUCTION:
    raise environment.Wrong("DATA_KEY_FILE is missing: its key hides BSN and more.")
if not DATA_KEYS:
    DATA_KEYS = [database.kept_key(VAR / "data.key")]

# The day's checkpoint of the log is kept here too, where a database can't reach it.
ANCHOR_DIR = Path(environment.text("ANCHOR_DIR", str(VAR / "anchors")))

# Public keys, in hex, that signed the log before the one in LOG_KEY_FILE.
LOG_PUBLIC_KEYS = environment.words("LOG_PUBLIC_KEYS")
if any(len(key) != 64 or set(key) - set("0123456789abcdef") for key in LOG_PUBLIC_KEYS):
    raise environment.Wrong("LOG_PUBLIC_KEYS must hold keys of 64 hex digits.")

# --- database ---------------------------------------------------------------------

# These change tables, so they are the owner's; all else runs as the application,
# which owns nothing.
OWNERS_COMMANDS = {"migrate", "flush", "createcachetable"}
AS_OWNER = len(sys.argv) > 1 and sys.argv[1] in OWNERS_COMMANDS

if environment.text("DATABASE_URL"):
    APPLICATION_DATABASE = database.given(
        "DATABASE_URL", environment.text("DATABASE_URL")
    )
    OWNER_DATABASE = APPLICATION_DATABASE
    if environment.text("DATABASE_OWNER_URL"):
        OWNER_DATABASE = database.given(
            "DATABASE_OWNER_URL", environment.text("DATABASE_OWNER_URL")
        )
        if OWNER_DATABASE["NAME"] != APPLICATION_DATABASE["NAME"]:
            raise environment.Wrong(
                "DATABASE_OWNER_URL and DATABASE_URL name different databases."
            )
    elif PRODUCTION and AS_OWNER:
        raise environment.Wrong("DATABASE_OWNER_URL is missing: it owns the tables.")
elif environment.text("DATABASE_OWNER_URL"):
    raise environment.Wrong("DATABASE_OWNER_URL is set without a DATABASE_URL.")
else:
    APPLICATION_DATABASE = database.ours(VAR, user=database.APPLICATION)
    OWNER_DATABASE = database.ours(VAR, user=database.OWNER)

DATABASES: dict[str, dict[str, Any]] = {
    "default": OWNER_DATABASE if AS_OWNER else APPLICATION_DATABASE
}
if environment.text("DATABASE_URL") and not AS_OWNER:
    DATABASES["default"] = {
        **APPLICATION_DATABASE,
        # The pool looks whether a connection lives before it gives it: else each one
        # that a restart of the database broke becomes a page that fails.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **APPLICATION_DATABASE["OPTIONS"],
            "pool": {"min_size": 1, "max_size": 10},
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- mail -------------------------------------------------------------------------

# Without an address mail is not sent: the outbox keeps it (/demo/mail/ shows it).
EMAIL_URL = environment.text("EMAIL_URL")
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = "", 25, "", ""
EMAIL_USE_TLS = EMAIL_USE_SSL = False
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
if EMAIL_URL:
    _mail = environment.address(
        "EMAIL_URL", EMAIL_URL, ("smtp", "smtp+starttls", "smtps")
    )
    _ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    EMAIL_HOST = environment.plain(_mail.hostname)
    EMAIL_PORT = _mail.port or _ports[_mail.scheme]
    EMAIL_HOST_USER = environment.plain(_mail.username)
    EMAIL_HOST_PASSWORD = environment.plain(_mail.password)
    EMAIL_USE_TLS = _mail.scheme == "smtp+starttls"
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif PRODUCTION:
    raise environment.Wrong("EMAIL_URL is missing: nobody would be reminded.")

# --- what it is made of -----------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "heroicons",
    "csp",
    "guardian",
    "viewflow.workflow",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "casework.people",
    "casework.policy",
    "casework.keys",
    "casework.audit",
    "casework.access",
    "casework.jobs",
    "casework.work",
    "casework.cases",
    "casework.plan",
    "casework.meetings",
    "programme",
    "ave",
    "ave.policy",
    "ave.trends",
    "ave.triage",
    "ave.escalation",
    "ave.stagnation",
    "ave.board",
    "workers",
]
if DEMO:
    INSTALLED_APPS.append("config.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.idle.IdleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "casework.audit.middleware.OriginMiddleware",
    "casework.cases.refusals.CaseRefusalMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "config.second_step.SecondStepMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "casework.access.middleware.AccessMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# What fills an empty database in demo mode.
SEED = "config.demo.seed.seed"

FORM_RENDERER = "config.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "casework.access.context.face",
            ],
        },
    }
]

# viewflow would add middleware of its own screens, which we do not use.
VIEWFLOW = {"AUTOREGISTER": False}

# --- who is there -----------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "casework.access.backend.GrantBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation."
        "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "config.login.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
# allauth's own writes a row for who is not logged in and guesses somebody's number.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = (
    "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
)
# By address and by account: a town hall is one address, a name is tried from many. Of a
# login the key is the account at one address, and "anywhere" the account alone.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "login_failed_anywhere": "50/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": "10/m/ip,3/15m/key",
    "reset_password_from_key": "10/m/ip",
    "signup": "10/m/ip",
}
# How many proxies stand in front, that each add the address they were asked from.
PROXIES = environment.number("PROXIES", 1 if PRODUCTION else 0, low=0, high=5)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
PASSWORD_RESET_TIMEOUT = 30 * 60

# The demo has no passwords either.
SECOND_STEP_REQUIRED = not DEMO
MFA_ADAPTER = "config.login.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# The functioneel beheerder sets the addresses: nobody has to prove his own.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Only for a browser on the machine itself, where there is no certificate.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = f"Procesregie {MUNICIPALITY}"
USERSESSIONS_TRACK_ACTIVITY = False

# guardian: no user that is nobody, no methods added to our models. Its W001 compares
# strings: our backend is a subclass of guardian's, which a test looks at instead.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",
    # Whether a municipality preloads HSTS for its domain is not ours to decide.
    "security.W021",
]
if AS_OWNER:
    # The owner owns the log; these two are about the application's role.
    SILENCED_SYSTEM_CHECKS += ["audit.E002", "audit.E003"]

# Views of libraries that carry no access rule of ours.
LIBRARY_VIEWS = [
    "allauth.",  # the pages to log in, which have a log-in rule of their own
]

# --- safety -----------------------------------------------------------------------

CONTENT_SECURITY_POLICY = POLICY
# Idle and longest are in config/sessions.py; a row stays a week, so that what comes in
# the next morning, or after a weekend, is still known to be somebody's.
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_AGE = 7 * 24 * 60 * 60
# Seconds between two times that it is written down that somebody is still there.
SESSION_SEEN_EVERY = 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.errors.csrf_failed"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["config.uploads.NoFiles"]
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # The proxy in front ends TLS and has to set this header itself, always.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

# --- language and time ------------------------------------------------------------

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands")]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
USE_I18N = True

# --- files and cache --------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# In the database, not in Redis: counting wrong passwords must go on without Redis.
#
# What is counted must stay as long as somebody has to wait. One address leaves at most
# 250 counters that still run (20 names a minute for five minutes, 10 to reset a password
# for fifteen), so four hundred that do nothing else push none out. Django's own 300 is
# less than two. What is over goes first; when nothing is, a thousandth makes room.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache"
        if PRODUCTION
        else "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 1000},
    }
}

# --- log --------------------------------------------------------------------------

# English, ids only: no names, no text, no request bodies.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.redact.Formatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"keys": {"()": "config.redact.KeysFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["keys"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A refused page is a line in the log of the product, not here.
        "django.request": {"level": "ERROR"},
        "workers": {"level": "INFO"},
    },
}
