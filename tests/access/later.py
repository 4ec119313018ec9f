"""
Text of which the town has none yet: what is written later, or in passing.

Where there is a transition for it that leaves everything else as it is, that writes
it. The others would end what the town needs, so there the text is put where it will
stand: a page that shows a field shows it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from ave.escalation.drafts import keep_draft
from ave.escalation.models import (
    Acceptance,
    Answer,
    Decision,
    DeEscalation,
    Dissent,
    Draft,
    Escalation,
    Showing,
    Voice,
)
from ave.stagnation.models import StuckReport
from ave.triage.models import Triage
from casework.cases.bsn import sealed_bsn
from casework.cases.lifecycle import answer_consultation
from casework.cases.models import Breach, BreakGlass, Person, Referral, Retraction
from casework.plan.answering import save_draft
from casework.plan.models import Report
from casework.work.models import WorkItem
from tests.access.canaries import (
    ADVICE,
    ANSWER,
    BREACH,
    DOSSIER,
    EMERGENCY,
    HIDDEN,
    JUDGED,
    OWN,
    REPORT,
    STUCK,
    TYPED,
    VOICE,
)
from tests.world import AT

if TYPE_CHECKING:
    from tests.access.town import Town


def _put(model: type[models.Model], *, where: dict[str, Any], **texts: Any) -> None:
    assert model._base_manager.filter(**where).update(**texts)


def write_the_rest(town: Town) -> None:
    """Write in a town that stands what is not written there yet."""
    world, case = town.world, town.case
    by: dict[str, Any] = {"by": world.procesregisseur, "at": AT}
    of_case = {"case": case}
    _put(
        Person,
        where={"case": case, "name": DOSSIER["name"]},
        bsn=sealed_bsn(case, HIDDEN["bsn"], at=AT),
    )
    _put(Referral, where=of_case, not_informed_reason=DOSSIER["referral_not_informed"])
    _put(
        Triage,
        where=of_case,
        note=DOSSIER["triage_note"],
        receiver=DOSSIER["triage_receiver"],
        their_reference=DOSSIER["triage_reference"],
        reasons={"safety": DOSSIER["triage_reason"]},
    )
    _put(
        DeEscalation,
        where={"case": town.stopping},
        reason=DOSSIER["stop_reason"],
        answer=DOSSIER["stop_answer"],
        aftercare_result=DOSSIER["aftercare"],
    )
    Acceptance.objects.create(
        stop=DeEscalation._base_manager.get(case=town.stopping),
        accepted=False,
        by_name=DOSSIER["stop_told_by"],
        disputed_reason=DOSSIER["stop_disputed"],
        recorded_by=world.other_procesregisseur,
        at=AT,
    )
    _put(Retraction, where=of_case, refusal=JUDGED["refusal"])
    _put(Breach, where=of_case, text=BREACH["breach"])
    _put(BreakGlass, where=of_case, note=EMERGENCY["note_of_emergency"])
    _put(StuckReport, where=of_case, answer=STUCK["stuck_answer"])
    _put(
        Report,
        where={"task": town.tasks["told"]},
        by_name=REPORT["told_by"],
        disputed_reason=REPORT["disputed"],
    )
    _put(WorkItem, where={"kind": "own"}, title=OWN["own_work"])
    Showing.objects.create(
        case=case,
        escalation=town.requests["management"],
        by=world.manager,
        reason=DOSSIER["why_shown"],
        at=AT,
    )
    _put(
        Voice,
        where={"text": VOICE["voice"]},
        by_name=VOICE["voice_by"],
        disputed_reason=VOICE["voice_disputed"],
    )
    keep_draft(
        case,
        **by,
        sent={"question": [OWN["draft"]]},
        texts={"question": OWN["draft_texts"]},
    )
    _put(Draft, where=of_case, found=[["question", 0, 6]])
    save_draft(world.officer, town.tasks["taken"].key, TYPED["draft_of_report"], at=AT)
    answer_consultation(
        by=world.other_procesregisseur,
        at=AT,
        asked_by=ADVICE["asked_by"],
        question=ADVICE["consultation"],
        advice=ADVICE["advice"],
        minutes=10,
    )


def write_beside(request: Escalation) -> None:
    """Write in a request that was answered what may come with an answer or after it."""
    answer = request.answers.order_by("-pk").first()
    _put(
        Answer,
        where={"pk": answer.pk},
        by_name=ANSWER["answered_by"],
        disputed_reason=ANSWER["answer_disputed"],
    )
    _put(
        Decision,
        where={"answer": answer},
        binding=ANSWER["binding"],
        formal_reference=ANSWER["formal_reference"],
    )
    Dissent.objects.create(
        escalation=request,
        organisation=request.case.procesregisseur.organisation,
        text=ANSWER["dissent"],
        by_name=ANSWER["dissent_by"],
        disputed_reason=ANSWER["dissent_disputed"],
        recorded_by=request.case.procesregisseur,
        at=AT + timedelta(minutes=1),
    )
