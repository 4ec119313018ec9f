"""How a verb of the log reads on the screen, and what kind of act it is."""

from __future__ import annotations

# "Marloes Dekker <sentence>". Whoever adds a verb adds its sentence here.
SENTENCES: dict[str, str] = {
    "spoken.read": "las wat een ander vastlegde",
    "retraction.read": "las een vergissing",
    "breach.read": "las een mogelijk datalek",
    "absence.ended": "beëindigde een vervanging",
    "absence.started": "liet een vervanging ingaan",
    "activity.assigned": "gaf een activiteit een eigenaar",
    "activity.overridden": "nam een doorzettingsbesluit over een activiteit",
    "activity.vacated": "haalde een eigenaar weg die hier niet meer werkt",
    "aftercare.finished": "rondde de nazorg af",
    "agreement.disputed": "zei dat een afspraak niet klopt",
    "agreement.made": "legde een afspraak vast",
    "answer.confirmed": "bevestigde wat een ander vastlegde",
    "answer.disputed": "zei dat niet klopt wat een ander vastlegde",
    "bottleneck.ended": "rondde een knelpunt af",
    "bottleneck.raised": "legde een knelpunt vast",
    "bottleneck.reworded": "verbeterde de tekst van een knelpunt",
    "bottleneck.taken_back": "nam een knelpunt terug",
    "breach.closed": "rondde een mogelijk datalek af",
    "break_glass.ended": "stopte een noodtoegang",
    "break_glass.opened": "opende de casus met noodtoegang",
    "break_glass.read": "bekeek een noodtoegang",
    "break_glass.refused": "vroeg noodtoegang en kreeg die niet",
    "break_glass.reviewed": "beoordeelde een noodtoegang",
    "break_glass.seen": "las dat er noodtoegang was",
    "break_glass.throttled": "vroeg te vaak noodtoegang en kreeg die niet",
    "calendar.made": "maakte een geheim adres voor de agenda",
    "calendar.read": "las te doen werk in een agenda",
    "calendar.revoked": "trok het geheime adres van de agenda in",
    "case.changed": "wijzigde de casus",
    "case.closed": "sloot de casus",
    "case.read": "las de casus",
    "case.referred": "meldde de casus",
    "case.reopened": "heropende de casus",
    "case.triaged": "beoordeelde een melding",
    "casusregisseur.appointed": "wees een casusregisseur aan",
    "colleague.excluded": "sloot een collega uit van de casus",
    "colleague.left": "beëindigde de plek van wie hier niet meer werkt",
    "consultation.answered": "beantwoordde een vraag zonder casus",
    "deputy.chosen": "koos een vervanger",
    "desk.joined": "gaf een collega een plek bij een bureau",
    "desk.left": "haalde een collega weg bij een bureau",
    "destruction.confirmed": "bevestigde dat gegevens vernietigd zijn",
    "destruction.refused": "stemde niet in met vernietiging",
    "disclosure.destroyed": "vernietigde een verstrekking",
    "disclosure.opened": "opende een verstrekking",
    "disclosure.taken_back": "haalde een verstrekking terug",
    "dispute.settled": "vond dat besproken is wat niet klopte",
    "dispute.talked_over": "besprak wat volgens een ander niet klopt",
    "dossier.read_in": "las zich in de casus in",
    "dissent.written": "schreef een mening bij een besluit",
    "draft.kept": "bewaarde een vraag die nog niet verstuurd is",
    "escalation.answered": "legde een antwoord op een opschaling vast",
    "escalation.made_known": "liet een hoger niveau weten dat dit speelt",
    "escalation.passed_on": "gaf door wat gevraagd was aan wie niet meer meedoet",
    "escalation.requested": "vroeg een opschaling aan",
    "escalation.skipped_told": "liet het overgeslagen niveau terugkijken",
    "escalation.supplied": "vulde een opschaling aan",
    "escalation.withdrawn": "trok een opschaling in",
    "export.fetched": "haalde een export op",
    "export.made": "maakte een export",
    "ground.reviewed": "keek een grondslag na",
    "ground.stated": "legde een grondslag vast",
    "history.read": "keek terug hoe de casus was",
    "household.read": "bekeek het huishouden",
    "informing.settled": "legde vast waarom er niemand te informeren is",
    "log.reviewed": "keek het logboek na",
    "log.read": "bekeek het logboek",
    "login.failed": "kon niet inloggen",
    "login.succeeded": "logde in",
    "login.throttled": "probeerde te vaak in te loggen en moest wachten",
    "logout.done": "logde uit",
    "logout.timed": "was te lang weg en is uitgelogd",
    "mail.given_up": "liet een bericht niet meer versturen",
    "mail.retried": "liet een bericht opnieuw versturen",
    "mail.sent": "stuurde een bericht",
    "memo.read": "las een knelpunt",
    "names.refused": "noemde in een tekst iemand uit een dossier dat hij niet leest",
    "note.destroyed": "vernietigde een notitie",
    "note.taken_back": "haalde een notitie terug",
    "note.written": "schreef een notitie",
    "objection.noted": "legde vast dat iemand een afspraak anders ziet",
    "page.refused": "kreeg een pagina niet te zien",
    "password.changed": "veranderde het eigen wachtwoord",
    "password.failed": "gaf een verkeerd wachtwoord",
    "party.ended": "liet een partij of persoon uit de casus gaan",
    "party.extended": "verlengde de deelname van een partij of persoon",
    "party.invited": "betrok een partij of persoon bij de casus",
    "period.closed": "sloot een periode van het programma af",
    "period.reopened": "heropende een periode van het programma",
    "persons.asked_for": "vroeg om wie het gaat",
    "persons.shown": "bekeek om wie het gaat, met een reden",
    "person.added": "voegde iemand toe aan het huishouden",
    "person.birthday": "zag dat iemand uit het huishouden jarig was",
    "person.changed": "wijzigde gegevens van iemand uit het huishouden",
    "person.destroyed": "vernietigde gegevens van iemand uit het huishouden",
    "person.informed": "legde vast dat iemand geïnformeerd is",
    "person.left": "legde vast dat iemand het huishouden verliet",
    "person.reviewed": "keek gegevens van iemand uit het huishouden na",
    "person.taken_back": "haalde iemand weg die hier niet hoorde",
    "plan.agreed": "stelde het plan vast",
    "plan.changed": "wijzigde het plan",
    "plan.read": "las het plan",
    "plan.reviewed": "bekeek het plan opnieuw",
    "procesregie.handed_over": "droeg de procesregie over",
    "policy.decided": "stelde een termijn of keuze van de gemeente vast",
    "programme.fetched": "haalde het programma op voor de raad",
    "programme.imported": "las een programma in",
    "progress.posted": "schreef de voortgang van een activiteit op",
    "progress.taken_back": "haalde de toelichting bij een voortgang weg",
    "reader.left": "liet wie er niet meer bij hoort een vraag niet meer lezen",
    "referrer.told": "liet de melder weten wat er met de melding gebeurt",
    "search.done": "zocht",
    "second_step.added": "zette een tweede stap bij het inloggen aan",
    "second_step.codes_made": "maakte nieuwe reservecodes",
    "second_step.failed": "gaf een verkeerde code bij het inloggen",
    "second_step.removed": "zette een tweede stap bij het inloggen uit",
    "second_step.reset": "haalde de tweede stap van een collega weg",
    "settings.changed": "wijzigde een instelling",
    "signal.answered": "beantwoordde een beleidssignaal",
    "signal.read": "las een beleidssignaal",
    "signal.sent": "stuurde een beleidssignaal",
    "silence.settled": "besloot wat er gebeurt nu een antwoord uitblijft",
    "skipped.settled": "besloot wat er gebeurt nu een niveau niet kan terugkijken",
    "stagnation.answered": "antwoordde op een melding dat het vastloopt",
    "stagnation.averted": "voorkwam dat het vastloopt",
    "stagnation.feared": "meldde dat het dreigt vast te lopen",
    "stagnation.looked_into": "keek waarom er niets gebeurt",
    "stagnation.reported": "meldde dat het vastloopt",
    "stop.accepted": "legde vast dat iemand de casus overneemt",
    "stop.declined": "legde vast dat iemand de casus niet overneemt",
    "stop.proposed": "stelde voor om procesregie te stoppen",
    "stop.withdrawn": "liet procesregie toch doorgaan",
    "task.accepted": "pakte een taak op",
    "task.declined": "weigerde een taak",
    "task.done": "legde vast dat een taak klaar is",
    "task.freed": "gaf een opgepakte taak terug aan het bureau",
    "task.handed_back": "gaf een taak terug",
    "task.joined": "gaf zijn deel van een taak af",
    "task.offered": "gaf een taak aan een partij",
    "task.offered_again": "gaf een taak opnieuw aan een partij",
    "task.read": "las een taak",
    "task.silent": "zag dat een taak zonder antwoord bleef",
    "task.verified": "keek een taak na",
    "task.withdrawn": "trok een taak in",
    "timeline.read": "bekeek de tijdlijn",
    "transfer.arrived": "legde vast dat een ander verdergaat met de melding",
    "user.added": "voegde een gebruiker toe",
    "user.changed": "wijzigde een gebruiker",
    "user.deactivated": "sloot een account af",
    "voice.asked": "vroeg een collega om zijn reactie bij een opschaling",
    "voice.given": "legde een reactie op een opschaling vast",
    "voice.lapsed": "had een gevraagde reactie niet meer nodig",
    "warning.ended": "haalde een waarschuwing weg",
    "warning.set": "zette een waarschuwing",
    "who_read.read": "bekeek wie de casus zag",
    "work.claimed": "pakte iets op dat te doen is",
    "work.handed_over": "gaf iets dat te doen is door",
    "work.moved": "verzette een datum van iets dat te doen is",
    "work.paused": "liet herinneringen even wachten",
    "work.reminded": "herinnerde een ander",
    "work.retried": "liet de klok iets opnieuw proberen",
    "work.written": "schreef iets op om te doen",
}

