"""Every address, with those of the dossier."""

from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as all_but_these

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*all_but_these, path("", include("casework.cases.dossier_urls"))]
