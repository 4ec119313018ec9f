"""Addresses of the pages that anybody may read; the footer links to them."""

from django.urls import path

from casework.access import views

app_name = "about"
urlpatterns = [
    path("hulp/", views.help, name="help"),
    path("privacy/", views.privacy, name="privacy"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
    path("broncode/", views.source, name="source"),
]
