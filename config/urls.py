"""Every address of the product."""

from allauth.account import views as account
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from config import idle, login
from workers import health, metrics

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler429 = "config.login.too_many"
handler500 = "config.errors.failed"

# allauth's own list has English paths, and pages that we do not offer.
logging_in: list[URLPattern | URLResolver] = [
    path("", account.login, name="account_login"),
    path("uit/", account.logout, name="account_logout"),
    path("inactief/", account.account_inactive, name="account_inactive"),
    path("account/", account.signup, name="account_signup"),
    path("opnieuw/", account.reauthenticate, name="account_reauthenticate"),
    path("wachtwoord/", account.password_change, name="account_change_password"),
    path("wachtwoord/instellen/", account.password_set, name="account_set_password"),
    path("wachtwoord/vergeten/", account.password_reset, name="account_reset_password"),
    path(
        "wachtwoord/vergeten/verstuurd/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^wachtwoord/nieuw/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "wachtwoord/nieuw/klaar/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("nog-even/", idle.still_there, name="still_there"),
    path("bewaard/", idle.kept_text, name="kept_text"),
    path("veilig/kiezen/", login.second_step, name="second_step"),
    path("veilig/qr.svg", login.totp_picture, name="totp_picture"),
    path("veilig/", include("allauth.mfa.urls")),
    path("sessies/", include("allauth.usersessions.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("inloggen/", include(logging_in)),
    path("", include("casework.access.urls")),
    path("", include("ave.trends.urls")),
    path("", include("programme.urls")),
    path("", include("casework.jobs.urls")),
    path("", include("casework.work.urls")),
    path("", include("casework.work.calendar_urls")),
    path("", include("casework.cases.urls")),
    path("", include("casework.cases.dossier_urls")),
    path("", include("casework.plan.urls")),
    path("", include("casework.meetings.urls")),
    path("", include("ave.escalation.urls")),
    path("", include("ave.triage.urls")),
    path("", include("ave.stagnation.urls")),
    path("", include("ave.board.urls")),
    path("", include("workers.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))
