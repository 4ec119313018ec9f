"""The addresses of plans and tasks."""

from django.urls import path

from casework.plan import views

app_name = "plan"

urlpatterns = [
    path("casussen/<str:reference>/plan/", views.plan, name="plan"),
    path("casussen/<str:reference>/taak/<int:pk>/", views.steer, name="steer"),
    path("taken/<int:pk>/", views.task, name="task"),
]
