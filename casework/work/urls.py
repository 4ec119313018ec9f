"""The addresses of Mijn werk."""

from django.urls import path

from casework.work import feed_views, mail_views, views

app_name = "work"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("mail-uit/<uuid:key>/", mail_views.digest, name="digest"),
    path("agenda/", feed_views.agenda, name="agenda"),
    path("agenda/<str:key>.ics", feed_views.calendar, name="feed"),
    path("wie-bel-je-nu/", views.call, name="call"),
    path("te-doen/nieuw/", views.write, name="write"),
    path("te-doen/<int:pk>/herinner/", views.remind, name="remind"),
    path("te-doen/<int:pk>/rust/", views.pause, name="pause"),
    path("te-doen/<int:pk>/waarom/", views.why, name="why"),
    path("te-doen/<int:pk>/klaar/", views.finish, name="finish"),
]
