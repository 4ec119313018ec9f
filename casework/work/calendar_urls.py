"""The addresses on which the beheerder keeps the days off."""

from django.urls import path

from casework.work import calendar_views

app_name = "calendar"

urlpatterns = [
    path("beheer/dagen/", calendar_views.show, name="show"),
    path("beheer/dagen/nieuw/", calendar_views.add_day, name="add_day"),
    path("beheer/dagen/vast/", calendar_views.add_weekday, name="add_weekday"),
    path("beheer/dagen/<int:pk>/weg/", calendar_views.forget_day, name="forget_day"),
    path(
        "beheer/dagen/vast/<int:pk>/weg/",
        calendar_views.open_weekday,
        name="open_weekday",
    ),
]
