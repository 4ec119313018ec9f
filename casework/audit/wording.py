"""How a verb of the log reads on the screen, and what kind of act it is."""

from __future__ import annotations

# "Marloes Dekker <sentence>". Whoever adds a verb adds its sentence here.
SENTENCES: dict[str, str] = {
    "absence.ended": "beëindigde een vervanging",
    "absence.started": "liet een vervanging ingaan",
    "activity.updated": "werkte een activiteit bij",
    "agreement.made": "legde een afspraak vast",
    "attachment.read": "opende een bijlage",
    "bottleneck.lowered": "bracht een knelpunt een niveau terug",
    "bottleneck.raised": "bracht een knelpunt een niveau hoger",
    "bottleneck.recorded": "legde een knelpunt vast",
    "bottleneck.solved": "loste een knelpunt op",
    "break_glass.opened": "opende de casus met noodtoegang",
    "break_glass.reviewed": "beoordeelde een noodtoegang",
    "case.changed": "wijzigde de casus",
    "case.closed": "sloot de casus",
    "case.destroyed": "vernietigde de casus",
    "case.exported": "haalde gegevens uit de casus",
    "case.handed_over": "droeg de casus over",
    "case.list_read": "bekeek de lijst met casussen",
    "case.opened": "opende de casus voor procesregie",
    "case.read": "las de casus",
    "case.referred": "meldde de casus",
    "case.refused": "wees de casus af",
    "case.reopened": "heropende de casus",
    "case.shown_persons": "bekeek om wie het gaat",
    "case.transferred": "droeg de casus over aan een ander",
    "decision.made": "nam een besluit",
    "decision.read": "las een besluit",
    "destruction.approved": "tekende voor vernietiging",
    "destruction.proposed": "stelde vernietiging voor",
    "disclosure.made": "deelde gegevens met een partij",
    "disclosure.opened": "opende gedeelde gegevens",
    "disclosure.taken_back": "nam gedeelde gegevens terug",
    "escalation.answered": "antwoordde op een opschaling",
    "escalation.read": "las een opschaling",
    "escalation.requested": "vroeg een opschaling aan",
    "escalation.supplied": "vulde een opschaling aan",
    "escalation.taken_back": "nam een knelpunt terug",
    "escalation.withdrawn": "trok een opschaling in",
    "export.made": "maakte een export",
    "grant.ended": "beëindigde een toegang",
    "grant.given": "gaf toegang",
    "household.read": "bekeek het huishouden",
    "log.read": "bekeek het logboek",
    "login.failed": "kon niet inloggen",
    "login.succeeded": "logde in",
    "logout.done": "logde uit",
    "mail.sent": "stuurde een bericht",
    "meeting.held": "legde een overleg vast",
    "meeting.planned": "plande een overleg",
    "memo.read": "las een knelpunt",
    "note.added": "schreef een notitie",
    "note.changed": "wijzigde een notitie",
    "note.removed": "haalde een notitie weg",
    "override.used": "nam een doorzettingsbesluit",
    "page.refused": "kreeg een pagina niet te zien",
    "participation.ended": "liet een partij of persoon uit de casus gaan",
    "participation.started": "betrok een partij of persoon bij de casus",
    "permission.checked": "bekeek wie wat mag",
    "person.added": "voegde iemand toe aan het huishouden",
    "person.changed": "wijzigde gegevens van iemand uit het huishouden",
    "person.removed": "haalde iemand uit het huishouden",
    "plan.agreed": "stelde het plan vast",
    "plan.changed": "wijzigde het plan",
    "plan.read": "las het plan",
    "report.made": "maakte een rapportage",
    "request.answered": "beantwoordde een verzoek van een inwoner",
    "request.received": "legde een verzoek van een inwoner vast",
    "search.done": "zocht",
    "settings.changed": "wijzigde een instelling",
    "signal.answered": "beantwoordde een beleidssignaal",
    "signal.sent": "stuurde een beleidssignaal",
    "task.accepted": "pakte een taak op",
    "task.declined": "weigerde een taak",
    "task.done": "rondde een taak af",
    "task.handed_back": "gaf een taak terug",
    "task.offered": "gaf een taak aan een partij",
    "task.read": "las een taak",
    "task.verified": "keek een taak na",
    "timeline.read": "bekeek de tijdlijn",
    "triage.answered": "beoordeelde een melding",
    "user.added": "voegde een gebruiker toe",
    "user.changed": "wijzigde een gebruiker",
    "user.deactivated": "sloot een account af",
    "warning.ended": "haalde een waarschuwing weg",
    "warning.set": "zette een waarschuwing",
    "who_read.read": "bekeek wie de casus zag",
    "work_item.claimed": "pakte iets op uit de werkvoorraad",
    "work_item.closed": "rondde iets af uit de werkvoorraad",
    "work_item.handed_over": "gaf iets uit de werkvoorraad door",
    "work_item.moved": "verzette een datum in de werkvoorraad",
    "work_item.opened": "zette iets in de werkvoorraad",
}

_GROUPS = {
    "absence": "Vervanging",
    "bottleneck": "Knelpunt",
    "break_glass": "Noodtoegang",
    "case": "Casus",
    "disclosure": "Gedeelde gegevens",
    "escalation": "Opschaling",
    "grant": "Toegang",
    "log": "Logboek",
    "login": "Inloggen",
    "meeting": "Overleg",
    "note": "Notitie",
    "person": "Huishouden",
    "plan": "Plan",
    "task": "Taak",
    "user": "Gebruikers",
    "work_item": "Werkvoorraad",
}
_REST = "Overig"

_ACTIONS = {
    "C": "added agreed created given made offered opened planned proposed received "
    "recorded referred registered requested started written",
    "R": "downloaded list_read read seen shown shown_persons viewed",
    "D": "deleted destroyed erased removed",
    "E": "checked done exported failed refused sent succeeded used",
}
_LETTERS = {
    word: letter for letter, words in _ACTIONS.items() for word in words.split()
}
_EXCEPTIONS = {
    "break_glass.opened": "E",
    "case.refused": "U",
    "disclosure.opened": "R",
    "export.made": "E",
    "page.refused": "R",
    "report.made": "E",
    "task.done": "U",
}


def sentence(verb: str) -> str:
    """Say in Dutch what somebody did: the part after his name."""
    return SENTENCES.get(verb) or _fallback(verb)


def action_of(verb: str) -> str:
    """Give the letter of NEN 7513: C, R, U, D or E. Most verbs change something."""
    return _EXCEPTIONS.get(verb) or _LETTERS.get(verb.partition(".")[2], "U")


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give every known verb, grouped by what it is about, for a select."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for verb, text in SENTENCES.items():
        group = _GROUPS.get(verb.partition(".")[0], _REST)
        grouped.setdefault(group, []).append((verb, text))
    ordered = sorted(grouped, key=lambda group: (group == _REST, group))
    return [(group, grouped[group]) for group in ordered]


def _fallback(verb: str) -> str:
    noun, _, act = verb.partition(".")
    return f"deed iets dat hier nog geen naam heeft ({noun}, {act})".replace("_", " ")
