"""Addresses of the page on which the beheerder sees the clock."""

from django.urls import path

from workers import clock_views

app_name = "clock"

urlpatterns = [
    path("beheer/klok/", clock_views.show, name="show"),
    path(
        "beheer/klok/mail/<int:pk>/opnieuw/", clock_views.retry_mail, name="retry_mail"
    ),
    path("beheer/klok/mail/<int:pk>/stoppen/", clock_views.give_up, name="give_up"),
    path(
        "beheer/klok/werk/<int:pk>/opnieuw/", clock_views.retry_step, name="retry_step"
    ),
]
