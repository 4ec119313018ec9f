"""Every address, with those of this feature, whether or not config has them yet."""

from django.urls import include, path

from config.urls import handler404, urlpatterns  # noqa: F401  read by Django

urlpatterns = [
    *urlpatterns,
    path("", include("casework.plan.urls")),
    path("", include("casework.meetings.urls")),
    path("", include("ave.stagnation.urls")),
]
