"""One bottleneck goes up to management and to bestuurlijk, and is decided."""

from __future__ import annotations

from datetime import timedelta

from casework.levels import Level
from workers.walkthrough.actor import Actor, WentWrong
from workers.walkthrough.stage import Stage, ago

EXECUTIVES = ("burgemeester", "wethouder")


def second_bottleneck(stage: Stage) -> None:
    """Something else is stuck too: a second bottleneck at PROCES."""
    regisseur = stage["procesregisseur"]
    theme, description, tried = stage.story.stuck_too
    regisseur.sends(
        stage.address("knelpunt/nieuw/"),
        {
            "description": description,
            "kinds": ["substance"],
            "theme": theme,
            "since": ago(20),
            "tried": tried,
        },
    )
    stage.stands_at(Level.PROCES)
    stage.says(f"{regisseur.name} legt knelpunt 2 vast: {description}")


def asked_of_management(stage: Stage) -> None:
    """The first question goes to the manager; a name in it is sent back."""
    regisseur, manager = stage["procesregisseur"], stage["manager"]
    form = stage.address("opschalen/?knelpunt=1")
    naming = regisseur.tries(
        form, {"question": f"Mag {stage.story.inhabitant} blijven?"}, press="send"
    )
    if naming.status != 422 or stage.story.inhabitant not in naming.text:
        raise WentWrong("een vraag met een naam erin ging door")
    stage.says(
        "Een vraag met een naam erin wordt niet verstuurd; de tekst blijft staan"
    )
    asks(stage, 1, stage.story.question)
    stage.refuses("manager", stage.address())
    request = manager.finds_work("Beantwoord de vraag over knelpunt 1")
    own_answer = {"answer": "decide", "text": "Ik besluit dit zelf."}
    stage.refuses("procesregisseur", request, own_answer)
    stage.refuses(
        "casusregisseur", stage.address("opschalen/"), {"question": "Mag ik?"}
    )


def supplied_and_picked_up(stage: Stage) -> None:
    """The manager wants to know more on the last day; then he picks it up."""
    regisseur, manager = stage["procesregisseur"], stage["manager"]
    wants_to_know, supplied = stage.story.asked_more
    stage.waits_until_reminded("escalation.review")
    request = manager.finds_work("Beantwoord de vraag over knelpunt 1")
    manager.sends(request, {"answer": "ask_first", "text": wants_to_know})
    stage.says(f"{manager.name} wil eerst iets weten: {wants_to_know}")
    regisseur.sends(
        regisseur.finds_work("Vul de vraag over knelpunt 1 aan"),
        {"text": supplied},
        to="/aanvullen/",
    )
    stage.says(f"{regisseur.name} vult aan: {supplied}")
    stage.goes_on()
    manager.sends(request, {"answer": "pick_up"})
    stage.stands_at(Level.MANAGEMENT)
    stage.says(f"{manager.name} pakt knelpunt 1 op: de casus staat op 3 Management")


def sent_higher(stage: Stage) -> None:
    """The manager can't bind the other party: it goes to the executive."""
    manager = stage["manager"]
    carried = manager.finds_work("Los knelpunt 1 op, of besluit")
    advice = "Ik kan de andere partij niet binden. Mijn advies: doe het."
    manager.sends(carried, {"answer": "higher", "text": advice})
    stage.stands_at(Level.BESTUURLIJK)
    stage.says(f"{manager.name} stuurt door naar 4 Bestuurlijk: {advice}")
    executive, other = _who_decides(stage)
    stage.actors["bestuurder"] = stage[executive]
    stage.refuses(other, carried)
    stage.refuses("bestuurder", stage.address())


def decided(stage: Stage) -> None:
    """The executive is reminded, and decides on one page."""
    stage.waits_until_reminded("escalation.review")
    executive = stage["bestuurder"]
    executive.sends(
        executive.finds_work("Beantwoord de vraag over knelpunt 1"),
        {
            "answer": "decide",
            "text": stage.story.decision,
            "binding": "alle partijen in deze casus",
            "until_on": (stage.today + timedelta(days=90)).isoformat(),
        },
    )
    stage.goes_on()
    stage.stands_at(Level.BESTUURLIJK)
    stage.says(f"{executive.name} besluit: {stage.story.decision}")


def asks(stage: Stage, number: int, question: str) -> None:
    """Look at the preview, send the question, and see that it is mailed at once."""
    regisseur, manager = stage["procesregisseur"], stage["manager"]
    form = stage.address(f"opschalen/?knelpunt={number}")
    preview = regisseur.tries(form, {"question": question}, press="preview")
    if f"Dit ziet {manager.name}" not in preview.text:
        raise WentWrong("het voorbeeld zegt niet wie de vraag krijgt")
    regisseur.sends(form, {"question": question, "kind": "decision"}, press="send")
    stage.says(
        f"{regisseur.name} vraagt {manager.name} over knelpunt {number}: {question}"
    )
    stage.goes_on()


def _who_decides(stage: Stage) -> tuple[str, str]:
    """Give the executive who has the question on his list, and the one who has not."""
    has, not_ = sorted(EXECUTIVES, key=lambda role: not _is_asked(stage[role]))
    if not _is_asked(stage[has]) or _is_asked(stage[not_]):
        raise WentWrong("de vraag staat niet bij één bestuurder")
    return has, not_


def _is_asked(executive: Actor) -> bool:
    return "Beantwoord de vraag" in executive.opens("/besluiten/").text
