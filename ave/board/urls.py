"""The addresses of the list of cases and the overview of one."""

from django.urls import path

from ave.board import views

app_name = "board"

urlpatterns = [
    path("casussen/", views.show_list, name="list"),
    path("casussen/<str:reference>/", views.show_case, name="case"),
]
