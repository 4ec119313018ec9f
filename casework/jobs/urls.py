"""The addresses of what takes long: asking for it, how far it is, fetching it."""

from django.urls import path

from casework.jobs import views

app_name = "jobs"

urlpatterns = [
    path("logboek/export/", views.log_export, name="log_export"),
    path("logboek/export/<int:pk>/", views.fetch_log, name="fetch_log"),
]
