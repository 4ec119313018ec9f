"""Which secrets stand in which field of the fixture, and who may read which."""

from __future__ import annotations

from collections.abc import Iterable

from tests.world import CANARIES

DOSSIER = {
    **CANARIES,
    "phone": "0609-CANARY",
    "left": "CANARY-vertrokken-naar",
    "not_informed": "CANARY-nog-niet-verteld",
    "referrer": "CANARY-melder",
    "reason": "CANARY-reden-van-melding",
    "goal_of_referrer": "CANARY-wens-van-melder",
    "purpose": "CANARY-doel-van-grondslag",
    "weighing": "CANARY-afweging",
    "their_reference": "CANARY-jullie-kenmerk",
    "party_scope": "CANARY-waarvoor-partij",
    "why_not": "CANARY-niet-besproken",
    "goal": "CANARY-doel-van-plan",
    "ended": "CANARY-hoe-het-eindigde",
    "threat": "CANARY-dreiging",
    "objection": "CANARY-klopt-niet",
    "declined": "CANARY-past-niet",
}
"""Of the dossier: for its readers only."""

TASK = {
    "question": "CANARY-vraag-aan-bureau",
    "lent": "CANARY-meegegeven-stuk",
    "warning": "CANARY-let-op-bij-bezoek",
}
"""What a desk reads once one of its people has picked a task up."""

REPORT = {"report": "CANARY-antwoord-van-bureau"}
"""What a desk answered: its own."""

STUCK = {"stuck": "CANARY-het-loopt-vast"}
"""What somebody said about being stuck: his own."""

MEMO = {
    "stuck_at": "CANARY-wat-loopt-vast",
    "tried": "CANARY-wat-is-geprobeerd",
    "breaker": "CANARY-wie-kan-het",
    "memo_question": "CANARY-welk-besluit",
    "if_nothing": "CANARY-wat-als-niet",
    "jump": "CANARY-waarom-overslaan",
}
"""The bottleneck with its question, without names: for who answers it."""

ANSWER = {"answer": "CANARY-wat-de-beslisser-zei"}
"""What a decider said: for who reads the dossier or the memo, and for himself."""

EMERGENCY = {"reason_of_emergency": "CANARY-waarom-noodtoegang"}
"""Why somebody read it in an emergency: for who reviews it or is told of it."""

GONE = {
    "gone_person": "Wies Vergeefs",
    "gone_note": "CANARY-vergissing-notitie",
    "gone_disclosure": "CANARY-vergissing-stuk",
}
"""What was taken back: for nobody."""

KINDS = {
    "dossier": DOSSIER,
    "task": TASK,
    "report": REPORT,
    "stuck": STUCK,
    "memo": MEMO,
    "answer": ANSWER,
    "emergency": EMERGENCY,
    "gone": GONE,
}
KIND_OF = {
    value: kind for kind, canaries in KINDS.items() for value in canaries.values()
}

READERS = frozenset(
    {
        ("procesregisseur", "regisseur-nu"),
        ("procesregisseur", "vervanger-waarnemend"),
        ("procesregisseur", "beoordelaar"),
        ("procesregisseur", "archief"),
        ("casusregisseur", "regisseur-nu"),
        ("casusregisseur", "vervanger-waarnemend"),
        ("casusregisseur", "ontvanger"),
        ("aov", "vervanger-waarnemend"),
        ("casusregisseur", "noodtoegang-actief"),
    }
)
"""Who reads the dossier of the case, and so everything in it but what is gone."""

ALSO = {
    ("ketenpartner", "zelfde-bureau-na-oppakken"): {"task", "report", "stuck"},
    ("ketenpartner", "vervanger-waarnemend"): {"task", "report", "stuck"},
    ("ketenpartner", "collega-van-oppakker"): {"report"},
    ("ketenpartner", "gaf-antwoord"): {"task", "report", "stuck"},
    ("ketenpartner", "zelfde-bureau-voor-oppakken"): {"report"},
    ("manager", "beantwoorder"): {"memo", "answer"},
    ("manager", "vervanger-waarnemend"): {"memo", "answer"},
    ("manager", "beantwoorder-besliste"): {"memo", "answer"},
    ("manager", "beantwoorder-toen"): {"answer"},
    ("bestuurder", "beantwoorder"): {"memo", "answer"},
    ("bestuurder", "vervanger-waarnemend"): {"memo", "answer"},
    ("bestuurder", "beantwoorder-besliste"): {"memo", "answer"},
    ("bestuurder", "beantwoorder-toen"): {"answer"},
    ("procesregisseur", "schreef-op-voor-ander"): {"answer"},
    ("aov", "schreef-op-voor-ander"): {"answer"},
    ("casusregisseur", "noodtoegang-verlopen"): {"emergency"},
    ("privacy-officer", "none"): {"emergency"},
    ("fg", "none"): {"emergency"},
}
"""Which parts others read."""


def found_in(text: str) -> list[str]:
    """The canaries that stand in a text."""
    return [value for value in KIND_OF if value in text]


def leaks(found: Iterable[str], subject: str, relation: str) -> list[str]:
    """The canaries that this subject may not read in this relation."""
    if (subject, relation) in READERS:
        return [value for value in found if KIND_OF[value] == "gone"]
    allowed = ALSO.get((subject, relation), set())
    return [value for value in found if KIND_OF[value] not in allowed]
