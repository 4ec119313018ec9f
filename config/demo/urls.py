"""The addresses of the demo."""

from django.urls import path

from config.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("mail/", views.mail, name="mail"),
]
