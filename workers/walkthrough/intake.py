"""A telephone call becomes a case with procesregie."""

from __future__ import annotations

import re

from casework.levels import Level
from workers.walkthrough.actor import WentWrong
from workers.walkthrough.stage import Stage, ago

REFERENCE = re.compile(r"/casussen/(AVE-\d{4}-\d+)/")
GROUND = "avg-6-1-e"


def phone_call(stage: Stage) -> None:
    """Somebody calls; the procesregisseur writes down who and why."""
    regisseur = stage["procesregisseur"]
    page = regisseur.sends(
        "/casussen/melden/",
        {
            "referrer_name": stage.story.caller.capitalize(),
            "referrer_phone": "0612 34 56 78",
            "reason": stage.story.reason,
            "kind": stage.story.kind,
            "channel": "telephone",
        },
    )
    found = REFERENCE.search(page.path)
    if found is None:
        raise WentWrong(f"de melding leidt naar {page.path}")
    stage.reference = found[1]
    stage.says(
        f"{regisseur.name} legt een telefoontje vast van {stage.story.caller}: "
        f"{stage.case.title}"
    )
    for role in ("ketenpartner-politie", "aov", "beleidsmedewerker"):
        stage.refuses(role, stage.address())


def assessment(stage: Stage) -> None:
    """The referral waits until its last day; then procesregie starts at PROCES."""
    stage.waits_until_reminded("triage")
    regisseur = stage["procesregisseur"]
    theme, description, tried = stage.story.stuck
    regisseur.sends(
        regisseur.finds_work("Beoordeel de melding"),
        {
            **dict.fromkeys(("problems", "safety", "bottleneck", "chain"), "yes"),
            "outcome": "procesregie",
            "ground": GROUND,
            "purpose": "Zorg en veiligheid in dit huishouden weer op gang brengen",
            "description": description,
            "kinds": ["cooperation"],
            "theme": theme,
            "since": ago(35),
            "tried": tried,
        },
    )
    stage.stands_at(Level.PROCES)
    stage.says(f"{regisseur.name} beoordeelt: vier keer ja, procesregie start")
    regisseur.sends(regisseur.finds_work("Vertel de melder"), to="/verteld/")
    stage.says(f"{regisseur.name} belt terug: de melder weet de uitkomst")


def people(stage: Stage) -> None:
    """The household is written down, and a casusregisseur named."""
    regisseur, casusregisseur = stage["procesregisseur"], stage["casusregisseur"]
    stage.refuses("casusregisseur", stage.address("huishouden/"))
    household = regisseur.opens(regisseur.finds_work("Informeer de inwoner"))
    regisseur.sends(
        f"{household.path}persoon/",
        {
            "name": stage.story.inhabitant,
            "role": "main",
            "address": stage.story.address,
            "informed_on": ago(0),
        },
    )
    stage.says(f"{regisseur.name} legt het huishouden vast; de inwoner is geïnformeerd")
    parties = regisseur.opens(regisseur.finds_work("Wijs een casusregisseur aan"))
    regisseur.sends(
        parties.link("Wijs een casusregisseur aan"), {"user": casusregisseur.name}
    )
    casusregisseur.sends(casusregisseur.finds_work("Lees je in"), to="/ingelezen/")
    stage.says(f"{casusregisseur.name} is casusregisseur en heeft zich ingelezen")
