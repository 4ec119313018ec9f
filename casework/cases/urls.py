"""The addresses of what begins and ends in a case."""

from django.urls import path

from casework.cases import views

app_name = "cases"

urlpatterns = [
    path(
        "casussen/<str:reference>/knelpunt/nieuw/",
        views.raise_bottleneck,
        name="raise_bottleneck",
    ),
    path(
        "casussen/<str:reference>/knelpunt/<int:number>/afronden/",
        views.end_bottleneck,
        name="end_bottleneck",
    ),
    path(
        "casussen/<str:reference>/knelpunt/<int:number>/verbeteren/",
        views.reword_bottleneck,
        name="reword_bottleneck",
    ),
    path("casussen/<str:reference>/afsluiten/", views.close, name="close"),
    path("casussen/<str:reference>/heropenen/", views.reopen, name="reopen"),
    path("casussen/<str:reference>/gegevens/", views.details, name="details"),
]
