"""The address of sending a beleidssignaal."""

from django.urls import path

from ave.trends import views

app_name = "trends"

urlpatterns = [
    path(
        "casussen/<slug:reference>/knelpunt/<int:number>/beleidssignaal/",
        views.send,
        name="send",
    ),
]
