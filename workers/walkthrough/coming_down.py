"""What went up comes back: taken back, answered by telephone, solved, and closed."""

from __future__ import annotations

from datetime import timedelta

from casework.levels import Level
from workers.walkthrough.going_up import asks
from workers.walkthrough.stage import Stage

OUTSIDE = (
    "manager",
    "bestuurder",
    "ketenpartner-politie",
    "ketenpartner-wonen",
    "aov",
    "beleidsmedewerker",
    "privacy-officer",
    "fg",
)


def taken_back(stage: Stage) -> None:
    """The procesregisseur brings the bottleneck back to PROCES after the decision."""
    regisseur = stage["procesregisseur"]
    regisseur.sends(
        regisseur.finds_work("Verwerk het besluit over knelpunt 1"),
        to="/knelpunt/1/terug/",
    )
    stage.stands_at(Level.PROCES)
    stage.says(f"{regisseur.name} neemt knelpunt 1 terug: de casus staat op 2 Proces")


def answered_by_telephone(stage: Stage) -> None:
    """The second question gets "dit kan op een lager niveau", said by telephone."""
    regisseur, manager = stage["procesregisseur"], stage["manager"]
    asks(stage, 2, stage.story.question_too)
    request = manager.finds_work("Beantwoord de vraag over knelpunt 2")
    regisseur.sends(
        f"{request}mondeling/",
        {
            "giver": manager.name,
            "channel": "telephone",
            "answer": "lower",
            "text": stage.story.lower,
        },
    )
    stage.stands_at(Level.PROCES)
    stage.says(
        f"{manager.name} zegt per telefoon dat knelpunt 2 op procesniveau kan: "
        f"{stage.story.lower} {regisseur.name} schrijft het op"
    )


def confirmed(stage: Stage) -> None:
    """Who said it is reminded, and confirms that it was said like that."""
    manager = stage["manager"]
    stage.goes_on()
    question = manager.finds_work("Klopt dit?")
    stage.refuses("bestuurder", question)
    stage.waits_until_reminded("confirm")
    manager.sends(question, {"right": "yes"})
    stage.says(f"{manager.name} bevestigt: zo is het gezegd")


def both_solved(stage: Stage) -> None:
    """Both bottlenecks are solved: nothing is stuck, the case stands at CASUS."""
    regisseur = stage["procesregisseur"]
    for number in (1, 2):
        regisseur.sends(
            stage.address(f"knelpunt/{number}/afronden/"),
            {"state": "solved", "reason": "De partijen zijn begonnen en het loopt."},
        )
        stage.says(f"{regisseur.name} rondt knelpunt {number} af: opgelost")
    stage.stands_at(Level.CASUS)


def procesregie_stops(stage: Stage) -> None:
    """The casusregisseur is asked to take the case over, and accepts."""
    regisseur, casusregisseur = stage["procesregisseur"], stage["casusregisseur"]
    look_back = stage.today + timedelta(weeks=stage.story.weeks_of_aftercare)
    regisseur.sends(
        stage.address("afschalen/"),
        {
            "receiver": casusregisseur.name,
            "aftercare_on": look_back.isoformat(),
            "reason": "Het loopt, en niemand wacht nog op een ander.",
        },
    )
    stage.says(f"{regisseur.name} vraagt {casusregisseur.name} de casus over te nemen")
    stage.goes_on()
    asked = casusregisseur.finds_work("Neem je deze casus over?")
    casusregisseur.sends(asked, to="/afschalen/antwoord/", press="accept")
    stage.says(f"{casusregisseur.name} neemt het over; de nazorg loopt")


def aftercare_and_close(stage: Stage) -> None:
    """On the chosen day we look back, and the case closes with an outcome."""
    regisseur = stage["procesregisseur"]
    stage.waits_until_reminded("stop.aftercare")
    regisseur.sends(
        regisseur.finds_work("Kijk terug: hoe gaat het nu?"),
        {"text": "Het is rustig, en de afspraken worden nagekomen."},
        to="/afschalen/nazorg/",
    )
    stage.says(f"{regisseur.name} kijkt terug: het gaat goed")
    regisseur.sends(stage.address("afsluiten/"), {"outcome": "solved"})
    stage.says(f"{regisseur.name} sluit de casus af: opgelost")


def afterwards(stage: Stage) -> None:
    """Who took part for a while sees nothing any more; who watches reads the log."""
    for role in ("manager", "bestuurder", "casusregisseur"):
        stage.refuses(role, stage.address())
    for role in ("privacy-officer", "fg"):
        watcher = stage[role]
        stage.refuses(role, stage.address())
        watcher.opens(f"/logboek/?reference={stage.reference}")
        stage.says(f"{watcher.name} ({role}) leest het logboek van {stage.reference}")
    stage["procesregisseur"].opens(stage.address("tijdlijn/"))
    stage.never_saw(*OUTSIDE)
    stage.says(
        "Wie buiten het dossier staat las nergens over wie het gaat, ook niet in de mail"
    )
