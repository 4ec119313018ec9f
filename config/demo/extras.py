"""What happens beside the forty cases, so that every role has something to do."""

from __future__ import annotations

from datetime import timedelta

from ave.trends.transitions import send_signal
from casework.cases.absence import end_absence, start_absence
from casework.cases.dossier import add_note
from casework.cases.findings import ask_for_deputies
from casework.cases.lifecycle import answer_consultation
from casework.cases.log_review import ask_for_log_review
from casework.cases.models import Bottleneck, Case, Note, Retraction
from casework.cases.retraction import take_back
from casework.work.calendars import close_weekday
from casework.work.models import ClosedWeekday
from config.demo.teller import Teller
from programme.models import Activity
from programme.transitions import assign_owner, post_progress


def tell_the_rest(teller: Teller) -> None:
    """Give the AOV, policy, privacy, FG and beheerder their work."""
    _programme(teller)
    _consultation(teller)
    _signal(teller)
    _mistake(teller)
    _absence(teller)
    _days_off(teller)
    ask_for_deputies(at=teller.now)
    ask_for_log_review(at=teller.now)


def _days_off(teller: Teller) -> None:
    close_weekday(
        teller.town.desks["welzijn"],
        ClosedWeekday.Weekday.FRIDAY,
        reason="op vrijdag dicht",
        by=teller.town.people["beheerder"],
        at=teller.ago(60),
    )


def _programme(teller: Teller) -> None:
    bram = teller.town.people["aov"]
    lies = teller.town.people["beleidsmedewerker"]
    for code, owner in (("ZV-03", bram), ("ZV-02", lies)):
        activity = Activity.objects.get(code=code)
        assign_owner(activity, owner=owner, by=bram, at=teller.ago(20))
    post_progress(
        Activity.objects.get(code="ZV-03"),
        by=bram,
        at=teller.ago(5),
        status=Activity.Status.RUNNING,
        text="De werkwijze staat. Twee wijkteams werken ermee.",
    )


def _consultation(teller: Teller) -> None:
    answer_consultation(
        by=teller.town.people["procesregisseur"],
        at=teller.ago(4),
        asked_by="Wijkteam Oost",
        question="Wie vraag je erbij als zorg en wonen op elkaar wachten?",
        advice="Vraag beide partijen in één overleg, en schrijf op wie begint.",
        minutes=15,
    )


def _signal(teller: Teller) -> None:
    fatima = teller.town.people["procesregisseur"]
    bottleneck = (
        Bottleneck.objects.system_scope("demo")
        .filter(theme="no_place", state="open", case__procesregisseur=fatima)
        .order_by("pk")
        .first()
    )
    assert bottleneck is not None
    send_signal(
        bottleneck,
        theme="no_place",
        text="Er is in de hele regio geen plek voor wie zorg en een woning nodig heeft.",
        desk=teller.town.desks["beleid"],
        activity=Activity.objects.get(code="ZV-02"),
        by=fatima,
        at=teller.ago(3),
    )


def _mistake(teller: Teller) -> None:
    fatima = teller.town.people["procesregisseur"]
    case = (
        Case.objects.system_scope("demo")
        .filter(procesregisseur=fatima, status=Case.Status.OPEN)
        .order_by("pk")
        .first()
    )
    assert case is not None
    note = add_note(
        case,
        by=fatima,
        at=teller.ago(2),
        text="Telefoontje over een ander gezin, per ongeluk hier opgeschreven.",
        mark=Note.Mark.FACT,
    )
    reason = Retraction.Reason.WRONG_CASE
    take_back(note, by=fatima, at=teller.ago(1), reason=reason)


def _absence(teller: Teller) -> None:
    marloes = teller.town.people["manager"]
    away = start_absence(
        marloes, by=marloes, at=teller.ago(9), reason="Een paar dagen vrij"
    )
    end_absence(away, by=marloes, at=teller.ago(9) + timedelta(days=2))
