"""A plan with tasks for partners: one is done, one declined; later two more."""

from __future__ import annotations

from workers.walkthrough.actor import Actor
from workers.walkthrough.page import Choice
from workers.walkthrough.stage import Stage

OVERVIEW = "Stuur een overzicht van de meldingen"
HOUSING = "Geef advies over veilig wonen"
NEIGHBOURS = "Praat met de buren"
CONTACT = "Noem een vast contactpersoon"
VERIFY: dict[str, Choice] = {"action": "verify"}


def plan_with_two_tasks(stage: Stage) -> None:
    """The casusregisseur makes the plan and asks two parties for something."""
    casusregisseur = stage["casusregisseur"]
    plan = stage.address("plan/")
    casusregisseur.sends(plan, {"action": "plan", "discussed": "yes"})
    casusregisseur.sends(
        plan,
        {
            "action": "goal",
            "life_domain": "housing",
            "text": "Over drie maanden is het rustig in huis en op straat",
        },
    )
    stage.says(f"{casusregisseur.name} maakt een plan en besprak het met de inwoner")
    for kind, desk in ((OVERVIEW, "Wijkagenten"), (HOUSING, "Wonen en overlast")):
        due_on = stage.working_day(8).isoformat()
        casusregisseur.sends(
            plan,
            {
                "action": "task",
                "kind": kind,
                "question": "Laat weten wat er nodig is om te beginnen.",
                "desk": desk,
                "due_on": due_on,
                "package": "question",
            },
        )
        stage.says(f"{casusregisseur.name} vraagt aan {desk}: {kind.lower()}")


def one_done_one_declined(stage: Stage) -> None:
    """The police answers; the housing corporation declines after a reminder."""
    police, housing = stage["ketenpartner-politie"], stage["ketenpartner-wonen"]
    casusregisseur, regisseur = stage["casusregisseur"], stage["procesregisseur"]
    does_task(stage, police, OVERVIEW)
    enough(stage, casusregisseur)

    waiting = housing.finds_work(HOUSING)
    stage.refuses("ketenpartner-politie", waiting)
    stage.refuses("ketenpartner-wonen", stage.address("plan/"))
    stage.waits_until_reminded("task")
    reason = "Deze woning is niet van ons."
    housing.sends(waiting, {"action": "decline", "reason": reason})
    stage.says(f"{housing.name} geeft de taak terug: {reason}")

    stuck = regisseur.finds_work("Zoek een ander of schaal op")
    regisseur.sends(stuck, {"action": "withdraw"})
    stage.says(f"{regisseur.name} trekt de taak in en gaat het hogerop zoeken")


def decision_into_tasks(stage: Stage) -> None:
    """What was decided becomes two tasks, written down after a meeting."""
    regisseur = stage["procesregisseur"]
    due_on = stage.working_day(5).isoformat()
    rows: dict[str, Choice] = {}
    for number, (kind, desk) in enumerate(
        ((NEIGHBOURS, "Wijkagenten"), (CONTACT, "Wonen en overlast"))
    ):
        rows |= {
            f"rows-{number}-kind": kind,
            f"rows-{number}-question": "Doe dit zoals besloten en zeg wie het doet.",
            f"rows-{number}-desk": desk,
            f"rows-{number}-due_on": due_on,
        }
    present: list[str] = [
        str(stage[role].user.organisation)
        for role in ("ketenpartner-politie", "ketenpartner-wonen")
    ]
    regisseur.sends(
        stage.address("afspraken/"),
        {"held_on": stage.today.isoformat(), "present": present, **rows},
    )
    stage.says(f"{regisseur.name} legt uit het overleg twee afspraken vast als taken")


def decided_tasks_done(stage: Stage) -> None:
    """Both parties do what was decided, one of them on the last day."""
    does_task(stage, stage["ketenpartner-politie"], NEIGHBOURS)
    enough(stage, stage["procesregisseur"])
    stage.waits_until_reminded("task")
    does_task(stage, stage["ketenpartner-wonen"], CONTACT)
    enough(stage, stage["procesregisseur"])


def enough(stage: Stage, regisseur: Actor) -> None:
    """Read an answer and say that it will do."""
    regisseur.sends(regisseur.finds_work("Kijk het antwoord na"), VERIFY)
    stage.says(f"{regisseur.name} kijkt het antwoord na: genoeg")


def does_task(stage: Stage, partner: Actor, title: str) -> None:
    """Pick a task up, which shows what it is about, and answer it."""
    task = partner.finds_work(title)
    partner.sends(task, {"action": "pick_up"})
    answer = "We hebben dit gedaan en blijven bereikbaar."
    partner.sends(task, {"action": "report", "answer": answer})
    stage.says(f"{partner.name} pakt op en antwoordt: {title.lower()}")
