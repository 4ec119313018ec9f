"""The addresses of Mijn werk."""

from django.urls import path

from casework.work import mail_views, views

app_name = "work"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("mail-uit/<uuid:key>/", mail_views.digest, name="digest"),
    path("te-doen/nieuw/", views.write, name="write"),
    path("te-doen/<int:pk>/herinner/", views.remind, name="remind"),
    path("te-doen/<int:pk>/klaar/", views.finish, name="finish"),
]
