"""How the clock runs, said in plain Dutch, without a name, an address or a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from casework.people.models import Organisation
from casework.work.models import Delivery, WorkItem
from workers.app import PERIODIC
from workers.figures import MAIL_LATE, Figures

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

KINDS = {
    "case": "Werk aan een casus",
    "clock": "Werk voor de beheerder",
    "confirm": "Een bevestiging",
    "deescalation": "Procesregie stoppen",
    "escalation": "Een vraag aan een hoger niveau",
    "mail": "Werk voor de beheerder",
    "own": "Een eigen herinnering",
    "plan": "Een plan",
    "stop": "Procesregie stoppen",
    "task": "Een taak",
    "transfer": "Een melding",
    "triage": "Een melding",
}
"""What work is, by the first word of its kind: its title may say too much."""

ERRORS = {
    "broken": "De mail kon niet gemaakt worden.",
    "gone": "De mailserver neemt geen mail aan.",
    "in_doubt": "Het antwoord van de mailserver bleef steeds weg.",
    "lease": "Het versturen brak steeds af.",
}

FINDINGS = {
    "step_failing": "Een herinnering mislukt steeds. Hieronder staat welke.",
    "work_lost": "Er is een vraag waar niemand aan werkt. "
    "Bel wie het programma onderhoudt.",
    "procedure_failed": "Een stap van een procedure is mislukt. "
    "Bel wie het programma onderhoudt.",
    "mail_failing": "Een mail gaat steeds niet weg. Hieronder staat welke.",
    "server_gone": "De mailserver neemt geen mail aan. Bel wie de servers beheert.",
}
"""What the auditor found and no other figure says."""


@dataclass(frozen=True, slots=True)
class StuckMail:
    """A mail that does not arrive, as the beheerder sees it."""

    pk: int
    what: str
    whose: str
    since: datetime
    why: str
    tries: str
    gave_up: bool

    @classmethod
    def of(cls, row: Delivery) -> StuckMail:
        """Say it without the name, the address or the words of the mail."""
        return cls(
            pk=row.pk,
            what=row.get_kind_display(),
            whose=_organisation(row.to_user.organisation),
            since=row.planned_at,
            why=_why(row.last_error),
            tries=_count(row.attempts, "keer geprobeerd", "keer geprobeerd"),
            gave_up=row.state == Delivery.State.FAILED,
        )


@dataclass(frozen=True, slots=True)
class StuckStep:
    """Work of which a reminder fails, as the beheerder sees it."""

    pk: int
    what: str
    whose: str
    due_on: date
    tries: str

    @classmethod
    def of(cls, item: WorkItem) -> StuckStep:
        """Say it without the title, the reference or the owner's name."""
        owner = item.owner
        return cls(
            pk=item.pk,
            what=KINDS.get(item.kind.partition(".")[0], "Iets dat te doen is"),
            whose=_organisation(owner.organisation),
            due_on=item.due_on,
            tries=_count(item.failures, "keer mislukt", "keer mislukt"),
        )


def running(found: Figures) -> list[str]:
    """Say how the clock runs and what it has to do, one sentence each."""
    tick = found.last_tick_seconds["plan_due"]
    lines = [
        "De klok heeft nog nooit getikt."
        if tick is None
        else f"De klok tikte {_since(tick)} geleden."
    ]
    if found.waiting:
        lines.append(f"Er {_waits(found.waiting)}.")
    else:
        lines.append("Er wachten geen berichten.")
    if found.lateness_seconds > MINUTE:
        late = _since(found.lateness_seconds)
        lines.append(f"Het laatste uur ging een bericht {late} te laat weg.")
    return lines


def wrong(found: Figures, *, broker: str) -> list[str]:
    """Say what needs somebody, one sentence each; nothing when all is well."""
    lines = [*_about_clock(found, broker), *_about_mail(found), *_about_jobs(found)]
    return lines + [said for code, said in FINDINGS.items() if code in found.findings]


def _about_clock(found: Figures, broker: str) -> Iterator[str]:
    if found.clock == "down":
        yield (
            "De klok staat stil: er gaan geen herinneringen en geen mail weg. "
            "Bel wie de servers beheert."
        )
    silent = [each for each in PERIODIC if found.is_silent(each)]
    if silent and found.clock != "down":
        much = _count(len(silent), "deel", "delen")
        verb = "is" if len(silent) == 1 else "zijn"
        yield f"{much} van de klok {verb} te lang stil. Bel wie de servers beheert."
    if broker == "down":
        yield "De wachtrij (Redis) antwoordt niet. Herinneringen gaan later weg."
    if found.planner_lag_seconds > MINUTE:
        yield f"De herinneringen lopen {_since(found.planner_lag_seconds)} achter."
    if found.clock_skew_seconds > 1:
        skew = _since(found.clock_skew_seconds)
        yield f"De klok loopt {skew} anders dan die van de database."
    if found.unsealed_seconds > 5 * MINUTE:
        age = _since(found.unsealed_seconds)
        yield f"Een regel van het logboek wacht al {age} op zijn zegel."


def _about_mail(found: Figures) -> Iterator[str]:
    if found.oldest_due_seconds > MAIL_LATE:
        yield f"Het oudste bericht wacht al {_since(found.oldest_due_seconds)}."
    if found.failed:
        verb = "kwam" if found.failed == 1 else "kwamen"
        yield f"{_count(found.failed, 'bericht', 'berichten')} {verb} niet aan."
    if found.in_doubt:
        it, verb = ("het", "aankwam") if found.in_doubt == 1 else ("ze", "aankwamen")
        much = _count(found.in_doubt, "bericht", "berichten")
        yield f"Van {much} van vandaag weten we niet of {it} {verb}."


def _about_jobs(found: Figures) -> Iterator[str]:
    if found.failed_jobs:
        verb = "mislukte" if found.failed_jobs == 1 else "mislukten"
        much = _count(found.failed_jobs, "lange klus", "lange klussen")
        yield f"Vandaag {verb} {much}, zoals een export. Bel wie het programma onderhoudt."


def _waits(number: int) -> str:
    return "wacht 1 bericht" if number == 1 else f"wachten {number} berichten"


def _why(error: str) -> str:
    code = error.removeprefix("smtp-")
    if code != error:
        return f"De mailserver weigerde de mail (code {code})."
    return ERRORS.get(error, "Het lukte niet.")


def _organisation(organisation: Organisation | None) -> str:
    if organisation is None:
        return "geen organisatie"
    return organisation.short_name or organisation.name


def _since(seconds: int) -> str:
    if seconds < 2 * MINUTE:
        return _count(seconds, "seconde", "seconden")
    if seconds < 2 * HOUR:
        return _count(seconds // MINUTE, "minuut", "minuten")
    if seconds < 2 * DAY:
        return _count(seconds // HOUR, "uur", "uur")
    return _count(seconds // DAY, "dag", "dagen")


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
