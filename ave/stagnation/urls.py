"""The addresses of what is stuck."""

from django.urls import path

from ave.stagnation import views

app_name = "stagnation"

urlpatterns = [
    path("taken/<int:pk>/vast/", views.report_task, name="report_task"),
    path("casussen/<str:reference>/vast/", views.case, name="case"),
    path("vast/<int:pk>/", views.answer, name="answer"),
]
