"""The addresses of going up, deciding and coming down."""

from django.urls import path

from ave.escalation.views import asking, beside, deciding, stopping, voices

app_name = "escalation"

urlpatterns = [
    path("besluiten/", deciding.show_list, name="list"),
    path("besluiten/<int:pk>/", deciding.decide, name="decide"),
    path("besluiten/<int:pk>/aanvullen/", deciding.supply, name="supply"),
    path("besluiten/<int:pk>/intrekken/", asking.withdraw, name="withdraw"),
    path("besluiten/<int:pk>/mondeling/", asking.record, name="record"),
    path("besluiten/<int:pk>/wie/", beside.show_who, name="show_who"),
    path("besluiten/<int:pk>/mening/", beside.dissent, name="dissent"),
    path("besluiten/<int:pk>/erbij/", voices.ask, name="ask_voice"),
    path("besluiten/<int:pk>/erbij/terug/", voices.take_back, name="take_back_voice"),
    path("besluiten/<int:pk>/advies/", voices.give, name="give_voice"),
    path("besluiten/<int:pk>/stil/", deciding.silent, name="silent"),
    path("besluiten/<int:pk>/overgeslagen/", deciding.skipped, name="skipped"),
    path("casussen/<str:reference>/opschalen/", asking.request_level, name="request"),
    path(
        "casussen/<str:reference>/knelpunt/<int:number>/terug/",
        asking.take_bottleneck_back,
        name="take_back",
    ),
    path("casussen/<str:reference>/afschalen/", stopping.stop, name="stop"),
    path(
        "casussen/<str:reference>/afschalen/antwoord/", stopping.receive, name="receive"
    ),
    path(
        "casussen/<str:reference>/afschalen/intrekken/",
        stopping.withdraw,
        name="withdraw_stop",
    ),
    path(
        "casussen/<str:reference>/afschalen/nazorg/",
        stopping.aftercare,
        name="aftercare",
    ),
]
