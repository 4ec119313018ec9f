"""The addresses of the dossier of a case, of being away, and of the log.

One include gives three namespaces: `dossier`, `absence` and `audit`.
"""

from django.urls import URLPattern, URLResolver, include, path

from casework.cases import (
    absence_views,
    break_glass_views,
    confirm_views,
    household_views,
    log_review,
    log_views,
    looking_back_views,
    party_views,
    remarkable_views,
    retraction_views,
    timeline_views,
)

Patterns = list[URLPattern | URLResolver]

household: Patterns = [
    path("", household_views.show_household, name="household"),
    path("niemand/", household_views.settle_untold, name="settle_untold"),
    path("persoon/", household_views.add_person, name="add_person"),
    path("persoon/<int:pk>/", household_views.correct_person, name="correct_person"),
    path(
        "persoon/<int:pk>/geinformeerd/",
        household_views.inform_person,
        name="inform_person",
    ),
    path(
        "persoon/<int:pk>/vertrokken/",
        household_views.leave_household,
        name="leave_household",
    ),
    path(
        "persoon/<int:pk>/bekeken/",
        household_views.review_person,
        name="review_person",
    ),
    path("notitie/", household_views.add_note, name="add_note"),
    path("let-op/", household_views.set_warning, name="set_warning"),
    path("let-op/<int:pk>/voorbij/", household_views.end_warning, name="end_warning"),
    path("grondslag/", household_views.state_ground, name="state_ground"),
    path("grondslag/<int:pk>/", household_views.review_ground, name="review_ground"),
]

parties: Patterns = [
    path("", party_views.show_parties, name="parties"),
    path("partij/", party_views.invite_party, name="invite_party"),
    path("partij/<int:pk>/", party_views.extend_party, name="extend_party"),
    path("partij/<int:pk>/klaar/", party_views.end_party, name="end_party"),
    path(
        "casusregisseur/",
        party_views.appoint_casusregisseur,
        name="appoint_casusregisseur",
    ),
    path("procesregie/", party_views.hand_over, name="hand_over"),
    path("ingelezen/", party_views.read_in, name="read_in"),
    path("ik-ken-deze-mensen/", party_views.exclude_myself, name="exclude_myself"),
    path("uitsluiten/", party_views.exclude_colleague, name="exclude_colleague"),
]

dossier: Patterns = [
    path("casussen/<str:reference>/huishouden/", include(household)),
    path("casussen/<str:reference>/partijen/", include(parties)),
    path(
        "casussen/<str:reference>/tijdlijn/",
        timeline_views.show_timeline,
        name="timeline",
    ),
    path(
        "casussen/<str:reference>/wie-zag-dit/",
        timeline_views.show_who_read,
        name="who_read",
    ),
    path(
        "casussen/<str:reference>/terughalen/<slug:slug>/<int:pk>/",
        retraction_views.take_back,
        name="take_back",
    ),
    path("vergissing/<slug:slug>/<int:pk>/", retraction_views.decide, name="decide"),
    path(
        "verstrekking/<int:pk>/vernietigd/",
        retraction_views.confirm_destruction,
        name="confirm_destruction",
    ),
    path("datalek/<int:pk>/", retraction_views.breach, name="breach"),
    path("klopt-dit/<str:about>/", confirm_views.confirm_spoken, name="confirm_spoken"),
]

absence: Patterns = [
    path("afwezig/", absence_views.mine, name="mine"),
    path("afwezig/<int:pk>/vervanger/", absence_views.deputy, name="deputy"),
    path("afwezig/<int:pk>/begin/", absence_views.begin, name="begin"),
    path("afwezig/<int:pk>/terug/", absence_views.end, name="end"),
    path("afwezig/casus/<int:pk>/", absence_views.cover, name="cover"),
]

log: Patterns = [
    path("logboek/", log_views.show_log, name="log"),
    path("logboek/nakijken/", log_review.review_log, name="review"),
    path("logboek/opvallend/", remarkable_views.show_remarkable, name="remarkable"),
    path(
        "logboek/casus/<str:reference>/",
        looking_back_views.look_back,
        name="look_back",
    ),
]

emergency: Patterns = [
    path("noodtoegang/", break_glass_views.ask, name="ask"),
    path("noodtoegang/<int:pk>/", break_glass_views.show_one, name="one"),
    path("noodtoegang/<int:pk>/stop/", break_glass_views.end, name="end"),
    path("noodtoegang/<int:pk>/gelezen/", break_glass_views.seen, name="seen"),
]

urlpatterns: Patterns = [
    path("", include((dossier, "dossier"))),
    path("", include((absence, "absence"))),
    path("", include((emergency, "emergency"))),
    path("", include((log, "audit"))),
]
