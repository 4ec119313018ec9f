"""The addresses of agreements."""

from django.urls import path

from casework.meetings import views

app_name = "meetings"

urlpatterns = [
    path("casussen/<str:reference>/afspraken/", views.agreements, name="agreements"),
    path("taken/<int:pk>/klopt-niet/", views.object_to, name="object_to"),
]
