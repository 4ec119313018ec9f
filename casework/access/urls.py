"""Addresses of the pages behind the footer, and of what the beheerder looks after."""

from django.urls import path

from casework.access import admin_views, views

app_name = "about"
urlpatterns = [
    path("hulp/", views.help, name="help"),
    path("privacy/", views.privacy, name="privacy"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
    path("broncode/", views.source, name="source"),
    path("beheer/", admin_views.manage, name="manage"),
]