_GROUPS = {
    "absence": "Vervanging",
    "bottleneck": "Knelpunt",
    "break_glass": "Noodtoegang",
    "case": "Casus",
    "disclosure": "Verstrekking",
    "escalation": "Opschaling",
    "log": "Logboek",
    "login": "Inloggen",
    "logout": "Inloggen",
    "meeting": "Overleg",
    "note": "Notitie",
    "party": "Partijen",
    "person": "Huishouden",
    "plan": "Plan",
    "policy": "Termijnen",
    "stagnation": "Vastlopen",
    "stop": "Procesregie stoppen",
    "task": "Taak",
    "user": "Gebruikers",
    "voice": "Opschaling",
    "work": "Te doen",
}
_REST = "Overig"

_THINGS = {
    "absence": "vervanging",
    "agreement": "afspraak",
    "answer": "antwoord",
    "bottleneck": "knelpunt",
    "breach": "datalek",
    "break_glass": "noodtoegang",
    "consultation": "vraag zonder casus",
    "disclosure": "verstrekking",
    "escalation": "vraag",
    "note": "notitie",
    "person": "persoon",
    "plan": "plan",
    "retraction": "vergissing",
    "task": "taak",
    "voice": "reactie",
}

_ACTIONS = {
    "C": "added created given made offered opened planned proposed received "
    "imported invited posted recorded referred reported requested stated written",
    "R": "fetched read read_in shown_persons",
    "D": "destroyed",
    "E": "checked done exported failed refused reminded sent succeeded throttled timed "
    "told used",
}
_LETTERS = {
    word: letter for letter, words in _ACTIONS.items() for word in words.split()
}
_EXCEPTIONS = {
    "break_glass.opened": "E",
    "destruction.refused": "U",
    "disclosure.opened": "R",
    "export.made": "E",
    "page.refused": "R",
    "persons.asked_for": "E",
    "persons.shown": "R",
    "task.done": "U",
}


def sentence(verb: str) -> str:
    """Say in Dutch what somebody did: the part after his name."""
    return SENTENCES.get(verb) or _fallback(verb)


def thing(code: str) -> str:
    """Say in Dutch what a reference is about: "vraag 12"; nothing for a code of ours."""
    kind, _, number = code.partition(":")
    noun = _THINGS.get(kind, "")
    return f"{noun} {number}" if noun and number.isdecimal() else ""


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
