"""The addresses of the programme and of the beleidssignalen."""

from django.urls import path

from programme import taking_back_views, views

app_name = "programme"

urlpatterns = [
    path("programma/", views.show_list, name="list"),
    path("programma/periode/", views.period, name="period"),
    path("programma/raad.csv", views.council, name="council"),
    path("programma/<slug:code>/", views.show_activity, name="activity"),
    path("programma/<slug:code>/actiehouder/", views.assign, name="assign"),
    path("programma/<slug:code>/voortgang/", views.progress, name="progress"),
    path(
        "programma/<slug:code>/voortgang/<int:pk>/weghalen/",
        taking_back_views.take_back,
        name="take_back",
    ),
    path("programma/<slug:code>/doorzetten/", views.override, name="override"),
    path("beleidssignalen/", views.show_signals, name="signals"),
    path("beleidssignalen/<int:pk>/", views.show_signal, name="signal"),
    path("beleidssignalen/<int:pk>/gelezen/", views.read_signal, name="read"),
]
