"""Which secrets stand in which field of the fixture, and who may read which."""

from __future__ import annotations

from collections.abc import Iterable

from tests.world import CANARIES

DOSSIER = {
    **CANARIES,
    "phone": "0609-CANARY",
    "left": "CANARY-vertrokken-naar",
    "not_informed": "CANARY-nog-niet-verteld",
    "referrer": "Sijke Zwaluwstaart",
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
    "referral_not_informed": "CANARY-melding-niet-verteld",
    "triage_note": "CANARY-toelichting-beoordeling",
    "triage_reason": "CANARY-reden-bij-criterium",
    "triage_receiver": "CANARY-wie-neemt-over",
    "triage_reference": "CANARY-hun-kenmerk",
    "stop_reason": "CANARY-waarom-stoppen",
    "stop_answer": "CANARY-antwoord-op-stoppen",
    "stop_told_by": "CANARY-wie-nam-over",
    "stop_disputed": "CANARY-overname-klopt-niet",
    "aftercare": "CANARY-nazorg",
    "why_shown": "CANARY-waarom-wie-het-is",
}
"""Of the dossier: for its readers only."""

TASK = {
    "question": "CANARY-vraag-aan-bureau",
    "lent": "CANARY-meegegeven-stuk",
    "warning": "CANARY-let-op-bij-bezoek",
}
"""What a desk reads once one of its people has picked a task up."""

REPORT = {
    "report": "CANARY-antwoord-van-bureau",
    "told_by": "CANARY-wie-van-bureau",
    "disputed": "CANARY-antwoord-klopt-niet",
}
"""What a desk answered: its own."""

STUCK = {
    "stuck": "CANARY-het-loopt-vast",
    "stuck_answer": "CANARY-wat-nu-het-vastloopt",
}
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

ANSWER = {
    "answer": "CANARY-wat-de-beslisser-zei",
    "answered_by": "CANARY-wie-besliste",
    "answer_disputed": "CANARY-besluit-klopt-niet",
    "binding": "CANARY-voor-wie-besluit",
    "formal_reference": "CANARY-formeel-besluit",
    "dissent": "CANARY-andere-mening",
    "dissent_by": "CANARY-wiens-mening",
    "dissent_disputed": "CANARY-mening-klopt-niet",
}
"""What a decider said: for who reads the dossier or the memo, and for himself."""

VOICE = {
    "voice": "CANARY-reactie-van-wie-erbij-is",
    "voice_by": "CANARY-wie-reageerde",
    "voice_disputed": "CANARY-reactie-klopt-niet",
}
"""What was said beside the answerer: for him, the dossier, and who said it."""

EMERGENCY = {
    "reason_of_emergency": "CANARY-waarom-noodtoegang",
    "note_of_emergency": "CANARY-oordeel-noodtoegang",
}
"""Why somebody read it in an emergency: for who reviews it or is told of it."""

JUDGED = {"refusal": "CANARY-waarom-bewaard"}
"""Why the text of a mistake was kept: for the privacy officer and the dossier."""

BREACH = {"breach": "CANARY-oordeel-datalek"}
"""What the privacy officer thinks of a possible leak: his own."""

OWN = {
    "own_work": "CANARY-voor-mezelf",
    "draft": "CANARY-concept-vraag",
    "draft_texts": "CANARY-concept-wat-de-ander-leest",
}
"""What the procesregisseur wrote for himself and did not send yet."""

TYPED = {"draft_of_report": "CANARY-concept-antwoord"}
"""What somebody of a desk typed and did not send yet: his own."""

ADVICE = {
    "asked_by": "CANARY-wie-vroeg-advies",
    "consultation": "CANARY-vraag-zonder-casus",
    "advice": "CANARY-advies",
}
"""A question without a case: for who wrote it down."""

HIDDEN = {"bsn": "999990019"}
"""What is kept and shown to nobody in full."""

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
    "voice": VOICE,
    "emergency": EMERGENCY,
    "judged": JUDGED,
    "breach": BREACH,
    "own": OWN,
    "typed": TYPED,
    "advice": ADVICE,
    "hidden": HIDDEN,
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
        ("aov", "noodtoegang-actief"),
        ("procesregisseur", "noodtoegang-actief"),
    }
)
"""Who reads the dossier of the case, and so everything that belongs to it."""

APART = frozenset({"breach", "own", "typed", "advice", "hidden", "gone"})
"""What does not belong to the dossier."""

ALSO = {
    ("procesregisseur", "regisseur-nu"): {"own"},
    ("procesregisseur", "regisseur-toen"): {"advice"},
    ("ketenpartner", "zelfde-bureau-na-oppakken"): {"task", "report", "stuck", "typed"},
    ("ketenpartner", "vervanger-waarnemend"): {"task", "report", "stuck"},
    ("ketenpartner", "collega-van-oppakker"): {"report"},
    ("ketenpartner", "gaf-antwoord"): {"task", "report", "stuck"},
    ("ketenpartner", "zelfde-bureau-voor-oppakken"): {"report"},
    ("manager", "beantwoorder"): {"memo", "answer", "voice"},
    ("manager", "vervanger-waarnemend"): {"memo", "answer", "voice"},
    ("manager", "beantwoorder-besliste"): {"memo", "answer", "voice"},
    ("manager", "beantwoorder-toen"): {"answer"},
    ("bestuurder", "beantwoorder"): {"memo", "answer"},
    ("bestuurder", "vervanger-waarnemend"): {"memo", "answer"},
    ("bestuurder", "beantwoorder-besliste"): {"memo", "answer"},
    ("bestuurder", "beantwoorder-toen"): {"answer"},
    ("manager", "adviseur"): {"memo"},
    ("aov", "adviseur"): {"memo"},
    ("manager", "adviseur-na-antwoord"): {"memo", "voice"},
    ("manager", "standpunt-van-partij"): {"memo"},
    ("bestuurder", "tweede-bestuurder"): {"memo"},
    ("casusregisseur", "noodtoegang-verlopen"): {"emergency"},
    ("privacy-officer", "none"): {"emergency", "judged", "breach"},
    ("privacy-officer", "vervanger-waarnemend"): {"emergency", "judged", "breach"},
    ("fg", "none"): {"emergency"},
}
"""Which parts others read."""


def found_in(text: str) -> list[str]:
    """The canaries that stand in a text."""
    return [value for value in KIND_OF if value in text]


def leaks(found: Iterable[str], subject: str, relation: str) -> list[str]:
    """The canaries that this subject may not read in this relation."""
    allowed = set(ALSO.get((subject, relation), ()))
    if (subject, relation) in READERS:
        allowed |= KINDS.keys() - APART
    return [value for value in found if KIND_OF[value] not in allowed]
