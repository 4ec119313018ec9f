"""The addresses of referring and assessing; before those of one case."""

from django.urls import path

from ave.triage import views

app_name = "triage"

urlpatterns = [
    path("casussen/melden/", views.refer, name="refer"),
    path("casussen/<str:reference>/beoordelen/", views.assess, name="assess"),
    path("casussen/<str:reference>/beoordelen/verteld/", views.tell, name="tell"),
    path("gemeld/", views.reported, name="reported"),
    path("gemeld/<str:reference>/gelezen/", views.read, name="read"),
    path("vraag/", views.consult, name="consult"),
]
